"""Account secrets as the store keeps them: sealed, unreadable without the vault's key.

The store never sees a secret in clear. `sync.secrets.vault.Vault` seals it with the account's id
as associated data. Only the transaction that makes the account knows this id, so a command carries
`EncryptedSecrets`, which seal for an id when asked to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from models.store import database

LOCK_SETTING = "vault"  # JSON of StoredLock, in table setting


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """One row of the table `secret`, without its account.

    Attributes:
        purpose: `imap`, `smtp` or `oauth`.
        nonce: 12 bytes for AES-GCM, never used twice.
        ciphertext: The sealed secret with its tag.
    """

    purpose: str
    nonce: bytes
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class StoredLock:
    """How the key to the secrets is kept. Nothing in here helps to read a secret.

    Attributes:
        mode: `keyring`, `passphrase` or `session`.
        profile_id: The user name of the key in the keyring, so that two profiles of one user
            don't share a key.
        salt, nonce, wrapped_key: With a passphrase: the key, sealed with what scrypt derives from
            the passphrase.
        leftovers: User names of keys that are still in the keyring but open nothing any more.
    """

    mode: str
    profile_id: str
    salt: bytes = field(default=b"", repr=False)
    nonce: bytes = field(default=b"", repr=False)
    wrapped_key: bytes = field(default=b"", repr=False)
    leftovers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EncryptedSecrets:
    """The secrets of an account on their way into the store.

    Attributes:
        seal: Seals them for the account's id; returns nothing if they stay in memory for this
            session.
        lock: Returns how the key is kept. It is called only when the secrets are stored, because
            the user may have chosen another way until then.
    """

    seal: Callable[[int], tuple[SealedSecret, ...]] = field(repr=False)
    lock: Callable[[], StoredLock | None] | None = field(default=None, repr=False)


def store(account_id: int, secrets: EncryptedSecrets) -> None:
    """Replace the account's secrets, inside the caller's transaction."""
    lock = secrets.lock() if secrets.lock is not None else None
    if lock is not None:
        _store_lock(lock)
    database.run("DELETE FROM secret WHERE account_id = ?", (account_id,))
    for sealed in secrets.seal(account_id):
        put(account_id, sealed)


def put(account_id: int, sealed: SealedSecret) -> None:
    """Store one sealed secret, inside the caller's transaction."""
    database.run(
        "INSERT OR REPLACE INTO secret (account_id, purpose, nonce, ciphertext) VALUES (?, ?, ?, ?)",
        (account_id, sealed.purpose, sealed.nonce, sealed.ciphertext),
    )


def sealed_secret(account_id: int, purpose: str) -> SealedSecret | None:
    """The stored secret of an account for one purpose, or None."""
    found = database.row(
        "SELECT nonce, ciphertext FROM secret WHERE account_id = ? AND purpose = ?",
        (account_id, purpose),
    )
    return SealedSecret(purpose, bytes(found[0]), bytes(found[1])) if found else None


def everything() -> tuple[tuple[int, SealedSecret], ...]:
    """All stored secrets of every purpose, each with its account."""
    found = database.rows("SELECT account_id, purpose, nonce, ciphertext FROM secret")
    return tuple((row[0], SealedSecret(row[1], bytes(row[2]), bytes(row[3]))) for row in found)


def replace_everything(lock: StoredLock, sealed: Iterable[tuple[int, SealedSecret]]) -> None:
    """Store another lock and all secrets, sealed with its key, in the caller's transaction."""
    _store_lock(lock)
    database.run("DELETE FROM secret")
    for account_id, each in sealed:
        put(account_id, each)


def forget_leftover(profile_id: str) -> None:
    """Forget a leftover: its key, which opened nothing any more, is gone from the keyring too."""
    known = lock()
    if known is not None and profile_id in known.leftovers:
        left = tuple(each for each in known.leftovers if each != profile_id)
        _store_lock(replace(known, leftovers=left))


def account_ids() -> tuple[int, ...]:
    """The accounts that have a stored secret."""
    found = database.rows("SELECT DISTINCT account_id FROM secret ORDER BY account_id")
    return tuple(int(row[0]) for row in found)


def lock() -> StoredLock | None:
    """How the key is kept, or None if no account was ever made."""
    text = database.value("SELECT value FROM setting WHERE name = ?", (LOCK_SETTING,))
    if text is None:
        return None
    stored: dict[str, Any] = json.loads(text)
    return StoredLock(
        mode=stored["mode"],
        profile_id=stored["profile_id"],
        salt=bytes.fromhex(stored["salt"]),
        nonce=bytes.fromhex(stored["nonce"]),
        wrapped_key=bytes.fromhex(stored["wrapped_key"]),
        leftovers=tuple(stored.get("leftovers", ())),
    )


def _store_lock(lock: StoredLock) -> None:
    text = json.dumps(
        {
            "mode": lock.mode,
            "profile_id": lock.profile_id,
            "salt": lock.salt.hex(),
            "nonce": lock.nonce.hex(),
            "wrapped_key": lock.wrapped_key.hex(),
            "leftovers": lock.leftovers,
        }
    )
    database.run("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (LOCK_SETTING, text))
