"""Link messages to the persons whose addresses they have (M12), many at a time.

The table `message_person` is computed: each message with every person whose address it has. It
differs from that only where the user has linked or unlinked by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.store import database
from models.store.database import chunks

_REFUSED = (
    "NOT EXISTS (SELECT 1 FROM message_person_refused r "
    "WHERE r.person_id = {person} AND r.message_id = {message})"
)

_ADD = (
    "INSERT OR IGNORE INTO message_person (message_id, person_id, received_at) "
    "SELECT m.id, p.person_id, m.received_at FROM person_address p "
    "CROSS JOIN message_address a ON a.key = p.key JOIN message m ON m.id = a.message_id "
    "WHERE p.person_id IN ({}) AND " + _REFUSED.format(person="p.person_id", message="m.id")
)
_DROP = (
    "DELETE FROM message_person WHERE person_id IN ({}) AND is_by_hand = 0 AND NOT EXISTS "
    "(SELECT 1 FROM person_address p CROSS JOIN message_address a ON a.key = p.key "
    "WHERE p.person_id = message_person.person_id AND a.message_id = message_person.message_id)"
)


def relink(person_ids: Iterable[int]) -> None:
    """Compute the links of these persons again, after their addresses changed."""
    with database.writing(durable=False):
        for chunk in chunks(person_ids):
            marks = database.marks(len(chunk))
            database.run(_DROP.format(marks), chunk)
            database.run(_ADD.format(marks), chunk)


def persons_with(keys: Sequence[int]) -> dict[int, list[int]]:
    """The persons that have each of these addresses, by the address's key."""
    found: dict[int, list[int]] = {}
    for chunk in chunks(keys, 2000):
        rows = database.rows(
            f"SELECT key, person_id FROM person_address WHERE key IN ({database.marks(len(chunk))})",
            chunk,
        )
        for key, person_id in rows:
            found.setdefault(key, []).append(person_id)
    return found


# A message that has an address of the person counts as linked by the rule again, as after an undo.
_PUT = (
    "INSERT OR IGNORE INTO message_person (message_id, person_id, received_at, is_by_hand) "
    "SELECT m.id, ?, m.received_at, NOT EXISTS (SELECT 1 FROM person_address p "
    "CROSS JOIN message_address a ON a.key = p.key WHERE p.person_id = ? AND a.message_id = m.id) "
    "FROM message m WHERE m.id IN ({}) RETURNING message_id"
)


def put(message_ids: Iterable[int], person_id: int) -> list[int]:
    """Link messages to a person by hand; return those that were not linked before."""
    changed: list[int] = []
    with database.writing(durable=False):
        for chunk in chunks(message_ids):
            marks = database.marks(len(chunk))
            database.run(
                "DELETE FROM message_person_refused WHERE person_id = ? "
                f"AND message_id IN ({marks})",
                (person_id, *chunk),
            )
            found = database.rows(_PUT.format(marks), (person_id, person_id, *chunk))
            changed += [message_id for (message_id,) in found]
    return changed


def take(message_ids: Iterable[int], person_id: int) -> list[int]:
    """Unlink messages from a person by hand; return those that were linked.

    The rule will not link them again.
    """
    changed: list[int] = []
    with database.writing(durable=False):
        for chunk in chunks(message_ids):
            found = database.rows(
                "DELETE FROM message_person WHERE person_id = ? "
                f"AND message_id IN ({database.marks(len(chunk))}) RETURNING message_id",
                (person_id, *chunk),
            )
            changed += [message_id for (message_id,) in found]
        database.run_many(
            "INSERT OR IGNORE INTO message_person_refused (person_id, message_id) VALUES (?, ?)",
            [(person_id, message_id) for message_id in changed],
        )
    return changed


def contact_addresses() -> tuple[frozenset[str], frozenset[str]]:
    """All addresses of all persons, and all domains of all organizations, in lower case."""
    addresses = database.rows("SELECT address FROM person_address")
    domains = database.rows("SELECT domain FROM organization_domain")
    return (
        frozenset(address.strip().lower() for (address,) in addresses),
        frozenset(domain.strip().lower() for (domain,) in domains),
    )
