"""Past mail of a record: what the rules would link if the user asks for it (M13, X4)."""

from __future__ import annotations

from dataclasses import dataclass

from models.accounts import account
from models.queries import conversation_list
from models.queries.conversation_list import ConversationRow
from models.records import records
from models.records.person_matching import persons_with
from models.records.records import ITEMS, OPEN, Deal, Lead, Project
from models.store import database
from models.store.database import chunks
from models.store.hashing import key64

SHOWN = 50


@dataclass(frozen=True, slots=True)
class LinkPreview:
    """What "Link past mail" would link, newest first, and what it leaves alone.

    Attributes:
        rows: The first conversations, for the dialog.
        elsewhere_count: Conversations of the same persons that are linked to another record.
        unclear_count: Conversations whose persons have other open items too: each asks for itself.
        is_closed: The record is won, lost or otherwise closed: it gets no new links (M13).
        has_persons: If there are none, no mail can be found.
    """

    record_key: str
    conversation_ids: tuple[int, ...]
    rows: tuple[ConversationRow, ...]
    message_count: int
    elsewhere_count: int
    unclear_count: int
    is_closed: bool = False
    has_persons: bool = True


def preview(record_key: str) -> LinkPreview:
    """Find the conversations with a person of the record that are not linked, of any age.

    The rule is M13 without its date: the persons have no other open item.
    """
    record = records.get(record_key)
    if not isinstance(record, Deal | Lead | Project) or record.status != OPEN:
        return LinkPreview(record_key, (), (), 0, 0, 0, is_closed=record is not None)
    found = _conversations(record.person_ids)
    free = [id_ for id_, key in found.items() if not key]
    rivals = _with_other_items(free, record_key)
    ids = [id_ for id_ in free if id_ not in rivals]
    elsewhere = sum(1 for key in found.values() if key not in ("", record_key))
    return LinkPreview(
        record_key,
        tuple(ids),
        tuple(conversation_list.rows(ids[:SHOWN])),
        _message_count(ids),
        elsewhere,
        len(rivals),
        has_persons=bool(record.person_ids),
    )


# The person's mail was linked by hand, or has an address of theirs that is not an account's own.
# The keys of accounts' own addresses replace `{}`.
_COUNTS = (
    " AND (p.is_by_hand OR EXISTS (SELECT 1 FROM person_address x CROSS JOIN message_address a "
    "ON a.key = x.key WHERE x.person_id = p.person_id AND a.message_id = p.message_id "
    "AND x.key NOT IN ({})))"
)


def _counting() -> tuple[str, list[int]]:
    """The condition for mail that counts, and its keys; empty if no person has an own address."""
    addresses = {a for config in account.configs() for a in account.own_addresses(config.id)}
    keys = [key64(address) for address in addresses]
    return (_COUNTS.format(database.marks(len(keys))), keys) if persons_with(keys) else ("", [])


def _conversations(person_ids: tuple[int, ...]) -> dict[int, str]:
    """The persons' conversations with what each is linked to, newest first."""
    if not person_ids:
        return {}
    counts, keys = _counting()
    rows = database.rows(
        "SELECT c.id, c.link_key FROM conversation c WHERE c.id IN (SELECT m.conversation_id "
        "FROM message_person p JOIN message m ON m.id = p.message_id "
        f"WHERE p.person_id IN ({database.marks(len(person_ids))}){counts}) "
        "ORDER BY c.newest_at DESC",
        (*person_ids, *keys),
    )
    return dict(rows)


def _with_other_items(conversation_ids: list[int], record_key: str) -> set[int]:
    """Conversations with a person who has another open deal, lead or project."""
    others = " UNION ALL ".join(
        f"SELECT '{kind}:' || id FROM {kind} WHERE status = '{OPEN}'" for kind in ITEMS
    )
    busy = {
        id_
        for (id_,) in database.rows(
            "SELECT DISTINCT person_id FROM record_person WHERE record_key <> ? "
            f"AND record_key IN ({others})",
            (record_key,),
        )
    }
    counts, keys = _counting()
    found: set[int] = set()
    for chunk in chunks(conversation_ids):
        rows = database.rows(
            "SELECT DISTINCT m.conversation_id, p.person_id FROM message m "
            "JOIN message_person p ON p.message_id = m.id "
            f"WHERE m.conversation_id IN ({database.marks(len(chunk))}){counts}",
            (*chunk, *keys),
        )
        found |= {conversation_id for conversation_id, person_id in rows if person_id in busy}
    return found


def _message_count(conversation_ids: list[int]) -> int:
    return sum(
        int(
            database.value(
                "SELECT coalesce(sum(message_count), 0) FROM conversation "
                f"WHERE id IN ({database.marks(len(chunk))})",
                chunk,
            )
        )
        for chunk in chunks(conversation_ids)
    )
