"""Opens a signed-in connection for an account: its server, what it trusts, how it signs in."""

from __future__ import annotations

from collections.abc import Callable

from models.accounts.account import AccountConfig
from sync.errors import TokenRefusedError
from sync.net.server import server_of
from sync.oauth.access import access_token
from sync.secrets.vault import Vault
from sync.session import ImapSession
from sync.timing import Timing


def connect(
    config: AccountConfig,
    vault: Vault,
    timing: Timing,
    *,
    read_only: bool,
    hold: Callable[[ImapSession], None],
    is_stopped: Callable[[], bool] = lambda: False,
) -> ImapSession:
    """Open a session and sign in. Blocks for at most `Timing.connect` and `Timing.sign_in`.

    With OAuth, a token that is about to expire is renewed first, and a refused one is renewed once
    (`sync.oauth.access`). Each renewal may take the same time again.

    Args:
        hold: Gets the session before the first byte is sent, so that another thread can abort it.
        is_stopped: Asked while a token is renewed.

    Raises: SecretLockedError before anything is sent; otherwise what the session raises.
    """

    def signed_in(secret: str) -> ImapSession:
        session = ImapSession(server_of(config), timing, read_only=read_only or config.read_only)
        hold(session)
        session.open()
        try:
            session.sign_in(config.user_name or config.address, secret, config.auth)
        except BaseException:
            session.close()  # no one else closes it: the caller has no session yet
            raise
        return session

    if config.auth != "oauth2":
        return signed_in(vault.secret(config.id, "imap"))
    token = access_token(config.id, vault, timing, is_stopped=is_stopped)
    try:
        return signed_in(token)
    except TokenRefusedError:
        return signed_in(
            access_token(config.id, vault, timing, refused=token, is_stopped=is_stopped)
        )
