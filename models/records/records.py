"""Records as frozen dataclasses: persons, organizations, deals, leads, projects, stages.

A record key is its kind and id, like `deal:12`. A record whose id is 0 is not saved yet. This
module only reads; `saving` and the commands of `models.commands.records` change records.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import partial
from typing import Any, Final

from models.store import database
from models.store.database import StoreError, chunks


class Kind(StrEnum):
    """The kind of a record; each is equal to its plain text."""

    PERSON = "person"
    ORGANIZATION = "organization"
    DEAL = "deal"
    LEAD = "lead"
    PROJECT = "project"


ITEMS: Final = (Kind.DEAL, Kind.LEAD, Kind.PROJECT)  # what a conversation can be linked to (M14)
OPEN: Final = "open"
STATUSES: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.DEAL: (OPEN, "won", "lost"),
    Kind.LEAD: (OPEN, "converted", "archived"),
    Kind.PROJECT: (OPEN, "done", "cancelled"),
}
LABELS: Final = (
    "",
    "work",
    "home",
    "mobile",
    "other",
)  # of addresses and phones; any text may be one


class RecordError(StoreError):
    """A record cannot be saved as it is; the text is the sentence for the user."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """An address or phone number with its label: a code of `LABELS` or the user's own word."""

    value: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Organization:
    """A company. `domains` are the mail domains whose addresses belong to it."""

    id: int = 0
    name: str = ""
    domains: tuple[str, ...] = ()
    note: str = ""
    created_at: int = 0
    changed_at: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """A human being whom the user corresponds with; the first address is the main one."""

    id: int = 0
    name: str = ""
    organization_id: int | None = None
    title: str = ""
    note: str = ""
    addresses: tuple[Labelled, ...] = ()
    phones: tuple[Labelled, ...] = ()
    created_at: int = 0
    changed_at: int = 0


@dataclass(frozen=True, slots=True)
class Deal:
    """A sale that may come about. `value_cents` is in hundredths; `expected_close` an ISO date."""

    id: int = 0
    title: str = ""
    value_cents: int | None = None
    currency: str = ""
    stage_id: int | None = None
    status: str = OPEN
    expected_close: str = ""
    organization_id: int | None = None
    person_ids: tuple[int, ...] = ()
    note: str = ""
    created_at: int = 0
    changed_at: int = 0
    closed_at: int | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """Interest that is not a deal yet."""

    id: int = 0
    title: str = ""
    value_cents: int | None = None
    currency: str = ""
    status: str = OPEN
    organization_id: int | None = None
    person_ids: tuple[int, ...] = ()
    note: str = ""
    created_at: int = 0
    changed_at: int = 0


@dataclass(frozen=True, slots=True)
class Project:
    """Work that follows a sale."""

    id: int = 0
    title: str = ""
    status: str = OPEN
    organization_id: int | None = None
    person_ids: tuple[int, ...] = ()
    note: str = ""
    created_at: int = 0
    changed_at: int = 0


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the pipeline; a new one has the id 0."""

    id: int
    name: str
    position: int = 0


Item = Deal | Lead | Project
Record = Person | Organization | Deal | Lead | Project

_KINDS: Final[dict[type[Record], Kind]] = {
    Person: Kind.PERSON,
    Organization: Kind.ORGANIZATION,
    Deal: Kind.DEAL,
    Lead: Kind.LEAD,
    Project: Kind.PROJECT,
}


def kind_of(record: Record) -> Kind:
    """The kind of a record."""
    return _KINDS[type(record)]


def key_of(record: Record) -> str:
    """The key of a saved record."""
    return f"{kind_of(record)}:{record.id}"


def split(record_key: str) -> tuple[Kind, int]:
    """Kind and id of a key.

    Raises: ValueError if it is no key.
    """
    kind, _, record_id = record_key.partition(":")
    return Kind(kind), int(record_id)


def title_of(record: Record) -> str:
    """The name or title of a record."""
    return record.name if isinstance(record, Person | Organization) else record.title


def get(record_key: str) -> Record | None:
    """A record, or None if it is gone."""
    kind, record_id = split(record_key)
    found = many(kind, [record_id])
    return found[0] if found else None


def many(kind: Kind, ids: Iterable[int]) -> list[Record]:
    """Records of one kind, in the order of `ids`; those that are gone are left out."""
    found: list[Record] = []
    for chunk in chunks(ids):
        by_id = {record.id: record for record in _READERS[kind](chunk)}
        found += [by_id[id_] for id_ in chunk if id_ in by_id]
    return found


def stages() -> tuple[Stage, ...]:
    """The stages of the pipeline, in their order."""
    found = database.rows("SELECT id, name, position FROM stage ORDER BY position, id")
    return tuple(Stage(*row) for row in found)


def _grouped(sql: str, values: Sequence[Any]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    for owner, *rest in database.rows(sql.format(database.marks(len(values))), values):
        found.setdefault(owner, []).append(tuple(rest))
    return found


def _persons(ids: Sequence[int]) -> list[Person]:
    addresses = _grouped(
        "SELECT person_id, address, label FROM person_address WHERE person_id IN ({}) ORDER BY id",
        ids,
    )
    phones = _grouped(
        "SELECT person_id, phone, label FROM person_phone WHERE person_id IN ({}) ORDER BY id", ids
    )
    rows = database.rows(
        "SELECT id, name, organization_id, title, note, created_at, changed_at FROM person "
        f"WHERE id IN ({database.marks(len(ids))})",
        ids,
    )
    return [
        Person(
            *[
                *row[:5],
                tuple(Labelled(*each) for each in addresses.get(row[0], ())),
                tuple(Labelled(*each) for each in phones.get(row[0], ())),
                *row[5:],
            ]
        )
        for row in rows
    ]


def _organizations(ids: Sequence[int]) -> list[Organization]:
    domains = _grouped(
        "SELECT organization_id, domain FROM organization_domain WHERE organization_id IN ({}) "
        "ORDER BY id",
        ids,
    )
    rows = database.rows(
        "SELECT id, name, note, created_at, changed_at FROM organization "
        f"WHERE id IN ({database.marks(len(ids))})",
        ids,
    )
    return [
        Organization(id_, name, tuple(domain for (domain,) in domains.get(id_, ())), *rest)
        for id_, name, *rest in rows
    ]


def persons_of_items(kind: Kind, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The persons of each deal, lead or project; items without any are left out."""
    keys = [f"{kind}:{id_}" for id_ in ids]
    rows = database.rows(
        "SELECT record_key, person_id FROM record_person "
        f"WHERE record_key IN ({database.marks(len(keys))}) ORDER BY record_key, person_id",
        keys,
    )
    found: dict[int, tuple[int, ...]] = {}
    for record_key, person_id in rows:
        owner = split(record_key)[1]
        found[owner] = (*found.get(owner, ()), person_id)
    return found


