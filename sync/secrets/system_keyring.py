"""Stores the vault's key in the system's keyring, under a profile's name.

Every call may block for as long as the keyring's own prompt is open. So call these only in a
thread that nothing waits for.
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
    """The result of asking the keyring for a key."""

    KEY = "key"
    NOTHING = "nothing"  # it answers, and has no such key
    LOCKED = "locked"  # it does not answer, or refuses
    NO_KEYRING = "no_keyring"


def is_usable() -> bool:
    """Whether the keyring is safe and answers. May block while it asks the user."""
    look_again()
    if not _is_safe(keyring.get_keyring()):
        return False
    try:
        keyring.get_password(SERVICE_NAME, "availability")
    except _FAULTS:
        return False
    return True


def look_again() -> None:
    """Look again if no keyring is known: one may have appeared since the program started."""
    if isinstance(keyring.get_keyring(), fail.Keyring):
        with contextlib.suppress(KeyError):  # keyring has not looked yet
            keyring.backend.get_all_keyring.reset()
        keyring.core.init_backend()


def key(profile_id: str) -> tuple[bytes | None, Found]:
    """The key of a profile, or None with the reason. May block."""
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
    """Store the key, and read it back because some backends accept a key but keep nothing.

    May block. Raises SecretLockedError.
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
    """Remove a key. Return whether it is certainly gone. May block."""
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
    """Whether a backend keeps keys safely: not one that refuses, forgets or writes plain text."""
    members = getattr(backend, "backends", None)
    if members is not None:  # keyring's chainer asks each of its members in turn
        return any(_is_safe(member) for member in members)
    return not type(backend).__module__.startswith(UNSAFE_BACKENDS)
