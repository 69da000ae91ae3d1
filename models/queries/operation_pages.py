"""The queue of operations, page by page, with the subjects of mail that is still here (R12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from models.server.operation import Payload
from models.store import database

_SHOWN: Final = "o.state IN ('pending', 'running', 'waiting', 'refused')"


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One operation as the user reads it.

    Attributes:
        subject: Of its message; '' once the message is deleted here.
        has_message: Whether the message is still here.
        name: Of the mailbox to create, else ''.
        role: The role of that mailbox.
        is_seen: The read state that a flags operation sets.
    """

    id: int
    account_id: int
    kind: str
    state: str
    subject: str
    has_message: bool
    name: str
    role: str
    is_seen: bool
    attempts: int
    next_try_at: int
    server_words: str
    created_at: int


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Part of the queue, and how long the whole queue is.

    Attributes:
        offset: The place of the first item in the whole queue.
        total: All operations that wait or were refused.
        refused_count: Those of them that were refused.
    """

    items: tuple[QueueItem, ...]
    offset: int
    total: int
    refused_count: int


def page(limit: int, offset: int = 0) -> QueuePage:
    """A page of the queue: refused operations first, then in the order in which they are sent."""
    rows = database.rows(
        "SELECT o.id, o.account_id, o.kind, o.state, m.subject, o.payload, o.attempts, "
        "o.next_try_at, o.server_words, o.created_at, m.id FROM operation o "
        f"LEFT JOIN message m ON m.id = o.message_id WHERE {_SHOWN} "
        "ORDER BY o.state <> 'refused', o.id LIMIT ? OFFSET ?",
        (limit, offset),
    )
    total, refused = database.row(
        f"SELECT count(*), coalesce(sum(o.state = 'refused'), 0) FROM operation o WHERE {_SHOWN}"
    ) or (0, 0)
    return QueuePage(tuple(_item(row) for row in rows), offset, total, refused)


def _item(row: database.Row) -> QueueItem:
    payload = Payload.from_json(row[5])
    return QueueItem(
        id=row[0],
        account_id=row[1],
        kind=row[2],
        state=row[3],
        subject=row[4] or "",
        has_message=row[10] is not None,
        name=payload.name,
        role=payload.role,
        is_seen=payload.seen,
        attempts=row[6],
        next_try_at=row[7],
        server_words=row[8],
        created_at=row[9],
    )