def _items(kind: Kind, made: type[Deal | Lead | Project], ids: Sequence[int]) -> list[Record]:
    """Read items. Their columns are the fields of `made` in its order, without `person_ids`."""
    names = [each.name for each in fields(made)]
    place = names.index("person_ids")
    columns = ", ".join([*names[:place], *names[place + 1 :]])
    persons = persons_of_items(kind, ids)
    rows = database.rows(
        f"SELECT {columns} FROM {kind} WHERE id IN ({database.marks(len(ids))})", ids
    )
    return [made(*[*row[:place], persons.get(row[0], ()), *row[place:]]) for row in rows]


_READERS: Final[dict[Kind, Any]] = {
    Kind.PERSON: _persons,
    Kind.ORGANIZATION: _organizations,
    Kind.DEAL: partial(_items, Kind.DEAL, Deal),
    Kind.LEAD: partial(_items, Kind.LEAD, Lead),
    Kind.PROJECT: partial(_items, Kind.PROJECT, Project),
}


def with_organizations(record_keys: Iterable[str]) -> tuple[str, ...]:
    """The keys, and those of their organizations, whose histories are computed from theirs."""
    keys = list(dict.fromkeys(record_keys))
    found: dict[str, None] = dict.fromkeys(keys)
    for kind in (Kind.PERSON, *ITEMS):
        ids = [split(key)[1] for key in keys if key.startswith(f"{kind}:")]
        for chunk in chunks(ids):
            rows = database.rows(
                f"SELECT DISTINCT organization_id FROM {kind} WHERE organization_id IS NOT NULL "
                f"AND id IN ({database.marks(len(chunk))})",
                chunk,
            )
            found |= {f"{Kind.ORGANIZATION}:{id_}": None for (id_,) in rows}
    return tuple(found)


_TITLES: Final = {
    "deal": "SELECT title FROM deal WHERE id = ?",
    "lead": "SELECT title FROM lead WHERE id = ?",
    "project": "SELECT title FROM project WHERE id = ?",
    "person": "SELECT name FROM person WHERE id = ?",
    "organization": "SELECT name FROM organization WHERE id = ?",
}


def title(record_key: str) -> str | None:
    """The name or title of a record, or None if it is gone."""
    kind, _, record_id = record_key.partition(":")
    found = database.value(_TITLES[kind], (int(record_id),))
    return None if found is None else str(found)


def titles(record_keys: Iterable[str]) -> tuple[str, ...]:
    """The names or titles of the records that still exist, in the order of the keys."""
    found = (title(key) for key in dict.fromkeys(record_keys))
    return tuple(name for name in found if name is not None)


def has_contacts() -> bool:
    """Whether there is a person or an organization at all (S5)."""
    return bool(
        database.value(
            "SELECT EXISTS (SELECT 1 FROM person) OR EXISTS (SELECT 1 FROM organization)"
        )
    )
