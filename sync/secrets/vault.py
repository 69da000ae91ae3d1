"""The vault: seals and opens account secrets with a key that is not in the profile (M23).

One random key of 32 bytes seals every secret with AES-GCM. The account's id and the purpose are
associated data, so a row that was moved to another account does not open. The user chooses where
the key is kept:

    keyring      in the system's keyring: one call a start, no limit on a secret's size
    passphrase   in the profile, itself sealed by what scrypt makes of the passphrase
    session      nowhere: secrets are in memory, and gone when the program ends

Keyring calls may block for ever (a locked keyring waits for its prompt), and scrypt takes half a
second. So `open_keyring`, `unlock`, `prepare` and all of `sync.secrets.system_keyring` belong in
the thread of `sync.qt.service.vault`. The rest is quick and may be called from any thread.
"""

from __future__ import annotations

import contextlib
import secrets as randomness
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from models.accounts import secrets as store
from models.accounts.secrets import EncryptedSecrets, SealedSecret, StoredLock
from sync.errors import SecretLockedError
from sync.secrets import system_keyring
from sync.secrets.rotation import Rotations
from sync.secrets.system_keyring import KEY_BYTES, NO_KEYRING, Found

NONCE_BYTES = 12
SALT_BYTES = 16
SCRYPT_COST = (
    2**17
)  # 128 MiB and about 0.4 s: once per start for the user, but for every guess of a thief
SCRYPT_BLOCK = 8
WRAPPED_KEY_PURPOSE = b"dealpost:key"

LOCKED = "The passwords are locked. Enter your passphrase to unlock them."
KEYRING_CLOSED = "Your keychain is locked. Unlock it, then try again."
KEY_LOST = "Your keychain no longer has the key to this password. Sign in again."
NOT_KEPT = "The password was kept for one session only. Sign in again."
UNKNOWN = "No password is stored for this account. Sign in again."
OTHER_KEY = "The stored password cannot be read any more. Sign in again."
NOT_IT = "This is not the passphrase. Check capital letters and the keyboard layout."
KEYRING_GONE = (
    "The keychain with the key to your passwords is not there now. Start it, or choose another way "
    "to keep them."
)


class VaultMode(StrEnum):
    """Where the key is kept; NONE until the first account is made."""

    NONE = ""
    KEYRING = "keyring"
    PASSPHRASE = "passphrase"  # noqa: S105  # the name of a mode
    SESSION = "session"


class VaultState(StrEnum):
    """What the vault can do now."""

    NEW = "new"  # nothing is stored or chosen yet
    LOCKED = "locked"  # the key exists, but has not been read
    OPEN = "open"
    MISSING = "missing"  # the keyring has lost the key: accounts need to sign in
    ABSENT = "absent"  # there is no keyring that could have the key


_STATES = {
    Found.KEY: VaultState.OPEN,
    Found.NOTHING: VaultState.MISSING,
    Found.LOCKED: VaultState.LOCKED,
    Found.NO_KEYRING: VaultState.ABSENT,
}


_OUT_OF_REACH = (VaultState.LOCKED, VaultState.ABSENT)


class WrongPassphraseError(SecretLockedError):
    """The passphrase does not open the vault."""


Remembered = dict[tuple[int, str], str]  # secrets in clear, by account and purpose


@dataclass(frozen=True, slots=True)
class VaultKey:
    """A key of the vault with its state; replaced as a whole.

    Attributes:
        lock: How the key is kept; None until the first account is made.
        key: None until it is read, and always in mode SESSION, which has no key.
        remembered: Secrets that are kept only for this session.
    """

    lock: StoredLock | None = None
    key: bytes | None = field(default=None, repr=False)
    state: VaultState = VaultState.NEW
    remembered: Remembered = field(default_factory=dict, repr=False)


