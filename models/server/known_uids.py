"""Mail that shows up in a mailbox again: where it lay there before, and that it moved.

Another program may move a mail away and back between two looks: it has a new UID then, and is
no second copy. The store tells the old UIDs; whether they are gone only the server can say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.server import arrival, location, operation
from models.server.arrival import ArrivalRow
from models.store import database
from models.store.database import chunks, parts


@dataclass(frozen=True, slots=True)
class Earlier:
    """A UID at which a mail lay. `location_id` is None where a tombstone keeps it out (R8)."""

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
    """Every UID of this mailbox at which one of these mails lies, as far as is known."""
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
    """Locations follow from old to new UIDs of one mailbox, with what waits for the server."""
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


# --- what could not be read ----------------------------------------------------------------

_NAMELESS = b""  # the identity of an arrival that nobody could read yet


def note_unread(
    account_id: int,
    mailbox_id: int,
    uidvalidity: int,
    uids: Iterable[int],
    *,
    is_renumbered: bool = False,
) -> None:
    """These UIDs exist and cannot be read now: they are asked for again.

    What is known of a UID stays, unless the UIDs mean other mail now.
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
    """By mailbox, (UIDVALIDITY, UID, since when) of what could not be read."""
    rows = database.rows(
        "SELECT mailbox_id, uidvalidity, uid, seen_at FROM arrival WHERE account_id = ? "
        "AND identity = ? AND is_gone = 0 ORDER BY uid",
        (account_id, _NAMELESS),
    )
    found: dict[int, list[tuple[int, int, int]]] = {}
    for mailbox_id, *rest in rows:
        found.setdefault(mailbox_id, []).append((rest[0], rest[1], rest[2]))
    return found


def known_uids(mailbox_id: int, uidvalidity: int) -> set[int]:
    """The UIDs of which the store knows what they are, taken in or not."""
    rows = database.rows(
        "SELECT uid FROM location WHERE mailbox_id = ?1 AND uidvalidity = ?2 UNION "
        "SELECT uid FROM arrival WHERE mailbox_id = ?1 AND uidvalidity = ?2 AND is_gone = 0",
        (mailbox_id, uidvalidity),
    )
    return {uid for (uid,) in rows}


# --- mirrors -----------------------------------------------------------------------------------


def mirrored(mailbox_id: int, inbox_id: int) -> tuple[int, int]:
    """How many arrivals a mailbox had no later than INBOX, and how many INBOX had since then.

    A person copies what INBOX has; a rule of the server is there at the same time.
    """
    row = database.row(
        "SELECT count(*), (SELECT count(*) FROM arrival WHERE mailbox_id = ?2 AND seen_at >= "
        "(SELECT min(seen_at) FROM arrival WHERE mailbox_id = ?1)) FROM arrival a "
        "JOIN arrival b ON b.account_id = a.account_id AND b.identity = a.identity "
        "AND b.mailbox_id = ?2 WHERE a.mailbox_id = ?1 AND a.seen_at <= b.seen_at",
        (mailbox_id, inbox_id),
    )
    assert row is not None
    return row[0], row[1]


# --- a new UIDVALIDITY -----------------------------------------------------------------------


def kept_out_before(mailbox_id: int) -> list[ArrivalRow]:
    """What a tombstone keeps out of a mailbox, under whatever numbers."""
    found = database.rows(
        "SELECT uidvalidity, uid, account_id, identity, server_identity, flags FROM arrival "
        "WHERE mailbox_id = ? AND is_kept_out = 1 AND is_gone = 0 ORDER BY uidvalidity, uid",
        (mailbox_id,),
    )
    return [
        ArrivalRow(mailbox_id, uidvalidity, uid, account_id, identity, server, flags, False, True)
        for uidvalidity, uid, account_id, identity, server, flags in found
    ]


def forget_numbers(mailbox_id: int, uidvalidity: int) -> None:
    """Arrivals under other numbers than these say nothing any more."""
    database.run(
        "UPDATE arrival SET is_gone = 1 WHERE mailbox_id = ? AND uidvalidity <> ? AND is_gone = 0",
        (mailbox_id, uidvalidity),
    )


def unplace(location_ids: Iterable[int], uidvalidity: int, state: str, at: int) -> None:
    """Locations whose UIDs are void: under the new numbers, where no UID can be below zero.

    `state` is `missing` (a case, its first sitting is this one) or `held` (the person is asked).
    """
    for chunk in chunks(location_ids):
        database.run(
            "UPDATE location SET uidvalidity = ?, uid = -id, modseq = 0, state = ?, asks = 1, "
            f"missing_since = ?, last_ask_at = ? WHERE id IN ({database.marks(len(chunk))})",
            (uidvalidity, state, at, at, *chunk),
        )
