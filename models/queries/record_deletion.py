"""Preview what deleting records would do: mail stays, links go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.records import record_rows, records
from models.records.records import Kind
from models.store import database


@dataclass(frozen=True, slots=True)
class RecordsPreview:
    """What the delete dialog says.

    Attributes:
        titles: Of the records.
        conversation_count: Conversations that lose their link; they stay in their lists.
        message_count: Mails that leave the histories of persons; they stay too.
        note_count: Notes, stage and status changes that go.
        related_titles: Records that lose this person or organization; at most 20.
    """

    titles: tuple[str, ...]
    conversation_count: int
    message_count: int
    note_count: int
    related_titles: tuple[str, ...]


def preview(record_keys: Sequence[str]) -> RecordsPreview:
    """Count, without changing anything."""
    keys = list(dict.fromkeys(record_keys))
    return RecordsPreview(
        records.titles(keys),
        _sum("SELECT count(*) FROM link WHERE record_key IN ({})", keys),
        _sum("SELECT count(*) FROM message_person WHERE person_id IN ({})", _persons(keys)),
        _sum(
            "SELECT count(*) FROM history_entry WHERE kind <> 'draft' AND record_key IN ({})", keys
        ),
        records.titles(_related(keys)[:20]),
    )


def _persons(keys: Sequence[str]) -> list[int]:
    return [records.split(key)[1] for key in keys if key.startswith(f"{Kind.PERSON}:")]


def _sum(sql: str, values: Sequence[str | int]) -> int:
    return sum(
        int(database.value(sql.format(database.marks(len(chunk))), chunk))
        for chunk in (values[start : start + 500] for start in range(0, len(values), 500))
    )


def _related(keys: Sequence[str]) -> list[str]:
    """The records that refer to these and stay."""
    found: dict[str, None] = {}
    persons = _persons(keys)
    for chunk in record_rows.chunks_of(map(str, persons)):
        rows = database.rows(
            "SELECT DISTINCT record_key FROM record_person "
            f"WHERE person_id IN ({database.marks(len(chunk))})",
            [int(id_) for id_ in chunk],
        )
        found |= {key: None for (key,) in rows}
    for key in keys:
        kind, record_id = records.split(key)
        if kind == Kind.ORGANIZATION:
            for table in (Kind.PERSON, *records.ITEMS):
                rows = database.rows(
                    f"SELECT id FROM {table} WHERE organization_id = ? LIMIT 20", (record_id,)
                )
                found |= {f"{table}:{id_}": None for (id_,) in rows}
    return [key for key in found if key not in set(keys)]
