"""Turn the rows of a CSV file into drafts of records."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final

from models.files.csv_columns import Mapping, label_columns, label_of
from models.files.csv_table import Table, TableRow
from models.files.drafts import Draft, Problem
from models.records.records import (
    OPEN,
    STATUSES,
    Deal,
    Kind,
    Labelled,
    Lead,
    Organization,
    Person,
    Project,
    Record,
)

_ADDRESS: Final = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]+")
# What separates several values in one cell. Words that are no address stay together, so that the
# user sees all of them. A cell may be as long as a book: `_parts` first reduces each run of blanks
# to one, and no pattern here looks at a letter more than a few times.
_SEVERAL: Final = {
    "address": re.compile(r" ?[,;] ?| (?=[^ <]+@)"),
    "domain": re.compile(r"[,; ]+"),
    "phone": re.compile(r" ?[,;] ?"),
}
# What `export` and spreadsheets put before text that would be taken for a formula.
_APOSTROPHE: Final = re.compile(r"^'(?=[=@+\-])")
_CURRENCIES: Final = {"€": "EUR", "$": "USD", "£": "GBP", "zł": "PLN", "¥": "JPY", "₹": "INR"}
_STATUSES: Final = {
    "open": OPEN, "won": "won", "closed won": "won", "closedwon": "won", "lost": "lost",
    "closed lost": "lost", "closedlost": "lost", "converted": "converted", "archived": "archived",
    "done": "done", "completed": "done", "cancelled": "cancelled", "canceled": "cancelled",
    "new": OPEN, "in progress": OPEN, "active": OPEN,
}  # fmt: skip
MOST_CENTS: Final = 10**15  # more is a slip, and far more does not fit into the database
_DAY_FIRST: Final = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")
_MONTH_FIRST: Final = ("%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y")


class _BadCellError(ValueError):
    """A cell does not contain what its column says."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(code)
        self.code, self.value = code, value


Cells = Dictionary[str, Sequence[Labelled]]


def drafts(table: Table, mapping: Mapping) -> tuple[list[Draft], list[Problem]]:
    """The rows that can be imported, and those that cannot, with their reasons."""
    good: list[Draft] = []
    bad: list[Problem] = []
    formats = _date_formats(table, mapping)
    labels = label_columns(table.header)
    for row in table.rows:
        if row.problem:
            bad.append(Problem(row.number, row.problem))
            continue
        try:
            good.append(_draft(row, _cells(row, mapping, labels), mapping.kind, formats))
        except _BadCellError as error:
            bad.append(Problem(row.number, error.code, error.value))
    return good, bad


def _cells(row: TableRow, mapping: Mapping, labels: Dictionary[int, int]) -> Cells:
    """The values by field. One cell may hold several: `a@x, b@x` or Google's ` ::: `."""
    found: dict[str, list[Labelled]] = {}
    for place, column in enumerate(mapping.columns[: len(row.cells)]):
        field, _, label = column.partition(":")
        text = _APOSTROPHE.sub("", row.cells[place].strip())
        if not field or not text:
            continue
        beside = labels.get(place)
        if beside is not None and beside < len(row.cells):
            label = label or label_of(row.cells[beside].partition(":::")[0])
        found.setdefault(field, []).extend(Labelled(part, label) for part in _parts(field, text))
    return found


def _parts(field: str, text: str) -> list[str]:
    """The values of a cell; only a note keeps its line breaks."""
    parts = text.split(":::")
    if field == "note":
        parts = [part.strip() for part in parts]
    else:
        parts = [" ".join(part.split()) for part in parts]
    if field in _SEVERAL:
        parts = [part for each in parts for part in _SEVERAL[field].split(each)]
    return [part for part in parts if part]


def _one(cells: Cells, field: str) -> str:
    return cells[field][0].value if field in cells else ""


def _draft(row: TableRow, cells: Cells, kind: Kind, formats: Sequence[str]) -> Draft:
    if kind == Kind.PERSON:
        return Draft(row.number, _person(cells), _one(cells, "organization"))
    if kind == Kind.ORGANIZATION:
        return Draft(row.number, _organization(cells))
    return Draft(
        row.number,
        _item(cells, kind, formats),
        _one(cells, "organization"),
        _persons(cells),
        _one(cells, "stage"),
    )


def _persons(cells: Cells) -> tuple[tuple[str, str], ...]:
    """Names with addresses; HubSpot writes them all as `Ada Tamm (ada@x);Bo Kask (bo@y)`.

    An address in a column of its own belongs to the first person, unless they have one.
    """
    parts = (part.strip() for each in cells.get("person", ()) for part in each.value.split(";"))
    found = [_named(part) for part in parts if part]
    addresses = [_address(each.value) for each in cells.get("address", ())]
    name, has_address = found[0] if found else ("", "")
    if addresses and not has_address and addresses[0] not in (address for _, address in found):
        found[:1] = [(name, addresses[0])]
    return tuple(dict.fromkeys(found))


def _named(text: str) -> tuple[str, str]:
    """Name and address of `Ada Tamm (ada@x)` or `Ada Tamm <ada@x>`; other text is a name."""
    start = max(text.rfind("("), text.rfind("<"))
    address = text[start + 1 : -1]
    if start < 0 or text[-1] not in ")>" or ")" in address or not _ADDRESS.fullmatch(address):
        return text, ""
    return text[:start].strip(), address.lower()


