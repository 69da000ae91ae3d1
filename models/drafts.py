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
from models.records import Kind, Organization, Person, Record, kind_of, title_of

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


def with_duplicates(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts with what is here already: by address, else by name."""
    by_address = _known_addresses(drafts)
    by_name = _known_names(drafts)
    seen: dict[str, str] = {}
    found: list[Draft] = []
    for draft in drafts:
        names = _signs(draft)
        known = next((by_address[sign] for sign in names if sign in by_address), "")
        known = known or next((by_name[sign] for sign in names if sign in by_name), "")
        known = known or next((seen[sign] for sign in names if sign in seen), "")
        for sign in names:
            seen.setdefault(sign, f"line:{draft.number}")
        found.append(replace(draft, duplicate_key=known))
    return found


def _signs(draft: Draft) -> list[str]:
    """What another draft or record would be recognized by. Persons with addresses only by them."""
    record = draft.record
    kind = kind_of(record)
    if isinstance(record, Person) and record.addresses:
        return [f"@{each.value.strip().lower()}" for each in record.addresses]
    signs = [f"{kind}={name_sign(title_of(record))}"]
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
    """The records of a kind with these names, the oldest of each."""
    wanted = set(signs)
    rows = database.rows(
        "SELECT CASE instr(folded, char(10)) WHEN 0 THEN folded "
        f"ELSE substr(folded, 1, instr(folded, char(10)) - 1) END, id FROM {kind} ORDER BY id DESC"
    )
    return {sign: id_ for sign, id_ in rows if sign in wanted}
