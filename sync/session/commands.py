"""Checks commands before they are sent, and writes their sets of UIDs and quoted strings."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sync.errors import ReadOnlyRefused, RefusedError

# The one list of commands that change a mailbox. SELECT is in it because it clears \Recent; in
# read-only mode EXAMINE does the same work. UNSELECT is not, because it changes nothing.
CHANGING = frozenset(
    {
        "STORE",
        "COPY",
        "MOVE",
        "APPEND",
        "EXPUNGE",
        "CLOSE",
        "CREATE",
        "DELETE",
        "RENAME",
        "SUBSCRIBE",
        "UNSUBSCRIBE",
        "SELECT",
    }
)
# Never sent at all: both remove what *other* programs marked \Deleted. UID EXPUNGE does not.
NEVER = frozenset({"EXPUNGE", "CLOSE"})

# Long enough for 1,000 single UIDs, short enough for servers that cap a line at 8,192.
SET_MOST = 8_000
# Servers cap a line; a longer Message-ID is hostile anyway.
SEARCHABLE_MOST = 250

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_SEARCHABLE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


def check(verb: str, arguments: Iterable[bytes], *, read_only: bool) -> None:
    """Check a command before it is sent; every command passes here.

    `verb` is the command, with `UID ` before it where it acts on UIDs.

    Raises: ReadOnlyRefused; RefusedError for EXPUNGE, CLOSE and control characters.
    """
    if verb in NEVER:
        raise RefusedError(f"{verb} removes the mail of other programs and is never sent.")
    if read_only and verb.removeprefix("UID ") in CHANGING:
        raise ReadOnlyRefused("Dealpost runs read-only: nothing is changed on the server.")
    if _CONTROL.search(verb.encode()) or any(_CONTROL.search(part) for part in arguments):
        raise RefusedError("A name or a search with control characters is not sent to a server.")


def quote(text: str | bytes) -> bytes:
    """A quoted string (RFC 9051 section 4.3), for ASCII; other text has to go as a literal."""
    raw = text.encode("ascii", "strict") if isinstance(text, str) else text
    return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def is_searchable(text: str) -> bool:
    """Whether a Message-ID may stand in a SEARCH: no control characters, quotes or blanks."""
    return len(text) <= SEARCHABLE_MOST and _SEARCHABLE.fullmatch(text) is not None


def uid_sets(uids: Iterable[int]) -> list[str]:
    """UIDs as sets for commands, each at most `SET_MOST` long; a `range` stays two numbers."""
    sets: list[str] = []
    current: list[str] = []
    length = 0
    for low, high in _runs(uids):
        text = str(low) if low == high else f"{low}:{high}"
        if current and length + len(text) + 1 > SET_MOST:
            sets.append(",".join(current))
            current, length = [], 0
        current.append(text)
        length += len(text) + 1
    if current:
        sets.append(",".join(current))
    return sets


def _runs(uids: Iterable[int]) -> Iterable[tuple[int, int]]:
    if isinstance(uids, range) and uids.step == 1:
        if len(uids):
            yield max(1, uids.start), max(1, uids.stop - 1)
        return
    ordered = sorted({uid for uid in uids if uid > 0})  # rows without a UID now have 0 or less
    if not ordered:
        return
    low = high = ordered[0]
    for uid in ordered[1:]:
        if uid == high + 1:
            high = uid
            continue
        yield low, high
        low = high = uid
    yield low, high


def parse_ranges(text: bytes) -> tuple[tuple[int, int], ...]:
    """`1:3,7` as ((1, 3), (7, 7)). Parts that are no set are left out; never raises."""
    found = []
    for part in text.split(b","):
        low, _, high = part.strip().partition(b":")
        if low.isdigit() and (not high or high.isdigit()):
            first, last = int(low), int(high or low)
            found.append((min(first, last), max(first, last)))
    return tuple(found)


def expand(text: bytes, most: int = 10_000_000) -> list[int]:
    """The UIDs of a set, in its order. Raises RefusedError if there are more than `most`."""
    uids: list[int] = []
    for low, high in parse_ranges(text):
        if len(uids) + high - low >= most:
            raise RefusedError("The mail server named an impossible number of messages.")
        uids.extend(range(low, high + 1))
    return uids
