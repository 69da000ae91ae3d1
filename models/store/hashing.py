"""Keyed hashes: they find a Message-ID or an address without keeping its words.

The key is 32 random bytes, made with the profile and kept in it. Without the key, addresses cannot
be tried against a tombstone or a ledger row (R7).
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from hashlib import blake2b

from models.store import database

_SETTING = "hash_key"
# Keyed, empty hashers to copy, by database path and size: copying takes half as long as making one.
# Written once per profile, so it needs no lock.
_hashers: dict[tuple[str, int], blake2b] = {}


def key64(text: str) -> int:
    """A signed 64-bit keyed hash of the text, regardless of case."""
    return _key64(database.path(), text)


@lru_cache(maxsize=8192)  # the same few addresses and Message-IDs come again and again
def _key64(path: str, text: str) -> int:
    hasher = _hasher(8)
    hasher.update(text.casefold().encode("utf-8", "surrogatepass"))
    return int.from_bytes(hasher.digest(), "big", signed=True)


def digest16(data: bytes) -> bytes:
    """A keyed hash of 16 bytes."""
    hasher = _hasher(16)
    hasher.update(data)
    return hasher.digest()


def make_key() -> None:
    """Give a new profile its key. Called once, in the transaction that makes the schema."""
    database.run(
        "INSERT OR IGNORE INTO setting (name, value) VALUES (?, ?)",
        (_SETTING, secrets.token_hex(32)),
    )
    forget_key()


def forget_key() -> None:
    """Read the key again at its next use, because the file at the path may be another one."""
    _key64.cache_clear()
    for size in (8, 16):
        _hashers.pop((database.path(), size), None)


def _hasher(size: int) -> blake2b:
    known = _hashers.get((database.path(), size))
    if known is None:
        stored = database.value("SELECT value FROM setting WHERE name = ?", (_SETTING,))
        known = blake2b(digest_size=size, key=bytes.fromhex(stored))
        _hashers[database.path(), size] = known
    return known.copy()
