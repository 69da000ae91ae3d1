"""The vault: account secrets, readable only with a key that is not in the profile.

One random key of 32 bytes seals every secret (AES-GCM, the account's id and the purpose as
associated data, so that a row moved to another account does not open). Where this key lives
is the person's choice:

    keyring      in the system's keyring: one call a start, no limit on a secret's size
    passphrase   in the profile, itself sealed by what scrypt makes of the passphrase
    session      nowhere: secrets are in memory, and gone when the program ends

Keyring calls may block for ever (a locked keyring waits for its prompt), and scrypt takes half
a second: `open_keyring`, `unlock`, `prepare` and `has_usable_keyring` belong in the thread of
`sync.qt.vault`. Everything else is quick and may be called from any thread.
"""

from __future__ import annotations

import base64
import binascii
import secrets as randomness
import threading
from collections.abc import Mapping
from enum import StrEnum

import keyring
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError

from models import secret as store
from models.secret import EncryptedSecrets, SealedSecret, StoredLock
from sync.errors import SecretLockedError
from sync.rotation import Rotations

SERVICE_NAME = "Dealpost"
KEY_BYTES = 32
NONCE_BYTES = 12
SALT_BYTES = 16
SCRYPT_COST = (
    2**17
)  # 128 MiB and about 0.4 s: once a start for the person, for each guess of a thief
SCRYPT_BLOCK = 8
WRAPPED_KEY_PURPOSE = b"dealpost:key"
UNSAFE_BACKENDS = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")

LOCKED = "The passwords are locked. Enter your passphrase to unlock them."
KEYRING_CLOSED = "Your keychain is locked. Unlock it, then try again."
KEY_LOST = "Your keychain no longer has the key to this password. Sign in again."
NOT_KEPT = "The password was kept for one session only. Sign in again."
UNKNOWN = "No password is stored for this account. Sign in again."
OTHER_KEY = "The stored password cannot be read any more. Sign in again."
NOT_IT = "This is not the passphrase. Check capital letters and the keyboard layout."
NO_KEYRING = "This computer has no keychain that Dealpost can use."
KEYRING_REFUSES = "Your keychain did not accept the key. Unlock it, or choose another way."


class VaultMode(StrEnum):
    """Where the key lives; NONE until the first account is made."""

    NONE = ""
    KEYRING = "keyring"
    PASSPHRASE = "passphrase"  # noqa: S105  # the name of a mode
    SESSION = "session"


class VaultState(StrEnum):
    """What the vault can do now."""

    NEW = "new"  # nothing stored and nothing chosen yet
    LOCKED = "locked"  # the key exists, but was not read yet
    OPEN = "open"
    MISSING = "missing"  # the keyring has lost the key: accounts need to sign in


class WrongPassphraseError(SecretLockedError):
    """The passphrase does not open the vault."""


