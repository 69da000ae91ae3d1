"""Intake: turn fetched mail into rows, each mail once per account.

First each mail is classified: a known location, one more place of a message that is here, a mail
that a tombstone keeps out (R8), one already \\Deleted, or a new message. A whole batch takes a few
queries and one statement per table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from models.accounts import account
from models.deletion import bringing_back, restored_links, tombstones
from models.deletion.bringing_back import Lifted
from models.deletion.tombstones import TombstoneRow
from models.events import ConversationsChanged, Event, LinksChanged, MessagesAdded
from models.flags import Flag
from models.intake import blocked_addresses, link_rules, new_rows
from models.intake.blocked_addresses import Blocked
from models.mail import conversation, threading
from models.mail.threading import Joined, Newcomer
from models.parsed_mail import Incoming
from models.server import arrival, location, vanish_cases
from models.server.arrival import ArrivalRow
from models.server.mailbox import Role
from models.store import database, ledger

# The enum's operators are slow.
_SEEN, _DELETED, _DRAFT = int(Flag.SEEN), int(Flag.DELETED), int(Flag.DRAFT)

__all__ = ["Incoming", "take_in"]


@dataclass(slots=True)
class _Known:
    """A message with this identity, and where it lies (mailbox and UIDVALIDITY)."""

    message_id: int
    places: set[tuple[int, int]]


@dataclass(slots=True)
class _Batch:
    """The mails of a batch, sorted by what is to be done with them."""

    account_id: int
    is_past: bool
    is_quiet: bool
    roles: dict[int, str]
    next_id: int
    blocked: Blocked
    own: frozenset[str]
    known: dict[bytes | str, list[_Known]] = field(default_factory=dict)
    graves: dict[bytes | str, dict[str, TombstoneRow]] = field(default_factory=dict)
    kept_out: dict[tuple[int, int, bytes], int] = field(default_factory=dict)
    arrivals: list[ArrivalRow] = field(default_factory=list)
    refreshed: list[tuple[int, Incoming]] = field(default_factory=list)
    places: list[tuple[int, Incoming]] = field(default_factory=list)
    new: dict[int, Incoming] = field(default_factory=dict)
    restored: dict[int, TombstoneRow] = field(default_factory=dict)
    returned: dict[int, int] = field(default_factory=dict)
    left_out: list[Incoming] = field(default_factory=list)
    lifted: Lifted = field(default_factory=Lifted)


def take_in(
    account_id: int,
    mails: Sequence[Incoming],
    *,
    past: bool,
    quiet: bool,
    bring_back_before: int = 0,
) -> list[Event]:
    """Take in mails of one account; return what changed.

    Args:
        past: They are past mail, not arrivals: no notification, and no conversation leaves the
            archive for them (R11).
        quiet: Old mail that another program moved: treated the same, but it is an arrival.
        bring_back_before: Mail deleted here before this time comes back, as the user asked (R8).
    """
    if not mails:
        return []
    with database.writing(durable=False):
        batch = _open_batch(account_id, mails, past, quiet)
        batch.lifted = bringing_back.lifted(account_id, bring_back_before)
        for mail in _sorted_out(batch, mails):
            _place(batch, mail)
        return _write(batch)


def _open_batch(account_id: int, mails: Sequence[Incoming], past: bool, quiet: bool) -> _Batch:
    roles: dict[int, str] = dict(
        database.rows("SELECT id, role FROM mailbox WHERE account_id = ?", (account_id,))
    )
    last = database.value("SELECT seq FROM sqlite_sequence WHERE name = 'message'")
    own = account.own_addresses(account_id)
    batch = _Batch(
        account_id, past, quiet, roles, int(last or 0) + 1, blocked_addresses.read(), own
    )
    identities = list(dict.fromkeys(mail.identity for mail in mails))
    gmail = list({mail.server_identity for mail in mails if mail.server_identity[:3] == "gm:"})
    _read_known(batch, identities, gmail)
    for row in tombstones.find(account_id, identities, gmail):
        names: list[bytes | str] = [row.identity, *row.server_identities]
        for name in names:
            batch.graves.setdefault(name, {})[row.kind] = row
    if batch.graves:
        _read_kept_out(batch, identities)
    return batch


def _read_known(batch: _Batch, identities: list[bytes], gmail: list[str]) -> None:
    """Load the messages that have one of these identities, with their live places."""
    found: dict[int, _Known] = {}
    sql = (
        "SELECT m.id, m.identity, m.server_identity, l.mailbox_id, l.uidvalidity FROM message m "
        "LEFT JOIN location l ON l.message_id = m.id AND l.state = 'live' "
        "WHERE m.account_id = ? AND m.{} IN ({}) ORDER BY m.id"
    )
    for column, names in (("identity", identities), ("server_identity", gmail)):
        for chunk in database.parts(names):
            rows = database.rows(
                sql.format(column, database.marks(len(chunk))), (batch.account_id, *chunk)
            )
            for message_id, identity, server_identity, mailbox_id, uidvalidity in rows:
                if message_id not in found:
                    found[message_id] = _remember(batch, message_id, identity, server_identity)
                if mailbox_id is not None:
                    found[message_id].places.add((mailbox_id, uidvalidity))


def _remember(batch: _Batch, message_id: int, identity: bytes, server_identity: str) -> _Known:
    known = _Known(message_id, set())
    batch.known.setdefault(identity, []).append(known)
    if server_identity.startswith("gm:"):
        batch.known.setdefault(server_identity, []).append(known)
    return known


def _read_kept_out(batch: _Batch, identities: list[bytes]) -> None:
    """Count the equal mails that each mailbox keeps out already."""
    for chunk in database.parts(identities):
        rows = database.rows(
            "SELECT mailbox_id, uidvalidity, identity, count(*) FROM arrival WHERE account_id = ? "
            f"AND identity IN ({database.marks(len(chunk))}) AND is_kept_out = 1 AND is_gone = 0 "
            "GROUP BY 1, 2, 3",
            (batch.account_id, *chunk),
        )
        for mailbox_id, uidvalidity, identity, count in rows:
            batch.kept_out[mailbox_id, uidvalidity, identity] = count


def _sorted_out(batch: _Batch, mails: Sequence[Incoming]) -> list[Incoming]:
    """Return the mails whose UID is not known; the others only update a known location."""
    by_mailbox: dict[tuple[int, int], dict[int, Incoming]] = {}
    for mail in mails:
        by_mailbox.setdefault((mail.mailbox_id, mail.uidvalidity), {})[mail.uid] = mail
    unknown: list[Incoming] = []
    for (mailbox_id, uidvalidity), items in by_mailbox.items():
        placed = location.message_ids_at(mailbox_id, uidvalidity, items)
        noted = arrival.kept_out_at(mailbox_id, uidvalidity, items) if batch.graves else {}
        for uid, mail in items.items():
            if uid in placed:
                batch.refreshed.append((placed[uid], mail))
            elif _stays_out(batch, mail, noted.get(uid)):
                pass  # it stays kept out, and is counted already
            else:
                unknown.append(mail)
    return unknown


def _stays_out(batch: _Batch, mail: Incoming, noted: bytes | None) -> bool:
    if noted != mail.identity or mail.identity not in batch.graves:
        return False
    grave = batch.graves[mail.identity].get(tombstones.OWN)
    return grave is None or not batch.lifted.has_left(grave)


def _place(batch: _Batch, mail: Incoming) -> None:
    """Decide what a UID is; see the module docstring."""
    place = (mail.mailbox_id, mail.uidvalidity)
    if mail.flags & _DELETED:
        _note(batch, mail)
        return
    for known in batch.known.get(mail.identity) or batch.known.get(mail.server_identity) or ():
        if place not in known.places:
            known.places.add(place)
            batch.places.append((known.message_id, mail))
            _note(batch, mail)
            return
    graves = batch.graves.get(mail.identity) or batch.graves.get(mail.server_identity) or {}
    own = graves.get(tombstones.OWN)
    is_lifted = own is not None and batch.lifted.has_left(own)
    if own is not None and not is_lifted and _keeps_out(batch, own, mail):
        _note(batch, mail, is_kept_out=True)
        return
    if batch.blocked and batch.blocked.leaves_out(mail.parsed, batch.own):
        batch.left_out.append(mail)
        _note(batch, mail)
        return
    if own is not None and is_lifted:
        batch.lifted.take(own, batch.next_id)
    _take(batch, mail, None if is_lifted else graves.get(tombstones.EXTERNAL))


def _keeps_out(batch: _Batch, grave: TombstoneRow, mail: Incoming) -> bool:
    """Of equal mails in one mailbox, as many stay out as were deleted here (R8)."""
    key = (mail.mailbox_id, mail.uidvalidity, mail.identity)
    count = batch.kept_out.get(key, 0)
    if count >= grave.copies - batch.lifted.count(grave):
        return False
    batch.kept_out[key] = count + 1
    return True


def _take(batch: _Batch, mail: Incoming, grave: TombstoneRow | None) -> None:
    message_id, batch.next_id = batch.next_id, batch.next_id + 1
    known = _remember(batch, message_id, mail.identity, mail.server_identity)
    known.places.add((mail.mailbox_id, mail.uidvalidity))
    batch.new[message_id] = mail
    batch.places.append((message_id, mail))
    if grave is not None and batch.returned.get(grave.id, 0) < grave.copies:
        batch.returned[grave.id] = batch.returned.get(grave.id, 0) + 1
        batch.restored[message_id] = grave
    _note(batch, mail)


def _note(batch: _Batch, mail: Incoming, *, is_kept_out: bool = False) -> None:
    batch.arrivals.append(
        ArrivalRow(
            mail.mailbox_id,
            mail.uidvalidity,
            mail.uid,
            batch.account_id,
            mail.identity,
            mail.server_identity,
            mail.flags,
            is_kept_out=is_kept_out,
        )
    )


def _write(batch: _Batch) -> list[Event]:
    newcomers = {
        message_id: _newcomer(batch, message_id, mail) for message_id, mail in batch.new.items()
    }
    joined = threading.join(batch.account_id, list(newcomers.values()), is_past=batch.is_past)
    new_rows.insert(batch.account_id, batch.new, newcomers, joined, is_past=batch.is_past)
    arrival.note(batch.arrivals)
    _insert_places(batch)
    batch.lifted.settle((mail.mailbox_id, mail.uidvalidity, mail.uid) for _, mail in batch.places)
    read = _apply_news(batch)
    moved = _moved_into_view(batch)
    removed = conversation.refresh([*joined.conversation_ids, *moved, *read])
    restored = restored_links.give_back(batch.restored, joined)
    records = link_rules.link_new(batch.account_id, newcomers, joined, is_past=batch.is_past)
    _tell_ledger(batch, newcomers, joined)
    changed = dict.fromkeys([*joined.conversation_ids, *moved, *read])
    return _events(
        batch, newcomers, joined, [*changed], [*removed, *joined.removed_ids], (*restored, *records)
    )


def _newcomer(batch: _Batch, message_id: int, mail: Incoming) -> Newcomer:
    role = batch.roles.get(mail.mailbox_id, "")
    senders = {address.lower() for _, address in mail.parsed.from_}
    is_own = role == Role.SENT or not batch.own.isdisjoint(senders)
    is_arrival = not (batch.is_past or batch.is_quiet or message_id in batch.restored)
    grave = batch.restored.get(message_id)
    return Newcomer(
        message_id=message_id,
        received_at=mail.received_at,
        keys=new_rows.reference_keys(mail.parsed),
        is_own=is_own,
        is_draft=bool(mail.flags & _DRAFT),
        in_archive=role == Role.ARCHIVE,
        is_arrival=is_arrival,
        snapshot=restored_links.snapshot_of(grave) if grave is not None else None,
    )


def _insert_places(batch: _Batch) -> None:
    database.run_many(
        "INSERT INTO location (message_id, mailbox_id, uidvalidity, uid, flags, modseq) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [
            (message_id, mail.mailbox_id, mail.uidvalidity, mail.uid, mail.flags, mail.modseq)
            for message_id, mail in batch.places
        ],
    )
    for grave_id, count in batch.returned.items():
        for _ in range(count):
            tombstones.came_back(grave_id)


def _apply_news(batch: _Batch) -> tuple[int, ...]:
    """Update the flags of known messages; the latest report wins."""
    by_mailbox: dict[tuple[int, int], dict[int, tuple[int, int]]] = {}
    for _message_id, mail in batch.refreshed:
        news = by_mailbox.setdefault((mail.mailbox_id, mail.uidvalidity), {})
        news[mail.uid] = (mail.flags, mail.modseq)
    changed: list[int] = []
    for (mailbox_id, uidvalidity), news in by_mailbox.items():
        vanish_cases.set_live(row.id for row in location.at(mailbox_id, uidvalidity, news).values())
        changed += location.set_flags(mailbox_id, uidvalidity, news)
    added = {id_: bool(mail.flags & _SEEN) for id_, mail in _more_places(batch)}
    return (*changed, *location.set_read(added))


def _more_places(batch: _Batch) -> list[tuple[int, Incoming]]:
    """Places of messages, except the first one of each new message."""
    return [(id_, mail) for id_, mail in batch.places if batch.new.get(id_) is not mail]


def _moved_into_view(batch: _Batch) -> list[int]:
    """Update messages that were found in another place as well (R15).

    A copy in Sent makes the message the user's own. A past copy outside the server's archive means
    that the conversation was not met only there. Returns the conversations that changed.
    """
    more = [(id_, batch.roles.get(mail.mailbox_id, "")) for id_, mail in _more_places(batch)]
    changed = new_rows.mark_own([id_ for id_, role in more if role == Role.SENT])
    if not batch.is_past:
        return changed
    outside = [id_ for id_, role in more if role not in (Role.ARCHIVE, Role.SENT)]
    return changed + threading.bring_back_from_server_archive(outside)


def _tell_ledger(batch: _Batch, newcomers: dict[int, Newcomer], joined: Joined) -> None:
    way = "past" if batch.is_past else "moved" if batch.is_quiet else "new"
    ledger.write(
        ledger.Entry(
            "arrival",
            ledger.SERVER,
            batch.account_id,
            message_id,
            joined.of_message[message_id],
            *new_rows.ledger_keys(mail.parsed, newcomers[message_id].keys),
            evidence={"way": way, "mailbox": mail.mailbox_id, "uid": mail.uid}
            | ({"returned": 1} if message_id in batch.restored else {})
            | ({"brought_back": 1} if message_id in batch.lifted.message_ids else {}),
        )
        for message_id, mail in batch.new.items()
    )
    ledger.write(
        ledger.Entry(
            "kept_out",
            ledger.RULE,
            batch.account_id,
            evidence={"mailbox": row.mailbox_id, "uid": row.uid, "identity": row.identity.hex()},
        )
        for row in batch.arrivals
        if row.is_kept_out
    )
    ledger.write(new_rows.left_out_entries(batch.account_id, batch.left_out))


def _events(
    batch: _Batch,
    newcomers: dict[int, Newcomer],
    joined: Joined,
    changed: list[int],
    removed: list[int],
    records: tuple[str, ...],
) -> list[Event]:
    gone = set(removed)
    events: list[Event] = []
    records = tuple(dict.fromkeys((*joined.record_keys, *records)))
    for notify in (True, False):
        ids = [id_ for id_, new in newcomers.items() if _is_news(batch, new) == notify]
        if ids:
            owners = tuple(dict.fromkeys(joined.of_message[id_] for id_ in ids))
            events.append(MessagesAdded(batch.account_id, owners, tuple(ids), notify))
    left = tuple(id_ for id_ in changed if id_ not in gone)
    if left or removed:
        events.append(ConversationsChanged(batch.account_id, left, tuple(removed)))
    if records:
        events.append(LinksChanged(records, left))
    return events


def _is_news(batch: _Batch, new: Newcomer) -> bool:
    """Whether to notify the user: unread mail from others that arrived just now."""
    is_read = batch.new[new.message_id].flags & _SEEN
    return new.is_arrival and not (is_read or new.is_own or new.is_draft or new.in_archive)
