"""Parses FETCH responses quickly: one regular expression per item instead of a lexer per byte.

A record is [text, literal, text, …]. Items are matched one after the other from the start of the
record, so that nothing inside a quoted string or literal is taken for an item. A record of
another shape goes to IMAPClient's parser by itself, so one bad message never spoils a batch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from imapclient.exceptions import IMAPClientError
from imapclient.response_parser import parse_fetch_response

from sync.session.values import Facts, Fetched

Record = list[bytes]

# Bits of models.flags.Flag.
FLAG_BITS = {
    b"\\SEEN": 1,
    b"\\ANSWERED": 2,
    b"\\FLAGGED": 4,
    b"\\DELETED": 8,
    b"\\DRAFT": 16,
}
_START = re.compile(rb"\* \d+ FETCH \(", re.IGNORECASE)
_ITEM = re.compile(
    rb" *(?:UID (?P<uid>\d+)"
    rb"|FLAGS \((?P<flags>[^()]*)\)"
    rb'|INTERNALDATE "(?P<date>[^"]*)"'
    rb"|RFC822\.SIZE (?P<size>\d+)"
    rb"|MODSEQ \((?P<modseq>\d+)\)"
    rb"|X-GM-MSGID (?P<gm>\d+)"
    rb"|EMAILID \((?P<email>[^()]*)\)"
    rb"|BODY\[[^\]]*\](?:<\d+>)? (?:(?P<literal>~?\{\d+\})$"
    rb'|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<nil>NIL)))',
    re.IGNORECASE,
)
_DATE = re.compile(rb" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ?([+-])(\d\d)(\d\d)$")
_MONTHS = {
    name: number
    for number, name in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}


@lru_cache(maxsize=1024)
def flag_bits(names: bytes) -> int:
    r"""Flags such as `\Seen \Answered` as bits of Flag; keywords and `\Recent` have none."""
    bits = 0
    for name in names.upper().split():
        bits |= FLAG_BITS.get(name, 0)
    return bits


def flag_names(bits: int) -> str:
    r"""Bits of Flag as IMAP writes them: `(\Seen \Answered)`."""
    names = [name for name, bit in FLAG_BITS.items() if bits & bit]
    return "(" + " ".join("\\" + name.decode()[1:].capitalize() for name in names) + ")"


def received_at(text: bytes) -> int:
    """INTERNALDATE in ms UTC; 0 if it cannot be read."""
    found = _DATE.match(text.strip())
    if found is None:
        return 0
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    try:
        moment = datetime(
            int(year),
            _MONTHS[month.lower()],
            int(day),
            int(hour),
            int(minute),
            min(int(second), 59),
            tzinfo=UTC,
        )
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        moment = moment - offset if sign == b"+" else moment + offset
        return int(moment.timestamp()) * 1000
    except (KeyError, ValueError, OverflowError):
        return 0


def fetched_of(record: Record) -> Fetched | None:
    """The message in a record; None without a UID, because a sequence number identifies nothing."""
    found = _quick(record)
    return found if found is not None else _slow(record)


def facts_of(record: Record) -> Facts | None:
    """The facts of one record; None without a UID."""
    fetched = fetched_of(record)
    return fetched.facts if fetched is not None else None


def all_fetched(records: Iterable[Record]) -> dict[int, Fetched]:
    """The messages of these records by UID; several records of one message are merged."""
    found: dict[int, Fetched] = {}
    for record in records:
        fetched = fetched_of(record)
        if fetched is None:
            continue
        before = found.get(fetched.uid)
        found[fetched.uid] = fetched if before is None else _merged(before, fetched)
    return found


def _merged(before: Fetched, after: Fetched) -> Fetched:
    """Merge two records of one message: the later flags, and what only one of them has."""
    old, new = before.facts, after.facts
    facts = Facts(
        uid=before.uid,
        flags=old.flags if new.flags is None else new.flags,
        modseq=max(old.modseq, new.modseq),
        received_at=new.received_at or old.received_at,
        size=new.size or old.size,
        server_identity=new.server_identity or old.server_identity,
    )
    return Fetched(before.uid, facts, after.raw or before.raw)


def _quick(record: Record) -> Fetched | None:
    text = record[0]
    start = _START.match(text)
    if start is None:
        return None
    position, segment = start.end(), 0
    values: dict[str, bytes] = {}
    raw = b""
    while True:
        if position == len(text):
            return None
        if text[position] == 41:  # the closing bracket
            return _built(values, raw) if position == len(text) - 1 else None
        item = _ITEM.match(text, position)
        if item is None:
            return None
        kind, position = str(item.lastgroup), item.end()
        if kind == "literal":
            raw = record[segment + 1]
            segment += 2
            text, position = record[segment], 0
        elif kind == "quoted":
            raw = re.sub(rb"\\(.)", rb"\1", item.group("quoted"))
        else:
            values[kind] = item.group(kind)


def _built(values: dict[str, bytes], raw: bytes) -> Fetched | None:
    if "uid" not in values:
        return None
    uid = int(values["uid"])
    if uid <= 0:
        return None
    flags = values.get("flags")
    facts = Facts(
        uid,
        None if flags is None else flag_bits(flags),
        int(values.get("modseq", 0)),
        received_at(values["date"]) if "date" in values else 0,
        int(values.get("size", 0)),
        _server_identity(values.get("gm", b""), values.get("email", b"")),
    )
    return Fetched(uid, facts, raw)


def _server_identity(gm: bytes, email: bytes) -> str:
    if gm:
        return f"gm:{gm.decode()}"
    text = email.decode("ascii", "replace").strip()
    return f"em:{text}" if text and text.upper() != "NIL" else ""


def for_imapclient(record: Record) -> list[Any]:
    """A record in imaplib's shape: (text with `{n}`, literal), …, text."""
    first = re.sub(rb"^\* (\d+) FETCH ", rb"\1 ", record[0], flags=re.IGNORECASE)
    texts = [first, *record[2::2]]
    pairs: list[Any] = list(zip(texts, record[1::2], strict=False))
    return [*pairs, texts[-1]]


