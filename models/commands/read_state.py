"""Mark mail read or unread: local at once, with a flags operation for the server (M5)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from models.commands.done import Done, conversations_changed, operations_changed
from models.mail import conversation
from models.server import lost_operations, operation
from models.server.copies import BY_LOCATION, copies_of
from models.server.operation import OperationRow, Payload
from models.store import database
from models.store.database import chunks, writing


@dataclass(frozen=True, slots=True)
class MarkRead:
    """Mark what others wrote in these conversations as read or unread."""

    conversation_ids: tuple[int, ...]
    read: bool = True


@dataclass(frozen=True, slots=True)
class MarkMessagesRead:
    """Mark single messages as read or unread."""

    message_ids: tuple[int, ...]
    read: bool = True


ReadCommand = MarkRead | MarkMessagesRead


@dataclass(frozen=True, slots=True)
class Marked:
    """The messages of one account whose read state changed."""

    account_id: int
    message_ids: tuple[int, ...]
    conversation_ids: tuple[int, ...]
    has_operations: bool


def execute(command: ReadCommand) -> Done[ReadCommand]:
    """Carry out the command, in chunks of one transaction each. `count` is what it names."""
    marked: list[Marked] = []
    command_id = uuid.uuid4().hex
    read = command.read
    if isinstance(command, MarkRead):
        for chunk in chunks(command.conversation_ids):
            with writing(durable=True):
                marked += mark(of_conversations(chunk, read), read, command_id)
        count = sum(len(each.conversation_ids) for each in marked)
    else:
        for chunk in chunks(command.message_ids):
            with writing(durable=True):
                marked += mark(chunk, read, command_id)
        count = sum(len(each.message_ids) for each in marked)
    ids = tuple(id_ for each in marked for id_ in each.message_ids)
    if not ids:
        return Done()
    events = conversations_changed((each.account_id, each.conversation_ids) for each in marked)
    events += operations_changed(each.account_id for each in marked if each.has_operations)
    return Done(tuple(events), MarkMessagesRead(ids, not read), count)


def of_conversations(conversation_ids: Sequence[int], read: bool) -> list[int]:
    """The messages that marking these conversations changes; never the user's own."""
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
    """Mark messages that are not in that state yet; call it inside one durable transaction."""
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
    """Replace the pending opposite, and queue nothing that the server already has."""
    open_rows = operation.open_for_messages(message_ids, kinds=(operation.FLAGS,))
    stale = [row.id for rows in open_rows.values() for row in rows if not row.is_begun]
    operation.cancel(stale)
    lost_operations.forget_refused(message_ids, operation.FLAGS)
    items = [
        each.operation(account_id, operation.FLAGS, Payload(each.sources, seen=read))
        for each in copies_of(message_ids, "l.state = 'live'", order=BY_LOCATION)
        if any(copy.is_read != read for copy in each.copies)
        or _is_begun(open_rows.get(each.message_id, []))
    ]
    operation.queue(command_id, items)
    return bool(items or stale)


def _is_begun(rows: Sequence[OperationRow]) -> bool:
    """Whether one may have reached the server: its flags may then differ from those we know."""
    return any(row.is_begun or row.attempts for row in rows)
