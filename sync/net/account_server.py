"""Where an account's IMAP server is, in the session's words."""

from __future__ import annotations

from models.accounts import certificates
from models.accounts.account import AccountConfig
from sync.session import Server
from sync.session.values import Security

_SECURITY: dict[str, Security] = {"tls": "tls", "starttls": "starttls", "none": "plain"}


def server_of(config: AccountConfig) -> Server:
    """The place to connect to, with the person's word on plain text and certificates."""
    return Server(
        config.imap_host,
        config.imap_port,
        _SECURITY[config.imap_security],
        plain_text_agreed=config.plain_text_agreed,
        trusted=certificates.of_host(config.imap_host),
    )
