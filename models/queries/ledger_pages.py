"""The ledger as the user reads it: page by page, and searchable, also for mail that is gone.

The ledger keeps no words of deleted mail, so the text that the user types is hashed and compared: a
sender's address, a whole subject, or a Message-ID. Mail that is still here is found by search too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from models.records import records
from models.store import database, search_index
from models.store.database import chunks
from models.store.hashing import key64

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "arrivals": ("arrival", "kept_out", "left_out"),
    "moves": ("move", "mailbox"),
    "archive": ("archive", "restore", "merge"),
    "deletes": ("delete", "hold", "keep", "check", "kept_out"),
    "links": ("link", "unlink"),
    "server": ("refused", "retry", "given_up", "not_needed"),
}
_FOUND_MOST: Final = 500  # conversations that a search for words reads
_PREFIXES: Final = ("", "Re: ", "RE: ", "Fwd: ", "Fw: ", "AW: ", "WG: ")


@dataclass(frozen=True, slots=True)
class LedgerQuery:
    """Which entries to show.

    Attributes:
        text: A sender's address, a subject, a Message-ID, or words of a mail that is here.
        group: A key of GROUPS, or '' for all kinds.
        since, until: In milliseconds UTC; `until` is not included.
        conversation_id: Only entries about this conversation and its messages.
        message_id: Only entries about this message and about its conversation as a whole.
    """

    text: str = ""
    group: str = ""
    since: int | None = None
    until: int | None = None
    conversation_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class LedgerItem:
    """One entry with what is still known about its subject.

    Attributes:
        subject, sender: Of the message or conversation if it is here, else '' and ('', '').
        is_gone: It was about a message that is no longer here.
        mailboxes: Names of the mailboxes that the evidence mentions.
        records: Titles of the records it mentions; '' for one that is gone.
    """

    id: int
    at: int
    kind: str
    cause: str
    account_id: int | None
    address: str
    message_id: int | None
    conversation_id: int | None
    subject: str
    sender: tuple[str, str]
    is_gone: bool
    evidence: Mapping[str, Any] = field(default_factory=dict)
    mailboxes: Mapping[int, str] = field(default_factory=dict)
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Entries, newest first.

    Attributes:
        next_before: For the next page, ask for entries before this id; None at the end.
        places: Where the requested messages lie on the server now.
    """

    items: tuple[LedgerItem, ...]
    next_before: int | None
    places: tuple[str, ...] = ()


def page(query: LedgerQuery, limit: int, before: int | None = None) -> LedgerPage:
    """The newest entries older than `before`."""
    terms, values = _terms(query)
    if before is not None:
        terms.append("l.id < ?")
        values.append(before)
    where = f"WHERE {' AND '.join(terms)}" if terms else ""
    found = database.rows(f"{_SELECT} {where} ORDER BY l.id DESC LIMIT ?", (*values, limit + 1))
    items = _items(found[:limit])
    return LedgerPage(
        items,
        items[-1].id if len(found) > limit else None,
        _places(query) if before is None else (),
    )


_SELECT = (
    "SELECT l.id, l.at, l.kind, l.cause, coalesce(l.account_id, m.account_id, c.account_id), "
    "l.message_id, coalesce(l.conversation_id, m.conversation_id), "
    "coalesce(m.subject, c.subject, ''), coalesce(m.from_name, ''), "
    "coalesce(m.from_address, ''), l.message_id IS NOT NULL AND m.id IS NULL, l.evidence, "
    "l.record_keys FROM ledger l LEFT JOIN message m ON m.id = l.message_id "
    "LEFT JOIN conversation c ON l.message_id IS NULL AND c.id = l.conversation_id"
)


# A union, so that each part uses its index; the ledger may have a million entries.
_ABOUT: Final = (
    "SELECT id FROM ledger WHERE message_id IN (SELECT value FROM json_each(?)) "
    "UNION SELECT id FROM ledger WHERE conversation_id IN (SELECT value FROM json_each(?)) "
    "AND message_id IS NULL "
    "UNION SELECT id FROM ledger WHERE kind = 'kept_out' "
    "AND json_extract(evidence, '$.identity') IN (SELECT value FROM json_each(?)) "
    # A mail that never came in has no message: only its sender, subject or Message-ID finds it.
    "UNION SELECT id FROM ledger WHERE message_id IS NULL AND kind = 'left_out' "
    "AND from_key IN (SELECT value FROM json_each(?)) "
    "UNION SELECT id FROM ledger WHERE message_id IS NULL AND kind = 'left_out' "
    "AND subject_key IN (SELECT value FROM json_each(?)) "
    "UNION SELECT id FROM ledger WHERE message_id IS NULL AND kind = 'left_out' "
    "AND message_key IN (SELECT value FROM json_each(?))"
)


def _terms(query: LedgerQuery) -> tuple[list[str], list[Any]]:
    terms: list[str] = []
    values: list[Any] = []
    if query.group in GROUPS:
        kinds = GROUPS[query.group]
        terms.append(f"l.kind IN ({database.marks(len(kinds))})")
        values += kinds
    if query.since is not None:
        terms.append("l.at >= ?")
        values.append(query.since)
    if query.until is not None:
        terms.append("l.at < ?")
        values.append(query.until)
    about = _about(query)
    if about is not None:
        terms.append(f"l.id IN ({_ABOUT})")
        wanted = [json.dumps(sorted(each)) for each in about]
        values += [*wanted, wanted[-1], wanted[-1]]
    return terms, values


