"""What a command returns, and events that several groups of commands need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from models.events import ConversationsChanged, Event, OperationsChanged

Undo_co = TypeVar("Undo_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Done(Generic[Undo_co]):
    """The result of a command.

    Attributes:
        undo: The command that takes back exactly this one, or None.
        count: How many it changed, of what it acts on: conversations, mails, records, operations …
        account_id: Of the account that was added.
        record_key: Of the record that was saved.
        error: The sentence for the user if only a part was done; the events show which part.
    """

    events: tuple[Event, ...] = ()
    undo: Undo_co | None = None
    count: int = 0
    account_id: int | None = None
    record_key: str = ""
    error: str = ""


def conversations_changed(found: Iterable[tuple[int, Sequence[int]]]) -> list[Event]:
    """One event per account over all chunks; `found` has (account_id, conversation_ids)."""
    by_account: dict[int, dict[int, None]] = {}
    for account_id, conversation_ids in found:
        if conversation_ids:
            by_account.setdefault(account_id, {}).update(dict.fromkeys(conversation_ids))
    return [ConversationsChanged(account_id, tuple(ids)) for account_id, ids in by_account.items()]


def operations_changed(account_ids: Iterable[int]) -> list[Event]:
    """One event per account."""
    return [OperationsChanged(account_id) for account_id in dict.fromkeys(account_ids)]
