"""Save a record: tidy it, write it, and bring its history and its mail up to date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from models.events import ConversationsChanged, Event, LinksChanged, RecordsChanged
from models.records import history, person_matching, record_rows, records
from models.records.records import (
    ITEMS,
    OPEN,
    STATUSES,
    Deal,
    Item,
    Kind,
    Labelled,
    Organization,
    Person,
    Record,
    RecordError,
    key_of,
    kind_of,
    title_of,
)
from models.store import database
from models.store.clock import now_ms

NO_NAME = "A record needs a name."
_ItemT = TypeVar("_ItemT", bound=Item)


@dataclass(frozen=True, slots=True)
class Saved:
    """The result of saving a record. `before`: the record as it was, None for a new one."""

    record_key: str
    before: Record | None
    after: Record
    entry_ids: tuple[int, ...] = ()
    events: list[Event] = field(default_factory=list)


def save(
    record: Record,
    columns: Sequence[str] | None = None,
    *,
    base: Record | None = None,
    keeps_history: bool = True,
) -> Saved:
    """Save a record inside `writing()`; with `columns`, only these (see `SaveRecord`).

    Raises: RecordError with a sentence for the user.
    """
    before = records.get(key_of(record)) if record.id else None
    if record.id and before is None:
        raise RecordError("This record was deleted in the meantime.")
    if columns is not None and before is not None:
        record = _only(columns, record, before, base or before)
    record = tidy(record, before)
    touched = related([key_of(before)]) if before is not None else ()
    record_id = record_rows.write(record)
    record = replace(record, id=record_id)
    entries = _tell_history(before, record) if before is not None and keeps_history else ()
    if isinstance(record, Person) and _addresses(record) != _addresses(before):
        person_matching.relink([record_id])
    key = key_of(record)
    keys = tuple(dict.fromkeys((*touched, *related([key]))))
    return Saved(key, before, record, entries, _events(key, keys, before, record))


def _only(columns: Sequence[str], record: Record, before: Record, base: Record) -> Record:
    """The stored record with these columns of the other; `closed_at` goes with the status."""
    names = {*columns, *(("closed_at",) if "status" in columns else ())}
    values = {name: getattr(record, name) for name in names if hasattr(record, name)}
    if "person_ids" in values:
        values["person_ids"] = _persons(record, before, base)
    return replace(before, **values)


def _persons(record: Record, before: Record, base: Record) -> tuple[int, ...]:
    """The stored persons, without those the user removed, and with those the user added."""
    wanted, known = getattr(record, "person_ids", ()), getattr(base, "person_ids", ())
    stored = getattr(before, "person_ids", ())
    kept = [id_ for id_ in stored if id_ in wanted or id_ not in known]
    added = [id_ for id_ in wanted if id_ not in known]
    return tuple(dict.fromkeys((*kept, *added)))


def _events(key: str, keys: tuple[str, ...], before: Record | None, record: Record) -> list[Event]:
    events: list[Event] = [RecordsChanged(keys), LinksChanged(keys)]
    if before is not None and kind_of(record) in ITEMS:
        for account_id, ids in record_rows.linked_conversations([key]).items():
            events.append(ConversationsChanged(account_id, tuple(ids)))
    return events


def tidy(record: Record, before: Record | None = None) -> Record:
    """The record as it will be stored: times set; no stray blanks, doubles or dead references."""
    if not title_of(record).strip():
        raise RecordError(NO_NAME)
    now = now_ms()
    created = before.created_at if before is not None else record.created_at or now
    record = replace(record, created_at=created, changed_at=now)
    match record:
        case Person():
            return _tidy_person(record)
        case Organization():
            domains = (domain.strip().lower().lstrip("@") for domain in record.domains)
            unique = tuple(dict.fromkeys(domain for domain in domains if domain))
            return replace(record, name=_line(record.name), domains=unique)
        case _:
            return _tidy_item(record, before, now)


def _line(text: str) -> str:
    return " ".join(text.split())


def _tidy_person(person: Person) -> Person:
    return replace(
        person,
        name=_line(person.name),
        title=_line(person.title),
        addresses=_unique((each.value.strip().lower(), each.label) for each in person.addresses),
        phones=_unique((_line(each.value), each.label) for each in person.phones),
        organization_id=_existing("organization", person.organization_id),
    )


def _unique(pairs: Iterable[tuple[str, str]]) -> tuple[Labelled, ...]:
    """Each value once, at its first place."""
    found: dict[str, Labelled] = {}
    for value, label in pairs:
        if value and value not in found:
            found[value] = Labelled(value, label.strip())
    return tuple(found.values())


def _tidy_item(item: _ItemT, before: Record | None, now: int) -> _ItemT:
    if item.status not in STATUSES[kind_of(item)]:
        raise RecordError("This status is not known.")
    item = replace(
        item,
        title=_line(item.title),
        organization_id=_existing("organization", item.organization_id),
        person_ids=tuple(dict.fromkeys(item.person_ids)),
    )
    if isinstance(item, Deal):
        closed_at = before.closed_at if isinstance(before, Deal) else None
        closed = item.closed_at or closed_at or now
        stage = _existing("stage", item.stage_id)
        if stage is None:
            stage = database.value("SELECT id FROM stage ORDER BY position, id LIMIT 1")
        return replace(item, closed_at=None if item.status == OPEN else closed, stage_id=stage)
    return item


def _existing(table: str, row_id: int | None) -> int | None:
    if not row_id:
        return None
    found = database.value(f"SELECT id FROM {table} WHERE id = ?", (row_id,))
    return None if found is None else int(found)


def _addresses(record: Record | None) -> set[str]:
    return {each.value for each in record.addresses} if isinstance(record, Person) else set()


def _tell_history(before: Record, after: Record) -> tuple[int, ...]:
    """Write history entries for a changed stage and status."""
    if isinstance(after, Person | Organization) or isinstance(before, Person | Organization):
        return ()
    found: list[int] = []
    key = key_of(after)
    if isinstance(after, Deal) and isinstance(before, Deal) and after.stage_id != before.stage_id:
        names = {stage.id: stage.name for stage in records.stages()}
        change = {"from": names.get(before.stage_id or 0, ""), "to": names[after.stage_id or 0]}
        found.append(history.add(key, "stage", change))
    if after.status != before.status:
        found.append(history.add(key, "status", {"from": before.status, "to": after.status}))
    return tuple(found)


def related(record_keys: Iterable[str]) -> tuple[str, ...]:
    """These records and all that show them: their organizations, persons, and items of persons."""
    keys = list(dict.fromkeys(record_keys))
    found: dict[str, None] = dict.fromkeys(keys)
    persons = [records.split(key)[1] for key in keys if key.startswith(f"{Kind.PERSON}:")]
    items = [key for key in keys if key.partition(":")[0] in ITEMS]
    for chunk in record_rows.chunks_of(items):
        rows = database.rows(
            f"SELECT person_id FROM record_person WHERE record_key IN ({database.marks(len(chunk))})",
            chunk,
        )
        found |= {f"{Kind.PERSON}:{person_id}": None for (person_id,) in rows}
    for person_id in persons:
        rows = database.rows(
            "SELECT record_key FROM record_person WHERE person_id = ?", (person_id,)
        )
        found |= {key: None for (key,) in rows}
    found |= dict.fromkeys(records.with_organizations(keys))
    return tuple(found)
