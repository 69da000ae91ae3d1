"""What an import filled up in a record that was here, and the way back from it.

The person may go on working while a long import runs, and before it is taken back: what they
changed by hand since stays, and only what the file brought goes.
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
    """A record without and with what the file brought."""

    before: Record
    after: Record

    @property
    def record_key(self) -> str:
        return key_of(self.before)


def without(filled: Filled, now: Record) -> Record:
    """The record as it is now without what the file brought."""
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
        if is_typed:  # an amount of the person's own is in the currency that they saw
            values["currency"] = now.currency
    return replace(now, **values)


def _without(values: tuple[Any, ...], brought: set[Any]) -> tuple[Any, ...]:
    return tuple(value for value in values if value not in brought)


def again(known: Filled | None, before: Record, after: Record) -> Filled:
    """Filled up once more, maybe with changes of the person's own since the first time."""
    return Filled(before if known is None else without(known, before), after)


def stored(filled: Filled) -> Mapping[str, Any]:
    """For JSON; see `loaded`."""
    return {
        "key": filled.record_key,
        "before": asdict(filled.before),
        "after": asdict(filled.after),
    }


def loaded(found: Mapping[str, Any]) -> Filled:
    """What `stored` gave."""
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
    """JSON knows lists only."""
    made: dict[str, Any] = {
        name: tuple(Labelled(**each) if name in _LABELLED else each for each in value)
        if isinstance(value, list)
        else value
        for name, value in values.items()
    }
    return _RECORDS[kind](**made)
