"""The lists of records: ordered ids, rows by block, the board of deals. Reads only.

Built like `conversation_list`: a list is its ids in order plus rows by block. A list of ids scans
its whole table (100,000 persons in some 50 ms), so the reader thread does it. A block of rows is
read by id, also in the GUI thread.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from models.queries.conversation_list import BLOCK
from models.records.records import ITEMS, OPEN, Kind, Stage, persons_of_items, stages
from models.store import database
from models.store.list_ids import ListIds
from models.store.search_index import folded

SORTS: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.PERSON: ("name", "organization", "created_at", "changed_at", "last_mail_at"),
    Kind.ORGANIZATION: ("name", "created_at", "changed_at"),
    Kind.DEAL: (
        "name", "value", "stage", "status", "expected_close", "organization", "created_at",
        "changed_at",
    ),
    Kind.LEAD: ("name", "value", "status", "organization", "created_at", "changed_at"),
    Kind.PROJECT: ("name", "status", "organization", "created_at", "changed_at"),
}  # fmt: skip
CARDS: Final = 100  # per stage on the board; the list has the rest
# Empty values come last in either direction.
_ORDERS: Final = {
    "name": "r.folded {way}",
    "organization": (
        "r.organization_id IS NULL, "
        "(SELECT o.folded FROM organization o WHERE o.id = r.organization_id) {way}, r.folded"
    ),
    "created_at": "r.created_at {way}",
    "changed_at": "r.changed_at {way}",
    "last_mail_at": (
        "(SELECT max(p.received_at) FROM message_person p WHERE p.person_id = r.id) {way}"
    ),
    "value": "r.value_cents IS NULL, r.value_cents {way}",
    "stage": "(SELECT s.position FROM stage s WHERE s.id = r.stage_id) {way}, r.folded",
    "status": "r.status {way}, r.folded",
    "expected_close": "r.expected_close = '', r.expected_close {way}",
}


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """What a list of records shows.

    Attributes:
        kind: Of the records.
        text: What the user typed in the search field. Each word must be in the name, an address, a
            domain, a phone number, the title or the organization's name; case and accents do not
            matter.
        sort: One of `SORTS[kind]`.
        status: Only deals, leads or projects with this status; '' for all.
        stage_id, organization_id, person_id: Only records with this stage, organization or person.
    """

    kind: Kind
    text: str = ""
    sort: str = "name"
    descending: bool = False
    status: str = ""
    stage_id: int | None = None
    organization_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One row of the list of persons. `open_count`: open deals, leads and projects."""

    id: int
    name: str
    title: str
    address: str
    phone: str
    organization_id: int | None
    organization_name: str
    open_count: int
    last_mail_at: int | None
    changed_at: int

    @property
    def key(self) -> str:
        return f"{Kind.PERSON}:{self.id}"


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """One row of the list of organizations."""

    id: int
    name: str
    domains: tuple[str, ...]
    person_count: int
    open_count: int
    changed_at: int

    @property
    def key(self) -> str:
        return f"{Kind.ORGANIZATION}:{self.id}"


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One row of a list of deals, leads or projects. `persons`: (id, name)."""

    kind: Kind
    id: int
    title: str
    value_cents: int | None
    currency: str
    stage_id: int | None
    stage_name: str
    status: str
    expected_close: str
    organization_id: int | None
    organization_name: str
    persons: tuple[tuple[int, str], ...]
    created_at: int
    changed_at: int

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def is_open(self) -> bool:
        return self.status == OPEN


Row = PersonRow | OrganizationRow | ItemRow


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A stage with its deals, those with the earliest expected close on top.

    Attributes:
        sums: (currency, cents) over all its deals.
        rows: The first deals, as the cards show them.
    """

    stage: Stage
    deal_ids: tuple[int, ...]
    sums: tuple[tuple[str, int], ...]
    rows: tuple[ItemRow, ...]


def ids(query: RecordQuery, limit: int | None = None) -> ListIds:
    """The ids in list order. `keys` are places counted from the end, so larger comes first."""
    way = "DESC" if query.descending else "ASC"
    order = _ORDERS[query.sort].replace("{way}", way)
    where, parameters = _where(query)
    sql = f"SELECT r.id AS id FROM {query.kind} r{where} ORDER BY {order}, r.id {way} LIMIT ?"
    found = database.id_array(sql, (*parameters, -1 if limit is None else limit))
    return ListIds(found, array("q", range(len(found) - 1, -1, -1)))


