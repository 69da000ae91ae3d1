"""Drafts: records of a file that is to be imported, and those of them that are here already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from models import database
from models.conversation import chunks
from models.folding import folded
from models.keys import key64
from models.matching import persons_with
from models.records import ITEMS, Kind, Organization, Person, Record, kind_of, title_of

PROBLEMS: Final = (
    "no_name", "bad_address", "bad_value", "bad_date", "bad_status", "too_few_cells",
    "too_many_cells", "bad_quotes", "cut_off", "unreadable",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A record that a file has.

    Attributes:
        number: Of the line or card in the file.
        organization, persons, stage: By their names, and the addresses of persons.
        duplicate_key: The record that is here already, `line:7` for an earlier one of the
            file, or ''.
    """

    number: int
    record: Record
    organization: str = ""
    persons: tuple[tuple[str, str], ...] = ()
    stage: str = ""
    duplicate_key: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A row or card that cannot go in. `code` of `PROBLEMS`; `value` is what was wrong."""

    number: int
    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class _Bare:
    """A person without any address, as an export of deals has them."""

    key: str
    organization: str


def with_duplicates(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts with what is here already: by address, else by name.

    Who has an address is another person than a namesake with another one, but the same as one
    without any: deals name their persons before the file of persons brings the addresses.
    """
    by_address = _known_addresses(drafts)
    by_name = _known_names(drafts)
    bare = _known_without_address(drafts)
    seen: dict[str, str] = {}
    found: list[Draft] = []
    for draft in drafts:
        names = _signs(draft)
        known = next((by_address[sign] for sign in names if sign in by_address), "")
        known = known or next((by_name[sign] for sign in names if sign in by_name), "")
        known = known or next((seen[sign] for sign in names if sign in seen), "")
        line = f"line:{draft.number}"
        if isinstance(draft.record, Person):
            known = known or _claim(bare, draft)
            names = [*names, _by_name(draft)]
            if not (known or draft.record.addresses):
                bare[_by_name(draft)] = _Bare(line, name_sign(draft.organization))
        for sign in names:
            seen.setdefault(sign, line)
        found.append(replace(draft, duplicate_key=known))
    return found


def _claim(bare: dict[str, _Bare], draft: Draft) -> str:
    """The person of this name without an address; the first namesake takes them, no other."""
    known = bare.get(_by_name(draft))
    organization = name_sign(draft.organization)
    if known is None or (organization and known.organization not in ("", organization)):
        return ""
    del bare[_by_name(draft)]
    return known.key


def _by_name(draft: Draft) -> str:
    return f"{kind_of(draft.record)}={name_sign(title_of(draft.record))}"


def _with_organization(sign: str, organization: str) -> str:
    return f"{sign} of {organization}" if organization else sign


def _signs(draft: Draft) -> list[str]:
    """What a draft is recognized by. Persons with addresses by them."""
    record = draft.record
    if isinstance(record, Person) and record.addresses:
        return [f"@{each.value.strip().lower()}" for each in record.addresses]
    signs = [_by_name(draft)]
    if kind_of(record) in ITEMS:  # two customers may each have a "Roof"
        signs = [_with_organization(signs[0], name_sign(draft.organization))]
    if isinstance(record, Organization):
        signs = [*(f"domain={domain}" for domain in record.domains), *signs]
    return signs


def name_sign(name: str) -> str:
    """A name as it is compared."""
    return folded(" ".join(name.split()))


def _known_addresses(drafts: Iterable[Draft]) -> dict[str, str]:
    addresses = {sign[1:] for draft in drafts for sign in _signs(draft) if sign.startswith("@")}
    keys = {key64(address): address for address in addresses}
    return {
        f"@{keys[key]}": f"{Kind.PERSON}:{ids[0]}" for key, ids in persons_with(list(keys)).items()
    }


def _known_names(drafts: Sequence[Draft]) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in {kind_of(draft.record) for draft in drafts}:
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


_NAME: Final = (
    "CASE instr({0}.folded, char(10)) WHEN 0 THEN {0}.folded "
    "ELSE substr({0}.folded, 1, instr({0}.folded, char(10)) - 1) END"
)


def ids_by_name(kind: Kind, signs: Iterable[str]) -> dict[str, int]:
    """The records of a kind with these names, the oldest of each."""
    wanted = set(signs)
    rows = database.rows(f"SELECT {_NAME.format('r')}, id FROM {kind} r ORDER BY id DESC")
    return {sign: id_ for sign, id_ in rows if sign in wanted}


def _known_items(kind: Kind, drafts: Iterable[Draft]) -> dict[str, str]:
    """The deals, leads or projects that the drafts are, the oldest of each."""
    wanted = {sign for draft in drafts for sign in _signs(draft)}
    rows = database.rows(
        f"SELECT {_NAME.format('r')}, coalesce({_NAME.format('o')}, ''), r.id FROM {kind} r "
        "LEFT JOIN organization o ON o.id = r.organization_id ORDER BY r.id DESC"
    )
    found = {_with_organization(f"{kind}={n}", o): f"{kind}:{id_}" for n, o, id_ in rows}
    return {sign: key for sign, key in found.items() if sign in wanted}


def _known_without_address(drafts: Iterable[Draft]) -> dict[str, _Bare]:
    """The persons here that have no address, by the sign of their name; the oldest of each."""
    wanted = {
        _by_name(draft)
        for draft in drafts
        if isinstance(draft.record, Person) and draft.record.addresses
    }
    rows = database.rows(
        f"SELECT p.id, {_NAME.format('p')}, coalesce({_NAME.format('o')}, '') FROM person p "
        "LEFT JOIN organization o ON o.id = p.organization_id WHERE NOT EXISTS "
        "(SELECT 1 FROM person_address a WHERE a.person_id = p.id) ORDER BY p.id DESC"
    )
    found = {f"{Kind.PERSON}={name}": _Bare(f"{Kind.PERSON}:{id_}", o) for id_, name, o in rows}
    return {sign: each for sign, each in found.items() if sign in wanted}
