"""Reads header fields as values: addresses, Message-IDs, dates, file names."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses, parsedate_to_datetime

from models.parsed_mail import Address
from sync.mime.plain_text import decoded

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
_LONE_ID = re.compile(r"[^<>\s,;]{1,900}@[^<>\s,;]{1,900}")
_ADDRESS = re.compile(r"[^\s<>,;:\"'()\[\]@]{1,256}@[^\s<>,;:\"'()@]{1,255}")
_BLANKS = re.compile(r"\s+")
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]+')
# A conversation is found by its newest references; the first one names its root.
_REFERENCES_MOST = 100
_NAME_MOST = 150
_ADDRESSES_MOST = 2_000
_HEADER_MOST = 100_000
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def text_of(raw: str) -> str:
    """A header as text: decoded by RFC 2047 and unfolded, even with a wrong charset."""
    if "=?" in raw:
        try:
            pieces = [
                part if isinstance(part, str) else decoded(part, charset or "")
                for part, charset in decode_header(raw)
            ]
            raw = "".join(pieces)
        except (HeaderParseError, ValueError, LookupError):
            pass
    return _BLANKS.sub(" ", raw.replace("\x00", "")).strip()


def raw_text(value: object) -> str:
    """A header from the standard library; undecodable bytes are read as UTF-8 or 1252."""
    text = str(value)
    try:
        return decoded(text.encode("ascii", "surrogateescape"))
    except UnicodeEncodeError:
        return text


def addresses(values: Sequence[str]) -> tuple[Address, ...]:
    """The names and addresses in header values that the fast parser could not read."""
    joined = [_BLANKS.sub(" ", value)[:_HEADER_MOST] for value in values]
    pairs = [(n, a) for n, a in getaddresses(joined) if _ADDRESS.fullmatch(a)]
    if not pairs:
        # A broken list: take at least the addresses in it.
        pairs = [("", found) for value in joined for found in _ADDRESS.findall(value)]
    return tuple(an_address(text_of(name), address) for name, address in pairs[:_ADDRESSES_MOST])


def an_address(name: str | None, address: str) -> Address:
    """An address in lower case; a name that only repeats it is dropped."""
    bare = _BLANKS.sub("", address).strip("<>'\"").lower()
    shown = _BLANKS.sub(" ", (name or "").replace("\x00", "")).strip().strip("'\"").strip()
    return ("" if shown.lower() == bare else shown, bare)


def message_ids(values: Iterable[str]) -> tuple[str, ...]:
    """The Message-IDs in References or In-Reply-To, each once, in order."""
    text = " ".join(values)
    found = list(dict.fromkeys(_MESSAGE_ID.findall(text)))
    if len(found) > _REFERENCES_MOST:
        found = [found[0], *found[1 - _REFERENCES_MOST :]]
    return tuple(found)


def message_id(values: Sequence[str]) -> str:
    """The Message-ID with its brackets, or ''."""
    text = values[0] if values else ""
    if found := _MESSAGE_ID.search(text):
        return found.group()
    lone = _LONE_ID.search(text)
    return f"<{lone.group()}>" if lone else ""


def dated_at(text: str, parsed: datetime | None = None) -> int | None:
    """A Date header in ms UTC; None if it is not a date."""
    moment = parsed
    if moment is None and text:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, OverflowError, IndexError):
            return None
    if moment is None:
        return None
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        milliseconds = int(moment.timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return None
    return milliseconds if milliseconds >= 0 and moment < _LATEST else None


def file_name(name: str, content_type: str, number: int, subject: str = "") -> str:
    """A safe file name: without a path, with an extension, never empty."""
    bare = _UNFIT.sub("_", text_of(name)).strip(" ._") or ""
    if not bare and content_type == "message/rfc822":
        bare = _UNFIT.sub("_", subject).strip(" ._")[: _NAME_MOST - 4] or f"message-{number}"
        return f"{bare}.eml"
    if not bare:
        return f"attachment-{number}{mimetypes.guess_extension(content_type) or ''}"
    if len(bare) > _NAME_MOST:
        stem, dot, ending = bare.rpartition(".")
        keeps = dot and len(ending) < 12
        bare = f"{stem[: _NAME_MOST - len(ending) - 1]}.{ending}" if keeps else bare[:_NAME_MOST]
    return bare


def by_lower_name(headers: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Header values by name in lower case."""
    found: dict[str, list[str]] = {}
    for name, values in headers.items():
        found.setdefault(name.lower(), []).extend(values)
    return found
