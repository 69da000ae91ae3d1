"""Why a mail is in a record's history: the rule, or the user who linked it by hand (M12, M14)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from models.queries import record_detail
from models.queries.side_panel import LinkFacts, link_of
from models.records import records
from models.records.records import ITEMS, Kind
from models.store import database
from models.store.hashing import key64

ADDRESS: Final = "address"  # it has one of the person's addresses
BY_HAND: Final = "by_hand"  # the user linked it to the person
CAME_BACK: Final = "came_back"  # neither: it was linked before another program deleted it
MOST: Final = 3  # for an organization, which may have a mail through many of its persons


@dataclass(frozen=True, slots=True)
class PersonReason:
    """A person whose history has the mail. `addresses`: their addresses that the mail has."""

    person_id: int
    name: str
    code: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryReason:
    """Why a mail is in a history. If `persons` and `link` are empty, it has left the history since.

    Attributes:
        persons: The persons who bring it: the record itself, or those of the organization.
        link: The link of its conversation, if that is the reason.
        names: Names, by id, of the persons in the link's reason.
    """

    record_key: str
    message_id: int
    persons: tuple[PersonReason, ...] = ()
    link: LinkFacts | None = None
    names: tuple[tuple[int, str], ...] = ()


def reason(record_key: str, message_id: int) -> HistoryReason:
    """Work out why this mail is in this record's history."""
    kind, record_id = records.split(record_key)
    if kind == Kind.PERSON:
        return HistoryReason(record_key, message_id, _persons(message_id, "p.id = ?", record_id))
    if kind in ITEMS:
        link = _link(message_id)
        return _linked(
            record_key, message_id, link if link and link.item.key == record_key else None
        )
    persons = _persons(message_id, "p.organization_id = ?", record_id)
    link = _link(message_id)
    is_own = link is not None and link.item.organization_id == record_id
    return _linked(record_key, message_id, link if is_own else None, persons)


def _linked(
    record_key: str,
    message_id: int,
    link: LinkFacts | None,
    persons: tuple[PersonReason, ...] = (),
) -> HistoryReason:
    named = record_detail.person_rows(link.person_ids) if link is not None else ()
    names = tuple((row.id, row.name) for row in named)
    return HistoryReason(record_key, message_id, persons, link, names)


def _link(message_id: int) -> LinkFacts | None:
    owner = database.value("SELECT conversation_id FROM message WHERE id = ?", (message_id,))
    return None if owner is None else link_of(owner)


def _persons(message_id: int, condition: str, value: int) -> tuple[PersonReason, ...]:
    rows = database.rows(
        "SELECT p.id, p.name, m.is_by_hand FROM message_person m JOIN person p "
        f"ON p.id = m.person_id WHERE m.message_id = ? AND {condition} ORDER BY p.id LIMIT {MOST}",
        (message_id, value),
    )
    present = _addresses(message_id) if rows else {}
    return tuple(_person(present, *row) for row in rows)


def _person(present: dict[int, str], person_id: int, name: str, by_hand: int) -> PersonReason:
    keys = database.rows("SELECT key FROM person_address WHERE person_id = ?", (person_id,))
    found = tuple(present[key] for (key,) in keys if key in present)
    if found:
        return PersonReason(person_id, name, ADDRESS, found)
    return PersonReason(person_id, name, BY_HAND if by_hand else CAME_BACK)


def _addresses(message_id: int) -> dict[int, str]:
    """The addresses of a message by their keys."""
    row = database.row("SELECT from_address, recipients FROM message WHERE id = ?", (message_id,))
    if row is None:
        return {}
    people = json.loads(row[1])
    others = [address for part in ("to", "cc", "bcc") for _, address in people.get(part, ())]
    return {key64(address): address for address in (*reversed(others), row[0]) if address}
