"""What the brake holds: mail that another program deleted, until the user answers (X3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from models.mail import links
from models.store import database
from models.store.database import chunks

# Both conditions are needed: the first is that of the partial index of open cases.
_HELD: Final = "l.state <> 'live' AND l.state = 'held'"
MOST_TITLES: Final = 6


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """The held mails of one account.

    Attributes:
        linked_count: How many are in a conversation linked to a deal, lead or project.
        record_titles: Titles of some of these records.
        since: When the first of them was held, in milliseconds UTC, or None.
    """

    account_id: int
    message_ids: tuple[int, ...]
    linked_count: int
    record_titles: tuple[str, ...]
    since: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that the brake holds, by account."""

    groups: tuple[HeldGroup, ...] = ()


def everything() -> Held:
    """What the brake holds now."""
    return Held(tuple(_group(account_id, ids) for account_id, ids in _all().items()))


def _all() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for account_id, message_id in database.rows(
        "SELECT DISTINCT b.account_id, l.message_id FROM mailbox b "
        f"JOIN location l ON l.mailbox_id = b.id AND {_HELD} ORDER BY 1, 2"
    ):
        found.setdefault(account_id, []).append(message_id)
    return found


def _group(account_id: int, ids: list[int]) -> HeldGroup:
    linked = links.linked_messages(ids)
    return HeldGroup(account_id, tuple(ids), len(linked), _titles(linked), _since(ids))


def _titles(message_ids: Iterable[int]) -> tuple[str, ...]:
    titles: dict[str, None] = {}
    for chunk in chunks(message_ids):
        rows = database.rows(
            "SELECT DISTINCT link_title FROM conversation c JOIN message m "
            f"ON m.conversation_id = c.id WHERE m.id IN ({database.marks(len(chunk))})",
            chunk,
        )
        titles |= {title: None for (title,) in rows if title}
        if len(titles) >= MOST_TITLES:
            break
    return tuple(titles)[:MOST_TITLES]


def _since(message_ids: Iterable[int]) -> int | None:
    """When the first was held. Each mail's newest `hold` entry counts: a check restarts it."""
    times = [
        at
        for chunk in chunks(message_ids)
        for (at,) in database.rows(
            "SELECT max(at) FROM ledger WHERE kind = 'hold' "
            f"AND message_id IN ({database.marks(len(chunk))}) GROUP BY message_id",
            chunk,
        )
    ]
    return min(times, default=None)


def among(message_ids: Iterable[int]) -> set[int]:
    """Those of the messages that are held."""
    found: set[int] = set()
    if not is_any():
        return found
    for chunk in chunks(message_ids):
        rows = database.rows(
            "SELECT message_id FROM location WHERE state = 'held' "
            f"AND message_id IN ({database.marks(len(chunk))})",
            chunk,
        )
        found |= {message_id for (message_id,) in rows}
    return found


def alive(message_ids: Iterable[int]) -> set[int]:
    """The held messages that are alive again: put back somewhere, and not deleted there."""
    found: set[int] = set()
    for chunk in chunks(message_ids):
        rows = database.rows(
            "SELECT l.message_id FROM location l JOIN mailbox b ON b.id = l.mailbox_id "
            "WHERE l.state = 'live' AND l.flags & 8 = 0 AND b.is_mirror = 0 "
            "AND b.role NOT IN ('trash', 'junk', 'all', 'flagged') "
            f"AND l.message_id IN ({database.marks(len(chunk))})",
            chunk,
        )
        found |= {message_id for (message_id,) in rows}
    return found


def conversations_among(conversation_ids: Iterable[int]) -> set[int]:
    """Conversations with a held message, out of these; nearly free while nothing is held."""
    found: set[int] = set()
    if not is_any():
        return found
    for chunk in chunks(conversation_ids):
        rows = database.rows(
            "SELECT m.conversation_id FROM message m CROSS JOIN location l "
            "ON l.message_id = m.id AND l.state = 'held' "
            f"WHERE m.conversation_id IN ({database.marks(len(chunk))})",
            chunk,
        )
        found |= {conversation_id for (conversation_id,) in rows}
    return found


def is_any() -> bool:
    """Whether anything is held at all; reads only the few open cases."""
    found = database.value(f"SELECT 1 FROM location l WHERE {_HELD} LIMIT 1")
    return found is not None
