"""Commands for deletes that the brake holds, and for creating a mailbox the server lacks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.deletion import deletion
from models.events import ConversationsChanged, Event, HeldChanged, OperationsChanged
from models.mail import conversation, message
from models.queries import held_deletes
from models.server import mailbox, operation, vanish_cases
from models.server.mailbox import Role
from models.server.operation import NewOperation, Payload
from models.store import database, ledger
from models.store.database import StoreError, writing

NAME_TAKEN = "There is a label “{name}” already. Choose it from the list."


@dataclass(frozen=True, slots=True)
class KeepHeld:
    """Keep mails here that another program deleted on the server (X3)."""

    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DeleteHeld:
    """Delete mails here too that another program deleted on the server."""

    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CheckHeld:
    """Check again whether these mails are really gone from the server."""

    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CreateMailbox:
    """The user agreed to create a mailbox with this role on the server."""

    account_id: int
    name: str
    role: Role


HeldCommand = KeepHeld | DeleteHeld | CheckHeld | CreateMailbox


def execute(command: HeldCommand) -> tuple[tuple[Event, ...], int]:
    """Carry out the command; return the events and how many mails or mailboxes it was about."""
    if isinstance(command, CreateMailbox):
        return _create(command)
    events: list[Event] = []
    count = 0
    for chunk in database.chunks(command.message_ids, deletion.CHUNK):
        with writing(durable=True):
            ids = sorted(held_deletes.among(chunk))
            count += len(ids)
            events += _answer(command, ids)
    return tuple(events), count


def _answer(command: KeepHeld | DeleteHeld | CheckHeld, ids: Sequence[int]) -> list[Event]:
    owners = message.by_account(ids)
    events: list[Event] = []
    match command:
        case KeepHeld():
            _tell_ledger("keep", owners)
            vanish_cases.keep_held(ids)
        case CheckHeld():
            _tell_ledger("check", owners)
            vanish_cases.check_held(ids)
        case DeleteHeld():
            alive = held_deletes.alive(ids)
            vanish_cases.check_held(sorted(alive))  # put back meanwhile: judged again, not deleted
            gone = [id_ for id_ in ids if id_ not in alive]
            events += deletion.delete_messages(
                gone, kind="external", cause=ledger.PERSON, evidence={"held": "agreed"}
            )
    for account_id, message_ids in owners.items():
        if not isinstance(command, DeleteHeld):
            changed = tuple(conversation.of_messages(message_ids))
            events.append(ConversationsChanged(account_id, changed))
        events.append(HeldChanged(account_id))
    return events


def _tell_ledger(kind: str, owners: dict[int, list[int]]) -> None:
    evidence: dict[str, Any] = {}
    ledger.write(
        ledger.Entry(kind, ledger.PERSON, account_id, message_id, evidence=evidence)
        for account_id, ids in owners.items()
        for message_id in ids
    )


def _create(command: CreateMailbox) -> tuple[tuple[Event, ...], int]:
    """Queue the creation like any change: it is sent once, when the server can be reached."""
    name = command.name.strip()
    if not name or any(ord(char) < 32 for char in name):
        raise StoreError("A label needs a name.")
    with writing(durable=True):
        known = mailbox.by_name(command.account_id, name)
        if known is not None and known.missing_since is None:
            raise StoreError(NAME_TAKEN.format(name=name))
        for row in operation.of_account(command.account_id):
            if row.kind == operation.CREATE and row.payload.role == command.role:
                return (OperationsChanged(command.account_id),), 0
        payload = Payload(name=name, role=str(command.role))
        item = NewOperation(command.account_id, operation.CREATE, None, b"", payload=payload)
        operation.queue(uuid.uuid4().hex, [item])
    return (OperationsChanged(command.account_id),), 1
