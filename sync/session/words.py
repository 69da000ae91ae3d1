"""Converts parts of a server's answer into values, and halves sets of UIDs."""

from __future__ import annotations

from typing import Any

from sync.session import commands
from sync.session.values import MAX_UID, Listed, Status


def halves(part: str) -> list[str]:
    """The two halves of a set; none for an open range or a single UID."""
    uids = commands.expand(part.encode()) if f":{MAX_UID}" not in part else []
    middle = len(uids) // 2
    return [
        text
        for half in (uids[:middle], uids[middle:])
        if middle
        for text in commands.uid_sets(half)
    ]


def parsable(segments: list[bytes]) -> list[Any]:
    """Segments in the shape IMAPClient parses: (text, literal), …, text."""
    pairs: list[Any] = list(zip(segments[0::2], segments[1::2], strict=False))
    return [*pairs, segments[-1]]


def with_status(entry: Listed, status: Status | None) -> Listed:
    """The same mailbox with its numbers."""
    return Listed(entry.name, entry.delimiter, entry.attributes, status)


def as_text(value: Any) -> str:
    """A parsed value as text; IMAPClient makes `123` an int, NIL None, `(x)` a tuple."""
    if isinstance(value, tuple):
        value = value[0] if value else b""
    if value is None:
        return ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def as_number(value: Any) -> int:
    """A parsed value as a number; 0 if it is none."""
    text = as_text(value)
    return int(text) if text.isascii() and text.isdigit() else 0