def parsed(record: Record) -> dict[bytes, Any] | None:
    """A record as IMAPClient parses it; None if it cannot be read or has no UID."""
    try:
        answer = parse_fetch_response(
            for_imapclient(record), normalise_times=False, uid_is_key=False
        )
    except (IMAPClientError, ValueError, TypeError, IndexError, AttributeError, RecursionError):
        return None
    values: dict[bytes, Any] = next(iter(answer.values()), {})
    return values if values.get(b"UID") else None


def _slow(record: Record) -> Fetched | None:
    values = parsed(record)
    if values is None:
        return None
    facts = Facts(
        uid=values[b"UID"],
        flags=_slow_flags(values.get(b"FLAGS")),
        modseq=_number(values.get(b"MODSEQ")),
        received_at=_slow_date(values.get(b"INTERNALDATE")),
        size=_number(values.get(b"RFC822.SIZE")),
        server_identity=_server_identity(
            str(values.get(b"X-GM-MSGID") or "").encode(), _email_id(values.get(b"EMAILID"))
        ),
    )
    bodies = [v for k, v in values.items() if k.startswith(b"BODY[") and isinstance(v, bytes)]
    return Fetched(facts.uid, facts, bodies[-1] if bodies else b"")


def _slow_flags(value: Any) -> int | None:
    if not isinstance(value, tuple):
        return None
    return flag_bits(b" ".join(name for name in value if isinstance(name, bytes)))


def _slow_date(value: Any) -> int:
    return int(value.timestamp() * 1000) if isinstance(value, datetime) and value.tzinfo else 0


def _number(value: Any) -> int:
    """MODSEQ comes as a tuple of one, sizes as they are."""
    if isinstance(value, tuple) and value:
        value = value[0]
    return value if isinstance(value, int) else 0


def _email_id(value: Any) -> bytes:
    if isinstance(value, tuple) and value:
        value = value[0]
    return str(value).encode() if isinstance(value, int) else value or b""