def _where(query: RecordQuery) -> tuple[str, list[Any]]:
    kind = Kind(query.kind)
    terms: list[str] = []
    parameters: list[Any] = []
    for word in folded(query.text).split():
        organization = (
            ""
            if kind == Kind.ORGANIZATION
            else " OR r.organization_id IN (SELECT o.id FROM organization o "
            "WHERE instr(o.folded, ?) > 0)"
        )
        persons = (
            f" OR '{kind}:' || r.id IN (SELECT x.record_key FROM person p "
            "JOIN record_person x ON x.person_id = p.id WHERE instr(p.folded, ?) > 0)"
            if kind in ITEMS
            else ""
        )
        terms.append(f"(instr(r.folded, ?) > 0{organization}{persons})")
        parameters += [word] * (1 + bool(organization) + bool(persons))
    for column in ("status", "stage_id", "organization_id"):
        if value := getattr(query, column):
            terms.append(f"r.{column} = ?")
            parameters.append(value)
    if query.person_id is not None:
        terms.append(
            f"'{kind}:' || r.id IN (SELECT record_key FROM record_person WHERE person_id = ?)"
        )
        parameters.append(query.person_id)
    return (f" WHERE {' AND '.join(terms)}" if terms else ""), parameters


def rows(kind: Kind, record_ids: Sequence[int]) -> list[Row]:
    """The rows of a block, in the given order; records that are gone are left out."""
    found: dict[int, Row] = {}
    for start in range(0, len(record_ids), BLOCK):
        chunk = record_ids[start : start + BLOCK]
        found |= {row.id: row for row in _READERS[Kind(kind)](Kind(kind), list(chunk))}
    return [found[id_] for id_ in record_ids if id_ in found]


def has_any(kind: str) -> bool:
    """Whether there is a record of this kind."""
    return bool(database.value(f"SELECT EXISTS (SELECT 1 FROM {Kind(kind)})"))


_PERSONS = """SELECT r.id, r.name, r.title,
    coalesce((SELECT address FROM person_address WHERE person_id = r.id ORDER BY id LIMIT 1), ''),
    coalesce((SELECT phone FROM person_phone WHERE person_id = r.id ORDER BY id LIMIT 1), ''),
    r.organization_id, coalesce(o.name, ''),
    (SELECT max(received_at) FROM message_person WHERE person_id = r.id), r.changed_at
    FROM person r LEFT JOIN organization o ON o.id = r.organization_id WHERE r.id IN ({})"""


def _person_rows(_kind: Kind, ids_: list[int]) -> list[Row]:
    open_counts = _open_of_persons(ids_)
    found = database.rows(_PERSONS.format(database.marks(len(ids_))), ids_)
    return [PersonRow(*[*row[:7], open_counts.get(row[0], 0), *row[7:]]) for row in found]


def _open_of_persons(ids_: list[int]) -> dict[int, int]:
    """How many open deals, leads and projects each person has."""
    found = database.rows(
        "SELECT person_id, record_key FROM record_person "
        f"WHERE person_id IN ({database.marks(len(ids_))})",
        ids_,
    )
    is_open = open_keys([key for _, key in found])
    counts: dict[int, int] = {}
    for person_id, key in found:
        if key in is_open:
            counts[person_id] = counts.get(person_id, 0) + 1
    return counts


def open_keys(record_keys: Sequence[str]) -> set[str]:
    """Those of the deals, leads and projects that are open."""
    found: set[str] = set()
    for kind in ITEMS:
        own = [int(key.partition(":")[2]) for key in record_keys if key.startswith(f"{kind}:")]
        for start in range(0, len(own), 1000):
            chunk = own[start : start + 1000]
            opened = database.rows(
                f"SELECT id FROM {kind} WHERE status = '{OPEN}' "
                f"AND id IN ({database.marks(len(chunk))})",
                chunk,
            )
            found |= {f"{kind}:{id_}" for (id_,) in opened}
    return found


_OPEN_OF_ORGANIZATION = " + ".join(
    f"(SELECT count(*) FROM {kind} WHERE organization_id = r.id AND status = '{OPEN}')"
    for kind in ITEMS
)


