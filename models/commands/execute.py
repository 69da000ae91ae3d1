"""Commands: what the person did, each durable at once, with its operations and its undo (R12).

`execute` runs in the command thread, in chunks of one transaction each, so that no other
writer waits long. Undo is just another command.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from models.commands import (
    accounts,
    archive,
    delete,
    held_deletes,
    links,
    read_state,
    records,
    security,
)
from models.commands.accounts import (
    AddAccount,
    ChooseMailboxes,
    ConvertAccount,
    RemoveAccount,
    SetRole,
    UpdateAccount,
)
from models.commands.delete import DeletePreview, preview_delete
from models.commands.held_deletes import CheckHeld, CreateMailbox, DeleteHeld, KeepHeld
from models.commands.imports import ImportRecords, LongCommand, Step, UndoImport, steps
from models.commands.links import (
    DismissOffers,
    LinkConversations,
    LinkPast,
    LinkPersons,
    RestoreLinks,
    UnlinkConversations,
    UnlinkPersons,
)
from models.commands.records import (
    AddNote,
    DeleteNote,
    DeleteRecords,
    EditNote,
    KeepDraft,
    MergePersons,
    RestoreRecords,
    SaveRecord,
    SaveStages,
)
from models.commands.security import (
    ChangeSecrets,
    DistrustCertificate,
    ForgetOldKey,
    TrustCertificate,
)
from models.events import (
    ConversationsChanged,
    Event,
    MessagesDeleted,
    OperationsChanged,
    SettingsChanged,
)
from models.intake import blocked_addresses
from models.intake.blocked_addresses import SetBlocked
from models.mail import conversation
from models.server import operation
from models.server.past_sync import BeginPastSync
from models.store import database, settings
from models.store.database import StoreError, writing

__all__ = [
    "AddAccount", "AddNote", "Archive", "BeginPastSync", "ChangeSecrets", "CheckHeld", "ChooseMailboxes", "Command", "ConvertAccount",
    "CreateMailbox", "DeleteConversations", "DeleteHeld", "DeleteMessages", "DeleteNote",
    "DeletePreview", "DeleteRecords", "DismissOffers", "DistrustCertificate", "Done", "DropOperations", "EditNote",
    "ForgetOldKey",
    "ImportRecords", "KeepDraft", "KeepHeld", "LinkConversations", "LinkPast", "LinkPersons", "LongCommand", "MarkMessagesRead", "MarkRead",
    "MergePersons", "RemoveAccount", "Restore", "RestoreLinks", "RestoreRecords",
    "RetryOperations", "SaveRecord", "SaveStages", "SetBlocked", "SetOption", "SetRole", "Step",
    "TrustCertificate", "UndoImport", "UnlinkConversations", "UnlinkPersons", "UpdateAccount", "done_in_steps", "execute", "preview_delete", "steps",
]  # fmt: skip

CHUNK = 500  # conversations in one transaction


@dataclass(frozen=True, slots=True)
class Archive:
    """Archive conversations that are in Inbox. `is_undo`: put back what a restore brought."""

    conversation_ids: tuple[int, ...]
    is_undo: bool = False


@dataclass(frozen=True, slots=True)
class Restore:
    """Put archived conversations back into Inbox."""

    conversation_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DeleteConversations:
    """Delete conversations with all their messages, for good."""

    conversation_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DeleteMessages:
    """Delete single messages, for good."""

    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MarkRead:
    """Mark what others wrote in these conversations."""

    conversation_ids: tuple[int, ...]
    read: bool = True


@dataclass(frozen=True, slots=True)
class MarkMessagesRead:
    """Mark single messages."""

    message_ids: tuple[int, ...]
    read: bool = True


@dataclass(frozen=True, slots=True)
class RetryOperations:
    """Try again at once what the server refused or what waits."""

    operation_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DropOperations:
    """Give up operations; what they did here stays."""

    operation_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SetOption:
    """Change a setting of the person."""

    name: str
    value: settings.Value


Command = (
    Archive
    | Restore
    | DeleteConversations
    | DeleteMessages
    | MarkRead
    | MarkMessagesRead
    | RetryOperations
    | DropOperations
    | SetOption
    | SetBlocked
    | AddAccount
    | UpdateAccount
    | ConvertAccount
    | RemoveAccount
    | SetRole
    | ChooseMailboxes
    | TrustCertificate
    | DistrustCertificate
    | BeginPastSync
    | KeepHeld
    | DeleteHeld
    | CheckHeld
    | CreateMailbox
    | records.RecordCommand
    | LinkConversations
    | UnlinkConversations
    | DismissOffers
    | LinkPersons
    | UnlinkPersons
    | LinkPast
    | RestoreLinks
    | LongCommand
    | ChangeSecrets
    | ForgetOldKey
)


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did.

    Attributes:
        undo: The command that takes back exactly this, or None.
        count: What was done: conversations (archive, restore, read) or mails (delete).
        text_code: A code for the window's sentence, or ''.
        account_id: Of the account that was made.
        record_key: Of the record that was saved.
        error: The person's sentence, if only a part was done; the events tell which.
    """

    events: tuple[Event, ...] = ()
    undo: Command | None = None
    count: int = 0
    text_code: str = ""
    account_id: int | None = None
    record_key: str = ""
    error: str = ""