def _person(cells: Cells) -> Person:
    addresses = tuple(
        Labelled(_address(each.value), each.label) for each in cells.get("address", ())
    )
    parts = (_one(cells, field) for field in ("first_name", "middle_name", "last_name"))
    name = _one(cells, "name") or " ".join(part for part in parts if part)
    name = name or (addresses[0].value if addresses else "")
    if not name:
        raise _BadCellError("no_name", "")
    return Person(
        name=name,
        title=_one(cells, "title"),
        note=_one(cells, "note"),
        addresses=addresses,
        phones=tuple(cells.get("phone", ())),
    )


def _organization(cells: Cells) -> Organization:
    if not _one(cells, "name"):
        raise _BadCellError("no_name", "")
    domains = tuple(domain for each in cells.get("domain", ()) if (domain := domain_of(each.value)))
    return Organization(name=_one(cells, "name"), domains=domains, note=_one(cells, "note"))


def domain_of(text: str) -> str:
    """The mail domain of a website: `https://www.shop.test/about` is shop.test."""
    host = re.sub(r"^\w+://", "", text.strip().lower()).partition("/")[0].partition("?")[0]
    host = host.partition(":")[0].rpartition("@")[2].removeprefix("www.")
    return host if "." in host and not re.search(r"\s", host) else ""


def _address(text: str) -> str:
    named = re.search(r"<([^<>]+)>$", text.strip())  # Ada Tamm <ada@customer.test>
    address = (named[1] if named else text).strip().removeprefix("mailto:")
    if not _ADDRESS.fullmatch(address):
        raise _BadCellError("bad_address", text.strip())
    return address.lower()


def _item(cells: Cells, kind: Kind, formats: Sequence[str]) -> Record:
    title = _one(cells, "name")
    if not title:
        raise _BadCellError("no_name", "")
    status = _status(_one(cells, "status"), _one(cells, "stage"), kind)
    created_at = 0
    if created := _one(cells, "created"):
        day = _date(created, formats)
        created_at = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
    note = _one(cells, "note")
    if kind == Kind.PROJECT:
        return Project(title=title, status=status, note=note, created_at=created_at)
    cents, currency = _value(_one(cells, "value"), _one(cells, "currency"))
    if kind == Kind.LEAD:
        return Lead(0, title, cents, currency, status, note=note, created_at=created_at)
    close = _one(cells, "expected_close")
    return Deal(
        title=title,
        value_cents=cents,
        currency=currency,
        status=status,
        expected_close=_date(close, formats).isoformat() if close else "",
        note=note,
        created_at=created_at,
    )


def _status(text: str, stage: str, kind: Kind) -> str:
    """The status of an item; HubSpot writes won and lost into the stage."""
    if not text:
        found = _STATUSES.get(stage.casefold(), OPEN)
        return found if found in STATUSES[kind] else OPEN
    status = _STATUSES.get(text.casefold(), "")
    if status not in STATUSES[kind]:
        raise _BadCellError("bad_status", text)
    return status


def _value(text: str, currency: str) -> tuple[int | None, str]:
    """Hundredths and the currency code; `1.234,50 €` and `1,234.50` are the same number."""
    for sign, code in _CURRENCIES.items():
        if sign in text:
            text, currency = text.replace(sign, ""), currency or code
    text = " ".join(text.split())
    found = re.fullmatch(r"([A-Za-z]{3})? ?(-?[\d .,']*)([A-Za-z]{3})?", text)
    if not text:
        return None, currency.strip().upper()
    digits = re.sub("[ ']", "", found[2]) if found else ""
    if found is None or not any(map(str.isdigit, digits)):
        raise _BadCellError("bad_value", text)
    currency = currency or found[1] or found[3] or ""
    whole, fraction = _split_number(digits)
    try:
        cents = int(whole or "0") * 100
        cents += int(fraction or "0") * (-1 if whole.startswith("-") else 1)
    except ValueError as error:
        raise _BadCellError("bad_value", text) from error
    if abs(cents) > MOST_CENTS:
        raise _BadCellError("bad_value", text)
    return cents, currency.strip().upper()


def _split_number(digits: str) -> tuple[str, str]:
    """The digits before the decimal mark, and two digits after it."""
    last = max(digits.rfind("."), digits.rfind(","))
    behind = len(digits) - last - 1
    marks = digits.count(".") + digits.count(",")
    both = "." in digits and "," in digits
    is_decimal = last >= 0 and (both or (marks == 1 and behind != 3))
    whole = digits[:last] if is_decimal else digits
    fraction = digits[last + 1 :] if is_decimal else ""
    return whole.replace(".", "").replace(",", ""), (fraction + "00")[:2]


def _date_formats(table: Table, mapping: Mapping) -> Sequence[str]:
    """Find out over all dates of the file whether the day or the month comes first."""
    places = [
        place
        for place, field in enumerate(mapping.columns)
        if field in ("expected_close", "created")
    ]
    firsts = [
        int(found[1])
        for row in table.rows
        for place in places
        if place < len(row.cells)
        and (found := re.match(r"\s*(\d{1,2})/\d{1,2}/\d{4}", row.cells[place]))
    ]
    return _DAY_FIRST if any(first > 12 for first in firsts) else _MONTH_FIRST


def _date(text: str, formats: Sequence[str]) -> date:
    """A date with or without its time."""
    try:
        return datetime.fromisoformat(text.strip()).date()
    except ValueError:
        day = re.split(r"[ T]", text.strip())[0].rstrip(",")
    for pattern in ("%Y-%m-%d", "%Y/%m/%d", *formats):
        try:
            return datetime.strptime(day, pattern).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise _BadCellError("bad_date", text)
