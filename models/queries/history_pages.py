"""The history of a record, page by page, newest entry first (M10).

A deal, lead or project has the mail of its linked conversations. A person has the mail with one of
their addresses. An organization's history is computed from its persons, deals, leads and projects.
Archived mail is included. A page costs the same at any depth: each source is read from its index,
starting at the cursor, and only as far as the page needs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from typing import Final

from models.parsed_mail import Address
from models.records.records import ITEMS, Kind, split
from models.store import database
from models.store.database import chunks

MAIL: Final = "mail"
KINDS: Final = (MAIL, "note", "stage", "status")
PAGE: Final = 50
_FIRST: Final = 1 << 62
_WALK: Final = 64  # conversations per query


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: after this entry. At the same time, mail comes first, then by id."""

    at: int
    rank: int
    id: int


@dataclass(frozen=True, slots=True)
class MailEntry:
    """A mail in a history. `recipients`: To and Cc; `link_key`: its conversation's."""

    at: int
    message_id: int
    conversation_id: int
    account_id: int
    sender: Address
    recipients: tuple[Address, ...]
    subject: str
    snippet: str
    attachment_count: int
    is_own: bool
    is_read: bool
    is_archived: bool
    link_key: str
    link_title: str
    kind: str = MAIL

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.at, 1, self.message_id)


@dataclass(frozen=True, slots=True)
class NoteEntry:
    """A note (`text`), or a change of stage or status (`before`, `after`: names or codes).

    `record_key`: the record it belongs to; in an organization's history often another one.
    """

    at: int
    entry_id: int
    kind: str
    record_key: str
    text: str = ""
    before: str = ""
    after: str = ""

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.at, 0, self.entry_id)


