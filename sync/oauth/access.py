"""Gets the access token for a mail server: from the store, or renewed first.

One thread per account at a time renews, a minute before the token ends. A provider may replace
the refresh token at each renewal and refuse the old one from then on. So the new tokens are stored
durably before the access token is used. If the store does not take them (a full disk, say), they
stay in memory and are stored at the next try, because the old tokens are worthless by then.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from models.accounts import secrets
from models.store import database
from sync.errors import ConnectionLostError, SignInError
from sync.oauth.asking import refresh
from sync.oauth.tokens import Tokens, from_text
from sync.secrets.rotation import Rotation
from sync.secrets.vault import Vault
from sync.timing import Timing

PURPOSE = "oauth"
_LOOK = 0.05


def access_token(
    account_id: int,
    vault: Vault,
    timing: Timing,
    *,
    refused: str = "",
    is_stopped: Callable[[], bool] = lambda: False,
) -> str:
    """An access token that should work. The calling thread must have an open store. May block.

    Args:
        refused: A token that the server has just refused; another one is fetched.

    Raises: SecretLockedError; SignInError if the sign-in has ended; StoreError; RetryError and
    ReconnectError if the provider can't be asked now.
    """
    rotation = vault.rotations.of(account_id)
    with _alone(rotation.lock, is_stopped):
        text = _current(account_id, vault, rotation)
        tokens = from_text(text)
        if not tokens.is_due() and tokens.access_token != refused:
            return tokens.access_token
        try:
            renewed = refresh(tokens, timing=timing, is_stopped=is_stopped)
        except SignInError:
            newer = vault.secret(account_id, PURPOSE)
            if newer == text:
                raise
            return from_text(newer).access_token  # the user signed in again meanwhile
        rotation.unsaved, rotation.replaced = renewed.text(), text
        return from_text(_current(account_id, vault, rotation)).access_token


@contextmanager
def _alone(lock: threading.Lock, is_stopped: Callable[[], bool]) -> Iterator[None]:
    while not lock.acquire(timeout=_LOOK):
        if is_stopped():
            raise ConnectionLostError("The sign-in was stopped.")
    try:
        yield
    finally:
        lock.release()


def _current(account_id: int, vault: Vault, rotation: Rotation) -> str:
    """The account's stored tokens; stores unsaved ones first."""
    if not rotation.unsaved:
        return vault.secret(account_id, PURPOSE)
    with database.writing(durable=True):
        stored = vault.secret(account_id, PURPOSE)
        if stored == rotation.replaced:
            stored = rotation.unsaved
            sealed = vault.seal(account_id, PURPOSE, stored)
            if sealed is not None:
                secrets.put(account_id, sealed)
    rotation.unsaved = rotation.replaced = ""
    return stored


class HeldTokens:
    """The tokens of a sign-in, in memory only until its account is stored. Thread-safe."""

    def __init__(self, tokens: Tokens, timing: Timing) -> None:
        self._tokens = tokens
        self._timing = timing
        self._lock = threading.Lock()

    @property
    def tokens(self) -> Tokens:
        """The tokens as they are now."""
        return self._tokens

    def access_token(self, refused: str = "") -> str:
        """The access token, renewed if it is due or `refused`. May take as long as a sign-in."""
        with self._lock:
            if self._tokens.is_due() or self._tokens.access_token == refused:
                self._tokens = refresh(self._tokens, timing=self._timing)
            return self._tokens.access_token


def stored_access_token(account_id: int, vault: Vault, timing: Timing, *, refused: str = "") -> str:
    """The same as `access_token`, for a thread that has no store open."""
    database.open_for_thread()
    try:
        return access_token(account_id, vault, timing, refused=refused)
    finally:
        database.close_for_thread()
