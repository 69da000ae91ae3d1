"""Write the rows of records, and erase them with all rows that depend on them. In `writing()`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from models.records.records import ITEMS, Item, Kind, Organization, Person, Record, kind_of
from models.store import database
from models.store.database import chunks
from models.store.hashing import key64
from models.store.search_index import search_text

_ITEM_COLUMNS: Final = {
    Kind.DEAL: (
        "title", "value_cents", "currency", "stage_id", "status", "expected_close",
        "organization_id", "note", "created_at", "changed_at", "closed_at",
    ),
    Kind.LEAD: (
        "title", "value_cents", "currency", "status", "organization_id", "note", "created_at",
        "changed_at",
    ),
    Kind.PROJECT: ("title", "status", "organization_id", "note", "created_at", "changed_at"),
}  # fmt: skip


def write(record: Record) -> int:
    """Write a record as it is, as a new one if its id is 0; return its id."""
    match record:
        case Person():
            return _write_person(record)
        case Organization():
            return _write_organization(record)
        case _:
            return _write_item(record)


def _put(table: str, record_id: int, columns: dict[str, Any]) -> int:
    """Update a row, or insert it if it is not there (an undo brings back its old id)."""
    names = list(columns)
    if record_id:
        sets = ", ".join(f"{name} = ?" for name in names)
        values = (*columns.values(), record_id)
        if database.run(f"UPDATE {table} SET {sets} WHERE id = ?", values):
            return record_id
        names, columns = ["id", *names], {"id": record_id, **columns}
    return database.insert(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({database.marks(len(names))})",
        tuple(columns.values()),
    )


def _write_person(person: Person) -> int:
    words = [person.title, *(each.value for each in (*person.addresses, *person.phones))]
    person_id = _put(
        "person",
        person.id,
        {
            "name": person.name,
            "organization_id": person.organization_id,
            "title": person.title,
            "note": person.note,
            "folded": search_text(person.name, words),
            "created_at": person.created_at,
            "changed_at": person.changed_at,
        },
    )
    if person.id:
        database.run("DELETE FROM person_address WHERE person_id = ?", (person_id,))
        database.run("DELETE FROM person_phone WHERE person_id = ?", (person_id,))
    database.run_many(
        "INSERT INTO person_address (person_id, address, key, label) VALUES (?, ?, ?, ?)",
        [(person_id, each.value, key64(each.value), each.label) for each in person.addresses],
    )
    database.run_many(
        "INSERT INTO person_phone (person_id, phone, label) VALUES (?, ?, ?)",
        [(person_id, each.value, each.label) for each in person.phones],
    )
    return person_id


def _write_organization(organization: Organization) -> int:
    organization_id = _put(
        "organization",
        organization.id,
        {
            "name": organization.name,
            "note": organization.note,
            "folded": search_text(organization.name, organization.domains),
            "created_at": organization.created_at,
            "changed_at": organization.changed_at,
        },
    )
    if organization.id:
        database.run(
            "DELETE FROM organization_domain WHERE organization_id = ?", (organization_id,)
        )
    database.run_many(
        "INSERT INTO organization_domain (organization_id, domain, key) VALUES (?, ?, ?)",
        [(organization_id, domain, key64(domain)) for domain in organization.domains],
    )
    return organization_id


def _write_item(item: Item) -> int:
    kind = kind_of(item)
    columns = {name: getattr(item, name) for name in _ITEM_COLUMNS[kind]}
    columns["folded"] = search_text(item.title, ())
    item_id = _put(kind, item.id, columns)
    if item.id:
        database.run("DELETE FROM record_person WHERE record_key = ?", (f"{kind}:{item_id}",))
    database.run_many(
        "INSERT OR IGNORE INTO record_person (record_key, person_id) "
        "SELECT ?, id FROM person WHERE id = ?",
        [(f"{kind}:{item_id}", person_id) for person_id in item.person_ids],
    )
    if item.id:
        _show_title(f"{kind}:{item_id}", item.title)
    return item_id


def _show_title(record_key: str, title: str) -> None:
    database.run(
        "UPDATE conversation SET link_title = ? WHERE link_key = ? AND link_key <> '' "
        "AND link_title <> ?",
        (title, record_key, title),
    )


def linked_conversations(record_keys: Iterable[str]) -> dict[int, list[int]]:
    """The conversations that are linked to the records or ask about them, by account."""
    found: dict[int, dict[int, None]] = {}
    for chunk in chunks_of(record_keys):
        for table in ("link", "link_offer"):
            rows = database.rows(
                "SELECT c.account_id, c.id FROM conversation c JOIN "
                f"{table} l ON l.conversation_id = c.id "
                f"WHERE l.record_key IN ({database.marks(len(chunk))})",
                chunk,
            )
            for account_id, conversation_id in rows:
                found.setdefault(account_id, {})[conversation_id] = None
    return {account_id: list(ids) for account_id, ids in found.items()}


def chunks_of(record_keys: Iterable[str], size: int = 500) -> Iterable[list[str]]:
    """The keys, each once, in lists that one query can hold."""
    keys = list(dict.fromkeys(record_keys))
    return [keys[start : start + size] for start in range(0, len(keys), size)]


def erase(kind: Kind, ids: Sequence[int]) -> None:
    """Remove records with all rows that depend on them. Mail stays, but its links to them go."""
    for chunk in chunks(ids):
        keys = [f"{kind}:{id_}" for id_ in chunk]
        marks = database.marks(len(chunk))
        if kind in ITEMS:
            database.run(f"DELETE FROM record_person WHERE record_key IN ({marks})", keys)
            database.run(f"DELETE FROM link WHERE record_key IN ({marks})", keys)
            database.run(f"DELETE FROM link_offer WHERE record_key IN ({marks})", keys)
            database.run(
                "UPDATE conversation SET link_key = '', link_title = '' "
                f"WHERE link_key IN ({marks}) AND link_key <> ''",
                keys,
            )
        database.run(f"DELETE FROM history_entry WHERE record_key IN ({marks})", keys)
        database.run(f"DELETE FROM {kind} WHERE id IN ({marks})", chunk)
