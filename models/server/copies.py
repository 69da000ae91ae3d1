"""Find the server's copies of messages for a command that queues operations about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from models.flags import Flag
from models.server.operation import NewOperation, Payload, Source
from models.store import database
from models.store.database import chunks

BY_MESSAGE: Final = "m.id, l.id"
BY_LOCATION: Final = "l.id"

_SELECT: Final = (
    "SELECT m.id, m.identity, m.server_identity, l.mailbox_id, l.uidvalidity, l.uid, "
    "l.flags, l.state, b.role, b.is_chosen FROM message m "
    "JOIN location l ON l.message_id = m.id JOIN mailbox b ON b.id = l.mailbox_id"
)


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy and the mailbox that holds it."""

    source: Source
    flags: int
    state: str
    role: str
    is_chosen: bool

    @property
    def is_read(self) -> bool:
        """Whether it is read on the server, as far as is known."""
        return bool(self.flags & Flag.SEEN)


@dataclass(frozen=True, slots=True)
class Copies:
    """The copies of one message that an operation may be about."""

    message_id: int
    identity: bytes
    server_identity: str
    copies: tuple[Copy, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where the copies lie."""
        return tuple(copy.source for copy in self.copies)

    def operation(self, account_id: int, kind: str, payload: Payload) -> NewOperation:
        """A new operation about this message."""
        return NewOperation(
            account_id, kind, self.message_id, self.identity, self.server_identity, payload
        )


def copies_of(
    ids: Iterable[int],
    condition: str,
    *,
    of: Literal["m.id", "m.conversation_id"] = "m.id",
    order: str = BY_MESSAGE,
) -> list[Copies]:
    """The copies of messages, or of the messages of conversations, grouped by message.

    Args:
        ids: Ids of messages or of conversations, as `of` says.
        condition: Which copies: SQL about `message m`, `location l` and `mailbox b`.
    """
    found: dict[int, list[database.Row]] = {}
    for chunk in chunks(ids):
        rows = database.rows(
            f"{_SELECT} WHERE {condition} AND {of} IN ({database.marks(len(chunk))}) "
            f"ORDER BY {order}",
            chunk,
        )
        for row in rows:
            found.setdefault(row[0], []).append(row)
    return [
        Copies(message_id, rows[0][1], rows[0][2], tuple(_copy(row) for row in rows))
        for message_id, rows in found.items()
    ]


def _copy(row: database.Row) -> Copy:
    return Copy((row[3], row[4], row[5]), row[6], row[7], row[8], bool(row[9]))
