"""Commands about the queue of operations: retry or give up what waits or was refused."""

from __future__ import annotations

from dataclasses import dataclass

from models.commands.done import Done, operations_changed
from models.server import operation


@dataclass(frozen=True, slots=True)
class RetryOperations:
    """Retry at once operations that wait or that the server refused."""

    operation_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DropOperations:
    """Give up operations; what they did here stays."""

    operation_ids: tuple[int, ...]


OperationCommand = RetryOperations | DropOperations


def execute(command: OperationCommand) -> Done[OperationCommand]:
    """Carry out the command. `count` is the number asked for, or 0 if none could be changed."""
    ids = command.operation_ids
    retries = isinstance(command, RetryOperations)
    account_ids = operation.retry(ids) if retries else operation.drop(ids)
    return Done(tuple(operations_changed(account_ids)), count=len(ids) if account_ids else 0)
