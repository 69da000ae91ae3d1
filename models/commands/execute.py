"""Carry out any command: the table from each kind of command to its module (R12).

A command is what the user did. It is durable at once, with its operations and its undo; an undo is
just another command. `execute` runs in the command thread, in chunks of one transaction each, so
that no other writer waits long.
"""

from __future__ import annotations

from dataclasses import replace

from models.commands import (
    accounts,
    archive,
    delete,
    held_deletes,
    imports,
    links,
    operations,
    read_state,
    records,
    security,
)
from models.commands.accounts import AccountCommand
from models.commands.archive import ArchiveCommand
from models.commands.delete import DeleteCommand
from models.commands.done import Done
from models.commands.held_deletes import HeldCommand
from models.commands.imports import LongCommand
from models.commands.links import LinkCommand
from models.commands.operations import OperationCommand
from models.commands.read_state import ReadCommand
from models.commands.records import RecordCommand
from models.commands.security import SecurityCommand
from models.events import SettingsChanged
from models.intake import blocked_addresses
from models.intake.blocked_addresses import SetBlocked
from models.store import settings
from models.store.settings import SetOption

Command = (
    ArchiveCommand
    | DeleteCommand
    | ReadCommand
    | OperationCommand
    | SetOption
    | SetBlocked
    | AccountCommand
    | SecurityCommand
    | HeldCommand
    | LinkCommand
    | LongCommand
    | RecordCommand
)


def execute(command: Command) -> Done[Command]:
    """Do what the user asked for; emit the returned events afterwards.

    Raises: StoreError with the sentence for the user; earlier chunks are done.
    """
    if isinstance(command, ArchiveCommand):
        return archive.execute(command)
    if isinstance(command, DeleteCommand):
        return delete.execute(command)
    if isinstance(command, ReadCommand):
        return read_state.execute(command)
    if isinstance(command, OperationCommand):
        return operations.execute(command)
    if isinstance(command, SetOption):
        settings.put(command.name, command.value)
        return Done((SettingsChanged(command.name),), count=1)
    if isinstance(command, SetBlocked):
        return Done(blocked_addresses.execute(command), count=1)
    if isinstance(command, AccountCommand):
        told, account_id = accounts.execute(command)
        return Done(tuple(told), count=1, account_id=account_id)
    if isinstance(command, SecurityCommand):
        return Done(security.execute(command), count=1)
    if isinstance(command, HeldCommand):
        events, count = held_deletes.execute(command)
        return Done(events, count=count)
    if isinstance(command, LinkCommand):
        return links.execute(command)
    if isinstance(command, LongCommand):
        return _in_one_go(command)
    return records.execute(command)


def _in_one_go(command: LongCommand) -> Done[Command]:
    """Run a long command whole; the command thread runs it step by step, with others in between."""
    taken = list(imports.steps(command))
    last = taken[-1].done or Done()
    told = tuple(event for step in taken for event in step.events)
    return replace(last, events=told + last.events)
