"""Archive and restore conversations, and queue what the server has to do for it (R4, R10, R13)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.accounts import account
from models.commands.done import Done, conversations_changed, operations_changed
from models.mail.conversation import accounts_of
from models.server import mailbox, operation
from models.server.copies import Copies, copies_of
from models.server.mailbox import Role
from models.server.operation import OperationRow, Payload
from models.store import database, ledger
from models.store.clock import now_ms
from models.store.database import chunks, writing


@dataclass(frozen=True, slots=True)
class Archive:
    """Archive conversations that are in Inbox. `is_undo`: archive what a restore brought back."""

    conversation_ids: tuple[int, ...]
    is_undo: bool = False


@dataclass(frozen=True, slots=True)
class Restore:
    """Put archived conversations back into Inbox."""

    conversation_ids: tuple[int, ...]


ArchiveCommand = Archive | Restore


@dataclass(frozen=True, slots=True)
class Changed:
    """The conversations of one account that changed, and whether operations did."""

    account_id: int
    conversation_ids: tuple[int, ...]
    has_operations: bool


_IN_INBOX: Final = "is_archived = 0 AND incoming_count > 0"


def execute(command: ArchiveCommand) -> Done[ArchiveCommand]:
    """Carry out the command, in chunks of one transaction each."""
    command_id = uuid.uuid4().hex
    changes: list[Changed] = []
    for chunk in chunks(command.conversation_ids):
        with writing(durable=True):
            if isinstance(command, Archive):
                changes += archive(chunk, command_id, anywhere=command.is_undo)
            else:
                changes += restore(chunk, command_id)
    ids = tuple(id_ for change in changes for id_ in change.conversation_ids)
    if not ids:
        return Done()
    undo = Restore(ids) if isinstance(command, Archive) else Archive(ids, is_undo=True)
    events = conversations_changed((each.account_id, each.conversation_ids) for each in changes)
    events += operations_changed(each.account_id for each in changes if each.has_operations)
    return Done(tuple(events), undo, len(ids))


def archive(
    conversation_ids: Sequence[int], command_id: str, *, anywhere: bool = False
) -> list[Changed]:
    """Archive those conversations that are in Inbox; call it inside one durable transaction.

    Args:
        anywhere: The undo of a restore also archives conversations that are not in Inbox.
    """
    condition = "is_archived = 0" if anywhere else _IN_INBOX
    return [
        _archive(account_id, ids, command_id, condition)
        for account_id, ids in accounts_of(conversation_ids).items()
    ]


def _archive(account_id: int, ids: list[int], command_id: str, condition: str) -> Changed:
    changed = _set_archived(
        ids,
        f"is_archived = 1, archived_cause = 'person', archived_at = {now_ms()}",
        condition,
    )
    ledger.write(
        ledger.Entry("archive", ledger.PERSON, account_id, conversation_id=conversation_id)
        for conversation_id in changed
    )
    queued = _queue_archive(account_id, changed, command_id)
    return Changed(account_id, tuple(changed), queued)


def _set_archived(ids: Sequence[int], change: str, condition: str) -> list[int]:
    changed: list[int] = []
    for chunk in chunks(ids):
        found = database.rows(
            f"UPDATE conversation SET {change} WHERE {condition} "
            f"AND id IN ({database.marks(len(chunk))}) RETURNING id",
            chunk,
        )
        changed += [conversation_id for (conversation_id,) in found]
    return changed


def _queue_archive(account_id: int, conversation_ids: Sequence[int], command_id: str) -> bool:
    """Queue the move of each message's INBOX copy to the archive, if the option is on now (R2)."""
    if not conversation_ids:
        return False
    undone = _cancel_pending(conversation_ids, operation.UNARCHIVE)
    if not account.archive_option(account_id):
        return bool(undone)
    copies = _live(conversation_ids, "b.role = 'inbox'")
    target = mailbox.by_role(account_id, Role.ARCHIVE)
    to = target.id if target else None
    items = [
        each.operation(account_id, operation.ARCHIVE, Payload(each.sources, to))
        for each in copies
        if each.message_id not in undone
    ]
    operation.queue(command_id, items)
    return bool(items or undone)


