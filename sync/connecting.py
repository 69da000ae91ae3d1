"""A signed-in connection for an account: where its server is, what it trusts, how it signs in."""

from __future__ import annotations

from collections.abc import Callable

from models.account import AccountConfig
from sync.account_server import server_of
from sync.credentials import Vault
from sync.session import ImapSession
from sync.timing import Timing


def connect(
    config: AccountConfig,
    vault: Vault,
    timing: Timing,
    *,
    read_only: bool,
    hold: Callable[[ImapSession], None],
) -> ImapSession:
    """Open a session and sign in; blocks for at most `Timing.connect` and `Timing.sign_in`.

    Args:
        hold: Gets the session before the first byte goes out, so that another thread can abort it.

    Raises: SecretLockedError before anything is sent; else what the session raises.
    """
    secret = vault.secret(config.id, "imap")
    session = ImapSession(server_of(config), timing, read_only=read_only or config.read_only)
    hold(session)
    session.open()
    session.sign_in(config.user_name or config.address, secret, config.auth)
    return session
