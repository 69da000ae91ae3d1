"""Read and unread: local at once, and a flags operation with the desired state (M5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.flags import Flag
from models.mail import conversation
from models.server import lost_operations, operation
from models.server.operation import NewOperation, OperationRow, Payload, Source
from models.store import database
from models.store.database import chunks


@dataclass(frozen=True, slots=True)
class Marked:
    """Messages of one account whose state changed."""

    account_id: int
    message_ids: tuple[int, ...]
    conversation_ids: tuple[int, ...]
    has_operations: bool


def of_conversations(conversation_ids: Sequence[int], read: bool) -> list[int]:
    """The messages that marking these conversations changes: the person's own are none."""
    found: list[int] = []
    for chunk in chunks(conversation_ids):
        rows = database.rows(
            "SELECT id FROM message WHERE is_own = 0 AND is_read <> ? "
            f"AND conversation_id IN ({database.marks(len(chunk))}) ORDER BY id",
            (read, *chunk),
        )
        found += [message_id for (message_id,) in rows]
    return found


def mark(message_ids: Sequence[int], read: bool, command_id: str) -> list[Marked]:
    """Mark messages; those that are so already are left alone. Inside one durable transaction."""
    changed: dict[int, list[tuple[int, int]]] = {}
    for chunk in chunks(message_ids):
        rows = database.rows(
            "UPDATE message SET is_read = ? WHERE is_read <> ? "
            f"AND id IN ({database.marks(len(chunk))}) RETURNING account_id, id, conversation_id",
            (read, read, *chunk),
        )
        for account_id, message_id, conversation_id in rows:
            changed.setdefault(account_id, []).append((message_id, conversation_id))
    done = []
    for account_id, items in changed.items():
        ids = tuple(message_id for message_id, _ in items)
        owners = tuple(dict.fromkeys(owner for _, owner in items))
        conversation.refresh(owners)
        done.append(Marked(account_id, ids, owners, _queue(account_id, ids, read, command_id)))
    return done


def _queue(account_id: int, message_ids: Sequence[int], read: bool, command_id: str) -> bool:
    """What is pending the other way is replaced; what the server knows already is not said."""
    open_rows = operation.open_for_messages(message_ids, kinds=(operation.FLAGS,))
    stale = [row.id for rows in open_rows.values() for row in rows if not row.is_begun]
    operation.cancel(stale)
    lost_operations.forget_refused(message_ids, operation.FLAGS)
    items = [
        NewOperation(
            account_id,
            operation.FLAGS,
            copy.message_id,
            copy.identity,
            copy.server_identity,
            Payload(copy.sources, seen=read),
        )
        for copy in _copies(message_ids)
        if copy.flags_differ(read) or _is_begun(open_rows.get(copy.message_id, []))
    ]
    operation.queue(command_id, items)
    return bool(items or stale)


def _is_begun(rows: Sequence[OperationRow]) -> bool:
    """Whether the server may have heard of one: then its flags may differ from what is known."""
    return any(row.is_begun or row.attempts for row in rows)


@dataclass(frozen=True, slots=True)
class _Copies:
    message_id: int
    identity: bytes
    server_identity: str
    sources: tuple[Source, ...]
    flags: tuple[int, ...]

    def flags_differ(self, read: bool) -> bool:
        """Whether a copy on the server is not as the person wants it."""
        return any(bool(flags & Flag.SEEN) != read for flags in self.flags)


def _copies(message_ids: Sequence[int]) -> list[_Copies]:
    found: dict[int, list[database.Row]] = {}
    for chunk in chunks(message_ids):
        rows = database.rows(
            "SELECT m.id, m.identity, m.server_identity, l.mailbox_id, l.uidvalidity, l.uid, "
            "l.flags FROM message m JOIN location l ON l.message_id = m.id "
            f"WHERE l.state = 'live' AND m.id IN ({database.marks(len(chunk))}) ORDER BY l.id",
            chunk,
        )
        for row in rows:
            found.setdefault(row[0], []).append(row)
    return [
        _Copies(
            message_id,
            rows[0][1],
            rows[0][2],
            tuple((row[3], row[4], row[5]) for row in rows),
            tuple(row[6] for row in rows),
        )
        for message_id, rows in found.items()
    ]
