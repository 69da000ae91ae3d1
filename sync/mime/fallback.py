"""The fallback parser: the standard library, slower, but it accepts everything.

Parts are text or attachments by the same rule as in the fast parser: text/plain and text/html without
`Content-Disposition: attachment` are the mail's text, and the rest are attachments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message

from sync.mime.headers import raw_text, text_of
from sync.mime.plain_text import decoded

_CHARSET = re.compile(r"charset\*?=\s*\"?'?([^\s;\"']{1,80})", re.IGNORECASE)
_SUBJECT = re.compile(
    rb"^subject:([^\n]{0,998}(?:\n[ \t][^\n]{0,998}){0,20})", re.IGNORECASE | re.MULTILINE
)
_DEPTH_MOST = 40
_PARTS_MOST = 2_000


@dataclass(frozen=True, slots=True)
class SlowPart:
    """An attachment."""

    content_type: str
    file_name: str
    content_id: str
    disposition: str
    content: bytes = field(repr=False)


def opened(raw: bytes) -> Message:
    """Parse a mail by the lenient rules of the standard library; empty if that fails."""
    try:
        return message_from_bytes(raw, policy=policy.compat32)
    except Exception:  # for example, nesting beyond its stack
        return Message()


def header_values(message: Message) -> dict[str, list[str]]:
    """Header values by name in lower case, undecoded."""
    found: dict[str, list[str]] = {}
    for name, value in message.items():
        found.setdefault(name.lower(), []).append(raw_text(value))
    return found


def texts(message: Message) -> tuple[str, str]:
    """All HTML and all plain text of a mail."""
    html: list[str] = []
    plain: list[str] = []
    for part in _leaves(message):
        if is_text(part):
            target = html if part.get_content_subtype() == "html" else plain
            target.append(_text(part))
    return "\n".join(html), "\n".join(plain)


def shown(message: Message, depth: int = 0) -> list[tuple[str, str]]:
    """(`html`, `plain` or `other`, text) of the parts in their order; see sync.mime.parse."""
    if depth > _DEPTH_MOST:
        return []
    if message.is_multipart() and message.get_content_maintype() == "multipart":
        found: list[tuple[str, str]] = []
        for part in _children(message):
            found.extend(shown(part, depth + 1))
        is_choice = message.get_content_subtype() == "alternative"
        if is_choice and any(kind == "html" for kind, _ in found):
            return [("other", t) if k == "plain" else (k, t) for k, t in found]
        return found
    kind = "html" if message.get_content_subtype() == "html" else "plain"
    return [(kind, _text(message))] if is_text(message) else []


def attachments(message: Message) -> list[SlowPart]:
    """The parts of a mail that are not its text."""
    return [
        SlowPart(
            content_type=part.get_content_type(),
            file_name=text_of(raw_text(part.get_filename() or "")),
            content_id=raw_text(part.get("Content-ID", "")).strip().strip("<>"),
            disposition=(part.get_content_disposition() or ""),
            content=_content(part),
        )
        for part in _leaves(message)
        if not is_text(part)
    ]


def is_text(part: Message) -> bool:
    """Whether a part is the mail's own text."""
    if part.is_multipart():
        return False
    if part.get_content_maintype() == "multipart":
        # It names no boundary: everything is text.
        return True
    if part.get_content_type() not in ("text/plain", "text/html"):
        return False
    return part.get_content_disposition() != "attachment"


def charset_of(content_type: str) -> str:
    """The charset of a Content-Type, or ''."""
    found = _CHARSET.search(content_type)
    return found.group(1).rpartition("'")[2] if found else ""


def first_subject(raw: bytes) -> str:
    """The undecoded Subject of a mail, without parsing the mail."""
    found = _SUBJECT.search(raw[:65_536])
    return decoded(found.group(1)) if found else ""


def _leaves(message: Message, depth: int = 0) -> Iterator[Message]:
    """The leaves of a mail; an attached mail is one leaf."""
    if message.get_content_maintype() != "multipart" or not message.is_multipart():
        yield message
        return
    if depth > _DEPTH_MOST:
        return
    for part in _children(message):
        yield from _leaves(part, depth + 1)


def _children(message: Message) -> list[Message]:
    payload = message.get_payload()
    if not isinstance(payload, list):
        return []
    return [part for part in payload[:_PARTS_MOST] if isinstance(part, Message)]


def _content(part: Message) -> bytes:
    if part.is_multipart():
        inner = _children(part)
        try:
            return inner[0].as_bytes() if inner else b""
        except Exception:  # the generator fails on headers that the parser accepted
            return b""
    try:
        payload = part.get_payload(decode=True)
    except Exception:  # a transfer encoding that cannot be decoded
        payload = None
    if isinstance(payload, bytes):
        return payload
    return str(part.get_payload() or "").encode("utf-8", "surrogateescape")


def _text(part: Message) -> str:
    return decoded(_content(part), charset_of(raw_text(part.get("Content-Type", ""))))
