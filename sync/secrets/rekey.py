"""Another way to keep the key: a new key, and every secret sealed with it.

The steps, and what a crash after each leaves:

    prepare    the new key is in the keyring or behind the passphrase; the old way works, and a
               new key that nobody knows of opens nothing
    reseal     in the store's one transaction: before its end the old way works, after it the new
    clear_up   the old key leaves the keyring; one that stayed is in `StoredLock.leftovers`, and
               is removed at the next start

What cannot be read any more (its key was lost) is dropped: those accounts sign in again.
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
    """One change, carried by `models.commands.security.ChangeSecrets`."""

    def __init__(self, vault: Vault, mode: VaultMode) -> None:
        self._vault = vault
        self._mode = mode
        self._lock: StoredLock | None = None
        self._key = b""
        self._before: VaultKey | None = None

    def prepare(self, passphrase: str) -> None:
        """Keep a new key; slow, and it may wait for the keyring. Raises SecretLockedError.

        The new key has a name of its own in the keyring, so that the old one stays until the
        store does without it.
        """
        name, self._key = new_key()
        self._lock = keep_key(self._mode, name, self._key, passphrase)

    def reseal(
        self, stored: Sequence[tuple[int, SealedSecret]]
    ) -> tuple[StoredLock, list[tuple[int, SealedSecret]]]:
        """Inside the transaction: the new lock and rows; from now on the vault seals with it."""
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
        """The store has it."""
        self._vault.switched()

    def is_undone(self) -> None:
        """Back to the key of before."""
        if self._before is not None:
            self._vault.switch(self._before)
            self._vault.switched()

    def take_back(self) -> None:
        """Nothing was stored: the new key need not lie about in the keyring. May block."""
        if self._lock is not None and self._mode is VaultMode.KEYRING:
            system_keyring.remove(self._lock.profile_id)


def clear_up(profile_ids: Sequence[str]) -> list[str]:
    """Remove old keys from the keyring; those that are gone. May block."""
    return [name for name in profile_ids if system_keyring.remove(name)]


def stored_leftovers() -> tuple[str, ...]:
    """The keys that open nothing any more, for a thread that has no store open.

    The store alone knows: what the vault knows may come from a sign-in that was prepared and
    never stored, and then the store still needs the key of before.
    """
    database.open_for_thread(read_only=True)
    try:
        lock = secrets.lock()
    finally:
        database.close_for_thread()
    return lock.leftovers if lock is not None else ()
