"""An SMTP server that takes every mail and keeps it. Name and password `refused` never get in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.support.certificates import Certificate, make_certificate
from tests.support.ports import free_port

REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that came in."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)


class SmtpSink:
    """`security` is `plain`, `starttls` (required before AUTH) or `tls`."""

    def __init__(
        self, folder: Path, security: str = "starttls", certificate: Certificate | None = None
    ) -> None:
        self.security = security
        self.host = "localhost"
        self.port = free_port()
        self.certificate: Certificate = certificate or make_certificate(folder)
        self.taken: list[Taken] = []
        self.sign_ins: list[str] = []
        self._controller: Controller | None = None

    def start(self) -> SmtpSink:
        """Listen; a port that somebody took meanwhile is given up for another one."""
        try:
            self._start()
        except OSError:
            self.port = free_port()
            self._start()
        return self

    def _start(self) -> None:
        context = None if self.security == "plain" else self.certificate.server_context()
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            ssl_context=context if self.security == "tls" else None,
            tls_context=context if self.security == "starttls" else None,
            require_starttls=self.security == "starttls",
            auth_require_tls=self.security == "starttls",
            auth_required=True,
            authenticator=self._authenticate,
            ready_timeout=10,
        )
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()

    def _authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        """Any name and password but `refused`."""
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        name = data.login.decode("utf-8", "replace")
        is_wrong = name.startswith(REFUSED) or data.password == REFUSED.encode()
        if not is_wrong:
            self.sign_ins.append(name)
        return AuthResult(success=not is_wrong, handled=False)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(
            Taken(envelope.mail_from, tuple(envelope.rcpt_tos), bytes(envelope.content))
        )
        return "250 taken"
