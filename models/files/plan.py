"""Plan an import: look at a file of another program and list every duplicate and bad row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from models.files import csv_columns, csv_drafts, csv_table, vcard
from models.files.csv_columns import Mapping
from models.files.csv_table import ImportRefusedError, TableRow
from models.files.drafts import Draft, Problem, name_sign, with_duplicates
from models.records import records
from models.records.records import Deal, Kind
from models.store.database import StoreError

SHOWN: Final = 10
_NO_MAPPING: Final = Mapping(Kind.PERSON, ())
NOT_READABLE = "This file cannot be opened: check that it is still there and that you may read it."


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What importing a file would do; nothing is written yet.

    Attributes:
        error: The sentence for the user if the file cannot be read at all; the rest is empty then.
        form: `csv` or `vcard`.
        mapping: What the columns are; change it and plan again.
        sample: The first rows as they are in the file.
        drafts: What can be imported, in the file's order, including duplicates.
        problems: What cannot, with number and reason.
        strange_stages: Stages of open deals that the pipeline does not have.
    """

    file_name: str
    error: str = ""
    form: str = "csv"
    encoding: str = ""
    delimiter: str = ""
    header: tuple[str, ...] = ()
    mapping: Mapping = _NO_MAPPING
    sample: tuple[TableRow, ...] = ()
    drafts: tuple[Draft, ...] = ()
    problems: tuple[Problem, ...] = ()
    strange_stages: tuple[str, ...] = ()

    @property
    def duplicate_count(self) -> int:
        return sum(1 for draft in self.drafts if draft.duplicate_key)


def plan_file(
    path: Path,
    *,
    kind: Kind | None = None,
    columns: tuple[str, ...] | None = None,
    encoding: str = "",
    delimiter: str = "",
    is_sure: bool = True,
) -> ImportPlan:
    """Plan the import of a file; the user chose what is given, the rest is guessed.

    Args:
        is_sure: See `csv_columns.guess`.
    """
    try:
        data = path.read_bytes()
    except OSError:
        return ImportPlan(path.name, NOT_READABLE)
    try:
        return plan(data, path.name, kind, columns, encoding, delimiter, is_sure=is_sure)
    except StoreError as error:
        return ImportPlan(path.name, str(error))


def plan(
    data: bytes,
    file_name: str = "",
    kind: Kind | None = None,
    columns: tuple[str, ...] | None = None,
    encoding: str = "",
    delimiter: str = "",
    *,
    is_sure: bool = True,
) -> ImportPlan:
    """Plan the import of a file's bytes.

    Raises: ImportRefusedError.
    """
    if vcard.is_vcard(data):
        good, bad = vcard.read(data, encoding)
        found = tuple(with_duplicates(good))
        return ImportPlan(file_name, form="vcard", drafts=found, problems=tuple(bad))
    table = csv_table.read(data, encoding, delimiter)
    mapping = csv_columns.guess(table.header, kind, is_sure=is_sure)
    if columns is not None:
        mapping = replace(mapping, columns=columns)
    good, bad = csv_drafts.drafts(table, mapping)
    return ImportPlan(
        file_name,
        "",
        "csv",
        table.encoding,
        table.delimiter,
        table.header,
        mapping,
        table.rows[:SHOWN],
        tuple(with_duplicates(good)),
        tuple(bad),
        _strange_stages(good),
    )


def _strange_stages(drafts: Sequence[Draft]) -> tuple[str, ...]:
    """Of open deals only: a won or lost deal is on no board, so its stage does not matter."""
    known = {name_sign(stage.name) for stage in records.stages()}
    named = dict.fromkeys(
        draft.stage
        for draft in drafts
        if isinstance(draft.record, Deal) and draft.record.status == records.OPEN and draft.stage
    )
    return tuple(name for name in named if name_sign(name) not in known)


__all__ = ["ImportPlan", "ImportRefusedError", "plan", "plan_file"]
