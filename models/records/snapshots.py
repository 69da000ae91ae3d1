"""Snapshots of records with all their rows, which an undo puts back exactly.

Rows are kept as they are in their tables. Mail that was deleted meanwhile does not come back, and
a conversation that was linked to something else meanwhile keeps its new link.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from models.records import person_matching
from models.records.records import ITEMS, Kind, split
from models.store import database


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one table."""

    table: str
    columns: tuple[str, ...]
    values: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A record as it was. `referrers`: table and id of the rows that name it as organization."""

    record_key: str
    rows: tuple[Rows, ...]
    referrers: tuple[tuple[str, int], ...] = ()


# For each kind, its tables, each with the condition that finds a record's rows by id or key.
_OWN: Final[dict[Kind, tuple[tuple[str, str], ...]]] = {
    Kind.PERSON: (
        ("person_address", "person_id = :id"),
        ("person_phone", "person_id = :id"),
        ("record_person", "person_id = :id"),
        ("message_person_refused", "person_id = :id"),
        ("message_person", "person_id = :id AND is_by_hand = 1"),
    ),
    Kind.ORGANIZATION: (("organization_domain", "organization_id = :id"),),
    Kind.DEAL: (("record_person", "record_key = :key"),),
    Kind.LEAD: (("record_person", "record_key = :key"),),
    Kind.PROJECT: (("record_person", "record_key = :key"),),
}
# Rows that are added back, never replaced: they may have changed since for other reasons.
_ADDED: Final = (
    ("history_entry", "record_key = :key"),
    ("link", "record_key = :key"),
    ("link_offer", "record_key = :key"),
)
# A row comes back only if the row it names is still there.
_STILL: Final = {
    "message_person": "EXISTS (SELECT 1 FROM message WHERE id = :message_id)",
    "message_person_refused": "EXISTS (SELECT 1 FROM message WHERE id = :message_id)",
    "record_person": "EXISTS (SELECT 1 FROM person WHERE id = :person_id)",
    "link": "EXISTS (SELECT 1 FROM conversation WHERE id = :conversation_id)",
    "link_offer": "EXISTS (SELECT 1 FROM conversation WHERE id = :conversation_id AND link_key = '')",
}


def take(record_keys: Iterable[str]) -> tuple[Snapshot, ...]:
    """Snapshots of the records that exist."""
    found = (_take(key) for key in dict.fromkeys(record_keys))
    return tuple(each for each in found if each.rows)


def _take(record_key: str) -> Snapshot:
    kind, record_id = split(record_key)
    own = _read(kind, "id = :id", record_id, record_key)
    if own is None:
        return Snapshot(record_key, ())
    rows = [own]
    for table, condition in (*_OWN[kind], *_ADDED):
        more = _read(table, condition, record_id, record_key)
        if more is not None:
            rows.append(more)
    return Snapshot(record_key, tuple(rows), _referrers(kind, record_id))


def _read(table: str, condition: str, record_id: int, record_key: str) -> Rows | None:
    columns = _columns(table)
    sql = f"SELECT {', '.join(columns)} FROM {table} WHERE {condition}"
    sql = sql.replace(":id", "?1").replace(":key", "?2")
    parameters = (record_id, record_key)[: 2 if "?2" in sql else 1]
    values = database.rows(sql, parameters)
    return Rows(table, columns, tuple(values)) if values else None


def _columns(table: str) -> tuple[str, ...]:
    return tuple(row[1] for row in database.rows(f"PRAGMA table_info({table})"))


def _referrers(kind: Kind, record_id: int) -> tuple[tuple[str, int], ...]:
    if kind != Kind.ORGANIZATION:
        return ()
    return tuple(
        (str(table), id_)
        for table in (Kind.PERSON, *ITEMS)
        for (id_,) in database.rows(
            f"SELECT id FROM {table} WHERE organization_id = ?", (record_id,)
        )
    )


def put_back(snapshots: Sequence[Snapshot]) -> None:
    """Make the records what they were, inside `writing()`.

    All main rows are written first, because records name one another.
    """
    for snapshot in snapshots:
        _upsert(snapshot.rows[0])
    for snapshot in snapshots:
        _put_back_rest(snapshot)
    person_matching.relink(
        split(each.record_key)[1]
        for each in snapshots
        if each.record_key.startswith(f"{Kind.PERSON}:")
    )


# What a row names instead, if what it named is gone.
_ELSE: Final = {
    "organization_id": "SELECT id FROM organization WHERE id = ?",
    "stage_id": "SELECT id FROM stage ORDER BY id <> ?, position, id LIMIT 1",
}


def _upsert(rows: Rows) -> None:
    """Write main rows. Drop an organization that is gone; replace such a stage by the first one."""
    for values in rows.values:
        row = dict(zip(rows.columns, values, strict=True))
        for column, sql in _ELSE.items():
            if row.get(column):
                row[column] = database.value(sql, (row[column],))
        sets = ", ".join(f"{name} = excluded.{name}" for name in row if name != "id")
        database.run(
            f"INSERT INTO {rows.table} ({', '.join(row)}) VALUES ({database.marks(len(row))}) "
            f"ON CONFLICT (id) DO UPDATE SET {sets}",
            tuple(row.values()),
        )


def _put_back_rest(snapshot: Snapshot) -> None:
    kind, record_id = split(snapshot.record_key)
    for table, condition in _OWN[kind]:
        sql = f"DELETE FROM {table} WHERE {condition}"
        by_key = ":key" in sql
        sql = sql.replace(":id", "?").replace(":key", "?")
        database.run(sql, (snapshot.record_key if by_key else record_id,))
    for rows in snapshot.rows[1:]:
        _insert(rows)
    for table, id_ in snapshot.referrers:
        database.run(
            f"UPDATE {table} SET organization_id = ? WHERE id = ? AND organization_id IS NULL",
            (record_id, id_),
        )
    _show_links(snapshot.record_key)


def _insert(rows: Rows) -> None:
    still = _STILL.get(rows.table, "1")
    for name in rows.columns:
        still = still.replace(f":{name}", f"?{rows.columns.index(name) + 1}")
    marks = ", ".join(f"?{index + 1}" for index in range(len(rows.columns)))
    database.run_many(
        f"INSERT OR IGNORE INTO {rows.table} ({', '.join(rows.columns)}) "
        f"SELECT {marks} WHERE {still}",
        rows.values,
    )


def _show_links(record_key: str) -> None:
    """Write key and title of the record into the rows of its conversations again."""
    kind, record_id = split(record_key)
    if kind in ITEMS:
        database.run(
            f"UPDATE conversation SET link_key = ?, link_title = (SELECT title FROM {kind} "
            "WHERE id = ?) WHERE id IN (SELECT conversation_id FROM link WHERE record_key = ?)",
            (record_key, record_id, record_key),
        )
