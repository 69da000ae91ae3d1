"""Which UIDs of a mailbox the store knows: those of messages, those kept out, and unread ones.

Another program may move a mail away and back between two looks. The mail then has a new UID and
is no second copy. The store knows the old UID; only the server can say whether it is gone. Known
UIDs can also become locations of a message that is here (`attach_arrivals`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.mail import message
from models.server import arrival, location, operation
from models.server.arrival import ArrivalRow
from models.store import database
from models.store.database import chunks, parts


@dataclass(frozen=True, slots=True)
class Earlier:
    """A UID at which a mail lay. `location_id` is None if a tombstone keeps it out (R8)."""

    uid: int
    identity: bytes
    server_identity: str
    location_id: int | None


_LIVE = (
    "SELECT l.uid, m.identity, m.server_identity, l.id FROM message m "
    "JOIN location l ON l.message_id = m.id AND l.state = 'live' "
    "WHERE m.account_id = ? AND m.{} IN ({}) AND l.mailbox_id = ? AND l.uidvalidity = ?"
)
_KEPT_OUT = (
    "SELECT uid, identity, server_identity, NULL FROM arrival "
    "WHERE account_id = ? AND {} IN ({}) AND mailbox_id = ? AND uidvalidity = ? "
    "AND is_kept_out = 1 AND is_gone = 0"
)


def earlier(
    account_id: int,
    mailbox_id: int,
    uidvalidity: int,
    identities: Iterable[bytes | str],
    server_identities: Iterable[str],
) -> list[Earlier]:
    """The UIDs of this mailbox at which one of these mails lies, as far as is known."""
    gmail: list[bytes | str] = [name for name in server_identities if name.startswith("gm:")]
    found: dict[int, Earlier] = {}
    for column, names in (("identity", list(identities)), ("server_identity", gmail)):
        for chunk in parts(names):
            for sql in (_LIVE, _KEPT_OUT):
                rows = database.rows(
                    sql.format(column, database.marks(len(chunk))),
                    (account_id, *chunk, mailbox_id, uidvalidity),
                )
                found |= {row[0]: Earlier(*row) for row in rows}
    return sorted(found.values(), key=lambda row: row.uid)


def move(
    mailbox_id: int, uidvalidity: int, moved: Mapping[int, int], appeared: Sequence[ArrivalRow]
) -> None:
    """Move locations and waiting operations from old to new UIDs of one mailbox."""
    known = location.at(mailbox_id, uidvalidity, moved)
    for old, row in known.items():
        location.move_location(
            row.id, mailbox_id, uidvalidity, moved[old], put_by_archive=row.put_by_archive
        )
    arrival.gone(mailbox_id, uidvalidity, moved)
    arrival.note(appeared)
    operation.rename_sources(
        {
            (mailbox_id, uidvalidity, old): (mailbox_id, uidvalidity, new)
            for old, new in moved.items()
        }
    )


_NAMELESS = b""  # the identity of an arrival that could not be read yet


def note_unread(
    account_id: int,
    mailbox_id: int,
    uidvalidity: int,
    uids: Iterable[int],
    *,
    is_renumbered: bool = False,
) -> None:
    """Note that these UIDs exist but cannot be read now, so that they are asked for again.

    UIDs that are known keep what is known about them, unless `is_renumbered` says that the UIDs
    mean other mail now.
    """
    wanted = list(uids)
    known: set[int] = set()
    if not is_renumbered:
        known |= location.message_ids_at(mailbox_id, uidvalidity, wanted).keys()
        known |= arrival.at(mailbox_id, uidvalidity, wanted).keys()
    arrival.note(
        ArrivalRow(mailbox_id, uidvalidity, uid, account_id, _NAMELESS)
        for uid in wanted
        if uid not in known
    )


def unread(account_id: int) -> dict[int, list[tuple[int, int, int]]]:
    """(UIDVALIDITY, UID, since when in ms UTC) of what could not be read, by mailbox."""
    rows = database.rows(
        "SELECT mailbox_id, uidvalidity, uid, seen_at FROM arrival WHERE account_id = ? "
        "AND identity = ? AND is_gone = 0 ORDER BY uid",
        (account_id, _NAMELESS),
    )
    found: dict[int, list[tuple[int, int, int]]] = {}
    for mailbox_id, *rest in rows:
        found.setdefault(mailbox_id, []).append((rest[0], rest[1], rest[2]))
    return found


def of_mailbox(mailbox_id: int, uidvalidity: int) -> set[int]:
    """The UIDs that have a location or an arrival, taken in or not."""
    rows = database.rows(
        "SELECT uid FROM location WHERE mailbox_id = ?1 AND uidvalidity = ?2 UNION "
        "SELECT uid FROM arrival WHERE mailbox_id = ?1 AND uidvalidity = ?2 AND is_gone = 0",
        (mailbox_id, uidvalidity),
    )
    return {uid for (uid,) in rows}


def newest(mailbox_id: int, uidvalidity: int, count: int) -> list[int]:
    """The highest `count` UIDs of a mailbox that have a location."""
    rows = database.rows(
        "SELECT uid FROM location WHERE mailbox_id = ? AND uidvalidity = ? "
        "ORDER BY uid DESC LIMIT ?",
        (mailbox_id, uidvalidity, count),
    )
    return [uid for (uid,) in rows]


def identities_in(mailbox_id: int, uidvalidity: int) -> dict[int, bytes]:
    """The identities of the messages that lie in a mailbox, by UID."""
    return dict(
        database.rows(
            "SELECT l.uid, m.identity FROM location l JOIN message m ON m.id = l.message_id "
            "WHERE l.mailbox_id = ? AND l.uidvalidity = ?",
            (mailbox_id, uidvalidity),
        )
    )


def located(mailbox_id: int, uidvalidity: int, uids: Iterable[int]) -> set[int]:
    """Which of the UIDs are a location of some message."""
    found: set[int] = set()
    for chunk in chunks(uids):
        rows = database.rows(
            "SELECT uid FROM location WHERE mailbox_id = ? AND uidvalidity = ? "
            f"AND uid IN ({database.marks(len(chunk))})",
            (mailbox_id, uidvalidity, *chunk),
        )
        found |= {uid for (uid,) in rows}
    return found


def known_at(mailbox_id: int, uidvalidity: int, uids: Iterable[int]) -> set[int]:
    """Which of the UIDs are here, or kept out by a tombstone."""
    wanted = list(uids)
    kept_out = arrival.kept_out_at(mailbox_id, uidvalidity, wanted)
    return located(mailbox_id, uidvalidity, wanted) | kept_out.keys()


def attach_arrivals(account_id: int, identities: Sequence[bytes]) -> None:
    """Add locations for messages that just came in, where their identity had appeared before."""
    for start in range(0, len(identities), 500):
        part = identities[start : start + 500]
        found = database.rows(
            "SELECT a.identity, a.mailbox_id, a.uidvalidity, a.uid, a.flags FROM arrival a "
            "JOIN mailbox b ON b.id = a.mailbox_id AND b.uidvalidity = a.uidvalidity "
            f"WHERE a.account_id = ? AND a.identity IN ({database.marks(len(part))}) "
            "AND a.is_gone = 0 AND a.is_kept_out = 0 AND a.flags & 8 = 0 AND b.is_mirror = 0 "
            "AND NOT EXISTS (SELECT 1 FROM location l WHERE l.mailbox_id = a.mailbox_id "
            "AND l.uidvalidity = a.uidvalidity AND l.uid = a.uid)",
            (account_id, *part),
        )
        owners = message.by_identity(account_id, [row[0] for row in found])
        for identity, mailbox_id, uidvalidity, uid, flags in found:
            placed = location.places_in(mailbox_id, owners.get(identity, ()))
            owner = next((id_ for id_ in owners.get(identity, ()) if id_ not in placed), None)
            if owner is not None:
                location.put_location(owner, mailbox_id, uidvalidity, uid, flags=flags)
