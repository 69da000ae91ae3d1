"""Write the ledger: why a mail is here, or not here (X1). It holds no words, only keyed hashes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.store import database
from models.store.clock import now_ms

PERSON, SERVER, RULE = "person", "server", "rule"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `evidence` holds codes and numbers, never words of a mail."""

    kind: str
    cause: str
    account_id: int | None = None
    message_id: int | None = None
    conversation_id: int | None = None
    message_key: int | None = None
    from_key: int | None = None
    subject_key: int | None = None
    record_keys: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)


def write(entries: Iterable[Entry]) -> None:
    """Add entries, inside the transaction of what they report."""
    now = now_ms()
    database.run_many(
        "INSERT INTO ledger (at, kind, cause, account_id, message_id, conversation_id, "
        "message_key, from_key, subject_key, record_keys, evidence) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                now,
                entry.kind,
                entry.cause,
                entry.account_id,
                entry.message_id,
                entry.conversation_id,
                entry.message_key,
                entry.from_key,
                entry.subject_key,
                json.dumps(entry.record_keys),
                json.dumps(dict(entry.evidence)),
            )
            for entry in entries
        ),
    )
