"""What a command did, and the events that several kinds of commands have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from models.events import ConversationsChanged, Event, OperationsChanged

Undo_co = TypeVar("Undo_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Done(Generic[Undo_co]):
    """What a command did.

    Attributes:
        undo: The command that takes back exactly this, or None.
        count: What was done: conversations (archive, restore, read) or mails (delete).
        account_id: Of the account that was made.
        record_key: Of the record that was saved.
        error: The user's sentence, if only a part was done; the events tell which.
    """

    events: tuple[Event, ...] = ()
    undo: Undo_co | None = None
    count: int = 0
    account_id: int | None = None
    record_key: str = ""
    error: str = ""


def conversations_changed(found: Iterable[tuple[int, Sequence[int]]]) -> list[Event]:
    """One event an account, over all chunks: (account_id, conversation_ids)."""
    by_account: dict[int, dict[int, None]] = {}
    for account_id, conversation_ids in found:
        if conversation_ids:
            by_account.setdefault(account_id, {}).update(dict.fromkeys(conversation_ids))
    return [ConversationsChanged(account_id, tuple(ids)) for account_id, ids in by_account.items()]


def operations_changed(account_ids: Iterable[int]) -> list[Event]:
    """One event an account."""
    return [OperationsChanged(account_id) for account_id in dict.fromkeys(account_ids)]