def execute(command: Command) -> Done:
    """Do what the person asked for; the events are to be told after it returned.

    Raises: StoreError with the person's sentence; the chunks before it are done.
    """
    match command:
        case Archive() | Restore():
            return _archive(command)
        case DeleteConversations(conversation_ids=ids):
            return _delete_conversations(ids)
        case DeleteMessages(message_ids=ids):
            return _delete_messages(ids)
        case MarkRead(conversation_ids=ids, read=read):
            return _mark_conversations(ids, read)
        case MarkMessagesRead(message_ids=ids, read=read):
            return _mark(ids, read)
        case RetryOperations(operation_ids=ids):
            return _operations(operation.retry(ids), len(ids))
        case DropOperations(operation_ids=ids):
            return _operations(operation.drop(ids), len(ids))
        case SetOption() | SetBlocked():
            return Done(_set(command), count=1)
        case (
            AddAccount()
            | UpdateAccount()
            | ConvertAccount()
            | RemoveAccount()
            | SetRole()
            | ChooseMailboxes()
            | BeginPastSync()
        ):
            events, account_id = accounts.execute(command)
            return Done(tuple(events), count=1, account_id=account_id)
        case TrustCertificate() | DistrustCertificate() | ChangeSecrets() | ForgetOldKey():
            return Done(security.execute(command), count=1)
        case KeepHeld() | DeleteHeld() | CheckHeld() | CreateMailbox():
            told, count = held_deletes.execute(command)
            return Done(told, count=count)
        case _:
            return _record(command)


def _set(command: SetOption | SetBlocked) -> tuple[Event, ...]:
    if isinstance(command, SetBlocked):
        return blocked_addresses.execute(command)
    settings.put(command.name, command.value)
    return (SettingsChanged(command.name),)


def _record(
    command: records.RecordCommand | links.LinkCommand | LongCommand,
) -> Done:
    """What is about records and their links."""
    if isinstance(command, links.LinkCommand):
        linked = links.execute(command)
        return Done(linked.events, linked.undo, linked.count, linked.text_code)
    if isinstance(command, LongCommand):
        taken = list(steps(command))
        last = done_in_steps(taken[-1]) or Done()
        told = tuple(event for step in taken for event in step.events)
        return replace(last, events=told + last.events)
    done = records.execute(command)
    return Done(done.events, done.undo, done.count, done.text_code, record_key=done.record_key)


def done_in_steps(step: Step) -> Done | None:
    """What a long command did, after its last step."""
    done = step.outcome
    return Done(done.events, done.undo, done.count, done.text_code) if done else None


