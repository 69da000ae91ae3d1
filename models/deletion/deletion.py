"""Delete messages for good: at once they are in no list, search, link or opened file (R7).

The tombstone and the ledger entry stay; they hold no words. A delete also makes a wipe due, which
removes the bytes from the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, Literal

from models.deletion import restored_links, tombstones
from models.deletion.tombstones import Grave
from models.events import ConversationsChanged, Event, LinksChanged, MessagesDeleted
from models.mail import conversation, links
from models.mail.threading import Snapshot
from models.store import database, ledger, opened_files, profile, search_index, wipe
from models.store.database import chunks
from models.store.hashing import key64

Kind = Literal["own", "external"]
CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class _Doomed:
    """A message that is being deleted, with what its tombstone and ledger entry need."""

    id: int
    account_id: int
    conversation_id: int
    identity: bytes
    server_identity: str
    message_key: int | None
    from_address: str
    subject: str
    is_archived: bool
    archived_cause: str


def delete_messages(
    message_ids: Iterable[int],
    *,
    kind: Kind,
    cause: str,
    evidence: Mapping[str, Any] | None = None,
    is_on_server: bool = True,
) -> list[Event]:
    """Delete messages in one durable transaction, and return events for what changed.

    Args:
        kind: `own` keeps them out from now on (R8); `external` lets them come back.
        cause: Who wanted it: a cause of `models.store.ledger`.
        evidence: Codes and numbers for the ledger, no words.
        is_on_server: Whether the server's copies stay where they are; False if they go to Trash.
    """
    events: list[Event] = []
    with database.writing(durable=True):
        doomed = _read(message_ids)
        for account_id, group in groupby(doomed, attrgetter("account_id")):
            items = list(group)
            if kind == "own" and is_on_server:
                _keep_out([item.id for item in items], account_id)
            events += _delete(account_id, items, kind, cause, dict(evidence or {}))
        if doomed:
            wipe.mark_due()
            profile.remove_copy_here()
    return events


def _read(message_ids: Iterable[int]) -> list[_Doomed]:
    found: list[_Doomed] = []
    for chunk in chunks(message_ids):
        rows = database.rows(
            "SELECT m.id, m.account_id, conversation_id, identity, server_identity, message_key, "
            "from_address, m.subject, is_archived, archived_cause FROM message m "
            "JOIN conversation c ON c.id = conversation_id "
            f"WHERE m.id IN ({database.marks(len(chunk))})",
            chunk,
        )
        found += [_Doomed(*[*row[:8], bool(row[8]), row[9]]) for row in rows]
    return sorted(found, key=attrgetter("account_id", "id"))


def _keep_out(message_ids: Sequence[int], account_id: int) -> None:
    """Mark the copies that stay on the server as kept out, each where it lies."""
    for chunk in chunks(message_ids):
        database.run(
            "INSERT INTO arrival (mailbox_id, uidvalidity, uid, account_id, identity, "
            "server_identity, flags, is_kept_out, seen_at) "
            "SELECT l.mailbox_id, l.uidvalidity, l.uid, ?, m.identity, m.server_identity, "
            "l.flags, 1, m.added_at FROM location l JOIN message m ON m.id = l.message_id "
            f"WHERE l.message_id IN ({database.marks(len(chunk))}) "
            "ON CONFLICT (mailbox_id, uidvalidity, uid) DO UPDATE SET is_kept_out = 1",
            (account_id, *chunk),
        )


def _delete(
    account_id: int, items: list[_Doomed], kind: Kind, cause: str, evidence: dict[str, Any]
) -> list[Event]:
    ids = [item.id for item in items]
    owners = list(dict.fromkeys(item.conversation_id for item in items))
    records, persons = links.of_conversations(owners), links.persons_of(ids)
    affected = links.affected(owners, persons)
    tombstones.write(
        account_id,
        kind,
        [
            Grave(item.identity, item.server_identity, _snapshot(item, kind, records, persons))
            for item in items
        ],
    )
    ledger.write(_entry(item, kind, cause, evidence, records, persons) for item in items)
    erase_rows(ids)
    removed = conversation.refresh(owners)
    return _events(account_id, ids, owners, removed, affected)


def erase_rows(message_ids: Sequence[int]) -> None:
    """Remove messages from the search index, then their rows and all rows that depend on them."""
    for chunk in chunks(message_ids):
        search_index.remove(chunk)
        database.run(f"DELETE FROM message WHERE id IN ({database.marks(len(chunk))})", chunk)


def _snapshot(
    item: _Doomed, kind: Kind, records: Mapping[int, str], persons: Mapping[int, Sequence[int]]
) -> dict[str, Any]:
    if kind == "own":
        return {}
    return restored_links.to_json(
        Snapshot(
            records.get(item.conversation_id, ""),
            tuple(persons.get(item.id, ())),
            item.is_archived,
            item.archived_cause,
        )
    )


def _entry(
    item: _Doomed,
    kind: Kind,
    cause: str,
    evidence: dict[str, Any],
    records: Mapping[int, str],
    persons: Mapping[int, Sequence[int]],
) -> ledger.Entry:
    keys = [records[item.conversation_id]] if item.conversation_id in records else []
    keys += [f"person:{person_id}" for person_id in persons.get(item.id, ())]
    return ledger.Entry(
        "delete",
        cause,
        item.account_id,
        item.id,
        item.conversation_id,
        item.message_key,
        key64(item.from_address) if item.from_address else None,
        key64(item.subject) if item.subject else None,
        tuple(keys),
        evidence | {"kind": kind, "identity": item.identity.hex()},
    )


def _events(
    account_id: int,
    ids: list[int],
    owners: list[int],
    removed: tuple[int, ...],
    keys: tuple[str, ...],
) -> list[Event]:
    left = tuple(owner for owner in owners if owner not in set(removed))
    events: list[Event] = [
        MessagesDeleted(account_id, tuple(ids), tuple(owners)),
        ConversationsChanged(account_id, left, removed),
    ]
    if keys:
        events.append(LinksChanged(keys, tuple(owners)))
    return events


def clear_opened(folder: Path, event: Event) -> None:
    """Remove opened attachments of the mail that `event` says is deleted (R7).

    Runs in the thread that deleted the mail.
    """
    if isinstance(event, MessagesDeleted):
        opened_files.remove(folder, event.message_ids)