class Vault:
    """Seals and opens account secrets. Thread-safe; the calling thread must have an open store.

    A secret must be sealed inside the write transaction that stores it. Otherwise the key could
    change in between.
    """

    def __init__(self) -> None:
        self._guard = threading.RLock()
        self._key: bytes | None = None
        self._other_key: bytes | None = None  # the old key, while the store changes to the new one
        self._lock: StoredLock | None = None
        self._state = VaultState.NEW
        self._remembered: Remembered = {}
        self.rotations = Rotations()

    @property
    def state(self) -> VaultState:
        """What the vault can do now."""
        with self._guard:
            return self._state

    @property
    def mode(self) -> VaultMode:
        """Where the key is kept."""
        with self._guard:
            return VaultMode(self._lock.mode) if self._lock else VaultMode.NONE

    @property
    def can_seal(self) -> bool:
        """Whether a new secret can be sealed without asking the user anything."""
        with self._guard:
            return self._state is VaultState.OPEN

    @property
    def is_out_of_reach(self) -> bool:
        """Whether the keyring does not return its key now; a new key would lose the passwords."""
        with self._guard:
            return self.mode is VaultMode.KEYRING and self._state in _OUT_OF_REACH

    @property
    def lock(self) -> StoredLock | None:
        """How the key is kept now."""
        with self._guard:
            return self._lock

    def load(self) -> None:
        """Read from the store how the key is kept; does not open the vault."""
        lock = store.lock()
        with self._guard:
            self._lock = lock
            self._key = None
            if lock is None:
                self._state = VaultState.NEW
            elif lock.mode == VaultMode.SESSION:
                self._state = VaultState.OPEN
            else:
                self._state = VaultState.LOCKED

    def open_keyring(self) -> VaultState:
        """Fetch the key from the keyring; may block for as long as its prompt is open."""
        lock = self._lock
        if lock is None or lock.mode != VaultMode.KEYRING:
            return self.state
        key, found = system_keyring.key(lock.profile_id)
        state = _STATES[found]
        with self._guard:
            if self._lock is lock:  # else the user chose another way while the keyring was silent
                self._key, self._state = key, state
            return self._state

    def unlock(self, passphrase: str) -> None:
        """Open the vault with the passphrase. Takes half a second. Raises WrongPassphraseError."""
        lock = self._lock
        if lock is None or lock.mode != VaultMode.PASSPHRASE:
            return
        cipher = AESGCM(_stretched(passphrase, lock.salt))
        try:
            key = cipher.decrypt(lock.nonce, lock.wrapped_key, WRAPPED_KEY_PURPOSE)
        except InvalidTag:
            raise WrongPassphraseError(NOT_IT) from None
        with self._guard:
            if self._lock is lock:
                self._key, self._state = key, VaultState.OPEN

    def prepare(self, mode: VaultMode, passphrase: str = "") -> None:
        """Keep a key as the user chose; `encrypted` brings the new lock to the store. May block.

        A key that can be read is kept, so every secret stays readable. Otherwise a new key is
        made, and accounts whose secrets the lost key had sealed must sign in again.
        Raises SecretLockedError if the keyring does not return or take the key.
        """
        if mode is VaultMode.KEYRING and self._lock and self._lock.mode == mode:
            self._find_key_again()
        with self._guard:
            before = self._lock
            name, key = new_key()
            key = self._key or key
        was_there = before is not None and before.mode == VaultMode.KEYRING
        if before is not None and was_there and mode is VaultMode.KEYRING:
            name = before.profile_id
        left = leftovers(before, name)
        lock = replace(keep_key(mode, name, key, passphrase), leftovers=left)
        with self._guard:
            if self._lock is before:
                self._key = None if mode is VaultMode.SESSION else key
                self._lock, self._state = lock, VaultState.OPEN

    def _find_key_again(self) -> None:
        """Read the keyring's key: it may be unlocked by now, and then its key must be kept."""
        if self.state is VaultState.OPEN:
            return
        state = self.open_keyring()
        if state in (VaultState.LOCKED, VaultState.ABSENT):
            raise SecretLockedError(NO_KEYRING if state is VaultState.ABSENT else KEYRING_CLOSED)

    # --- another key ---------------------------------------------------------------------

    def readable(self, stored: Iterable[tuple[int, SealedSecret]]) -> Remembered:
        """The secrets in clear, of these rows and of this session, as far as they can be read."""
        with self._guard:
            key, found = self._key, dict(self._remembered)
        for account_id, sealed in stored if key is not None else ():
            try:
                bound = _bound_to(account_id, sealed.purpose)
                words = AESGCM(key or b"").decrypt(sealed.nonce, sealed.ciphertext, bound)
            except InvalidTag:
                continue  # under a key that was lost: its account signs in again
            found.setdefault((account_id, sealed.purpose), words.decode())
        return found

    def switch(self, new: VaultKey) -> VaultKey:
        """Use another key, inside the transaction that stores what it seals. Return the old one.

        Until `switched` both keys open secrets, because other threads still see the old rows.
        """
        with self._guard:
            before = VaultKey(self._lock, self._key, self._state, self._remembered)
            self._lock, self._other_key, self._key = new.lock, self._key, new.key
            self._state, self._remembered = new.state, dict(new.remembered)
        return before

    def switched(self) -> None:
        """The transaction has ended: drop the other key."""
        with self._guard:
            self._other_key = None

    # --- secrets -------------------------------------------------------------------------

    def encrypted(self, secrets: Mapping[str, str]) -> EncryptedSecrets:
        """An account's secrets by purpose, in a form that a command can carry to the store."""
        kept = dict(secrets)

        def seal(account_id: int) -> tuple[SealedSecret, ...]:
            self.forget(account_id)
            sealed = [self.seal(account_id, purpose, secret) for purpose, secret in kept.items()]
            return tuple(each for each in sealed if each is not None)

        return EncryptedSecrets(seal=seal, lock=lambda: self.lock)

    def seal(self, account_id: int, purpose: str, secret: str) -> SealedSecret | None:
        """The row for the store; None if the secret only stays in memory (session).

        Raises SecretLockedError while the vault is not open.
        """
        with self._guard:
            if self._state is not VaultState.OPEN:
                raise SecretLockedError(self._why_closed())
            if self.mode is VaultMode.SESSION:
                self._remembered[account_id, purpose] = secret
                return None
            key = self._key
        assert key is not None  # an open vault with a mode other than session has its key
        return sealed_with(key, account_id, purpose, secret)

    def secret(self, account_id: int, purpose: str) -> str:
        """The secret in clear. For smtp it is the imap secret unless smtp has its own.

        Raises SecretLockedError with the sentence for the user.
        """
        with self._guard:
            remembered = self._remembered.get((account_id, purpose))
            keys, state = (self._key, self._other_key), self._state
        if remembered is not None:
            return remembered
        if state is not VaultState.OPEN:
            raise SecretLockedError(self._why_closed())
        is_any = any(key is not None for key in keys)
        sealed = store.sealed_secret(account_id, purpose) if is_any else None
        if sealed is not None:
            return self._opened(account_id, sealed, keys)
        if self._has_moved(keys):
            return self.secret(account_id, purpose)
        if purpose == "smtp":
            return self.secret(account_id, "imap")
        raise SecretLockedError(UNKNOWN if is_any else NOT_KEPT)

    def _opened(
        self, account_id: int, sealed: SealedSecret, keys: tuple[bytes | None, bytes | None]
    ) -> str:
        bound = _bound_to(account_id, sealed.purpose)
        for key in keys:
            if key is not None:
                with contextlib.suppress(InvalidTag, ValueError):
                    return AESGCM(key).decrypt(sealed.nonce, sealed.ciphertext, bound).decode()
        if self._has_moved(keys):
            return self.secret(account_id, sealed.purpose)
        raise SecretLockedError(OTHER_KEY)

    def _has_moved(self, keys: tuple[bytes | None, bytes | None]) -> bool:
        """Whether the key changed since these were read, so that the caller has to try again."""
        with self._guard:
            return keys != (self._key, self._other_key)

    def forget(self, account_id: int) -> None:
        """Drop the secrets of an account that are kept only for this session."""
        with self._guard:
            for known in [known for known in self._remembered if known[0] == account_id]:
                del self._remembered[known]

    def _why_closed(self) -> str:
        if self._state is VaultState.MISSING:
            return KEY_LOST
        if self._state is VaultState.ABSENT:
            return KEYRING_GONE
        if self.mode is VaultMode.KEYRING:
            return KEYRING_CLOSED
        return LOCKED if self.mode is VaultMode.PASSPHRASE else UNKNOWN


