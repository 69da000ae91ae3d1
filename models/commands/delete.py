"""The person deletes mail: here for good, on the server a move to Trash at most (R3, R13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from models.accounts import account
from models.deletion import deletion
from models.events import Event, OperationsChanged
from models.mail import conversation, links
from models.records import records
from models.server import mailbox, operation
from models.server.mailbox import Role
from models.server.operation import NewOperation, Payload, Source
from models.store import database, ledger
from models.store.database import chunks


@dataclass(frozen=True, slots=True)
class DeletePreview:
    """What a delete would do, for its dialog (R5, R14).

    Attributes:
        record_titles: The records whose histories lose the mail.
        to_trash: By account: whether the server's copies go to Trash.
        other_account_copies: Equal mails in other accounts; they stay.
        message_ids: What was counted. Only this may be deleted: mail goes on arriving meanwhile.
    """

    message_count: int
    conversation_count: int
    record_titles: tuple[str, ...]
    to_trash: dict[int, bool]
    other_account_copies: int
    message_ids: tuple[int, ...] = ()


def preview_delete(
    conversation_ids: Sequence[int] = (), message_ids: Sequence[int] = ()
) -> DeletePreview:
    """Look, without changing anything."""
    ids = list(dict.fromkeys([*conversation.message_ids(conversation_ids), *message_ids]))
    owners = conversation.of_messages(ids)
    keys = links.affected(owners, links.persons_of(ids))
    accounts = conversation.accounts_of(owners)
    return DeletePreview(
        message_count=_count(ids),
        conversation_count=len(owners),
        record_titles=records.titles(keys),
        to_trash={account_id: account.delete_option(account_id) for account_id in accounts},
        other_account_copies=_other_copies(ids),
        message_ids=tuple(ids),
    )


def _count(message_ids: Sequence[int]) -> int:
    return sum(
        database.value(f"SELECT count(*) FROM message WHERE id IN ({database.marks(len(c))})", c)
        for c in chunks(message_ids)
    )


def _other_copies(message_ids: Sequence[int]) -> int:
    """Mails with the same Message-ID in other accounts."""
    found: set[int] = set()
    for chunk in chunks(message_ids):
        rows = database.rows(
            "SELECT other.id FROM message m CROSS JOIN account a ON a.id <> m.account_id "
            "CROSS JOIN message_reference r ON r.account_id = a.id AND r.key = m.message_key "
            "CROSS JOIN message other ON other.id = r.message_id "
            "AND other.message_key = m.message_key "
            f"WHERE m.id IN ({database.marks(len(chunk))})",
            chunk,
        )
        found |= {message_id for (message_id,) in rows}
    return len(found - set(message_ids))


def delete(message_ids: Sequence[int], command_id: str) -> list[Event]:
    """Delete messages of any account; inside one durable transaction."""
    events: list[Event] = []
    for account_id, ids in _by_account(message_ids).items():
        to_trash = account.delete_option(account_id)
        queued = _queue(account_id, ids, to_trash, command_id)
        events += deletion.delete_messages(
            ids,
            kind="own",
            cause=ledger.PERSON,
            evidence={"to_trash": to_trash},
            is_on_server=not to_trash,
        )
        if queued:
            events.append(OperationsChanged(account_id))
    return events


def _by_account(message_ids: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for chunk in chunks(message_ids):
        rows = database.rows(
            f"SELECT account_id, id FROM message WHERE id IN ({database.marks(len(chunk))})", chunk
        )
        for account_id, message_id in rows:
            found.setdefault(account_id, []).append(message_id)
    return found


def _queue(account_id: int, ids: Sequence[int], to_trash: bool, command_id: str) -> bool:
    """Trash replaces what is pending; without it a pending archive still goes out."""
    replaced = {operation.FLAGS}
    if to_trash:
        replaced |= {operation.ARCHIVE, operation.UNARCHIVE}
    dropped = [
        row.id
        for rows in operation.open_for_messages(ids, kinds=replaced).values()
        for row in rows
        if not row.is_begun
    ]
    operation.cancel(dropped)
    items = _trash(account_id, ids) if to_trash else []
    operation.queue(command_id, items)
    return bool(dropped or items)


_WANTED: Final = (Role.INBOX, Role.SENT, Role.ARCHIVE)


def _trash(account_id: int, message_ids: Sequence[int]) -> list[NewOperation]:
    """Every copy in INBOX, Sent, the archive and chosen labels; in none of them: wherever."""
    found: dict[int, _Copies] = {}
    for chunk in chunks(message_ids):
        rows = database.rows(
            "SELECT m.id, m.identity, m.server_identity, b.role, b.is_chosen, l.mailbox_id, "
            "l.state, l.uidvalidity, l.uid FROM message m JOIN location l ON l.message_id = m.id "
            "JOIN mailbox b ON b.id = l.mailbox_id "
            f"WHERE b.role <> 'trash' AND m.id IN ({database.marks(len(chunk))}) ORDER BY m.id, l.id",
            chunk,
        )
        for message_id, identity, server_identity, role, is_chosen, box, state, *uid in rows:
            copies = found.setdefault(message_id, _Copies(identity, server_identity))
            place = (box, uid[0], uid[1])
            if state == "missing":
                copies.lost.append(place)
                continue
            copies.all.append(place)
            if is_chosen or role in _WANTED:
                copies.wanted.append(place)
    target = mailbox.by_role(account_id, Role.TRASH)
    return [
        NewOperation(
            account_id,
            operation.TRASH,
            message_id,
            copies.identity,
            copies.server_identity,
            copies.payload(target.id if target else None),
        )
        for message_id, copies in found.items()
    ]


@dataclass(slots=True)
class _Copies:
    identity: bytes
    server_identity: str
    wanted: list[Source] = field(default_factory=list)
    all: list[Source] = field(default_factory=list)
    lost: list[Source] = field(default_factory=list)

    def payload(self, target: int | None) -> Payload:
        """Of a mail that vanished, and nobody knows where to, the operation looks for it."""
        sources = tuple(self.wanted or self.all)
        return Payload(sources, target, lost=() if sources else tuple(self.lost))
