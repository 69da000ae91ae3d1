"""Write records to files: CSV tables and vCards, in chunks, completely or not at all."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from models.files import vcard
from models.queries import record_list
from models.queries.record_list import ItemRow
from models.records import records
from models.records.records import Kind, Organization, Person
from models.store import database
from models.store.database import StoreError, chunks

NOT_WRITTEN = "The file could not be written: check the folder and the room on the disk."
_CHUNK: Final = 500
# Columns by kind; `csv_columns` recognizes all of them on import.
HEADERS: Final = {
    Kind.PERSON: ("Name", "Organization", "Title", "Email", "Phone", "Notes"),
    Kind.ORGANIZATION: ("Organization name", "Domain", "Notes"),
    Kind.DEAL: (
        "Deal title", "Value", "Currency", "Stage", "Status", "Expected close date",
        "Organization", "Contact person", "Email", "Created", "Notes",
    ),
    Kind.LEAD: (
        "Lead title", "Value", "Currency", "Status", "Organization", "Contact person", "Email",
        "Created", "Notes",
    ),
    Kind.PROJECT: (
        "Project title", "Status", "Organization", "Contact person", "Email", "Created", "Notes",
    ),
}  # fmt: skip


class ExportError(StoreError):
    """A file could not be written; the text is the sentence for the user."""


@dataclass(frozen=True, slots=True)
class ExportResult:
    """How many records were written, or the sentence for the user about why none was."""

    count: int = 0
    error: str = ""


def export_file(path: Path, kind: Kind, ids: Sequence[int] | None = None) -> ExportResult:
    """Like `export`, but returns its error as a value."""
    try:
        return ExportResult(export(path, kind, ids))
    except StoreError as error:
        return ExportResult(error=str(error))


def export(path: Path, kind: Kind, ids: Sequence[int] | None = None) -> int:
    """Write records of a kind to a file, as vCards if its name ends in `.vcf`; return how many.

    Raises: ExportError; the file is then unchanged.
    """
    wanted = record_list.ids(record_list.RecordQuery(kind)).ids if ids is None else ids
    part = path.with_name(f"{path.name}.part")
    is_vcard = path.suffix.lower() == ".vcf" and kind in (Kind.PERSON, Kind.ORGANIZATION)
    try:
        # Excel recognizes UTF-8 in a CSV file only by its byte order mark.
        encoding = "utf-8" if is_vcard else "utf-8-sig"
        with part.open("w", encoding=encoding, newline="", errors="replace") as file:
            count = _cards(file, kind, wanted) if is_vcard else _table(file, kind, wanted)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise ExportError(NOT_WRITTEN) from error
    return count


def _cards(file: TextIO, kind: Kind, ids: Sequence[int]) -> int:
    count = 0
    for chunk in chunks(ids, _CHUNK):
        found = records.many(kind, chunk)
        persons = [each for each in found if isinstance(each, Person)]
        organizations = [each for each in found if isinstance(each, Organization)]
        names = _organization_names([each.organization_id or 0 for each in persons])
        file.write(vcard.write(persons, organizations, names))
        count += len(found)
    return count


def _organization_names(ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for chunk in chunks(ids):
        sql = f"SELECT id, name FROM organization WHERE id IN ({database.marks(len(chunk))})"
        found.update(database.rows(sql, chunk))
    return found


def _table(file: TextIO, kind: Kind, ids: Sequence[int]) -> int:
    writer = csv.writer(file)
    writer.writerow(HEADERS[kind])
    count = 0
    for chunk in chunks(ids, _CHUNK):
        for row in _rows(kind, chunk):
            writer.writerow([_safe(cell) for cell in row])
            count += 1
    return count


def _safe(cell: Any) -> str:
    """Mark a cell as text if a spreadsheet would take it for a formula."""
    text = "" if cell is None else str(cell)
    is_number = text[:1] in "+-" and text[1:].replace(" ", "").replace(".", "").isdigit()
    return (
        f"'{text}"
        if text[:1] in ("=", "@", "\t", "\r", "+", "-") and text and not is_number
        else text
    )


def _rows(kind: Kind, ids: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    found = records.many(kind, ids)
    if kind == Kind.PERSON:
        persons = [each for each in found if isinstance(each, Person)]
        names = _organization_names([each.organization_id or 0 for each in persons])
        for person in persons:
            addresses = ", ".join(each.value for each in person.addresses)
            phones = ", ".join(each.value for each in person.phones)
            company = names.get(person.organization_id or 0, "")
            yield person.name, company, person.title, addresses, phones, person.note
    elif kind == Kind.ORGANIZATION:
        for each in found:
            if isinstance(each, Organization):
                yield each.name, ", ".join(each.domains), each.note
    else:
        yield from _item_rows(kind, ids)


def _item_rows(kind: Kind, ids: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    notes = {
        each.id: each.note
        for each in records.many(kind, ids)
        if not isinstance(each, Person | Organization)
    }
    for row in record_list.rows(kind, ids):
        if not isinstance(row, ItemRow):
            continue
        value = None if row.value_cents is None else f"{row.value_cents / 100:.2f}"
        name, address = _first_person(row)
        created = database.value(
            "SELECT strftime('%Y-%m-%d', ? / 1000, 'unixepoch')", (row.created_at,)
        )
        tail = (row.organization_name, name, address, created, notes.get(row.id, ""))
        if kind == Kind.DEAL:
            yield (
                row.title, value, row.currency, row.stage_name, row.status, row.expected_close,
                *tail,
            )  # fmt: skip
        elif kind == Kind.LEAD:
            yield (row.title, value, row.currency, row.status, *tail)
        else:
            yield (row.title, row.status, *tail)


def _first_person(row: ItemRow) -> tuple[str, str]:
    if not row.persons:
        return "", ""
    person_id, name = row.persons[0]
    sql = "SELECT address FROM person_address WHERE person_id = ? ORDER BY id LIMIT 1"
    return name, str(database.value(sql, (person_id,)) or "")