Entry = MailEntry | NoteEntry


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some entries; `next` begins the following page, None at the end."""

    record_key: str
    entries: tuple[Entry, ...]
    next: Cursor | None


def history_page(
    record_key: str,
    before: Cursor | None = None,
    limit: int = PAGE,
    kinds: Sequence[str] = KINDS,
) -> HistoryPage:
    """A page of a history, newest first; `kinds` out of `KINDS`."""
    cursor = before or Cursor(_FIRST, 1, _FIRST)
    record_keys, person_ids = _sources(record_key)
    found: list[Cursor] = []
    if MAIL in kinds:
        found += _newest_mails(record_keys, person_ids, cursor, limit + 1)
    others = [kind for kind in kinds if kind != MAIL]
    notes = _notes(record_keys, person_ids, others, cursor, limit + 1) if others else {}
    found += notes
    found.sort(key=_order, reverse=True)
    page = found[:limit]
    mails = mail_entries([each.id for each in page if each.rank == 1])
    entries = [mails.get(each.id) if each.rank == 1 else notes[each] for each in page]
    more = page[-1] if page and len(found) > limit else None
    return HistoryPage(record_key, tuple(each for each in entries if each is not None), more)


def _order(cursor: Cursor) -> tuple[int, int, int]:
    return cursor.at, cursor.rank, cursor.id


def _sources(record_key: str) -> tuple[list[str], list[int]]:
    """The deals, leads and projects whose conversations belong to the history, and the persons."""
    kind, record_id = split(record_key)
    if kind == Kind.PERSON:
        return [], [record_id]
    if kind != Kind.ORGANIZATION:
        return [record_key], []
    keys = [record_key]
    for item in ITEMS:
        rows = database.rows(f"SELECT id FROM {item} WHERE organization_id = ?", (record_id,))
        keys += [f"{item}:{id_}" for (id_,) in rows]
    persons = database.rows("SELECT id FROM person WHERE organization_id = ?", (record_id,))
    return keys, [id_ for (id_,) in persons]


def _newest_mails(
    record_keys: Sequence[str], person_ids: Sequence[int], cursor: Cursor, limit: int
) -> list[Cursor]:
    """The newest `limit` messages before the cursor, each once."""
    below = (cursor.at, cursor.id if cursor.rank == 1 else -1)
    found: set[tuple[int, int]] = set()
    for person_id in person_ids:
        found.update(database.rows(_OF_PERSON, (person_id, *below, limit)))
        found = _best(found, limit) if len(found) > 8 * limit else found
    for record_key in record_keys:
        if not record_key.startswith(f"{Kind.ORGANIZATION}:"):
            found.update(_of_conversations(record_key, below, limit))
            found = _best(found, limit) if len(found) > 8 * limit else found
    return [Cursor(at, 1, id_) for at, id_ in _best(found, limit)]


def _best(found: Iterable[tuple[int, int]], limit: int) -> set[tuple[int, int]]:
    return set(sorted(found, reverse=True)[:limit])


_OF_PERSON = """SELECT received_at, message_id FROM message_person
    WHERE person_id = ? AND (received_at, message_id) < (?, ?)
    ORDER BY received_at DESC, message_id DESC LIMIT ?"""
_CONVERSATIONS = """SELECT id, newest_at FROM conversation
    WHERE link_key = ? AND link_key <> '' AND oldest_at <= ? AND (newest_at, id) < (?, ?)
    ORDER BY newest_at DESC, id DESC LIMIT ?"""
_OF_CONVERSATION = """SELECT received_at, id FROM message
    WHERE conversation_id = ? AND (received_at, id) < (?, ?)
    ORDER BY received_at DESC, id DESC LIMIT ?"""


def _of_conversations(record_key: str, below: tuple[int, int], limit: int) -> list[tuple[int, int]]:
    """Read conversations from the newest on, until no newer message can follow."""
    best: list[tuple[int, int]] = []
    for conversation_id, newest_at in _conversations(record_key, below[0]):
        if len(best) == limit and newest_at < best[-1][0]:
            break
        found = database.rows(_OF_CONVERSATION, (conversation_id, *below, limit))
        best = sorted([*best, *found], reverse=True)[:limit]
    return best


def _conversations(record_key: str, oldest_at: int) -> Iterator[tuple[int, int]]:
    """(id, newest_at) of the conversations that began by then, newest first."""
    last = (_FIRST, _FIRST)
    while found := database.rows(_CONVERSATIONS, (record_key, oldest_at, *last, _WALK)):
        yield from found
        last = (found[-1][1], found[-1][0])


def _notes(
    record_keys: Sequence[str],
    person_ids: Sequence[int],
    kinds: Sequence[str],
    cursor: Cursor,
    limit: int,
) -> dict[Cursor, NoteEntry]:
    below = (cursor.at, cursor.id if cursor.rank == 0 else _FIRST)
    sql = (
        "SELECT at, id, kind, record_key, content FROM history_entry WHERE record_key IN ({}) "
        f"AND kind IN ({database.marks(len(kinds))}) AND (at, id) < (?, ?) "
        "ORDER BY at DESC, id DESC LIMIT ?"
    )
    keys = [*record_keys, *(f"{Kind.PERSON}:{id_}" for id_ in person_ids)]
    parts: list[list[database.Row]] = []
    for start in range(0, len(keys), 500):
        chunk = keys[start : start + 500]
        parts.append(
            database.rows(sql.format(database.marks(len(chunk))), (*chunk, *kinds, *below, limit))
        )
    newest = list(merge(*parts, key=lambda row: (row[0], row[1]), reverse=True))[:limit]
    return {entry.cursor: entry for entry in map(_note, newest)}


def _note(row: database.Row) -> NoteEntry:
    at, id_, kind, record_key, content = row
    facts = json.loads(content)
    return NoteEntry(
        at, id_, kind, record_key, facts.get("text", ""), facts.get("from", ""), facts.get("to", "")
    )


def mail_entries(message_ids: Sequence[int]) -> dict[int, MailEntry]:
    """The entries of those messages that still exist."""
    found: dict[int, MailEntry] = {}
    for chunk in chunks(message_ids):
        rows = database.rows(
            "SELECT m.received_at, m.id, m.conversation_id, m.account_id, m.from_name, "
            "m.from_address, m.recipients, m.subject, m.snippet, m.attachment_count, m.is_own, "
            "m.is_read, c.is_archived, c.link_key, c.link_title FROM message m "
            "JOIN conversation c ON c.id = m.conversation_id "
            f"WHERE m.id IN ({database.marks(len(chunk))})",
            chunk,
        )
        found |= {row[1]: _mail(row) for row in rows}
    return found


def _mail(row: database.Row) -> MailEntry:
    people = json.loads(row[6])
    pairs = (*people.get("to", ()), *people.get("cc", ()))
    return MailEntry(
        *[
            *row[:4],
            (row[4], row[5]),
            tuple([(name, address) for name, address in pairs]),
            *row[7:10],
            bool(row[10]),
            bool(row[11]),
            bool(row[12]),
            *row[13:],
        ]
    )
