"""The ledger: why a mail is here, or not here (X1). It holds no words, only keyed hashes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.store import database
from models.store.clock import now_ms
from models.store.hashing import key64

PERSON, SYNC, SERVER, RULE = "person", "sync", "server", "rule"


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened. `evidence` holds codes and numbers, never a mail's words."""

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


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """An entry as it was read."""

    id: int
    at: int
    entry: Entry


def write(entries: Iterable[Entry]) -> None:
    """Add entries, inside the transaction of what they tell of."""
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


def of_message(message_id: int) -> list[LedgerRow]:
    """What happened to a message, also one that is gone, oldest first."""
    return _read("message_id = ?", message_id)


def of_message_id_header(message_id_header: str) -> list[LedgerRow]:
    """What happened to every mail with this Message-ID, for "where is my mail?"."""
    return _read("message_key = ?", key64(message_id_header))


def of_conversation(conversation_id: int) -> list[LedgerRow]:
    """What happened to a conversation and its messages, oldest first."""
    found = database.rows(
        f"SELECT {_COLUMNS} FROM ledger WHERE conversation_id = ? UNION "
        f"SELECT {_COLUMNS} FROM ledger WHERE message_id IN "
        "(SELECT id FROM message WHERE conversation_id = ?) ORDER BY 1",
        (conversation_id, conversation_id),
    )
    return [_row(row) for row in found]


def newest(limit: int, *, account_id: int | None = None) -> list[LedgerRow]:
    """The last entries, newest first."""
    found = database.rows(
        f"SELECT {_COLUMNS} FROM ledger WHERE ? IS NULL OR account_id = ? ORDER BY id DESC LIMIT ?",
        (account_id, account_id, limit),
    )
    return [_row(row) for row in found]


_COLUMNS = (
    "id, at, kind, cause, account_id, message_id, conversation_id, message_key, from_key, "
    "subject_key, record_keys, evidence"
)


def _read(condition: str, value: int) -> list[LedgerRow]:
    found = database.rows(f"SELECT {_COLUMNS} FROM ledger WHERE {condition} ORDER BY id", (value,))
    return [_row(row) for row in found]


def _row(row: database.Row) -> LedgerRow:
    entry = Entry(*[*row[2:10], tuple(json.loads(row[10])), json.loads(row[11])])
    return LedgerRow(row[0], row[1], entry)
