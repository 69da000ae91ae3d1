"""What an import has done so far, until it is complete.

While an import runs, each of its transactions says here what it made, and what it added where
it filled something up. When the import is complete this is forgotten. What is found here
at a start is of an import that was cut short, or of an undo of one: it is to be taken back.

One import or undo runs at a time, in the command thread, so that all rows are of that one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from models.files import record_merge
from models.files.record_merge import Filled
from models.store import database


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


def some(limit: int) -> tuple[list[str], dict[str, Any]]:
    """The keys of records that it made, and what `record_merge.stored` gave of those it filled."""
    rows = database.rows(f"SELECT record_key, before FROM imported_record LIMIT {limit}")
    made = [key for key, before in rows if not before]
    return made, {key: json.loads(before) for key, before in rows if before}


def taken_back(record_keys: Iterable[str]) -> None:
    """Inside the transaction that took them back."""
    database.run_many(
        "DELETE FROM imported_record WHERE record_key = ?", [(key,) for key in record_keys]
    )
