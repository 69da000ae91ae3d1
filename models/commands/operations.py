"""Commands about the queue: what a server refused, or has not heard yet."""

from __future__ import annotations

from dataclasses import dataclass

from models.commands.done import Done, operations_changed
from models.server import operation


@dataclass(frozen=True, slots=True)
class RetryOperations:
    """Try again at once what the server refused or what waits."""

    operation_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DropOperations:
    """Give up operations; what they did here stays."""

    operation_ids: tuple[int, ...]


OperationCommand = RetryOperations | DropOperations


def execute(command: OperationCommand) -> Done[OperationCommand]:
    """Carry it out. It counts what was asked for, or nothing if none was left to change."""
    ids = command.operation_ids
    retries = isinstance(command, RetryOperations)
    account_ids = operation.retry(ids) if retries else operation.drop(ids)
    return Done(tuple(operations_changed(account_ids)), count=len(ids) if account_ids else 0)
