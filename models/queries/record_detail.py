"""What a detail view shows of a record, apart from its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.queries import record_list
from models.queries.record_list import ItemRow, OrganizationRow, PersonRow, RecordQuery
from models.records import history, records
from models.records.records import ITEMS, Kind, Organization, Person, Record, Stage
from models.store import database

MOST_RELATED: Final = 200  # of one kind; the totals give the real number


@dataclass(frozen=True, slots=True)
class RecordDetail:
    """A record and its related records.

    Attributes:
        organization: Of a person, deal, lead or project.
        persons: Of an organization or an item, at most `MOST_RELATED`; `person_count` in all.
        items: Deals, leads and projects of a person or organization, open ones first.
        draft: An unfinished note, or ''.
    """

    record_key: str
    record: Record
    title: str
    organization: OrganizationRow | None
    persons: tuple[PersonRow, ...]
    person_count: int
    items: tuple[ItemRow, ...]
    stages: tuple[Stage, ...]
    draft: str


def detail(record_key: str) -> RecordDetail | None:
    """A record as its detail view shows it, or None if it is gone."""
    record = records.get(record_key)
    if record is None:
        return None
    person_ids = _person_ids(record)
    keys = _item_keys(record)
    return RecordDetail(
        record_key,
        record,
        records.title_of(record),
        _organization(record),
        person_rows(person_ids[:MOST_RELATED]),
        len(person_ids),
        item_rows(keys[:MOST_RELATED]),
        records.stages(),
        history.draft(record_key),
    )


def _organization(record: Record) -> OrganizationRow | None:
    if isinstance(record, Organization) or record.organization_id is None:
        return None
    found = record_list.rows(Kind.ORGANIZATION, [record.organization_id])
    return next((row for row in found if isinstance(row, OrganizationRow)), None)


def _person_ids(record: Record) -> Sequence[int]:
    if isinstance(record, Person):
        return ()
    if isinstance(record, Organization):
        return record_list.ids(RecordQuery(Kind.PERSON, organization_id=record.id)).ids
    return record.person_ids


def _item_keys(record: Record) -> list[str]:
    """The keys of related items: open ones first, then newest first."""
    found: list[tuple[bool, int, str]] = []
    for kind in ITEMS:
        if isinstance(record, Organization):
            where, value = "organization_id = ?", record.id
        elif isinstance(record, Person):
            where = (
                "id IN (SELECT CAST(substr(record_key, instr(record_key, ':') + 1) AS INTEGER) "
                f"FROM record_person WHERE person_id = ? AND record_key LIKE '{kind}:%')"
            )
            value = record.id
        else:
            return []
        sql = f"SELECT status = 'open', changed_at, id FROM {kind} WHERE {where}"
        found += [(opened, at, f"{kind}:{id_}") for opened, at, id_ in database.rows(sql, (value,))]
    return [key for _, _, key in sorted(found, reverse=True)]


def person_rows(ids: Sequence[int]) -> tuple[PersonRow, ...]:
    """Rows of persons, in the given order."""
    found = record_list.rows(Kind.PERSON, ids)
    return tuple(row for row in found if isinstance(row, PersonRow))


def item_rows(record_keys: Sequence[str]) -> tuple[ItemRow, ...]:
    """Rows of deals, leads and projects, in the given order."""
    by_key: dict[str, ItemRow] = {}
    for kind in ITEMS:
        ids = [records.split(key)[1] for key in record_keys if key.startswith(f"{kind}:")]
        for row in record_list.rows(kind, ids):
            if isinstance(row, ItemRow):
                by_key[row.key] = row
    return tuple(by_key[key] for key in record_keys if key in by_key)