def _archive(command: Archive | Restore) -> Done:
    command_id = uuid.uuid4().hex
    changes: list[archive.Changed] = []
    for chunk in database.chunks(command.conversation_ids, CHUNK):
        with writing(durable=True):
            if isinstance(command, Archive):
                changes += archive.archive(chunk, command_id, anywhere=command.is_undo)
            else:
                changes += archive.restore(chunk, command_id)
    ids = tuple(id_ for change in changes for id_ in change.conversation_ids)
    if not ids:
        return Done()
    is_archive = isinstance(command, Archive)
    undo = Restore(ids) if is_archive else Archive(ids, is_undo=True)
    events = _changed([(each.account_id, each.conversation_ids) for each in changes])
    events += _operations_of([each.account_id for each in changes if each.has_operations])
    return Done(tuple(events), undo, len(ids), "archived" if is_archive else "restored")


def _delete_conversations(conversation_ids: Sequence[int]) -> Done:
    events: list[Event] = []
    command_id = uuid.uuid4().hex
    try:
        for chunk in database.chunks(conversation_ids, CHUNK):
            with writing(durable=True):
                told = delete.delete(conversation.message_ids(chunk), command_id)
            events += told
    except StoreError as error:
        return _deleted(events, str(error))
    return _deleted(events)


def _delete_messages(message_ids: Sequence[int]) -> Done:
    events: list[Event] = []
    command_id = uuid.uuid4().hex
    try:
        for chunk in database.chunks(message_ids, CHUNK):
            with writing(durable=True):
                told = delete.delete(chunk, command_id)
            events += told
    except StoreError as error:
        return _deleted(events, str(error))
    return _deleted(events)


def _deleted(events: Sequence[Event], error: str = "") -> Done:
    """What is deleted is told, also if a later part of the command failed (a full disk)."""
    count = sum(len(each.message_ids) for each in events if isinstance(each, MessagesDeleted))
    return Done(tuple(events), None, count, "deleted" if count else "", error=error)


def _mark_conversations(conversation_ids: Sequence[int], read: bool) -> Done:
    marked: list[read_state.Marked] = []
    command_id = uuid.uuid4().hex
    for chunk in database.chunks(conversation_ids, CHUNK):
        with writing(durable=True):
            marked += read_state.mark(read_state.of_conversations(chunk, read), read, command_id)
    return _marked(marked, read, sum(len(each.conversation_ids) for each in marked))


def _mark(message_ids: Sequence[int], read: bool) -> Done:
    marked: list[read_state.Marked] = []
    command_id = uuid.uuid4().hex
    for chunk in database.chunks(message_ids, CHUNK):
        with writing(durable=True):
            marked += read_state.mark(chunk, read, command_id)
    return _marked(marked, read, sum(len(each.message_ids) for each in marked))


def _marked(marked: Sequence[read_state.Marked], read: bool, count: int) -> Done:
    ids = tuple(id_ for each in marked for id_ in each.message_ids)
    if not ids:
        return Done()
    events = _changed([(each.account_id, each.conversation_ids) for each in marked])
    events += _operations_of([each.account_id for each in marked if each.has_operations])
    return Done(tuple(events), MarkMessagesRead(ids, not read), count, "read" if read else "unread")


def _changed(found: Sequence[tuple[int, tuple[int, ...]]]) -> list[Event]:
    """One event an account, over all chunks."""
    by_account = _grouped(found)
    return [ConversationsChanged(account_id, tuple(ids)) for account_id, ids in by_account.items()]


_T = TypeVar("_T")


def _grouped(found: Sequence[tuple[int, tuple[_T, ...]]]) -> dict[int, dict[_T, None]]:
    by_account: dict[int, dict[_T, None]] = {}
    for account_id, items in found:
        if items:
            by_account.setdefault(account_id, {}).update(dict.fromkeys(items))
    return by_account


def _operations_of(account_ids: Sequence[int]) -> list[Event]:
    return [OperationsChanged(account_id) for account_id in dict.fromkeys(account_ids)]


def _operations(account_ids: Sequence[int], count: int) -> Done:
    return Done(tuple(_operations_of(account_ids)), count=count if account_ids else 0)
