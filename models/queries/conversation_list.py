"""The conversation lists: ordered ids, rows by block, counts. Reads only, and fast.

A list is its ids in order (16 bytes a row) plus rows in blocks of `BLOCK`; a million rows are never
in memory together. Each order has an index on `conversation`, so the first rows come at once.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from models.accounts import account
from models.queries import held_deletes
from models.store import database, search_index
from models.store.list_ids import ListIds, from_pairs

__all__ = [
    "BLOCK",
    "ConversationRow",
    "Counts",
    "FolderCounts",
    "ListIds",
    "ListQuery",
    "View",
    "counts",
    "ids",
    "places",
    "rows",
]

BLOCK = 128  # rows per query; a fixed size, so that its statement stays prepared
_PLACES_CHUNK = 1000


class View(StrEnum):
    """Which conversations a list has; equal to its plain text."""

    INBOX = "inbox"
    SENT = "sent"
    ARCHIVE = "archive"
    SEARCH = "search"  # every conversation, archived ones too
    HELD = "held"  # those with a mail that the brake holds (X3)


# Word for word the conditions of the partial indexes, or SQLite does not use them.
_CONDITIONS = {
    View.INBOX: "is_archived = 0 AND incoming_count > 0",
    View.SENT: "own_count > 0",
    View.ARCHIVE: "is_archived = 1",
    View.SEARCH: "",
    View.HELD: "id IN (SELECT m.conversation_id FROM location l JOIN message m "
    "ON m.id = l.message_id WHERE l.state <> 'live' AND l.state = 'held')",
}
_UNREAD = "is_archived = 0 AND incoming_count > 0 AND unread_count > 0"


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a conversation list shows.

    Attributes:
        view: `inbox`, `sent`, `archive` or `search` (everything).
        account_id: Only this account's, or None for all.
        text: What the user typed in the search field; '' does not filter.
    """

    view: str
    account_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """One row of a conversation list.

    Attributes:
        parties: (name, address) of each sender, the newest last; the user is ("", "").
        has_attachment: A real attachment, not an inline picture.
        link_key: `deal:12`, `lead:3`, `project:4` or ''.
        is_held: Another program deleted one of its mails on the server; the brake holds that.
    """

    id: int
    account_id: int
    subject: str
    parties: tuple[tuple[str, str], ...]
    snippet: str
    newest_at: int
    message_count: int
    unread_count: int
    has_attachment: bool
    is_archived: bool
    draft_count: int
    link_key: str
    link_title: str
    incoming_count: int
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class FolderCounts:
    """How many conversations each list has; `outbox` counts messages to be sent."""

    inbox: int = 0
    inbox_unread: int = 0
    sent: int = 0
    archive: int = 0
    drafts: int = 0
    outbox: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of the sidebar, computed from rows: over all accounts, and for each."""

    total: FolderCounts = FolderCounts()
    by_account: Mapping[int, FolderCounts] = field(default_factory=dict)

    def of(self, account_id: int | None) -> FolderCounts:
        """The counts of one account (all 0 for an unknown one), or the total for None."""
        if account_id is None:
            return self.total
        return self.by_account.get(account_id, FolderCounts())


def ids(query: ListQuery, limit: int | None = None) -> ListIds:
    """The list's ids, newest first; at most `limit`.

    With a search text there are never more than `search_index.FIND_LIMIT`: see `search_index.find`.
    """
    if search_index.compile_query(query.text):
        most = search_index.FIND_LIMIT if limit is None else min(limit, search_index.FIND_LIMIT)
        return search_index.find(
            query.text,
            account_id=query.account_id,
            limit=most,
            condition=_condition(query),
        )
    sql, parameters = ids_statement(query, limit)
    return from_pairs(database.rows(sql, parameters))


def ids_statement(query: ListQuery, limit: int | None = None) -> tuple[str, tuple[int, ...]]:
    """The SQL and its parameters for the ids of a list without a search text.

    If there are removed accounts, the lists of the other accounts are merged: the index of a list
    over all accounts does not contain the account, and reading each row would take seconds.
    """
    order = "ORDER BY newest_at DESC, id DESC LIMIT ?"
    most = -1 if limit is None else limit
    if _condition(query) != _CONDITIONS[View(query.view)] and (ids_ := _live_ids()):
        lists = [_where(replace(query, account_id=id_)) for id_ in ids_]
        parts = [f"SELECT id, newest_at FROM conversation{where}" for where, _ in lists]
        parameters = [value for _, values in lists for value in values]
        return f"{' UNION ALL '.join(parts)} {order}", (*parameters, most)
    where, values = _where(query)
    return f"SELECT id, newest_at FROM conversation{where} {order}", (*values, most)


def _live_ids() -> list[int]:
    return [config.id for config in account.configs()]


def _where(query: ListQuery) -> tuple[str, tuple[int, ...]]:
    terms = [_condition(query)] if _condition(query) else []
    if query.account_id is None:
        return (f" WHERE {' AND '.join(terms)}" if terms else ""), ()
    return f" WHERE {' AND '.join(['account_id = ?', *terms])}", (query.account_id,)


def _condition(query: ListQuery) -> str:
    """The condition of a list. Mail of removed accounts is only in search and histories (S7)."""
    condition = _CONDITIONS[View(query.view)]
    if query.account_id is not None or not condition:
        return condition
    gone = account.removed_ids()
    if not gone:
        return condition
    return f"{condition} AND account_id NOT IN ({', '.join(map(str, gone))})"


def rows(conversation_ids: Sequence[int]) -> list[ConversationRow]:
    """The rows of a block, in the given order; conversations that are gone are left out."""
    found: dict[int, ConversationRow] = {}
    for start in range(0, len(conversation_ids), BLOCK):
        wanted = conversation_ids[start : start + BLOCK]
        # A short block repeats its last id, so the statement is the same for every block.
        padded = [*wanted, *[wanted[-1]] * (BLOCK - len(wanted))]
        for values in database.rows(_ROWS, padded):
            found[values[0]] = _row(values)
    for id_ in held_deletes.conversations_among(found):
        found[id_] = replace(found[id_], is_held=True)
    return [found[id_] for id_ in conversation_ids if id_ in found]


_ROWS = f"""SELECT id, account_id, subject, parties, snippet, newest_at, message_count,
    unread_count, attachment_count, is_archived, draft_count, link_key, link_title, incoming_count
    FROM conversation WHERE id IN ({database.marks(BLOCK)})"""


def _row(values: database.Row) -> ConversationRow:
    """Positional: access by name would cost half as much again, which scrolling would show."""
    parties = tuple([(name, address) for name, address in json.loads(values[3])])
    return ConversationRow(
        values[0],
        values[1],
        values[2],
        parties,
        values[4],
        values[5],
        values[6],
        values[7],
        values[8] > 0,
        values[9] == 1,
        values[10],
        values[11],
        values[12],
        values[13],
    )


def places(query: ListQuery, conversation_ids: Sequence[int]) -> dict[int, int]:
    """Those of `conversation_ids` that belong in the list, with their `newest_at`."""
    where, parameters = _where(query)
    where = f"{where} AND" if where else " WHERE"
    found: dict[int, int] = {}
    for start in range(0, len(conversation_ids), _PLACES_CHUNK):
        chunk = conversation_ids[start : start + _PLACES_CHUNK]
        sql = f"SELECT id, newest_at FROM conversation NOT INDEXED{where} id IN ({database.marks(len(chunk))})"
        found.update(database.rows(sql, (*parameters, *chunk)))
    if found and search_index.compile_query(query.text):
        matching = search_index.matching(query.text, array("q", found))
        return {id_: key for id_, key in found.items() if id_ in matching}
    return found


def counts() -> Counts:
    """All counts of the sidebar, from rows; about 25 ms for a million conversations."""
    outbox: dict[int, int] = dict(database.rows(_OUTBOX))
    by_account = {
        account_id: FolderCounts(
            inbox=_count(account_id, _CONDITIONS[View.INBOX]),
            inbox_unread=_count(account_id, _UNREAD),
            sent=_count(account_id, _CONDITIONS[View.SENT]),
            archive=_count(account_id, _CONDITIONS[View.ARCHIVE]),
            outbox=outbox.get(account_id, 0),
        )
        for (account_id,) in database.rows(
            "SELECT id FROM account WHERE state <> 'removed' ORDER BY id"
        )
    }
    return Counts(_total(list(by_account.values())), by_account)


_OUTBOX = """SELECT account_id, count(*) FROM operation
    WHERE state IN ('pending', 'running', 'waiting') AND kind = 'send' GROUP BY account_id"""


def _count(account_id: int, condition: str) -> int:
    """Count one account at a time: with GROUP BY, SQLite does not use the index of the unread."""
    sql = f"SELECT count(*) FROM conversation WHERE account_id = ? AND {condition}"
    return int(database.value(sql, (account_id,)))


def _total(parts: Sequence[FolderCounts]) -> FolderCounts:
    return FolderCounts(
        inbox=sum(part.inbox for part in parts),
        inbox_unread=sum(part.inbox_unread for part in parts),
        sent=sum(part.sent for part in parts),
        archive=sum(part.archive for part in parts),
        drafts=sum(part.drafts for part in parts),
        outbox=sum(part.outbox for part in parts),
    )
