"""Link conversations to their one deal, lead or project, and read the persons of messages (M14)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from models.records import records
from models.store import database
from models.store.clock import now_ms
from models.store.database import chunks

MERGED: Final = "merged"  # why it is offered: a conversation merged into this one was linked to it


def put(
    conversation_id: int,
    record_key: str,
    *,
    origin: str,
    reason: Mapping[str, Any] | None = None,
    linked_at: int | None = None,
) -> bool:
    """Link a conversation, in place of the link it had; False if the record is gone.

    A link by hand answers the question which record it is, so it removes all offers.
    """
    title = records.title(record_key)
    if title is None:
        return False
    with database.writing(durable=False):
        database.run(
            # Not OR REPLACE: that costs 3 ms in a large transaction.
            "INSERT INTO link (conversation_id, record_key, origin, reason, linked_at) "
            "VALUES (?, ?, ?, ?, ?) ON CONFLICT (conversation_id) DO UPDATE SET "
            "record_key = excluded.record_key, origin = excluded.origin, "
            "reason = excluded.reason, linked_at = excluded.linked_at",
            (
                conversation_id,
                record_key,
                origin,
                json.dumps(dict(reason or {})),
                linked_at or now_ms(),
            ),
        )
        database.run(
            "DELETE FROM link_offer WHERE conversation_id = ? AND (record_key = ? OR ?)",
            (conversation_id, record_key, origin == "person"),
        )
        _show(conversation_id, record_key, title)
    return True


def take(conversation_id: int) -> str:
    """Unlink a conversation; return the key of the record it was linked to, or ''."""
    with database.writing(durable=False):
        found = database.row(
            "DELETE FROM link WHERE conversation_id = ? RETURNING record_key", (conversation_id,)
        )
        _show(conversation_id, "", "")
    return str(found[0]) if found else ""


def offer(conversation_id: int, record_key: str, reason: Mapping[str, Any] | None = None) -> None:
    """Let the conversation ask the user whether it belongs to a record."""
    with database.writing(durable=False):
        offer_many([(conversation_id, record_key, json.dumps(dict(reason or {})))])


def offer_many(offers: Iterable[tuple[int, str, str]]) -> None:
    """Offer many, inside a transaction: (conversation_id, record_key, reason as JSON)."""
    now = now_ms()
    database.run_many(
        "INSERT OR IGNORE INTO link_offer (conversation_id, record_key, reason, offered_at) "
        "VALUES (?, ?, ?, ?)",
        [(owner, key, reason, now) for owner, key, reason in offers],
    )


def _show(conversation_id: int, record_key: str, title: str) -> None:
    database.run(
        "UPDATE conversation SET link_key = ?, link_title = ? WHERE id = ?",
        (record_key, title, conversation_id),
    )


def of_conversations(conversation_ids: Iterable[int]) -> dict[int, str]:
    """The record key of each linked conversation."""
    found: dict[int, str] = {}
    for chunk in chunks(conversation_ids):
        found.update(
            database.rows(
                "SELECT conversation_id, record_key FROM link "
                f"WHERE conversation_id IN ({database.marks(len(chunk))})",
                chunk,
            )
        )
    return found


def persons_of(message_ids: Iterable[int]) -> dict[int, list[int]]:
    """The persons linked to each message; messages without one are left out."""
    found: dict[int, list[int]] = {}
    for chunk in chunks(message_ids):
        for message_id, person_id in database.rows(
            "SELECT message_id, person_id FROM message_person "
            f"WHERE message_id IN ({database.marks(len(chunk))}) ORDER BY person_id",
            chunk,
        ):
            found.setdefault(message_id, []).append(person_id)
    return found


def affected(
    conversation_ids: Iterable[int], persons: Mapping[int, Iterable[int]]
) -> tuple[str, ...]:
    """The keys of all records whose history has these conversations or persons.

    Args:
        persons: The persons by message.
    """
    keys = list(of_conversations(conversation_ids).values())
    keys += [f"person:{person_id}" for each in persons.values() for person_id in each]
    return records.with_organizations(keys)


def merge(kept: int, gone: Iterable[int]) -> tuple[str, ...]:
    """Merge the links of conversations that become one (R15); `gone` is sorted oldest first.

    The oldest conversation's link stays, the others become offers. Return the keys touched.
    """
    linked = of_conversations([kept])
    touched: list[str] = []
    for other in gone:
        _move_offers(other, kept)
        row = database.row(
            "SELECT record_key, origin, reason FROM link WHERE conversation_id = ?", (other,)
        )
        if row is None:
            continue
        record_key, origin, reason = row
        touched.append(record_key)
        if kept not in linked:
            put(kept, record_key, origin=origin, reason=json.loads(reason))
            linked[kept] = record_key
        elif linked[kept] != record_key:
            offer(kept, record_key, {"code": MERGED})
    return tuple(touched)


def _move_offers(source: int, target: int) -> None:
    database.run(
        "INSERT OR IGNORE INTO link_offer (conversation_id, record_key, reason, offered_at) "
        "SELECT ?, record_key, reason, offered_at FROM link_offer WHERE conversation_id = ?",
        (target, source),
    )


def linked_messages(message_ids: Iterable[int]) -> set[int]:
    """Which of the messages are in a conversation that is linked to a deal, lead or project."""
    found: set[int] = set()
    for chunk in chunks(message_ids):
        rows = database.rows(
            "SELECT m.id FROM message m JOIN link ON link.conversation_id = m.conversation_id "
            f"WHERE m.id IN ({database.marks(len(chunk))})",
            chunk,
        )
        found |= {message_id for (message_id,) in rows}
    return found
