"""Takes mail apart: fields, text, attachments for the store; HTML and pictures for the reader.

A parser written in Rust does the work. What it refuses (about one mail in 500) goes to the standard
library. Nothing here raises, whatever the bytes are: a mail that makes no sense is still a mail with
its bytes. An attachment has the same position in all functions.
"""

from __future__ import annotations

import html as markup
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

import fast_mail_parser as fast

from models.parsed_mail import Address, ParsedAttachment, ParsedMail
from sync.mime import fallback, plain_text
from sync.mime import headers as header_fields

log = logging.getLogger(__name__)

_THREADS = 2
# UTF-8 that was read as Windows-1252 looks like this.
_MISREAD = re.compile("Ã[\x80-\xbf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
# Types of attachments that a mail may show in its text.
_PICTURES = "image/"


@dataclass(frozen=True, slots=True)
class MailContent:
    """What the reader shows.

    Attributes:
        html: '' for a mail without HTML. Plain parts between HTML parts are in it, escaped.
        text: The plain text, or '' if there is only HTML.
        inline: Content type and bytes by Content-ID, without brackets.
    """

    html: str = ""
    text: str = ""
    inline: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    attachments: tuple[ParsedAttachment, ...] = ()


def parse(raw: bytes) -> ParsedMail:
    """Parse one mail."""
    return parse_many([raw])[0]


def parse_many(raws: Sequence[bytes]) -> list[ParsedMail]:
    """Parse many mails, in their order."""
    try:
        parsed = fast.parse_many(list(raws), threads=_THREADS)
    except Exception:  # a panic of the parser must not stop a sync
        parsed = [None] * len(raws)  # type: ignore[list-item]
    return [_mail(raw, found) for raw, found in zip(raws, parsed, strict=True)]


def content(raw: bytes) -> MailContent:
    """What the reader shows of one mail."""
    opened = _open(raw)
    html, text = _shown(raw)
    attachments = _described(opened, html)
    inline = {
        part.content_id: (part.content_type, part.content) for part in opened if part.content_id
    }
    return MailContent(html, text, inline, attachments)


def attachment_bytes(raw: bytes, position: int) -> bytes:
    """The bytes of the attachment at this position of `ParsedMail.attachments`."""
    parts = _open(raw)
    return parts[position].content if 0 <= position < len(parts) else b""


def _mail(raw: bytes, found: fast.PyMail | fast.ParseError | None) -> ParsedMail:
    try:
        if isinstance(found, fast.PyMail):
            return _from_fast(raw, found)
        return _from_slow(raw)
    except Exception as fault:  # never raises: one bad mail must not stop a sync
        log.warning("a mail of %d bytes could not be read: %s", len(raw), type(fault).__name__)
        return ParsedMail(warnings=("unreadable",))


def _from_fast(raw: bytes, found: fast.PyMail) -> ParsedMail:
    headers = header_fields.by_lower_name(found.headers)
    warnings = tuple(dict.fromkeys(warning.kind for warning in found.warnings))
    html, plain = "\n".join(found.text_html), "\n".join(found.text_plain)
    is_empty = not plain and not html and not found.attachments
    if is_empty or "charset-fallback" in warnings or _has_wrong_letters(plain, html):
        # The standard library returns bytes, and we guess the charset better.
        html, plain = fallback.texts(fallback.opened(raw))
    text = _index_text(plain, html)
    parts = [_Part.of_fast(part) for part in found.attachments]
    return ParsedMail(
        subject=header_fields.text_of(found.subject),
        from_=_people(headers, "from", [found.from_] if found.from_ else []),
        to=_people(headers, "to", found.to),
        cc=_people(headers, "cc", found.cc),
        bcc=_people(headers, "bcc", found.bcc),
        reply_to=_people(headers, "reply-to", found.reply_to),
        message_id_header=header_fields.message_id(headers.get("message-id", ())),
        in_reply_to=header_fields.message_ids(headers.get("in-reply-to", ())),
        references=header_fields.message_ids(headers.get("references", ())),
        dated_at=header_fields.dated_at(found.date, found.date_parsed),
        text=text,
        snippet=plain_text.snippet(plain if plain.strip() else text),
        attachments=_described(parts, html),
        warnings=warnings,
    )


def _has_wrong_letters(*texts: str) -> bool:
    """Whether the text was decoded with a wrong charset, or has replacement characters.

    Searches letter by letter, which takes a tenth of the time of one pattern for all.
    """
    return any(
        "\ufffd" in text or "â€" in text or ("Ã" in text and _MISREAD.search(text) is not None)
        for text in texts
        if not text.isascii()
    )


def _people(
    headers: dict[str, list[str]], name: str, found: Sequence[fast.PyAddress]
) -> tuple[Address, ...]:
    if not found:
        values = headers.get(name)
        return header_fields.addresses(values) if values else ()
    return tuple(header_fields.an_address(one.display_name, one.address) for one in found)


def _from_slow(raw: bytes) -> ParsedMail:
    message = fallback.opened(raw)
    html, plain = fallback.texts(message)
    values = fallback.header_values(message)
    text = _index_text(plain, html)
    get: Callable[[str], list[str]] = lambda name: values.get(name, [])  # noqa: E731
    return ParsedMail(
        subject=header_fields.text_of((get("subject") or [""])[0]),
        from_=header_fields.addresses(get("from"))[:1],
        to=header_fields.addresses(get("to")),
        cc=header_fields.addresses(get("cc")),
        bcc=header_fields.addresses(get("bcc")),
        reply_to=header_fields.addresses(get("reply-to")),
        message_id_header=header_fields.message_id(get("message-id")),
        in_reply_to=header_fields.message_ids(get("in-reply-to")),
        references=header_fields.message_ids(get("references")),
        dated_at=header_fields.dated_at((get("date") or [""])[0]),
        text=text,
        snippet=plain_text.snippet(plain if plain.strip() else text),
        attachments=_described([_Part.of_slow(p) for p in fallback.attachments(message)], html),
        warnings=("slow",),
    )


def _index_text(plain: str, html: str) -> str:
    """The mail's plain text, or the words of its HTML if the plain text is blank."""
    if plain.strip():
        return plain_text.for_index(plain)
    return plain_text.from_html(html) if html else ""


# --- parts ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """A part that is not the mail's text."""

    content_type: str
    file_name: str
    content_id: str
    disposition: str
    content: bytes = field(repr=False)

    @classmethod
    def of_fast(cls, part: fast.PyAttachment) -> _Part:
        kind = part.mimetype.lower().partition(";")[0].strip() or "application/octet-stream"
        disposition = (part.disposition or "").lower()
        return cls(kind, part.filename, part.content_id or "", disposition, part.content)

    @classmethod
    def of_slow(cls, part: fallback.SlowPart) -> _Part:
        return cls(
            part.content_type, part.file_name, part.content_id, part.disposition, part.content
        )


def _open(raw: bytes) -> list[_Part]:
    """The attachments of a mail, with their bytes."""
    try:
        return [_Part.of_fast(part) for part in fast.parse_email(raw).attachments]
    except Exception:  # the other parser takes it
        return [_Part.of_slow(part) for part in fallback.attachments(fallback.opened(raw))]


def _described(parts: Sequence[_Part], html: str) -> tuple[ParsedAttachment, ...]:
    if not parts:
        return ()
    shown = unquote(html) if "cid:" in html else ""
    return tuple(
        ParsedAttachment(
            file_name=header_fields.file_name(
                part.file_name, part.content_type, number, _inner_subject(part)
            ),
            content_type=part.content_type,
            size=len(part.content),
            content_id=part.content_id,
            is_inline=is_inline(part.content_type, part.content_id, part.disposition, shown),
        )
        for number, part in enumerate(parts, start=1)
    )


def is_inline(content_type: str, content_id: str, disposition: str, html: str) -> bool:
    """Whether a part is a picture shown in the text, and so no attachment for the user."""
    if not content_type.startswith(_PICTURES) or not content_id:
        return False
    return disposition == "inline" or f"cid:{content_id}" in html


def _inner_subject(part: _Part) -> str:
    if part.content_type != "message/rfc822" or part.file_name:
        return ""
    return header_fields.text_of(fallback.first_subject(part.content))


# --- what is shown -------------------------------------------------------------------------


def _shown(raw: bytes) -> tuple[str, str]:
    """HTML and plain text: the parts of a mail joined in their order."""
    try:
        shown = list(_chosen(fast.parse_email_tree(raw)))
        if not any(text for _, text in shown):
            shown = fallback.shown(fallback.opened(raw))
    except Exception:  # the other parser takes it
        shown = fallback.shown(fallback.opened(raw))
    plain = "\n".join(text for kind, text in shown if kind != "html").strip("\n")
    if not any(kind == "html" for kind, _ in shown):
        return "", plain
    return "\n".join(_as_html(kind, text) for kind, text in shown), plain


def _as_html(kind: str, text: str) -> str:
    """Join parts as HTML. `other` is the plain twin of an HTML part, and is left out."""
    if kind == "html":
        return text
    if kind == "other":
        return ""
    return f'<div style="white-space: pre-wrap">{markup.escape(text)}</div>'


def _chosen(part: fast.PyMimePart) -> Iterator[tuple[str, str]]:
    kind = part.content_type.lower()
    if kind.startswith("multipart/"):
        found = [list(_chosen(child)) for child in part.children]
        flat = [entry for entries in found for entry in entries]
        has_html = any(kind == "html" for kind, _ in flat)
        is_choice = kind == "multipart/alternative" and has_html
        yield from (("other", t) if is_choice and k == "plain" else (k, t) for k, t in flat)
    elif kind in ("text/plain", "text/html") and (part.disposition or "") != "attachment":
        headers = header_fields.by_lower_name(part.headers)
        charset = fallback.charset_of((headers.get("content-type") or [""])[0])
        yield kind.removeprefix("text/"), plain_text.decoded(part.content or b"", charset)
