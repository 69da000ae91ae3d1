"""Reads BODYSTRUCTURE: which parts of a large mail to fetch now, and which on demand.

Servers get BODYSTRUCTURE wrong in many ways, so every field is checked. A structure that makes no
sense has no parts, and the mail is then fetched whole.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.utils import decode_rfc2231
from typing import Any
from urllib.parse import unquote

from models.parsed_mail import ParsedAttachment, ParsedMail, PartialBody
from sync.mime import headers, parse, plain_text

_DEPTH_MOST = 40
_PARTS_MOST = 1_000
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the structure. `size` counts encoded bytes."""

    section: str
    content_type: str
    charset: str = ""
    encoding: str = ""
    size: int = 0
    file_name: str = ""
    content_id: str = ""
    disposition: str = ""

    @property
    def is_text(self) -> bool:
        """Whether it is the mail's own text."""
        return self.content_type in ("text/plain", "text/html") and self.disposition != "attachment"


def parts_of(structure: Any) -> list[Part]:
    """The leaves of a BODYSTRUCTURE; none if it makes no sense."""
    try:
        return list(_walk(structure, "", 0))[:_PARTS_MOST]
    except (TypeError, ValueError, IndexError, AttributeError, RecursionError):
        return []


def text_parts(parts: list[Part]) -> tuple[Part | None, Part | None]:
    """The first plain and the first HTML part."""
    plain = next((p for p in parts if p.is_text and p.content_type == "text/plain"), None)
    html = next((p for p in parts if p.is_text and p.content_type == "text/html"), None)
    return plain, html


def partial_mail(
    header: bytes, parts: list[Part], fetched: dict[str, bytes]
) -> tuple[ParsedMail, PartialBody]:
    """A mail of which only the header and some text parts are here, by section."""
    plain, html = text_parts(parts)
    text_words = _words(plain, fetched)
    html_words = _words(html, fetched)
    mail = parse.parse(header.rstrip(b"\r\n") + b"\r\n\r\n")
    words = text_words or ""
    index = plain_text.tidy(words) if words.strip() else plain_text.from_html(html_words or "")
    mail = replace(
        mail,
        text=index,
        snippet=plain_text.snippet(words if words.strip() else index),
        attachments=attachments_of(parts, html_words or ""),
        warnings=("partial",),
    )
    return mail, PartialBody(header=header, text=text_words, html=html_words)


def attachments_of(parts: list[Part], html: str = "") -> tuple[ParsedAttachment, ...]:
    """The attachments with their sections and their approximate decoded sizes."""
    attached = [part for part in parts if not part.is_text]
    return tuple(
        ParsedAttachment(
            file_name=headers.file_name(part.file_name, part.content_type, number),
            content_type=part.content_type,
            size=part.size * 3 // 4 if part.encoding == "base64" else part.size,
            content_id=part.content_id,
            is_inline=parse.is_inline(part.content_type, part.content_id, part.disposition, html),
            section=part.section,
            encoding=part.encoding,
        )
        for number, part in enumerate(attached, start=1)
    )


def decode_part(data: bytes, encoding: str) -> bytes:
    """Decode a part's transfer encoding. What cannot be decoded stays as it is."""
    try:
        if encoding == "base64":
            bare = _NOT_BASE64.sub(b"", data).rstrip(b"=")
            # A single character left over holds no byte.
            bare = bare[:-1] if len(bare) % 4 == 1 else bare
            return base64.b64decode(bare + b"=" * (-len(bare) % 4))
        if encoding == "quoted-printable":
            return quopri.decodestring(data)
    except (binascii.Error, ValueError):
        pass
    return data


def _words(part: Part | None, fetched: dict[str, bytes]) -> str | None:
    if part is None or part.section not in fetched:
        return None
    return plain_text.decoded(decode_part(fetched[part.section], part.encoding), part.charset)


def _walk(node: Any, section: str, depth: int) -> Iterator[Part]:
    if depth > _DEPTH_MOST or not isinstance(node, tuple | list) or not node:
        return
    if isinstance(node[0], tuple | list):
        # IMAPClient puts the children into one list; a plain parse lists them one after another.
        first = node[0]
        wrapped = isinstance(first, list)
        children = first if wrapped else [c for c in node if isinstance(c, tuple | list)]
        for number, child in enumerate(children, start=1):
            yield from _walk(child, f"{section}.{number}" if section else str(number), depth + 1)
        return
    yield _leaf(node, section or "1")


def _leaf(node: tuple[Any, ...] | list[Any], section: str) -> Part:
    kind = f"{_word(node, 0)}/{_word(node, 1)}".lower()
    parameters = _pairs(_at(node, 2))
    disposition, named = _disposition(node, kind)
    return Part(
        section=section,
        content_type=kind if "/" in kind.strip("/") else "application/octet-stream",
        charset=parameters.get("charset", ""),
        encoding=_word(node, 5).lower(),
        size=_size(_at(node, 6)),
        file_name=_name(named, "filename") or _name(parameters, "name"),
        content_id=_word(node, 3).strip().strip("<>"),
        disposition=disposition,
    )


def _disposition(node: tuple[Any, ...] | list[Any], kind: str) -> tuple[str, dict[str, str]]:
    """The disposition, whose place depends on the type (RFC 3501 section 7.4.2)."""
    place = 9 if kind.startswith("text/") else 11 if kind == "message/rfc822" else 8
    value = _at(node, place)
    if not isinstance(value, tuple | list) or not value:
        return "", {}
    return _word(value, 0).lower(), _pairs(_at(value, 1))


def _pairs(value: Any) -> dict[str, str]:
    if not isinstance(value, tuple | list):
        return {}
    words = [_as_text(word) for word in value]
    return {k.lower(): v for k, v in zip(words[0::2], words[1::2], strict=False)}


def _name(parameters: dict[str, str], name: str) -> str:
    """A name in a parameter: plain or by RFC 2231, whole or in pieces."""
    if parameters.get(name):
        return headers.text_of(parameters[name])
    pieces = [parameters[key] for key in _pieces(parameters, name)]
    if not pieces:
        return ""
    charset, _, value = decode_rfc2231("".join(pieces))
    raw = unquote(value, "latin-1").encode("latin-1", "replace")
    return plain_text.decoded(raw, charset or "")


def _pieces(parameters: dict[str, str], name: str) -> list[str]:
    found = [key for key in parameters if key.startswith(f"{name}*")]
    return sorted(found, key=lambda key: int("0" + "".join(filter(str.isdigit, key))))


def _at(node: tuple[Any, ...] | list[Any], place: int) -> Any:
    return node[place] if place < len(node) else None


def _word(node: tuple[Any, ...] | list[Any], place: int) -> str:
    return _as_text(_at(node, place))


def _as_text(value: Any) -> str:
    if value is None or isinstance(value, tuple | list):
        return ""
    return plain_text.decoded(value) if isinstance(value, bytes) else str(value)


def _size(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0
