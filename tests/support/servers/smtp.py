"""An SMTP server that keeps every mail it takes. It refuses the name or password `refused`."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.support.certificates import Certificate, make_certificate

REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that the server took."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)


class _Controller(Controller):
    """Listens on a socket that is bound already, and closes every connection when it stops.

    The library's own controller stops its loop at once. A connection that a client has just left
    then stays an open socket until the garbage collector finds it, during some later test.
    """

    def __init__(self, handler: object, listener: socket.socket, **details: Any) -> None:
        host, port = listener.getsockname()
        super().__init__(handler, hostname=host, port=port, **details)
        self._listener = listener

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        made: Awaitable[asyncio.AbstractServer] = self.loop.create_server(
            self._factory_invoker, sock=self._listener, ssl=self.ssl_context
        )
        return made

    def cancel_tasks(self, stop_loop: bool = True) -> None:
        """Close the connections. `stop` calls this in the loop's thread."""
        self._ending = self.loop.create_task(self._end(stop_loop))

    async def _end(self, stop_loop: bool) -> None:
        try:
            self.loop.remove_reader(self._listener.fileno())
            await asyncio.sleep(0)  # a connection just accepted becomes a transport
            while left := self._transports():
                for transport in left:
                    transport.abort()
                await asyncio.sleep(0)
        finally:
            super().cancel_tasks(stop_loop)  # or `stop` would wait forever

    def _transports(self) -> list[asyncio.Transport]:
        """The transports that still hold a socket."""
        loop: Any = self.loop
        return [each for each in loop._transports.values() if each._sock is not None]


class SmtpSink:
    """The server. `security` is `plain`, `starttls` (required before AUTH) or `tls`.

    Attributes:
        hidden: Sign-in mechanisms that it does not offer: PLAIN or LOGIN.
    """

    def __init__(
        self, folder: Path, security: str = "starttls", certificate: Certificate | None = None
    ) -> None:
        self.security = security
        self.hidden: tuple[str, ...] = ()
        self.host = "localhost"
        self.port = 0  # known from `start` on, and kept
        self.certificate: Certificate = certificate or make_certificate(folder)
        self.taken: list[Taken] = []
        self.sign_ins: list[str] = []
        self._controller: _Controller | None = None

    def start(self) -> SmtpSink:
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = int(listener.getsockname()[1])
        context = None if self.security == "plain" else self.certificate.server_context()
        self._controller = _Controller(
            self,
            listener,
            ssl_context=context if self.security == "tls" else None,
            tls_context=context if self.security == "starttls" else None,
            require_starttls=self.security == "starttls",
            auth_require_tls=self.security == "starttls",
            auth_required=True,
            authenticator=self._authenticate,
            auth_exclude_mechanism=self.hidden,
            ready_timeout=30,
        )
        self._controller.start()
        return self

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()

    def _authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        """Accept any name and password but `refused`."""
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
