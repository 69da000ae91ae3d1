"""Drafts: records that a file would import, and which of them are here already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from models.files.namesakes import NAME_SQL, Namesakes, stored
from models.records.person_matching import persons_with
from models.records.records import ITEMS, Kind, Organization, Person, Record, kind_of, title_of
from models.store import database
from models.store.database import chunks
from models.store.hashing import key64
from models.store.search_index import folded


@dataclass(frozen=True, slots=True)
class Draft:
    """A record of the file.

    Attributes:
        number: Its line or card in the file.
        organization, persons, stage: By their names; persons with their addresses.
        duplicate_key: The record that is here already, `line:7` for an earlier one in the file, or
            ''.
    """

    number: int
    record: Record
    organization: str = ""
    persons: tuple[tuple[str, str], ...] = ()
    stage: str = ""
    duplicate_key: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A row or card that cannot be imported.

    Attributes:
        code: no_name, bad_address, bad_value, bad_date, bad_status, too_few_cells, too_many_cells,
            bad_quotes, cut_off or unreadable.
        value: The value that was wrong.
    """

    number: int
    code: str
    value: str = ""


def with_duplicates(drafts: Sequence[Draft]) -> list[Draft]:
    """Mark the drafts that are here already, found by address, else by name.

    Namesakes with different addresses are different persons. A person with an address and a
    namesake without one are the same: deals name their persons before the file of persons brings
    the addresses. Namesakes in two organizations are different.
    """
    known = _known_addresses(drafts)
    persons = _known_persons(drafts, set(known.values()))
    known |= _known_names(drafts)
    seen: dict[str, str] = {}
    found: list[Draft] = []
    for draft in drafts:
        signs = _signs(draft)
        key = next((known[sign] for sign in signs if sign in known), "")
        key = key or next((seen[sign] for sign in signs if sign in seen), "")
        line = f"line:{draft.number}"
        if isinstance(draft.record, Person):
            key = _same_person(persons, draft, draft.record, key)
        for sign in signs:
            seen.setdefault(sign, key or line)
        found.append(replace(draft, duplicate_key=key))
    return found


def _same_person(persons: Namesakes, draft: Draft, person: Person, key: str) -> str:
    """Find a known person by address, else by name, and remember the draft for later rows."""
    name, organization = name_sign(person.name), name_sign(draft.organization)
    has_address = bool(person.addresses)
    if not key:
        namesake = persons.find(name, organization, is_bare=has_address)
        key = namesake.key if namesake is not None else ""
    persons.join(name, key or f"line:{draft.number}", organization, is_bare=not has_address)
    return key


def _with_organization(sign: str, organization: str) -> str:
    """Join with a line break, which no name has; with a space, another title might be equal."""
    return f"{sign}\n{organization}" if organization else sign


def _signs(draft: Draft) -> list[str]:
    """What identifies a draft; for a person the addresses, see `_same_person` for the name."""
    record = draft.record
    if isinstance(record, Person):
        return [f"@{each.value.strip().lower()}" for each in record.addresses]
    signs = [f"{kind_of(record)}={name_sign(title_of(record))}"]
    if kind_of(record) in ITEMS:  # two customers may each have a "Roof"
        signs = [_with_organization(signs[0], name_sign(draft.organization))]
    if isinstance(record, Organization):
        signs = [*(f"domain={domain}" for domain in record.domains), *signs]
    return signs


def name_sign(name: str) -> str:
    """A name in the form in which names are compared."""
    return folded(" ".join(name.split()))


def _known_addresses(drafts: Iterable[Draft]) -> dict[str, str]:
    addresses = {sign[1:] for draft in drafts for sign in _signs(draft) if sign.startswith("@")}
    keys = {key64(address): address for address in addresses}
    return {
        f"@{keys[key]}": f"{Kind.PERSON}:{ids[0]}" for key, ids in persons_with(list(keys)).items()
    }


def _known_persons(drafts: Iterable[Draft], keys: Collection[str]) -> Namesakes:
    names = {name_sign(each.record.name) for each in drafts if isinstance(each.record, Person)}
    return stored(names, keys) if names else Namesakes()


def _known_names(drafts: Sequence[Draft]) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in {kind_of(draft.record) for draft in drafts} - {Kind.PERSON}:
        if kind in ITEMS:
            found |= _known_items(kind, drafts)
            continue
        wanted = {name_sign(title_of(draft.record)) for draft in drafts}
        for sign, record_id in ids_by_name(kind, wanted).items():
            found[f"{kind}={sign}"] = f"{kind}:{record_id}"
    domains = {
        domain
        for draft in drafts
        if isinstance(draft.record, Organization)
        for domain in draft.record.domains
    }
    for chunk in chunks(key64(domain) for domain in domains):
        rows = database.rows(
            "SELECT domain, organization_id FROM organization_domain "
            f"WHERE key IN ({database.marks(len(chunk))})",
            chunk,
        )
        found |= {f"domain={domain}": f"{Kind.ORGANIZATION}:{id_}" for domain, id_ in rows}
    return found


def ids_by_name(kind: Kind, signs: Iterable[str]) -> dict[str, int]:
    """The records of a kind that have these names; the oldest wins for each name."""
    wanted = set(signs)
    rows = database.rows(f"SELECT {NAME_SQL.format('r')}, id FROM {kind} r ORDER BY id DESC")
    return {sign: id_ for sign, id_ in rows if sign in wanted}


def _known_items(kind: Kind, drafts: Iterable[Draft]) -> dict[str, str]:
    """The deals, leads or projects that the drafts repeat; the oldest wins for each."""
    wanted = {sign for draft in drafts for sign in _signs(draft)}
    rows = database.rows(
        f"SELECT {NAME_SQL.format('r')}, coalesce({NAME_SQL.format('o')}, ''), r.id FROM {kind} r "
        "LEFT JOIN organization o ON o.id = r.organization_id ORDER BY r.id DESC"
    )
    found = {_with_organization(f"{kind}={n}", o): f"{kind}:{id_}" for n, o, id_ in rows}
    return {sign: key for sign, key in found.items() if sign in wanted}
