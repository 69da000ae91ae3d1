"""Prepares plain text of mail for reading: joins flowed lines, marks links, quotes and signature.

The result is our own HTML. All text of the mail in it is escaped.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

MOST_CHARACTERS = 200_000
_FLOWED_LINES = 2  # this many long lines that end in a space mean flowed text (RFC 3676)
_FLOWED_LENGTH = 40

_LINK = re.compile(
    r"\b(?:https?://|www\.)[^\s<>\"'\u201c\u201d]{1,2000}"
    r"|\b[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}\b",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?'*_"
_WROTE = re.compile(
    r"^\s*(?:on|am|le|el|il|op|den|w dniu|kuupäeval)\b.{5,200}"
    r"(?:wrote|schrieb|écrit|escribió|scritto|schreef|skrev|napisał|kirjutas)\b.{0,80}:\s*$",
    re.IGNORECASE | re.DOTALL,
)
_ORIGINAL = re.compile(
    r"\s*-{2,}\s*original (?:message|appointment)\s*-{2,}\s*$|_{20,}\s*$",
    re.IGNORECASE | re.MULTILINE,
)


class Kind(StrEnum):
    """What kind of text a piece is."""

    TEXT = "text"
    QUOTE = "quote"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines of one kind."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text split into pieces. `folded` is the quote at its end, which may be hidden."""

    shown: tuple[Piece, ...]
    folded: tuple[Piece, ...]
    was_cut: bool


def pieces(text: str) -> Pieces:
    """Split the text of a mail into pieces."""
    cut = len(text) > MOST_CHARACTERS
    text = text[:MOST_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    lines = unflowed(text.strip("\n")).split("\n")
    found = list(_pieces(lines))
    split = _quote_start(found)
    return Pieces(tuple(found[:split]), tuple(found[split:]), cut)


def unflowed(text: str) -> str:
    """Join lines that flow into the next one, if the text looks flowed. Quotes are not joined."""
    lines = text.split("\n")
    flowed = sum(1 for line in lines if line.endswith(" ") and len(line) > _FLOWED_LENGTH)
    if flowed < _FLOWED_LINES:
        return text
    out: list[str] = []
    flows = False
    for line in lines:
        if flows and line.strip() and not line.startswith((">", "-- ")):
            out[-1] += line.lstrip() if line.startswith("  ") else line
        else:
            out.append(line)
        flows = (
            line.endswith(" ") and line != "-- " and not line.startswith(">") and bool(line.strip())
        )
    return "\n".join(out)


def to_html(found: tuple[Piece, ...]) -> str:
    """Pieces as HTML with the classes `quote` and `signature`."""
    return "".join(_piece_html(piece) for piece in found)


def linked(text: str) -> str:
    """Escape a text and make links of what looks like web and mail addresses."""
    out: list[str] = []
    end = 0
    for match in _LINK.finditer(text):
        address = match[0].rstrip(_TRAILING)
        if address.endswith(")") and "(" not in address:
            address = address.rstrip(")" + _TRAILING)
        out += (html.escape(text[end : match.start()]), _link(address))
        end = match.start() + len(address)
    out.append(html.escape(text[end:]))
    return "".join(out)


def _link(address: str) -> str:
    target = address
    if "://" not in address:
        target = f"mailto:{address}" if "@" in address else f"http://{address}"
    return f'<a href="{html.escape(target)}">{html.escape(address)}</a>'


def _piece_html(piece: Piece) -> str:
    body = linked(piece.text).replace("\n", "<br>")
    if piece.kind is Kind.QUOTE:
        return f'<blockquote class="quote">{body}</blockquote>'
    name = ' class="signature"' if piece.kind is Kind.SIGNATURE else ""
    return f"<p{name}>{body}</p>"


def _pieces(lines: list[str]) -> list[Piece]:
    found: list[Piece] = []
    for is_quote, group in groupby(lines, key=lambda line: line.startswith(">")):
        kept = list(group)
        if is_quote:
            text = "\n".join(line.removeprefix(">").removeprefix(" ") for line in kept)
            found.append(Piece(Kind.QUOTE, text))
        else:
            found += _own(kept)
    return found


def _own(lines: list[str]) -> list[Piece]:
    """Split lines into text and the signature, which starts at a line of two dashes."""
    marks = [at for at, line in enumerate(lines) if line in ("-- ", "--")]
    if not marks:
        return _paragraphs(lines, Kind.TEXT)
    return [
        *_paragraphs(lines[: marks[-1]], Kind.TEXT),
        *_paragraphs(lines[marks[-1] + 1 :], Kind.SIGNATURE),
    ]


def _paragraphs(lines: list[str], kind: Kind) -> list[Piece]:
    """One piece per paragraph. The style sheet makes the space between them."""
    found = []
    for is_blank, group in groupby(lines, key=lambda line: not line.strip()):
        if not is_blank:
            found.append(Piece(kind, "\n".join(line.rstrip() for line in group)))
    return found


def _quote_start(found: list[Piece]) -> int:
    """Where the quote at the end starts, with its line "On … wrote:". Without one, the length."""
    for at, piece in enumerate(found):
        if at and piece.kind is Kind.TEXT and _ORIGINAL.match(piece.text):
            return at
    at = len(found)
    while at and found[at - 1].kind is Kind.SIGNATURE:
        at -= 1
    if not at or found[at - 1].kind is not Kind.QUOTE:
        return len(found)
    start = at - 1
    if start and found[start - 1].kind is not Kind.QUOTE:
        start = _with_attribution(found, start)
    return start or len(found)


def _with_attribution(found: list[Piece], start: int) -> int:
    """Move the line "On … wrote:" into the quote that it announces."""
    lines = found[start - 1].text.split("\n")
    for count in (1, 2, 3):
        tail = " ".join(lines[-count:])
        if count <= len(lines) and _WROTE.match(tail):
            rest = "\n".join(lines[:-count])
            announced = Piece(Kind.TEXT, "\n".join(lines[-count:]))
            before = Piece(found[start - 1].kind, rest)
            replaced = [before, announced] if rest else [announced]
            found[start - 1 : start] = replaced
            return start if rest else start - 1
    return start
