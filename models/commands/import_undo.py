"""What an import has done so far, and its way back: a crash in the middle leaves no half of one.

While an import runs, each of its transactions says here what it made, and what it added where
it filled something up. When the import is complete this is forgotten. What is found here
at a start is of an import that was cut short, or of an undo of one: it is taken back.

One import or undo runs at a time (see `commander`), so that all rows are of that one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from models.commands import records as record_commands
from models.events import Event
from models.files import record_merge
from models.files.record_merge import Filled
from models.records import person_matching, record_rows, records, saving
from models.records import snapshots as record_snapshots
from models.records.records import Kind
from models.records.snapshots import Rows, Snapshot
from models.store import database

CHUNK: Final = 500


def remember(made: Iterable[str], filled: Iterable[Filled]) -> None:
    """Inside the transaction that made and filled them."""
    database.run_many(
        "INSERT OR IGNORE INTO imported_record (record_key) VALUES (?)", [(key,) for key in made]
    )
    database.run_many(
        "INSERT INTO imported_record (record_key, before) VALUES (?, ?) "
        "ON CONFLICT (record_key) DO UPDATE SET before = excluded.before",
        [(each.record_key, json.dumps(record_merge.stored(each))) for each in filled],
    )


def forget() -> None:
    """The import is complete."""
    with database.writing(durable=True):
        database.run("DELETE FROM imported_record")


def is_due() -> bool:
    """Whether there is anything to take back, as long as no import runs."""
    return bool(database.value("SELECT EXISTS (SELECT 1 FROM imported_record)"))


def step() -> list[Event]:
    """Take back some more, in one transaction; what changed."""
    with database.writing(durable=True):
        rows = database.rows(f"SELECT record_key, before FROM imported_record LIMIT {CHUNK}")
        events = record_commands.erase([key for key, before in rows if not before])
        events += _take_out([json.loads(before) for _, before in rows if before])
        database.run_many(
            "DELETE FROM imported_record WHERE record_key = ?", [(key,) for key, _ in rows]
        )
    return events


def _take_out(found: Sequence[Any]) -> list[Event]:
    """What was filled in. Records that were deleted meanwhile stay so."""
    filled = [record_merge.loaded(each) for each in found if isinstance(each, dict)]
    snapshots = [_snapshot(each) for each in found if isinstance(each, list)]
    named = [*(each.record_key for each in filled), *(each.record_key for each in snapshots)]
    keys = [key for key in named if records.get(key) is not None]
    if not keys:
        return []
    touched = saving.related(keys)  # by what was filled in
    record_snapshots.put_back([each for each in snapshots if each.record_key in keys])
    for each in filled:
        now = records.get(each.record_key)
        if now is not None:
            record_rows.write(record_merge.without(each, now))
    person_matching.relink(id_ for kind, id_ in map(records.split, keys) if kind == Kind.PERSON)
    linked = record_rows.linked_conversations(keys)
    every = tuple(dict.fromkeys((*touched, *saving.related(keys))))
    return [*record_commands.conversations_changed(linked), *record_commands.changed(every)]


def _snapshot(found: Sequence[Any]) -> Snapshot:
    """What the first versions stored: the rows as they were, for an import cut short by an update."""
    key, rows, referrers = found
    return Snapshot(
        key,
        tuple(
            Rows(table, tuple(columns), tuple(tuple(each) for each in values))
            for table, columns, values in rows
        ),
        tuple((table, id_) for table, id_ in referrers),
    )
