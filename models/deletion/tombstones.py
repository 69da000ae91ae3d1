"""Tombstones: hashed traces of deleted messages that keep them from coming in again (R8).

They belong to an account's address, not to its row, so they outlive the account's removal. They
count: of k equal mails, as many stay away as were deleted here. The tombstone of an external
delete keeps nothing out; if the mail comes back within 30 days, it gets back its links and its
archive state.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from models.store import database
from models.store.clock import now_ms
from models.store.hashing import key64

OWN, EXTERNAL = "own", "external"
SNAPSHOT_MS: Final = 30 * 24 * 3600 * 1000
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class TombstoneRow:
    """A tombstone as it was read."""

    id: int
    identity: bytes
    kind: str
    copies: int
    server_identities: tuple[str, ...]
    snapshot: dict[str, Any]
    snapshot_until: int | None
    deleted_at: int = 0


@dataclass(frozen=True, slots=True)
class Grave:
    """A message that is being deleted, as its tombstone needs it."""

    identity: bytes
    server_identity: str
    snapshot: dict[str, Any]


def address_key(account_id: int) -> int:
    """The keyed hash of the account's address."""
    address = database.value("SELECT address FROM account WHERE id = ?", (account_id,))
    return key64(str(address).strip())


def write(account_id: int, kind: str, graves: Iterable[Grave]) -> None:
    """Write tombstones: one more copy of each stays away (own) or may come back (external)."""
    key, now = address_key(account_id), now_ms()
    until = now + SNAPSHOT_MS if kind == EXTERNAL else None
    database.run_many(
        "INSERT INTO tombstone (address_key, identity, kind, server_identities, snapshot, "
        "snapshot_until, deleted_at) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (address_key, identity, kind) DO UPDATE SET copies = copies + 1, "
        "server_identities = CASE WHEN excluded.server_identities = '[]' "
        "OR instr(server_identities, substr(excluded.server_identities, 2, "
        "length(excluded.server_identities) - 2)) THEN server_identities "
        "WHEN server_identities = '[]' THEN excluded.server_identities "
        "ELSE substr(server_identities, 1, length(server_identities) - 1) || ', ' || "
        "substr(excluded.server_identities, 2) END, "
        "snapshot = excluded.snapshot, snapshot_until = excluded.snapshot_until, "
        "deleted_at = excluded.deleted_at",
        [
            (
                key,
                grave.identity,
                kind,
                json.dumps([grave.server_identity] if grave.server_identity else []),
                json.dumps(grave.snapshot),
                until,
                now,
            )
            for grave in graves
        ],
    )


def find(
    account_id: int, identities: Iterable[bytes], server_identities: Iterable[str] = ()
) -> list[TombstoneRow]:
    """The tombstones of these mails, found by header identity or by Gmail's message id."""
    key = address_key(account_id)
    found: dict[int, TombstoneRow] = {}
    for part in _parts(list(dict.fromkeys(identities))):
        for row in _read(f"identity IN ({database.marks(len(part))})", key, part):
            found[row.id] = row
    # X-GM-MSGID names the mail. EMAILID names only its content, which other copies share.
    for part in _parts([name for name in server_identities if name.startswith("gm:")]):
        condition = (
            "EXISTS (SELECT 1 FROM json_each(server_identities) "
            f"WHERE value IN ({database.marks(len(part))}))"
        )
        for row in _read(f"server_identities <> '[]' AND {condition}", key, part):
            found[row.id] = row
    return list(found.values())


def _read(condition: str, key: int, parameters: Sequence[Any]) -> list[TombstoneRow]:
    found = database.rows(
        "SELECT id, identity, kind, copies, server_identities, snapshot, snapshot_until, "
        f"deleted_at FROM tombstone WHERE address_key = ? AND {condition}",
        (key, *parameters),
    )
    return [
        TombstoneRow(*[*row[:4], tuple(json.loads(row[4])), json.loads(row[5]), *row[6:]])
        for row in found
    ]


def _parts(values: list[Any]) -> list[list[Any]]:
    return [values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK)]


def deleted_here(account_id: int, identities: Iterable[bytes]) -> set[bytes]:
    """Which of the identities were deleted here; "Sync past emails" asks the user about them."""
    return {row.identity for row in find(account_id, identities) if row.kind == OWN}


def came_back(tombstone_id: int) -> None:
    """Count down a tombstone: a mail that another program had deleted is here again."""
    database.run("UPDATE tombstone SET copies = copies - 1 WHERE id = ?", (tombstone_id,))
    database.run("DELETE FROM tombstone WHERE id = ? AND copies < 1", (tombstone_id,))


def forget_snapshots(now: int) -> None:
    """Forget links and archive state of tombstones whose 30 days are over at `now`, ms UTC."""
    with database.writing(durable=False):
        database.run(
            "UPDATE tombstone SET snapshot = '{}', snapshot_until = NULL WHERE snapshot_until < ?",
            (now,),
        )


def erase(account_id: int) -> None:
    """Remove all tombstones of an account: only "erase all" does that (S7)."""
    database.run("DELETE FROM tombstone WHERE address_key = ?", (address_key(account_id),))
