"""The system's keyring, as far as the vault needs it: one key under the name of a profile.

Every call may block for as long as the keyring's own prompt is open, so all of them belong in a
thread that nobody waits for.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
from enum import StrEnum

import keyring
import keyring.backend
import keyring.core
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import KeyringError, PasswordDeleteError

from sync.errors import SecretLockedError

SERVICE_NAME = "Dealpost"
KEY_BYTES = 32
UNSAFE_BACKENDS = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")

NO_KEYRING = (
    "This computer has no keychain that Dealpost can use. Choose another way to keep passwords."
)
KEYRING_REFUSES = "Your keychain did not accept the key. Unlock it, or choose another way."
_FAULTS = (KeyringError, RuntimeError, OSError)


class Found(StrEnum):
    """What asking the keyring for a key came to."""

    KEY = "key"
    NOTHING = "nothing"  # it answers, and has no such key
    LOCKED = "locked"  # it does not answer, or refuses
    NO_KEYRING = "no_keyring"


def is_usable() -> bool:
    """Whether the keyring is a safe one and answers; may block while it asks the person."""
    look_again()
    if not _is_safe(keyring.get_keyring()):
        return False
    try:
        keyring.get_password(SERVICE_NAME, "availability")
    except _FAULTS:
        return False
    return True


def look_again() -> None:
    """A keyring that came after the program started is found; one that is known stays."""
    if isinstance(keyring.get_keyring(), fail.Keyring):
        with contextlib.suppress(KeyError):  # it never looked
            keyring.backend.get_all_keyring.reset()
        keyring.core.init_backend()


def key(profile_id: str) -> tuple[bytes | None, Found]:
    """The key of a profile, and what became of the question."""
    look_again()
    if not _is_safe(keyring.get_keyring()):
        return None, Found.NO_KEYRING
    try:
        text = keyring.get_password(SERVICE_NAME, profile_id)
    except _FAULTS:
        return None, Found.LOCKED
    try:
        found = base64.b64decode(text or "", validate=True)
    except binascii.Error:
        found = b""
    return (found, Found.KEY) if len(found) == KEY_BYTES else (None, Found.NOTHING)


def put(profile_id: str, new: bytes) -> None:
    """Store the key and read it again: some backends accept and keep nothing.

    Raises SecretLockedError.
    """
    look_again()
    if not _is_safe(keyring.get_keyring()):
        raise SecretLockedError(NO_KEYRING)
    try:
        keyring.set_password(SERVICE_NAME, profile_id, base64.b64encode(new).decode())
    except _FAULTS:
        raise SecretLockedError(KEYRING_REFUSES) from None
    if key(profile_id)[0] != new:
        raise SecretLockedError(KEYRING_REFUSES)


def remove(profile_id: str) -> bool:
    """Take a key out; whether it is gone for certain."""
    if not _is_safe(keyring.get_keyring()):
        return False
    try:
        keyring.delete_password(SERVICE_NAME, profile_id)
    except PasswordDeleteError:
        return key(profile_id)[1] is Found.NOTHING
    except _FAULTS:
        return False
    return True


def _is_safe(backend: KeyringBackend) -> bool:
    """Neither a backend that refuses or forgets everything, nor one that writes plain text."""
    members = getattr(backend, "backends", None)
    if members is not None:  # keyring's chainer asks each of its members in turn
        return any(_is_safe(member) for member in members)
    return not type(backend).__module__.startswith(UNSAFE_BACKENDS)
