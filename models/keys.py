"""Keyed hashes: what finds a Message-ID or an address without keeping its words.

The key is 32 random bytes, made with the profile and kept in it. Whoever has only a
tombstone or a ledger row cannot try addresses against it (R7).
"""

from __future__ import annotations

import secrets
from hashlib import blake2b

from models import database

_SETTING = "hash_key"
_known: dict[str, bytes] = {}  # by database path; written once a profile, so no lock


def key64(text: str) -> int:
    """A signed 64-bit keyed hash of the text in folded case."""
    content = text.casefold().encode("utf-8", "surrogatepass")
    digest = blake2b(content, digest_size=8, key=_key()).digest()
    return int.from_bytes(digest, "big", signed=True)


def digest16(data: bytes) -> bytes:
    """A keyed hash of 16 bytes."""
    return blake2b(data, digest_size=16, key=_key()).digest()


def make_key() -> None:
    """Give a new profile its key; called once, in the transaction that makes the schema."""
    database.run(
        "INSERT OR IGNORE INTO setting (name, value) VALUES (?, ?)",
        (_SETTING, secrets.token_hex(32)),
    )
    forget_key()


def forget_key() -> None:
    """Read the key again at its next use: the file behind the path may be another one."""
    _known.pop(database.path(), None)


def _key() -> bytes:
    path = database.path()
    key = _known.get(path)
    if key is None:
        stored = database.value("SELECT value FROM setting WHERE name = ?", (_SETTING,))
        key = _known[path] = bytes.fromhex(stored)
    return key
