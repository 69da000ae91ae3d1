"""Track what an import has done until it is complete, so that it can be taken back.

Each transaction of a running import stores here which records it created and what it filled up.
When the import is complete, these rows are deleted. Rows found at a start come from an import that
was cut short, or from the undo of one: they must be taken back.

Only one import or undo runs at a time, in the command thread, so all rows belong to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from models.files import record_merge
from models.files.record_merge import Filled
from models.store import database


def remember(made: Iterable[str], filled: Iterable[Filled]) -> None:
    """Store created and filled records; call it inside the transaction that changed them."""
    database.run_many(
        "INSERT OR IGNORE INTO imported_record (record_key) VALUES (?)", [(key,) for key in made]
    )
    database.run_many(
        "INSERT INTO imported_record (record_key, before) VALUES (?, ?) "
        "ON CONFLICT (record_key) DO UPDATE SET before = excluded.before",
        [(each.record_key, json.dumps(record_merge.stored(each))) for each in filled],
    )


def forget() -> None:
    """Delete the rows: the import is complete."""
    with database.writing(durable=True):
        database.run("DELETE FROM imported_record")


def is_due() -> bool:
    """Whether anything must be taken back; only meaningful while no import runs."""
    return bool(database.value("SELECT EXISTS (SELECT 1 FROM imported_record)"))


def some(limit: int) -> tuple[list[str], dict[str, Any]]:
    """Keys of records it created, and what `record_merge.stored` returned for those it filled."""
    rows = database.rows(f"SELECT record_key, before FROM imported_record LIMIT {limit}")
    made = [key for key, before in rows if not before]
    return made, {key: json.loads(before) for key, before in rows if before}


def taken_back(record_keys: Iterable[str]) -> None:
    """Delete the rows of these records; call it inside the transaction that took them back."""
    database.run_many(
        "DELETE FROM imported_record WHERE record_key = ?", [(key,) for key in record_keys]
    )
