"""Take back an import, so that a crash in the middle of one leaves no half of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from models.commands import records as record_commands
from models.commands.done import conversations_changed
from models.events import Event
from models.files import record_merge, unfinished_import
from models.records import person_matching, record_rows, records, saving
from models.records import snapshots as record_snapshots
from models.records.records import Kind
from models.records.snapshots import Rows, Snapshot
from models.store import database

CHUNK: Final = 500


def step() -> list[Event]:
    """Take back the next part, in one transaction; return what changed."""
    with database.writing(durable=True):
        made, filled = unfinished_import.some(CHUNK)
        events = record_commands.erase(made)
        events += _take_out([*filled.values()])
        unfinished_import.taken_back([*made, *filled])
    return events


def _take_out(found: Sequence[Any]) -> list[Event]:
    """Remove what the import filled in. Records deleted meanwhile stay deleted."""
    filled = [record_merge.loaded(each) for each in found if isinstance(each, dict)]
    snapshots = [_snapshot(each) for each in found if isinstance(each, list)]
    named = [*(each.record_key for each in filled), *(each.record_key for each in snapshots)]
    keys = [key for key in named if records.get(key) is not None]
    if not keys:
        return []
    touched = saving.related(keys)  # records related through what was filled in
    record_snapshots.put_back([each for each in snapshots if each.record_key in keys])
    for each in filled:
        now = records.get(each.record_key)
        if now is not None:
            record_rows.write(record_merge.without(each, now))
    person_matching.relink(id_ for kind, id_ in map(records.split, keys) if kind == Kind.PERSON)
    linked = record_rows.linked_conversations(keys)
    every = tuple(dict.fromkeys((*touched, *saving.related(keys))))
    return [*conversations_changed(linked.items()), *record_commands.changed(every)]


def _snapshot(found: Sequence[Any]) -> Snapshot:
    """Read the format of the first versions (whole rows), for an import cut short by an update."""
    key, rows, referrers = found
    return Snapshot(
        key,
        tuple(
            Rows(table, tuple(columns), tuple(tuple(each) for each in values))
            for table, columns, values in rows
        ),
        tuple((table, id_) for table, id_ in referrers),
    )