def _about(query: LedgerQuery) -> tuple[set[int], set[int], set[str], set[int]] | None:
    """The requested messages, conversations, identities and keys; None for everything."""
    if query.message_id is not None:
        owners = _owners([query.message_id])
        return {query.message_id}, owners, _identities([query.message_id]), set()
    if query.conversation_id is not None:
        ids = _messages_of([query.conversation_id])
        return ids, {query.conversation_id}, set(), set()
    text = query.text.strip()
    if not text:
        return None
    keys = _keys(text)
    messages, owners = _by_keys(keys)
    here = (
        [*search_index.find(text, limit=_FOUND_MOST).ids]
        if search_index.compile_query(text)
        else []
    )
    messages |= _messages_of(here)
    return messages, owners | set(here), _identities(messages), keys


def _keys(text: str) -> set[int]:
    """The keys of a sender, subject or Message-ID with exactly this text."""
    bare = text.strip("<>").strip()
    return {key64(prefix + text) for prefix in _PREFIXES} | {key64(bare), key64(f"<{bare}>")}


def _by_keys(keys: set[int]) -> tuple[set[int], set[int]]:
    """The messages, gone or here, that have one of these keys."""
    marks, values = database.marks(len(keys)), [*keys]
    rows = database.rows(
        f"SELECT DISTINCT message_id, conversation_id FROM ledger WHERE message_key IN ({marks}) "
        f"OR from_key IN ({marks}) OR subject_key IN ({marks})",
        (*values, *values, *values),
    )
    return (
        {message_id for message_id, _ in rows if message_id is not None},
        {owner for _, owner in rows if owner is not None},
    )


def _messages_of(conversation_ids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(conversation_ids):
        marks = database.marks(len(chunk))
        rows = database.rows(
            f"SELECT id FROM message WHERE conversation_id IN ({marks}) UNION "
            "SELECT message_id FROM ledger WHERE message_id IS NOT NULL "
            f"AND conversation_id IN ({marks})",
            (*chunk, *chunk),
        )
        found |= {message_id for (message_id,) in rows}
    return found


def _owners(message_ids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(message_ids):
        marks = database.marks(len(chunk))
        rows = database.rows(
            f"SELECT conversation_id FROM message WHERE id IN ({marks}) UNION "
            "SELECT conversation_id FROM ledger WHERE conversation_id IS NOT NULL "
            f"AND message_id IN ({marks})",
            (*chunk, *chunk),
        )
        found |= {owner for (owner,) in rows}
    return found


def _identities(message_ids: Iterable[int]) -> set[str]:
    """The keyed identities of deleted messages; entries about copies kept out later have them."""
    found: set[str] = set()
    for chunk in chunks(message_ids):
        rows = database.rows(
            "SELECT json_extract(evidence, '$.identity') FROM ledger WHERE kind = 'delete' "
            f"AND message_id IN ({database.marks(len(chunk))})",
            chunk,
        )
        found |= {identity for (identity,) in rows if identity}
    return found


# --- what is still known around an entry -----------------------------------------------------


def _items(rows: list[database.Row]) -> tuple[LedgerItem, ...]:
    addresses: dict[int, str] = dict(database.rows("SELECT id, address FROM account"))
    evidences = [json.loads(row[11]) for row in rows]
    names = _mailbox_names(evidences)
    titles: dict[str, str] = {}
    items = []
    for row, evidence in zip(rows, evidences, strict=True):
        keys = json.loads(row[12])
        for key in keys:
            titles.setdefault(key, _title(key))
        items.append(
            LedgerItem(
                id=row[0],
                at=row[1],
                kind=row[2],
                cause=row[3],
                account_id=row[4],
                address=addresses.get(row[4], ""),
                message_id=row[5],
                conversation_id=row[6],
                subject=row[7],
                sender=(row[8], row[9]),
                is_gone=bool(row[10]),
                evidence=evidence,
                mailboxes={id_: names[id_] for id_ in _mailbox_ids(evidence) if id_ in names},
                records=tuple(titles[key] for key in keys),
            )
        )
    return tuple(items)


def _title(record_key: str) -> str:
    return records.title(record_key) or ""


def _mailbox_ids(evidence: Mapping[str, Any]) -> set[int]:
    """The ids in `mailbox`, and the first of each of `from`, `to`, `found` and `gone`."""
    found = {evidence.get("mailbox")}
    for name in ("from", "to", "found"):
        place = evidence.get(name)
        if isinstance(place, list) and place:
            found.add(place[0])
    for place in evidence.get("gone", ()):
        found.add(place[0])
    return {id_ for id_ in found if isinstance(id_, int)}


def _mailbox_names(evidences: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    wanted = {id_ for evidence in evidences for id_ in _mailbox_ids(evidence)}
    found: dict[int, str] = {}
    for chunk in chunks(wanted):
        found.update(
            database.rows(
                f"SELECT id, name FROM mailbox WHERE id IN ({database.marks(len(chunk))})", chunk
            )
        )
    return found


def _places(query: LedgerQuery) -> tuple[str, ...]:
    """The mailboxes that hold the requested message or conversation now."""
    if query.message_id is None and query.conversation_id is None:
        return ()
    column, value = ("m.id", query.message_id)
    if query.message_id is None:
        column, value = ("m.conversation_id", query.conversation_id)
    rows = database.rows(
        "SELECT DISTINCT b.name, b.role <> 'inbox' FROM message m "
        "JOIN location l ON l.message_id = m.id AND l.state IN ('live', 'hidden') "
        f"JOIN mailbox b ON b.id = l.mailbox_id WHERE {column} = ? ORDER BY 2, 1",
        (value,),
    )
    return tuple(name for name, _ in rows)
