"""Restore the links of a mail that another program deleted and brought back.

Such a program expunges first and appends later. For 30 days the tombstone keeps record ids and
the archive state, no words (docs/sync.md, "Proof before a delete").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.deletion.tombstones import TombstoneRow
from models.mail import links
from models.mail.threading import Joined, Snapshot
from models.records import person_matching
from models.store import database, ledger
from models.store.clock import now_ms


def to_json(snapshot: Snapshot) -> dict[str, Any]:
    """A snapshot as the tombstone stores it."""
    return {
        "record": snapshot.record_key,
        "persons": list(snapshot.person_ids),
        "archived": snapshot.is_archived,
        "cause": snapshot.archived_cause,
    }


def snapshot_of(grave: TombstoneRow) -> Snapshot | None:
    """The snapshot of a tombstone, or None if it has none or the 30 days are over."""
    if grave.snapshot_until is None or grave.snapshot_until < now_ms() or not grave.snapshot:
        return None
    found = grave.snapshot
    return Snapshot(found["record"], tuple(found["persons"]), found["archived"], found["cause"])


def give_back(restored: Mapping[int, TombstoneRow], joined: Joined) -> tuple[str, ...]:
    """Link each mail that came back as it was linked; return the keys of those records."""
    touched: list[str] = []
    for message_id, grave in restored.items():
        snapshot = snapshot_of(grave)
        if snapshot is None:
            continue
        conversation_id = joined.of_message[message_id]
        touched += _link(conversation_id, snapshot.record_key)
        for person_id in _still_here(snapshot.person_ids):
            if person_matching.put([message_id], person_id):
                touched.append(f"person:{person_id}")
    return tuple(dict.fromkeys(touched))


def _still_here(person_ids: Sequence[int]) -> list[int]:
    sql = f"SELECT id FROM person WHERE id IN ({database.marks(len(person_ids))})"
    return [person_id for (person_id,) in database.rows(sql, person_ids)]


def _link(conversation_id: int, record_key: str) -> list[str]:
    """Link the conversation again, unless it has got another link meanwhile."""
    if not record_key or conversation_id in links.of_conversations([conversation_id]):
        return []
    is_linked = links.put(conversation_id, record_key, origin="rule", reason={"code": "came_back"})
    if is_linked:
        entry = ledger.Entry(
            "link", ledger.RULE, None, None, conversation_id, record_keys=(record_key,)
        )
        ledger.write([entry])
    return [record_key] if is_linked else []
