"""Record what an import filled up in an existing record, and take it back.

The user may go on working during a long import and before it is taken back. What the user changed
by hand since then stays; only what the file brought goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

from models.records.records import (
    Deal,
    Kind,
    Labelled,
    Lead,
    Organization,
    Person,
    Project,
    Record,
    key_of,
    split,
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A record before and after the import filled it up."""

    before: Record
    after: Record

    @property
    def record_key(self) -> str:
        return key_of(self.before)


def without(filled: Filled, now: Record) -> Record:
    """The record as it is now, minus what the file brought."""
    values: dict[str, Any] = {}
    for each in fields(now):
        before, after, value = (
            getattr(record, each.name) for record in (filled.before, filled.after, now)
        )
        if value == after:
            values[each.name] = before
        elif isinstance(value, tuple):
            values[each.name] = _without(value, set(after) - set(before))
    if isinstance(now, Deal) and isinstance(filled.after, Deal):
        is_typed = now.value_cents not in (None, filled.after.value_cents)
        if is_typed:  # an amount that the user typed is in the currency that they saw
            values["currency"] = now.currency
    return replace(now, **values)


def _without(values: tuple[Any, ...], brought: set[Any]) -> tuple[Any, ...]:
    return tuple(value for value in values if value not in brought)


def again(known: Filled | None, before: Record, after: Record) -> Filled:
    """Fill up a record again; the user may have changed it since the first time."""
    return Filled(before if known is None else without(known, before), after)


def stored(filled: Filled) -> Mapping[str, Any]:
    """Convert to values for JSON; `loaded` reads them."""
    return {
        "key": filled.record_key,
        "before": asdict(filled.before),
        "after": asdict(filled.after),
    }


def loaded(found: Mapping[str, Any]) -> Filled:
    """Read what `stored` returned."""
    kind = split(found["key"])[0]
    return Filled(_record(kind, found["before"]), _record(kind, found["after"]))


_RECORDS: Final[Mapping[Kind, type[Record]]] = {
    Kind.PERSON: Person,
    Kind.ORGANIZATION: Organization,
    Kind.DEAL: Deal,
    Kind.LEAD: Lead,
    Kind.PROJECT: Project,
}
_LABELLED: Final = ("addresses", "phones")


def _record(kind: Kind, values: Mapping[str, Any]) -> Record:
    """Build a record from JSON, which has lists where a record has tuples."""
    made: dict[str, Any] = {
        name: tuple(Labelled(**each) if name in _LABELLED else each for each in value)
        if isinstance(value, list)
        else value
        for name, value in values.items()
    }
    return _RECORDS[kind](**made)