def new_key() -> tuple[str, bytes]:
    """A random name for the keyring, and a random key."""
    return randomness.token_hex(16), randomness.token_bytes(KEY_BYTES)


def keep_key(mode: VaultMode, profile_id: str, key: bytes, passphrase: str) -> StoredLock:
    """Keep a key as the user chose. Slow. Raises SecretLockedError if the keyring refuses."""
    if mode is VaultMode.KEYRING:
        system_keyring.put(profile_id, key)
    elif mode is VaultMode.PASSPHRASE:
        return _wrapped(profile_id, key, passphrase)
    return StoredLock(mode.value, profile_id)


def leftovers(before: StoredLock | None, name: str) -> tuple[str, ...]:
    """The keys in the keyring that open nothing any more once the key is kept under `name`."""
    if before is None:
        return ()
    is_old = before.mode == VaultMode.KEYRING and before.profile_id != name
    return (*before.leftovers, before.profile_id) if is_old else before.leftovers


def sealed_with(key: bytes, account_id: int, purpose: str, secret: str) -> SealedSecret:
    """Seal one secret into a row for the store."""
    nonce = randomness.token_bytes(NONCE_BYTES)
    words = AESGCM(key).encrypt(nonce, secret.encode(), _bound_to(account_id, purpose))
    return SealedSecret(purpose, nonce, words)


def _wrapped(profile_id: str, key: bytes, passphrase: str) -> StoredLock:
    salt = randomness.token_bytes(SALT_BYTES)
    nonce = randomness.token_bytes(NONCE_BYTES)
    wrapped = AESGCM(_stretched(passphrase, salt)).encrypt(nonce, key, WRAPPED_KEY_PURPOSE)
    return StoredLock(VaultMode.PASSPHRASE.value, profile_id, salt, nonce, wrapped)


def _stretched(passphrase: str, salt: bytes) -> bytes:
    scrypt = Scrypt(salt=salt, length=KEY_BYTES, n=SCRYPT_COST, r=SCRYPT_BLOCK, p=1)
    return scrypt.derive(passphrase.encode())


def _bound_to(account_id: int, purpose: str) -> bytes:
    return f"dealpost:{account_id}:{purpose}".encode()
