"""Locations: where messages lie on the server, as last reported by it.

A vanish ends a location, never a message. The \\Seen flag of a location sets whether the message
is read, unless one of our operations about it is still open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from models.flags import Flag
from models.mail import conversation
from models.server import operation
from models.store import database
from models.store.clock import now_ms
from models.store.database import chunks


@dataclass(frozen=True, slots=True)
class LocationRow:
    """One message in one mailbox; see the schema for each column."""

    id: int
    message_id: int
    mailbox_id: int
    uidvalidity: int
    uid: int
    flags: int
    modseq: int
    state: str
    missing_since: int | None
    asks: int
    last_ask_at: int | None
    put_by_archive: bool


_COLUMNS = ", ".join(f"l.{name}" for name in LocationRow.__dataclass_fields__)
_ARRIVAL_IS_GONE: Final = (
    "UPDATE arrival SET is_gone = 1 FROM location l WHERE l.id = ? "
    "AND arrival.mailbox_id = l.mailbox_id AND arrival.uidvalidity = l.uidvalidity "
    "AND arrival.uid = l.uid"
)


def locations(mailbox_id: int, uidvalidity: int | None = None) -> list[LocationRow]:
    """The locations of a mailbox in order of UID; under any UIDVALIDITY if none is given."""
    found = database.rows(
        f"SELECT {_COLUMNS} FROM location l WHERE mailbox_id = ? "
        "AND (? IS NULL OR uidvalidity = ?) ORDER BY uidvalidity, uid",
        (mailbox_id, uidvalidity, uidvalidity),
    )
    return [_row(row) for row in found]


def at(mailbox_id: int, uidvalidity: int, uids: Iterable[int]) -> dict[int, LocationRow]:
    """The locations at these UIDs, by UID."""
    found: dict[int, LocationRow] = {}
    for chunk in chunks(uids):
        rows = database.rows(
            f"SELECT {_COLUMNS} FROM location l WHERE mailbox_id = ? AND uidvalidity = ? "
            f"AND uid IN ({database.marks(len(chunk))})",
            (mailbox_id, uidvalidity, *chunk),
        )
        found |= {row[4]: _row(row) for row in rows}
    return found


def message_ids_at(mailbox_id: int, uidvalidity: int, uids: Iterable[int]) -> dict[int, int]:
    """The ids of the messages that lie at these UIDs, by UID."""
    found: dict[int, int] = {}
    for chunk in chunks(uids):
        found.update(
            database.rows(
                "SELECT uid, message_id FROM location WHERE mailbox_id = ? AND uidvalidity = ? "
                f"AND uid IN ({database.marks(len(chunk))})",
                (mailbox_id, uidvalidity, *chunk),
            )
        )
    return found


def locations_of(message_ids: Iterable[int]) -> dict[int, list[LocationRow]]:
    """The locations of some messages, by message."""
    found: dict[int, list[LocationRow]] = {}
    for chunk in chunks(message_ids):
        rows = database.rows(
            f"SELECT {_COLUMNS} FROM location l "
            f"WHERE message_id IN ({database.marks(len(chunk))}) ORDER BY id",
            chunk,
        )
        for row in rows:
            found.setdefault(row[1], []).append(_row(row))
    return found


def open_cases(account_id: int) -> list[LocationRow]:
    """The locations of an account that are missing, hidden or held."""
    found = database.rows(
        f"SELECT {_COLUMNS} FROM mailbox b JOIN location l ON l.mailbox_id = b.id "
        "AND l.state <> 'live' WHERE b.account_id = ? ORDER BY l.id",
        (account_id,),
    )
    return [_row(row) for row in found]


def live_elsewhere(message_id: int, *, but: Collection[int] = ()) -> list[LocationRow]:
    """The locations that prove a message alive, except those in `but`.

    They are live, not \\Deleted, and outside Trash, Junk and mirrors (docs/sync.md, "Proof before
    a delete").
    """
    found = database.rows(
        f"SELECT {_COLUMNS} FROM location l JOIN mailbox b ON b.id = l.mailbox_id "
        "WHERE l.message_id = ? AND l.state = 'live' AND l.flags & ? = 0 "
        "AND b.is_mirror = 0 AND b.role NOT IN ('trash', 'junk') ORDER BY l.id",
        (message_id, int(Flag.DELETED)),
    )
    return [_row(row) for row in found if row[0] not in but]


def end_location(location_id: int) -> None:
    """Remove a location whose UID is gone from its mailbox; the message stays."""
    with database.writing(durable=False):
        database.run(_ARRIVAL_IS_GONE, (location_id,))
        database.run("DELETE FROM location WHERE id = ?", (location_id,))


def move_location(
    location_id: int, mailbox_id: int, uidvalidity: int, uid: int, *, put_by_archive: bool = False
) -> None:
    """Move a location to another place, where it is live.

    If another location is known at that place, it replaces this one.
    """
    with database.writing(durable=False):
        known = at(mailbox_id, uidvalidity, [uid]).get(uid)
        if known is not None and known.id != location_id:
            end_location(location_id)
            location_id = known.id
        database.run(
            f"{_ARRIVAL_IS_GONE} AND (l.mailbox_id, l.uid) <> (?, ?)",
            (location_id, mailbox_id, uid),
        )
        database.run(
            "UPDATE location SET mailbox_id = ?, uidvalidity = ?, uid = ?, state = 'live', "
            "missing_since = NULL, asks = 0, last_ask_at = NULL, modseq = 0, put_by_archive = ? "
            "WHERE id = ?",
            (mailbox_id, uidvalidity, uid, put_by_archive, location_id),
        )


def put_aside(location_id: int, mailbox_id: int, uidvalidity: int, *, is_held: bool) -> None:
    """Set a location hidden or held: the mail is, or was, in this mailbox at an unknown UID."""
    with database.writing(durable=False):
        database.run(_ARRIVAL_IS_GONE, (location_id,))
        # Hidden is no check: the first real check must not count as the second one.
        at = now_ms() if is_held else None
        database.run(
            "UPDATE location SET mailbox_id = ?, uidvalidity = ?, uid = -id, modseq = 0, "
            "state = ?, asks = ?, missing_since = ?, last_ask_at = ? WHERE id = ?",
            (
                mailbox_id,
                uidvalidity,
                "held" if is_held else "hidden",
                is_held,
                at,
                at,
                location_id,
            ),
        )


def set_flags(
    mailbox_id: int, uidvalidity: int, news: Mapping[int, tuple[int, int]]
) -> tuple[int, ...]:
    """Store the server's flags and modseq by UID; return the conversations that changed.

    The newest report wins over what another location of the message says. A message with an open
    flags operation keeps what the user did (R12).
    """
    with database.writing(durable=False):
        known = at(mailbox_id, uidvalidity, news)
        database.run_many(
            "UPDATE location SET flags = ?, modseq = ? WHERE id = ?",
            [(*news[uid], row.id) for uid, row in known.items()],
        )
        return set_read(
            {
                row.message_id: bool(news[uid][0] & Flag.SEEN)
                for uid, row in known.items()
                if (news[uid][0] ^ row.flags) & Flag.SEEN
            }
        )


def set_read(states: Mapping[int, bool]) -> tuple[int, ...]:
    """Set messages read or unread as the server says; return the conversations that changed.

    A message with an open flags operation of ours is left alone.
    """
    if not states:
        return ()
    ours = operation.open_for_messages(states, kinds=("flags",))
    changed: list[int] = []
    for message_id, is_read in states.items():
        if message_id not in ours and database.run(
            "UPDATE message SET is_read = ? WHERE id = ? AND is_read <> ?",
            (is_read, message_id, is_read),
        ):
            changed.append(message_id)
    conversations = conversation.of_messages(changed)
    conversation.refresh(conversations)
    return tuple(conversations)


def remap_uidvalidity(mailbox_id: int, new: int, mapping: Mapping[int, int]) -> None:
    """Follow a renumbered mailbox: `mapping` gives the new UID of each location that was found.

    A location that was not found stays under its old UIDVALIDITY: ending it is for the judge. The
    sources of waiting operations are renamed too.
    """
    with database.writing(durable=True):
        old = {row.id: row for row in locations(mailbox_id) if row.uidvalidity != new}
        found = {
            old[location_id]: uid for location_id, uid in mapping.items() if location_id in old
        }
        taken = at(mailbox_id, new, found.values())
        for row, uid in found.items():
            if uid in taken:
                database.run("DELETE FROM location WHERE id = ?", (row.id,))
        database.run_many(
            "UPDATE location SET uidvalidity = ?, uid = ?, modseq = 0, state = 'live', "
            "missing_since = NULL, asks = 0, last_ask_at = NULL WHERE id = ?",
            [(new, uid, row.id) for row, uid in found.items() if uid not in taken],
        )
        operation.rename_sources(
            {
                (mailbox_id, row.uidvalidity, row.uid): (mailbox_id, new, uid)
                for row, uid in found.items()
            }
        )


def used_mailboxes(account_id: int) -> set[int]:
    """The mailboxes of an account that hold a message of the store."""
    rows = database.rows(
        "SELECT m.id FROM mailbox m WHERE m.account_id = ? "
        "AND EXISTS (SELECT 1 FROM location l WHERE l.mailbox_id = m.id)",
        (account_id,),
    )
    return {mailbox_id for (mailbox_id,) in rows}


def counts(account_id: int) -> dict[int, int]:
    """How many locations each mailbox of an account has."""
    rows = database.rows(
        "SELECT l.mailbox_id, count(*) FROM location l JOIN mailbox m ON m.id = l.mailbox_id "
        "WHERE m.account_id = ? GROUP BY l.mailbox_id",
        (account_id,),
    )
    return dict(rows)


def put_location(
    message_id: int,
    mailbox_id: int,
    uidvalidity: int,
    uid: int,
    *,
    flags: int = 0,
    put_by_archive: bool = False,
) -> None:
    """Note that a message lies here now; if another message had this UID, it loses it."""
    database.run(
        "INSERT INTO location (message_id, mailbox_id, uidvalidity, uid, flags, put_by_archive) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (mailbox_id, uidvalidity, uid) DO UPDATE SET "
        "message_id = excluded.message_id, flags = excluded.flags, state = 'live', asks = 0, "
        "missing_since = NULL, last_ask_at = NULL, "
        "put_by_archive = max(put_by_archive, excluded.put_by_archive)",
        (message_id, mailbox_id, uidvalidity, uid, flags, put_by_archive),
    )


def in_trash(account_id: int) -> set[int]:
    """Messages of the store that have a copy in Trash, held ones aside."""
    rows = database.rows(
        "SELECT DISTINCT l.message_id FROM mailbox m JOIN location l ON l.mailbox_id = m.id "
        "WHERE m.account_id = ? AND m.role = 'trash' AND l.state <> 'held'",
        (account_id,),
    )
    return {message_id for (message_id,) in rows}


def places_in(mailbox_id: int, message_ids: Iterable[int]) -> set[int]:
    """Which of the messages have a live location in this mailbox."""
    found: set[int] = set()
    for chunk in chunks(message_ids):
        rows = database.rows(
            "SELECT message_id FROM location WHERE mailbox_id = ? AND state = 'live' "
            f"AND message_id IN ({database.marks(len(chunk))})",
            (mailbox_id, *chunk),
        )
        found |= {message_id for (message_id,) in rows}
    return found


def without_place(mailbox_id: int, message_ids: Sequence[int]) -> int:
    """How many of the messages have no live location in this mailbox."""
    return len(message_ids) - len(places_in(mailbox_id, message_ids))


def unplace(location_ids: Iterable[int], uidvalidity: int, state: str, at: int) -> None:
    """Give void locations a negative UID under the new UIDVALIDITY, where no real UID can be.

    Args:
        state: `missing` opens a case, and this counts as its first check; `held` asks the user.
        at: The time of the check, ms UTC.
    """
    for chunk in chunks(location_ids):
        database.run(
            "UPDATE location SET uidvalidity = ?, uid = -id, modseq = 0, state = ?, asks = 1, "
            f"missing_since = ?, last_ask_at = ? WHERE id IN ({database.marks(len(chunk))})",
            (uidvalidity, state, at, at, *chunk),
        )


def _row(row: database.Row) -> LocationRow:
    return LocationRow(*[*row[:-1], bool(row[-1])])