def restore(conversation_ids: Sequence[int], command_id: str) -> list[Changed]:
    """Put archived conversations back into Inbox; call it inside one durable transaction."""
    return [
        _restore(account_id, ids, command_id)
        for account_id, ids in accounts_of(conversation_ids).items()
    ]


def _restore(account_id: int, ids: list[int], command_id: str) -> Changed:
    changed = _set_archived(
        ids, "is_archived = 0, archived_cause = '', archived_at = NULL", "is_archived = 1"
    )
    ledger.write(
        ledger.Entry("restore", ledger.PERSON, account_id, conversation_id=conversation_id)
        for conversation_id in changed
    )
    queued = _queue_restore(account_id, changed, command_id)
    return Changed(account_id, tuple(changed), queued)


def _queue_restore(account_id: int, conversation_ids: Sequence[int], command_id: str) -> bool:
    """Only mail that our archive moved and that is still where it was put (R10)."""
    if not conversation_ids:
        return False
    undone = _cancel_pending(conversation_ids, operation.ARCHIVE)
    if not account.archive_option(account_id):
        return bool(undone)
    inbox = mailbox.by_role(account_id, Role.INBOX)
    copies = _live(conversation_ids, "l.put_by_archive = 1")
    moved = {copy.message_id for copy in copies}
    copies += [copy for copy in _begun(conversation_ids) if copy.message_id not in moved]
    to = inbox.id if inbox else None
    items = [
        each.operation(account_id, operation.UNARCHIVE, Payload(each.sources, to))
        for each in copies
        if each.message_id not in undone
    ]
    operation.queue(command_id, items)
    return bool(items or undone)


def _live(conversation_ids: Sequence[int], condition: str) -> list[Copies]:
    return copies_of(conversation_ids, f"l.state = 'live' AND {condition}", of="m.conversation_id")


def _begun(conversation_ids: Sequence[int]) -> list[Copies]:
    """Messages the server may be archiving right now; the restore looks them up afterwards."""
    return [
        Copies(message_id, rows[-1].identity, rows[-1].server_identity)
        for message_id, rows in _open(conversation_ids, operation.ARCHIVE).items()
    ]


def _cancel_pending(conversation_ids: Sequence[int], kind: str) -> set[int]:
    """Cancel operations of a kind that no server has seen; return the messages they were about."""
    pending = {
        message_id: row.id
        for message_id, rows in _open(conversation_ids, kind).items()
        for row in rows
        if not row.is_begun
    }
    operation.cancel(pending.values())
    _forget_refused(conversation_ids, kind)
    return set(pending)


def _forget_refused(conversation_ids: Sequence[int], kind: str) -> None:
    """Drop what the server refused: a later retry would undo the user's new action."""
    for chunk in chunks(conversation_ids):
        database.run(
            "UPDATE operation SET state = 'cancelled', changed_at = ? "
            "WHERE state = 'refused' AND kind = ? AND message_id IN "
            f"(SELECT id FROM message WHERE conversation_id IN ({database.marks(len(chunk))}))",
            (now_ms(), kind, *chunk),
        )


def _open(conversation_ids: Sequence[int], kind: str) -> dict[int, list[OperationRow]]:
    """The open operations of a kind, by message. Fast: the index of open operations is small."""
    found: dict[int, list[OperationRow]] = {}
    for chunk in chunks(conversation_ids):
        rows = database.rows(
            "SELECT m.id FROM message m JOIN operation o ON o.message_id = m.id "
            "AND o.state IN ('pending', 'running', 'waiting') AND o.kind = ? "
            f"WHERE m.conversation_id IN ({database.marks(len(chunk))})",
            (kind, *chunk),
        )
        if rows:
            found |= operation.open_for_messages((row[0] for row in rows), kinds=(kind,))
    return found
