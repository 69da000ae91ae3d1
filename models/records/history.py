"""Write and read a record's history entries: notes and changes of stage and status, not mail.

A note that is begun but not saved is an entry too, of a kind that no history shows. So it is
deleted, restored and merged with its record like the other entries.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

from models.store import database
from models.store.clock import now_ms

DRAFT: Final = "draft"


def add(record_key: str, kind: str, content: Mapping[str, str], at: int | None = None) -> int:
    """Write an entry and return its id. `at`: ms UTC, now if None."""
    return database.insert(
        "INSERT INTO history_entry (record_key, kind, at, content) VALUES (?, ?, ?, ?)",
        (record_key, kind, at or now_ms(), json.dumps(dict(content), ensure_ascii=False)),
    )


def add_note(record_key: str, text: str, at: int | None = None) -> int:
    """Write a note and return its id. `at`: ms UTC, now if None."""
    return add(record_key, "note", {"text": text.strip()}, at)


def set_note(entry_id: int, text: str) -> None:
    """Change the text of a note."""
    database.run(
        "UPDATE history_entry SET content = ? WHERE id = ? AND kind = 'note'",
        (json.dumps({"text": text.strip()}, ensure_ascii=False), entry_id),
    )


def remove(entry_ids: Iterable[int]) -> None:
    """Remove entries."""
    database.run_many("DELETE FROM history_entry WHERE id = ?", [(id_,) for id_ in entry_ids])


def entry(entry_id: int) -> tuple[str, str, int] | None:
    """Record key, text and time of a note, or None if it is gone."""
    found = database.row(
        "SELECT record_key, content, at FROM history_entry WHERE id = ? AND kind = 'note'",
        (entry_id,),
    )
    return None if found is None else (found[0], json.loads(found[1])["text"], found[2])


def draft(record_key: str) -> str:
    """The note that is begun, or ''. After a merge of persons there may be several: all of them."""
    found = database.rows(
        "SELECT content FROM history_entry WHERE record_key = ? AND kind = ? ORDER BY at, id",
        (record_key, DRAFT),
    )
    return "\n\n".join(json.loads(content)["text"] for (content,) in found)


def set_draft(record_key: str, text: str) -> None:
    """Keep a note that is begun, in place of the one kept before; '' keeps none."""
    if draft(record_key) == text:
        return
    database.run("DELETE FROM history_entry WHERE record_key = ? AND kind = ?", (record_key, DRAFT))
    if text:
        add(record_key, DRAFT, {"text": text})