def _organization_rows(_kind: Kind, ids_: list[int]) -> list[Row]:
    marks = database.marks(len(ids_))
    domains: dict[int, tuple[str, ...]] = {}
    for owner, domain in database.rows(
        "SELECT organization_id, domain FROM organization_domain "
        f"WHERE organization_id IN ({marks}) ORDER BY id",
        ids_,
    ):
        domains[owner] = (*domains.get(owner, ()), domain)
    found = database.rows(
        "SELECT r.id, r.name, (SELECT count(*) FROM person WHERE organization_id = r.id), "
        f"{_OPEN_OF_ORGANIZATION}, r.changed_at FROM organization r WHERE r.id IN ({marks})",
        ids_,
    )
    return [OrganizationRow(row[0], row[1], domains.get(row[0], ()), *row[2:]) for row in found]


_ITEM_COLUMNS: Final = {
    Kind.DEAL: (
        "r.value_cents, r.currency, r.stage_id, "
        "coalesce((SELECT name FROM stage WHERE id = r.stage_id), ''), r.status, r.expected_close"
    ),
    Kind.LEAD: "r.value_cents, r.currency, NULL, '', r.status, ''",
    Kind.PROJECT: "NULL, '', NULL, '', r.status, ''",
}


def _item_rows(kind: Kind, ids_: list[int]) -> list[Row]:
    persons = persons_of_items(kind, ids_)
    names = _names({person_id for each in persons.values() for person_id in each})
    found = database.rows(
        f"SELECT r.id, r.title, {_ITEM_COLUMNS[kind]}, r.organization_id, coalesce(o.name, ''), "
        f"r.created_at, r.changed_at FROM {kind} r LEFT JOIN organization o "
        f"ON o.id = r.organization_id WHERE r.id IN ({database.marks(len(ids_))})",
        ids_,
    )
    return [
        ItemRow(
            *[
                kind,
                *row[:10],
                tuple((id_, names[id_]) for id_ in persons.get(row[0], ()) if id_ in names),
                *row[10:],
            ]
        )
        for row in found
    ]


def _names(person_ids: set[int]) -> dict[int, str]:
    ids_ = list(person_ids)
    found: dict[int, str] = {}
    for start in range(0, len(ids_), 1000):
        chunk = ids_[start : start + 1000]
        sql = f"SELECT id, name FROM person WHERE id IN ({database.marks(len(chunk))})"
        found.update(database.rows(sql, chunk))
    return found


_READERS: Final = {
    Kind.PERSON: _person_rows,
    Kind.ORGANIZATION: _organization_rows,
    Kind.DEAL: _item_rows,
    Kind.LEAD: _item_rows,
    Kind.PROJECT: _item_rows,
}


def board(status: str = OPEN, text: str = "") -> tuple[BoardColumn, ...]:
    """The deals with this status by stage, with their sums by currency."""
    query = RecordQuery(Kind.DEAL, text, "expected_close", status=status)
    ordered = ids(query).ids
    facts: dict[int, tuple[int | None, int | None, str]] = {}
    for start in range(0, len(ordered), 1000):
        chunk = list(ordered[start : start + 1000])
        found = database.rows(
            "SELECT id, stage_id, value_cents, currency FROM deal "
            f"WHERE id IN ({database.marks(len(chunk))})",
            chunk,
        )
        facts |= {id_: (stage, cents, currency) for id_, stage, cents, currency in found}
    columns = {stage.id: (stage, list[int](), dict[str, int]()) for stage in stages()}
    for id_ in ordered:
        stage_id, cents, currency = facts.get(id_, (None, None, ""))  # deleted in between
        if stage_id in columns:
            _, members, sums = columns[stage_id]
            members.append(id_)
            if cents is not None:
                sums[currency] = sums.get(currency, 0) + cents
    shown = rows(Kind.DEAL, [id_ for _, ids_, _ in columns.values() for id_ in ids_[:CARDS]])
    cards: dict[int | None, list[ItemRow]] = {}
    for row in shown:
        if isinstance(row, ItemRow):
            cards.setdefault(row.stage_id, []).append(row)
    return tuple(
        BoardColumn(
            stage, tuple(members), tuple(sorted(sums.items())), tuple(cards.get(stage.id, ()))
        )
        for stage, members, sums in columns.values()
    )
