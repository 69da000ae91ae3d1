"""Delete mail: here for good; on the server at most a move to Trash (R3, R13)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.accounts import account
from models.commands.done import Done
from models.deletion import deletion
from models.events import Event, MessagesDeleted, OperationsChanged
from models.mail import conversation, links, message
from models.records import records
from models.server import mailbox, operation
from models.server.copies import Copy, copies_of
from models.server.mailbox import Role
from models.server.operation import NewOperation, Payload
from models.store import database, ledger
from models.store.database import StoreError, chunks, writing


@dataclass(frozen=True, slots=True)
class DeleteConversations:
    """Delete conversations with all their messages, for good."""

    conversation_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DeleteMessages:
    """Delete single messages, for good."""

    message_ids: tuple[int, ...]


DeleteCommand = DeleteConversations | DeleteMessages


@dataclass(frozen=True, slots=True)
class DeletePreview:
    """What a delete would do, for its dialog (R5, R14).

    Attributes:
        record_titles: The records whose histories lose the mail.
        to_trash: By account: whether the server's copies go to Trash.
        other_account_copies: Equal mails in other accounts; they stay.
        message_ids: The messages counted. Only these may be deleted, since mail keeps arriving.
    """

    message_count: int
    conversation_count: int
    record_titles: tuple[str, ...]
    to_trash: dict[int, bool]
    other_account_copies: int
    message_ids: tuple[int, ...] = ()


def preview_delete(
    conversation_ids: Sequence[int] = (), message_ids: Sequence[int] = ()
) -> DeletePreview:
    """Count, without changing anything."""
    ids = list(dict.fromkeys([*conversation.message_ids(conversation_ids), *message_ids]))
    owners = conversation.of_messages(ids)
    keys = links.affected(owners, links.persons_of(ids))
    accounts = conversation.accounts_of(owners)
    return DeletePreview(
        message_count=_count(ids),
        conversation_count=len(owners),
        record_titles=records.titles(keys),
        to_trash={account_id: account.delete_option(account_id) for account_id in accounts},
        other_account_copies=_other_copies(ids),
        message_ids=tuple(ids),
    )


def _count(message_ids: Sequence[int]) -> int:
    return sum(
        database.value(f"SELECT count(*) FROM message WHERE id IN ({database.marks(len(c))})", c)
        for c in chunks(message_ids)
    )


def _other_copies(message_ids: Sequence[int]) -> int:
    """Count the mails with the same Message-ID in other accounts."""
    found: set[int] = set()
    for chunk in chunks(message_ids):
        rows = database.rows(
            "SELECT other.id FROM message m CROSS JOIN account a ON a.id <> m.account_id "
            "CROSS JOIN message_reference r ON r.account_id = a.id AND r.key = m.message_key "
            "CROSS JOIN message other ON other.id = r.message_id "
            "AND other.message_key = m.message_key "
            f"WHERE m.id IN ({database.marks(len(chunk))})",
            chunk,
        )
        found |= {message_id for (message_id,) in rows}
    return len(found - set(message_ids))


def execute(command: DeleteCommand) -> Done[DeleteCommand]:
    """Carry out the command, in chunks of one transaction each.

    If a later chunk fails (a full disk), the events still report what was deleted.
    """
    events: list[Event] = []
    command_id = uuid.uuid4().hex
    error = ""
    try:
        for chunk in chunks(_ids(command)):
            with writing(durable=True):
                told = delete(_messages(command, chunk), command_id)
            events += told
    except StoreError as found:
        error = str(found)
    count = sum(len(each.message_ids) for each in events if isinstance(each, MessagesDeleted))
    return Done(tuple(events), None, count, error=error)


def _ids(command: DeleteCommand) -> Sequence[int]:
    if isinstance(command, DeleteMessages):
        return command.message_ids
    return command.conversation_ids


def _messages(command: DeleteCommand, ids: Sequence[int]) -> Sequence[int]:
    """The messages of a chunk, read when its turn comes."""
    return ids if isinstance(command, DeleteMessages) else conversation.message_ids(ids)


def delete(message_ids: Sequence[int], command_id: str) -> list[Event]:
    """Delete messages of any account; call it inside one durable transaction."""
    events: list[Event] = []
    for account_id, ids in message.by_account(message_ids).items():
        to_trash = account.delete_option(account_id)
        queued = _queue(account_id, ids, to_trash, command_id)
        events += deletion.delete_messages(
            ids,
            kind="own",
            cause=ledger.PERSON,
            evidence={"to_trash": to_trash},
            is_on_server=not to_trash,
        )
        if queued:
            events.append(OperationsChanged(account_id))
    return events


def _queue(account_id: int, ids: Sequence[int], to_trash: bool, command_id: str) -> bool:
    """Cancel pending flags; with `to_trash` pending archives too, otherwise they are still sent."""
    replaced = {operation.FLAGS}
    if to_trash:
        replaced |= {operation.ARCHIVE, operation.UNARCHIVE}
    dropped = [
        row.id
        for rows in operation.open_for_messages(ids, kinds=replaced).values()
        for row in rows
        if not row.is_begun
    ]
    operation.cancel(dropped)
    items = _trash(account_id, ids) if to_trash else []
    operation.queue(command_id, items)
    return bool(dropped or items)


_WANTED: Final = (Role.INBOX, Role.SENT, Role.ARCHIVE)


def _trash(account_id: int, message_ids: Sequence[int]) -> list[NewOperation]:
    """Move every copy in INBOX, Sent, the archive and chosen labels; if there is none, any copy."""
    found = copies_of(message_ids, "b.role <> 'trash'")
    target = mailbox.by_role(account_id, Role.TRASH)
    to = target.id if target else None
    return [
        each.operation(account_id, operation.TRASH, _payload(each.copies, to)) for each in found
    ]


def _payload(copies: Sequence[Copy], target: int | None) -> Payload:
    """If no copy has a known place because the mail vanished, the operation searches for it."""
    there = [copy for copy in copies if copy.state != "missing"]
    wanted = [copy for copy in there if copy.is_chosen or copy.role in _WANTED]
    sources = tuple(copy.source for copy in wanted or there)
    lost = () if sources else tuple(copy.source for copy in copies)
    return Payload(sources, target, lost=lost)
