"""The panel beside an open conversation (M11): its contacts, its link, its offers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from models.accounts import account
from models.queries import history_pages, record_detail, record_list, suggestions
from models.queries.history_pages import MailEntry
from models.queries.record_list import ItemRow, OrganizationRow, PersonRow
from models.records.person_matching import persons_with
from models.records.records import Kind
from models.store import database
from models.store.hashing import key64

MOST_PERSONS: Final = 12
MOST_UNKNOWN: Final = 12
LAST_MAILS: Final = 5


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person of the conversation. `items`: their open deals, leads and projects."""

    row: PersonRow
    addresses: tuple[str, ...]
    organization: OrganizationRow | None
    items: tuple[ItemRow, ...]
    last_mails: tuple[MailEntry, ...]


@dataclass(frozen=True, slots=True)
class UnknownAddress:
    """An address that belongs to no person, with suggestions for a new one.

    `organization_id`: the organization with this mail domain, or None.
    """

    address: str
    name: str
    title: str
    phone: str
    organization_name: str
    organization_id: int | None


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """A link or offer with its reason: `code` and ids, no words. `item` is its present state."""

    item: ItemRow
    origin: str
    code: str
    person_ids: tuple[int, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything the panel shows. `offers`: candidates that the conversation asks about."""

    conversation_id: int
    persons: tuple[KnownPerson, ...]
    unknown: tuple[UnknownAddress, ...]
    link: LinkFacts | None
    offers: tuple[LinkFacts, ...]


def panel(conversation_id: int) -> Panel | None:
    """The panel of a conversation, or None if it is gone."""
    rows = database.rows(_MESSAGES, (conversation_id,))
    if not rows:
        return None
    people = _people(rows)
    by_key = {key64(address): address for address in people}
    known = persons_with(list(by_key))
    person_addresses: dict[int, list[str]] = {}
    for key, ids in known.items():
        for person_id in ids:
            person_addresses.setdefault(person_id, []).append(by_key[key])
    for person_id in _by_hand(conversation_id):
        person_addresses.setdefault(person_id, [])
    strangers = [address for key, address in by_key.items() if key not in known]
    return Panel(
        conversation_id,
        _known(person_addresses),
        _unknown(conversation_id, {address: people[address] for address in strangers}),
        link_of(conversation_id),
        _offers(conversation_id),
    )


_MESSAGES = """SELECT m.account_id, m.from_name, m.from_address, m.recipients FROM message m
    WHERE m.conversation_id = ? ORDER BY m.received_at DESC, m.id DESC LIMIT 200"""


def _people(rows: Sequence[database.Row]) -> dict[str, str]:
    """Address to name for everyone except the account itself, senders first."""
    own = account.own_addresses(rows[0][0])
    senders: dict[str, str] = {}
    others: dict[str, str] = {}
    for _account_id, name, address, recipients in rows:
        _add(senders, address, name)
        parts = json.loads(recipients)
        for part in ("to", "cc", "bcc"):
            for other_name, other in parts.get(part, ()):
                _add(others, other, other_name)
    found = {**senders}
    for address, name in others.items():
        _add(found, address, name)
    return {address: name for address, name in found.items() if address and address not in own}


def _add(found: dict[str, str], address: str, name: str) -> None:
    if not found.get(address):
        found[address] = name


def _by_hand(conversation_id: int) -> list[int]:
    rows = database.rows(
        "SELECT DISTINCT p.person_id FROM message m JOIN message_person p ON p.message_id = m.id "
        "WHERE m.conversation_id = ? AND p.is_by_hand = 1",
        (conversation_id,),
    )
    return [person_id for (person_id,) in rows]


def _known(addresses: dict[int, list[str]]) -> tuple[KnownPerson, ...]:
    persons = record_detail.person_rows(list(addresses)[:MOST_PERSONS])
    found = record_list.rows(
        Kind.ORGANIZATION, list({row.organization_id for row in persons if row.organization_id})
    )
    organizations = {row.id: row for row in found if isinstance(row, OrganizationRow)}
    return tuple(
        KnownPerson(
            row,
            tuple(addresses[row.id]),
            organizations.get(row.organization_id or 0),
            _open_items(row.id),
            _last_mails(row.key),
        )
        for row in persons
    )


def _open_items(person_id: int) -> tuple[ItemRow, ...]:
    rows = database.rows("SELECT record_key FROM record_person WHERE person_id = ?", (person_id,))
    keys = [key for (key,) in rows]
    opened = record_list.open_keys(keys)
    return record_detail.item_rows([key for key in keys if key in opened])


def _last_mails(record_key: str) -> tuple[MailEntry, ...]:
    page = history_pages.history_page(record_key, limit=LAST_MAILS, kinds=(history_pages.MAIL,))
    return tuple(entry for entry in page.entries if isinstance(entry, MailEntry))


def _unknown(conversation_id: int, people: dict[str, str]) -> tuple[UnknownAddress, ...]:
    found: list[UnknownAddress] = []
    for address, name in list(people.items())[:MOST_UNKNOWN]:
        proposed = suggestions.propose(conversation_id, address, name)
        found.append(
            UnknownAddress(
                address,
                proposed.name,
                proposed.title,
                proposed.phone,
                proposed.organization_name,
                proposed.organization_id,
            )
        )
    return tuple(found)


def link_of(conversation_id: int) -> LinkFacts | None:
    """The link of a conversation, with its reason and the item as it is now."""
    row = database.row(
        "SELECT record_key, origin, reason, linked_at FROM link WHERE conversation_id = ?",
        (conversation_id,),
    )
    return next(iter(_facts([row])), None) if row is not None else None


def _offers(conversation_id: int) -> tuple[LinkFacts, ...]:
    rows = database.rows(
        "SELECT record_key, 'rule', reason, offered_at FROM link_offer WHERE conversation_id = ? "
        "ORDER BY offered_at, record_key",
        (conversation_id,),
    )
    # A closed item gets no new links (M13); if it is reopened, also by an undo, it is offered
    # again.
    return tuple(offer for offer in _facts(rows) if offer.item.is_open)


def _facts(rows: Sequence[database.Row]) -> tuple[LinkFacts, ...]:
    items = {row.key: row for row in record_detail.item_rows([row[0] for row in rows])}
    found: list[LinkFacts] = []
    for record_key, origin, reason, at in rows:
        facts: dict[str, Any] = json.loads(reason)
        if record_key in items:
            persons = tuple(facts.get("persons", ()))
            found.append(LinkFacts(items[record_key], origin, facts.get("code", ""), persons, at))
    return tuple(found)
