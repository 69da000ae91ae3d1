"""Where a server is and how to connect to it: for IMAP, SMTP and OAuth alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from models.accounts import certificates
from models.accounts.account import AccountConfig

Security = Literal["tls", "starttls", "plain"]

_SECURITY: dict[str, Security] = {"tls": "tls", "starttls": "starttls", "none": "plain"}


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect.

    Attributes:
        security: `tls` from the first byte, `starttls`, or `plain` (loopback, or agreed to).
        plain_text_agreed: The user agreed to a connection that others can read.
        ca_file: A further certificate to trust, as a PEM file.
        trusted: Fingerprints of certificates that the user trusts for this host.
    """

    host: str
    port: int
    security: Security = "tls"
    plain_text_agreed: bool = False
    ca_file: str = ""
    trusted: frozenset[str] = frozenset()

    @property
    def place(self) -> str:
        """Host and port, as sentences name them."""
        return f"{self.host}:{self.port}"


def server_of(config: AccountConfig) -> Server:
    """An account's IMAP server, with what the user agreed to about plain text and certificates."""
    return Server(
        config.imap_host,
        config.imap_port,
        _SECURITY[config.imap_security],
        plain_text_agreed=config.plain_text_agreed,
        trusted=certificates.of_host(config.imap_host),
    )
