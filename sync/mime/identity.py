"""Computes the identity of a message: equal for every copy, however its header was fetched.

A Message-ID alone is never enough, because a hostile mail may reuse another's. So Date, From, Subject
and the first Received go into the hash too. Without a Message-ID, size and INTERNALDATE are used
instead. The header may come from a whole message or from BODY[HEADER.FIELDS (…)] of any server, so
names are compared without case, lines are unfolded, runs of blanks count as one, and order is ignored.
"""

from __future__ import annotations

import re

from models.store.hashing import digest16

_FIELD = re.compile(
    rb"^(message-id|date|from|subject|received)[ \t]*:((?:[^\n]*)(?:\n[ \t][^\n]*)*)",
    re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(rb"\r?\n\r?\n")
_BLANKS = re.compile(rb"[ \t\r\n\x00]+")
_NAMES = (b"message-id", b"date", b"from", b"subject", b"received")


def identity(header_bytes: bytes, size: int, received_at: int) -> bytes:
    """The 16 bytes that identify a message.

    Args:
        header_bytes: Its header, the whole message, or only the five fields.
        size: RFC822.SIZE.
        received_at: INTERNALDATE in ms.
    """
    fields = canonical_fields(header_bytes)
    parts = [name + b":" + fields.get(name, b"") for name in _NAMES]
    if not fields.get(b"message-id"):
        parts.append(b"%d:%d" % (size, received_at // 1000))
    return digest16(b"\n".join(parts))


def canonical_fields(header_bytes: bytes) -> dict[bytes, bytes]:
    """The first of each of the five fields, unfolded and trimmed."""
    if header_bytes.startswith((b"\n", b"\r\n")):
        return {}
    end = _END.search(header_bytes)
    header = header_bytes[: end.start() if end else None].replace(b"\r\n", b"\n")
    fields: dict[bytes, bytes] = {}
    for found in _FIELD.finditer(header):
        value = _BLANKS.sub(b" ", found.group(2)).strip()
        fields.setdefault(found.group(1).lower(), value)
    return fields