class Vault:
    """Seals and opens account secrets. Thread-safe; the calling thread has an open store."""

    def __init__(self) -> None:
        self._guard = threading.RLock()
        self._key: bytes | None = None
        self._lock: StoredLock | None = None
        self._state = VaultState.NEW
        self._remembered: dict[tuple[int, str], str] = {}
        self.rotations = Rotations()

    @property
    def state(self) -> VaultState:
        """What it can do now."""
        with self._guard:
            return self._state

    @property
    def mode(self) -> VaultMode:
        """Where its key lives."""
        with self._guard:
            return VaultMode(self._lock.mode) if self._lock else VaultMode.NONE

    @property
    def can_seal(self) -> bool:
        """Whether a new secret can be kept without asking the person anything."""
        with self._guard:
            return self._state is VaultState.OPEN

    def load(self) -> None:
        """Read from the store how the key is kept; opens nothing."""
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
        key, state = _key_of_keyring(lock.profile_id)
        with self._guard:
            self._key, self._state = key, state
        return state

    def unlock(self, passphrase: str) -> None:
        """Open with the passphrase; takes about half a second. Raises WrongPassphraseError."""
        lock = self._lock
        if lock is None or lock.mode != VaultMode.PASSPHRASE:
            return
        cipher = AESGCM(_stretched(passphrase, lock.salt))
        try:
            key = cipher.decrypt(lock.nonce, lock.wrapped_key, WRAPPED_KEY_PURPOSE)
        except InvalidTag:
            raise WrongPassphraseError(NOT_IT) from None
        with self._guard:
            self._key, self._state = key, VaultState.OPEN

    def prepare(self, mode: VaultMode, passphrase: str = "") -> None:
        """Have a key, kept as the person chose; the store hears of it with `encrypted`.

        A key that can be read is kept, so every secret stays readable. Without one a new key is
        made, and what the lost one had sealed needs a new sign-in.
        Raises SecretLockedError if the keyring does not give or take the key.
        """
        if mode is VaultMode.KEYRING and self._lock and self._lock.mode == mode:
            self._find_key_again()
        with self._guard:
            key = self._key or randomness.token_bytes(KEY_BYTES)
            profile_id = self._lock.profile_id if self._lock else randomness.token_hex(16)
        lock = StoredLock(mode.value, profile_id)
        if mode is VaultMode.KEYRING:
            _put_into_keyring(profile_id, key)
        elif mode is VaultMode.PASSPHRASE:
            lock = _wrapped(profile_id, key, passphrase)
        with self._guard:
            self._key = None if mode is VaultMode.SESSION else key
            self._lock, self._state = lock, VaultState.OPEN

    def _find_key_again(self) -> None:
        """A keyring that was locked at the start may be open now: its key must not be replaced."""
        if self.state is not VaultState.OPEN and self.open_keyring() is VaultState.LOCKED:
            raise SecretLockedError(KEYRING_CLOSED)

    def encrypted(self, secrets: Mapping[str, str]) -> EncryptedSecrets:
        """Secrets by purpose, ready to travel in a command to the store."""
        kept = dict(secrets)

        def seal(account_id: int) -> tuple[SealedSecret, ...]:
            self.forget(account_id)
            sealed = [self.seal(account_id, purpose, secret) for purpose, secret in kept.items()]
            return tuple(each for each in sealed if each is not None)

        return EncryptedSecrets(seal=seal, lock=self._lock)

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
        nonce = randomness.token_bytes(NONCE_BYTES)
        words = AESGCM(key).encrypt(nonce, secret.encode(), _bound_to(account_id, purpose))
        return SealedSecret(purpose, nonce, words)

    def secret(self, account_id: int, purpose: str) -> str:
        """The secret in clear; for smtp the imap one where no other is stored.

        Raises SecretLockedError with the person's sentence.
        """
        with self._guard:
            remembered = self._remembered.get((account_id, purpose))
            key, state = self._key, self._state
        if remembered is not None:
            return remembered
        if state is not VaultState.OPEN:
            raise SecretLockedError(self._why_closed())
        sealed = store.sealed_secret(account_id, purpose) if key is not None else None
        if sealed is None and purpose == "smtp":
            return self.secret(account_id, "imap")
        if sealed is None or key is None:
            raise SecretLockedError(NOT_KEPT if key is None else UNKNOWN)
        try:
            bound = _bound_to(account_id, purpose)
            return AESGCM(key).decrypt(sealed.nonce, sealed.ciphertext, bound).decode()
        except (InvalidTag, ValueError):
            raise SecretLockedError(OTHER_KEY) from None

    def forget(self, account_id: int) -> None:
        """Drop what this session remembers of an account."""
        with self._guard:
            for known in [known for known in self._remembered if known[0] == account_id]:
                del self._remembered[known]

    def _why_closed(self) -> str:
        if self._state is VaultState.MISSING:
            return KEY_LOST
        if self.mode is VaultMode.KEYRING:
            return KEYRING_CLOSED
        return LOCKED if self.mode is VaultMode.PASSPHRASE else UNKNOWN


def has_usable_keyring() -> bool:
    """Whether the keyring is a safe one and answers; may block while it asks the person."""
    if not _is_safe(keyring.get_keyring()):
        return False
    try:
        keyring.get_password(SERVICE_NAME, "availability")
    except (KeyringError, RuntimeError, OSError):
        return False
    return True


def _is_safe(backend: KeyringBackend) -> bool:
    """Neither a backend that refuses or forgets everything, nor one that writes plain text."""
    members = getattr(backend, "backends", None)
    if members is not None:  # keyring's chainer asks each of its members in turn
        return any(_is_safe(member) for member in members)
    return not type(backend).__module__.startswith(UNSAFE_BACKENDS)


def _key_of_keyring(profile_id: str) -> tuple[bytes | None, VaultState]:
    try:
        text = keyring.get_password(SERVICE_NAME, profile_id)
    except (KeyringError, RuntimeError, OSError):
        return None, VaultState.LOCKED
    try:
        key = base64.b64decode(text or "", validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        return None, VaultState.MISSING
    return key, VaultState.OPEN


def _put_into_keyring(profile_id: str, key: bytes) -> None:
    """Store the key and read it again: some backends accept and keep nothing."""
    if not _is_safe(keyring.get_keyring()):
        raise SecretLockedError(NO_KEYRING)
    try:
        keyring.set_password(SERVICE_NAME, profile_id, base64.b64encode(key).decode())
    except (KeyringError, RuntimeError, OSError):
        raise SecretLockedError(KEYRING_REFUSES) from None
    if _key_of_keyring(profile_id)[0] != key:
        raise SecretLockedError(KEYRING_REFUSES)


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
