"""What an import has done so far, and its way back: a crash in the middle leaves no half of one.

While an import runs, each of its transactions says here what it made, and what was before
where it filled something up. When the import is complete this is forgotten. What is found here
at a start is of an import that was cut short, or of an undo of one: it is taken back.

One import or undo runs at a time (see `commander`), so that all rows are of that one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final

from peewee import TextField

from models import database, record_commands, record_rows, record_snapshots, saving
from models.database import BaseModel
from models.events import Event
from models.record_snapshots import Rows, Snapshot

CHUNK: Final = 500


class ImportedRecord(BaseModel):
    """A record that an import made (`before` is '') or filled up (its snapshot as JSON)."""

    record_key = TextField(primary_key=True)
    before = TextField(default="")

    class Meta:
        without_rowid = True


def remember(made: Iterable[str], filled: Iterable[Snapshot]) -> None:
    """Inside the transaction that made and filled them; what was before stays what it was."""
    rows = [(key, "") for key in made]
    rows += [(each.record_key, _stored(each)) for each in filled]
    database.run_many(
        "INSERT OR IGNORE INTO imported_record (record_key, before) VALUES (?, ?)", rows
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
        events += _put_back([_snapshot(before) for _, before in rows if before])
        database.run_many(
            "DELETE FROM imported_record WHERE record_key = ?", [(key,) for key, _ in rows]
        )
    return events


def _put_back(snapshots: Sequence[Snapshot]) -> list[Event]:
    """Those that were deleted meanwhile stay so."""
    still = {each.record_key for each in record_snapshots.take(s.record_key for s in snapshots)}
    kept = [each for each in snapshots if each.record_key in still]
    if not kept:
        return []
    keys = [each.record_key for each in kept]
    touched = saving.related(keys)  # by what was filled in
    record_snapshots.put_back(kept)
    linked = record_rows.linked_conversations(keys)
    every = tuple(dict.fromkeys((*touched, *saving.related(keys))))
    return [*record_commands.conversations_changed(linked), *record_commands.changed(every)]


def _stored(snapshot: Snapshot) -> str:
    rows = [(each.table, each.columns, each.values) for each in snapshot.rows]
    return json.dumps([snapshot.record_key, rows, snapshot.referrers])


def _snapshot(stored: str) -> Snapshot:
    key, rows, referrers = json.loads(stored)
    return Snapshot(
        key,
        tuple(
            Rows(table, tuple(columns), tuple(tuple(each) for each in values))
            for table, columns, values in rows
        ),
        tuple((table, id_) for table, id_ in referrers),
    )
