"""Read a CSV file of any program as a table: find out its encoding, delimiter and rows."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.store.database import StoreError

MOST_BYTES: Final = 200_000_000
DELIMITERS: Final = (",", ";", "\t", "|")
_SAMPLE: Final = 20  # rows used to find the delimiter

EMPTY = "This file is empty."
NO_TABLE = "This file is not a table: Dealpost reads CSV and vCard files."
WORKBOOK = "This is a spreadsheet. Open it in its program and save it as CSV, then try again."
NO_ROWS = "This file has a first line with the names of its columns, but no rows below it."
TOO_LARGE = "This file is too large to be read at once; cut it into parts of at most 200 MB."


class ImportRefusedError(StoreError):
    """A file cannot be read; the text is the sentence for the user."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row with its line number in the file, 1 is the header. `problem`: a code, or ''."""

    number: int
    cells: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file as it was read."""

    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    encoding: str
    delimiter: str


def decode(data: bytes, encoding: str = "") -> tuple[str, str]:
    """The text and its encoding; `encoding` is the user's choice, '' to guess it.

    Raises: ImportRefusedError.
    """
    if not data.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise ImportRefusedError(EMPTY)
    if len(data) > MOST_BYTES:
        raise ImportRefusedError(TOO_LARGE)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ImportRefusedError(WORKBOOK)
    name = encoding or _encoding(data)
    try:
        text = data.decode(name, "replace" if name == "cp1252" else "strict")
    except (UnicodeError, LookupError) as error:
        raise ImportRefusedError(NO_TABLE) from error
    if "\x00" in text or _is_binary(text):
        raise ImportRefusedError(NO_TABLE)
    return text.removeprefix("\ufeff"), name


def _encoding(data: bytes) -> str:
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = data[:2000]
    if start.count(0) > len(start) // 4:
        return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
    for cut in range(4):  # a truncated file may end within a letter
        try:
            data[: len(data) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        if cut == 0:
            return "utf-8"
        return "cp1252" if data[: len(data) - cut].isascii() else "utf-8-cut"
    return "cp1252"


def _is_binary(text: str) -> bool:
    start = text[:4000]
    strange = sum(1 for c in start if ord(c) < 32 and c not in "\t\r\n\f\v")
    return strange > len(start) // 50


def read(data: bytes, encoding: str = "", delimiter: str = "") -> Table:
    """Read a CSV file as a table; bad rows are included, with their problem.

    Raises: ImportRefusedError if it is no table at all.
    """
    if not encoding and data and _encoding(data) == "utf-8-cut":
        data = data.decode("utf-8", "ignore").encode()
    text, name = decode(data, encoding)
    if text[:4].lower() == "sep=":  # written for Excel
        first, _, text = text.partition("\n")
        delimiter = delimiter or first[4:5]
    mark = delimiter or _delimiter(text)
    rows = _rows(text, mark)
    if not rows or not any(cell.strip() for cell in rows[0].cells):
        raise ImportRefusedError(NO_TABLE)
    header = tuple(cell.strip() for cell in rows[0].cells)
    if rows[0].problem or (len(header) == 1 and "\n" in header[0]):
        raise ImportRefusedError(NO_TABLE)
    body = [row for row in rows[1:] if row.problem or any(cell.strip() for cell in row.cells)]
    if not body:
        raise ImportRefusedError(NO_ROWS)
    return Table(header, tuple(_fitted(row, len(header)) for row in body), name, mark)


def _delimiter(text: str) -> str:
    """The delimiter that splits most of the first rows into the same, largest number of columns."""
    sample = text[:50_000]

    def score(mark: str) -> tuple[float, int]:
        rows = _rows(sample, mark)[:_SAMPLE]
        width = len(rows[0].cells) if rows else 0
        if width < 2:
            return 0.0, 0
        alike = sum(1 for row in rows if len(row.cells) == width)
        return width * alike / len(rows), width

    best = max(DELIMITERS, key=score)
    return best if score(best)[1] else ","


def _rows(text: str, delimiter: str) -> list[TableRow]:
    """All rows with the line each begins in; an unclosed quote truncates the file."""
    csv.field_size_limit(10_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[TableRow] = []
    last = text.count("\n") + (not text.endswith("\n"))
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return found
        except csv.Error:
            if reader.line_num < number or reader.line_num >= last:
                found.append(TableRow(number, (), "cut_off"))
                return found
            found.append(TableRow(number, (), "bad_quotes"))
        else:
            found.append(TableRow(number, tuple(cells)))
        number = reader.line_num + 1


def _fitted(row: TableRow, width: int) -> TableRow:
    """Fit a row to the width of the header. Surplus empty cells go; missing ones are a problem."""
    cells = row.cells
    if row.problem:
        return row
    if not any(cell.strip() for cell in cells[width:]):
        cells = cells[:width]
    if len(cells) == width:
        return TableRow(row.number, cells)
    code = "too_many_cells" if len(cells) > width else "too_few_cells"
    return TableRow(row.number, cells, code)


def sample(table: Table, count: int) -> Sequence[tuple[str, ...]]:
    """The first rows, for the preview."""
    return [row.cells for row in table.rows[:count]]
