"""Changes where the vault's key is kept: makes a new key and seals every secret with it.

The steps, and the state that a crash leaves behind:

    prepare    the new key is in the keyring or behind the passphrase; the old key still counts,
               and the new one opens nothing yet
    reseal     one transaction of the store: until its commit the old key counts, then the new one
    clear_up   the old key is removed from the keyring; one that stayed is in
               `StoredLock.leftovers`, and the next start removes it

Secrets that cannot be read any more (their key was lost) are dropped: those accounts sign in again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.accounts import secrets
from models.accounts.secrets import SealedSecret, StoredLock
from models.store import database
from sync.secrets import system_keyring
from sync.secrets.vault import (
    Vault,
    VaultKey,
    VaultMode,
    VaultState,
    keep_key,
    leftovers,
    new_key,
    sealed_with,
)


class Rekeying:
    """One change of the key; the command `models.commands.security.ChangeSecrets` carries it."""

    def __init__(self, vault: Vault, mode: VaultMode) -> None:
        self._vault = vault
        self._mode = mode
        self._lock: StoredLock | None = None
        self._key = b""
        self._before: VaultKey | None = None

    def prepare(self, passphrase: str) -> None:
        """Make and keep a new key. Slow, and may block on the keyring. Raises SecretLockedError.

        The new key has its own name in the keyring, so that the old one stays until the store no
        longer needs it.
        """
        name, self._key = new_key()
        self._lock = keep_key(self._mode, name, self._key, passphrase)

    def reseal(
        self, stored: Sequence[tuple[int, SealedSecret]]
    ) -> tuple[StoredLock, list[tuple[int, SealedSecret]]]:
        """The new lock and rows, for the transaction; from now on the vault uses the new key."""
        assert self._lock is not None  # `prepare` came first
        words = self._vault.readable(stored)
        left = leftovers(self._vault.lock, self._lock.profile_id)
        lock = replace(self._lock, leftovers=left)
        is_session = self._mode is VaultMode.SESSION
        key = None if is_session else self._key
        remembered = words if is_session else {}
        self._before = self._vault.switch(VaultKey(lock, key, VaultState.OPEN, remembered))
        if key is None:
            return lock, []
        return lock, [
            (account_id, sealed_with(key, account_id, purpose, text))
            for (account_id, purpose), text in words.items()
        ]

    def is_committed(self) -> None:
        """The transaction is committed: drop the old key."""
        self._vault.switched()

    def is_undone(self) -> None:
        """The transaction was undone: go back to the old key."""
        if self._before is not None:
            self._vault.switch(self._before)
            self._vault.switched()

    def take_back(self) -> None:
        """Nothing was stored: remove the new key from the keyring. May block."""
        if self._lock is not None and self._mode is VaultMode.KEYRING:
            system_keyring.remove(self._lock.profile_id)


def clear_up(profile_ids: Sequence[str]) -> list[str]:
    """Remove old keys from the keyring. Return those that are gone. May block."""
    return [name for name in profile_ids if system_keyring.remove(name)]


def stored_leftovers() -> tuple[str, ...]:
    """The keys that open nothing any more; for a thread that has no store open.

    Only the store knows them. The vault's lock may come from a sign-in that was prepared but never
    stored, and then the store still needs the old key.
    """
    database.open_for_thread(read_only=True)
    try:
        lock = secrets.lock()
    finally:
        database.close_for_thread()
    return lock.leftovers if lock is not None else ()
