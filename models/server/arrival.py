"""Arrivals: the identity of every UID that appeared, kept for 90 days to explain vanishes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.flags import Flag
from models.store import database
from models.store.clock import now_ms
from models.store.database import chunks


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """A UID and the identity that it had when it appeared."""

    mailbox_id: int
    uidvalidity: int
    uid: int
    account_id: int
    identity: bytes
    server_identity: str = ""
    flags: int = 0
    is_gone: bool = False
    is_kept_out: bool = False
    seen_at: int = 0


_COLUMNS = ", ".join(ArrivalRow.__dataclass_fields__)


def note(found: Iterable[ArrivalRow]) -> None:
    """Store what appeared; a known UID gets the newest facts, and `is_gone` is cleared.

    A UID that a tombstone keeps out stays kept out, because tombstones count their copies.
    """
    now = now_ms()
    with database.writing(durable=False):
        database.run_many(
            f"INSERT INTO arrival ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (mailbox_id, uidvalidity, uid) DO UPDATE SET "
            "identity = excluded.identity, server_identity = excluded.server_identity, "
            "flags = excluded.flags, is_gone = excluded.is_gone, "
            "is_kept_out = max(excluded.is_kept_out, "
            "is_kept_out AND identity = excluded.identity)",
            (
                (
                    row.mailbox_id,
                    row.uidvalidity,
                    row.uid,
                    row.account_id,
                    row.identity,
                    row.server_identity,
                    row.flags,
                    row.is_gone,
                    row.is_kept_out,
                    row.seen_at or now,
                )
                for row in found
            ),
        )


def explain(account_id: int, identity: bytes, server_identity: str = "") -> list[ArrivalRow]:
    """The UIDs with this identity that are still there as far as is known, newest first.

    X-GM-MSGID names a mail. EMAILID names its content, which duplicates share, so it is no
    evidence by itself. An arrival explains a vanish only if its UID is still there when the case
    is judged; the caller asks the server.
    """
    gmail = server_identity if server_identity.startswith("gm:") else ""
    found = database.rows(
        f"SELECT {_COLUMNS} FROM arrival WHERE account_id = ? AND is_gone = 0 "
        "AND (identity = ? OR (? <> '' AND server_identity = ?)) ORDER BY seen_at DESC, uid DESC",
        (account_id, identity, gmail, gmail),
    )
    return [_row(row) for row in found]


def of_mailbox(mailbox_id: int, uidvalidity: int) -> list[ArrivalRow]:
    """The arrivals of a mailbox that are still there as far as is known, in order of UID."""
    return _read("mailbox_id = ? AND uidvalidity = ? AND is_gone = 0", (mailbox_id, uidvalidity))


def at(mailbox_id: int, uidvalidity: int, uids: Iterable[int]) -> dict[int, ArrivalRow]:
    """The arrivals at these UIDs, gone or not, by UID."""
    found: dict[int, ArrivalRow] = {}
    for chunk in chunks(uids):
        condition = f"mailbox_id = ? AND uidvalidity = ? AND uid IN ({database.marks(len(chunk))})"
        for row in _read(condition, (mailbox_id, uidvalidity, *chunk)):
            found[row.uid] = row
    return found


def kept_out_at(mailbox_id: int, uidvalidity: int, uids: Iterable[int]) -> dict[int, bytes]:
    """The identities of the given UIDs that a tombstone keeps out, by UID."""
    return {
        uid: row.identity
        for uid, row in at(mailbox_id, uidvalidity, uids).items()
        if row.is_kept_out and not row.is_gone
    }


def deleted_flagged(mailbox_id: int, uidvalidity: int) -> list[ArrivalRow]:
    """UIDs that were not taken in because of their \\Deleted flag; they come in when it goes."""
    condition = (
        "mailbox_id = ? AND uidvalidity = ? AND is_gone = 0 AND is_kept_out = 0 "
        f"AND flags & {int(Flag.DELETED)} AND NOT EXISTS (SELECT 1 FROM location l "
        "WHERE l.mailbox_id = arrival.mailbox_id AND l.uidvalidity = arrival.uidvalidity "
        "AND l.uid = arrival.uid)"
    )
    return _read(condition, (mailbox_id, uidvalidity))


def gone(mailbox_id: int, uidvalidity: int, uids: Iterable[int]) -> None:
    """Note that these UIDs are not in the mailbox any more."""
    with database.writing(durable=False):
        for chunk in chunks(uids):
            database.run(
                "UPDATE arrival SET is_gone = 1 WHERE mailbox_id = ? AND uidvalidity = ? "
                f"AND uid IN ({database.marks(len(chunk))})",
                (mailbox_id, uidvalidity, *chunk),
            )


def prune(older_than: int) -> None:
    """Forget arrivals seen before `older_than`, ms UTC.

    Those that are still kept out stay, because tombstones count their copies.
    """
    with database.writing(durable=False):
        database.run(
            "DELETE FROM arrival WHERE seen_at < ? AND (is_kept_out = 0 OR is_gone = 1)",
            (older_than,),
        )


def count_between(mailbox_id: int, uidvalidity: int, low: int, high: int) -> int:
    """How many UIDs in [low, high) have appeared."""
    return int(
        database.value(
            "SELECT count(*) FROM arrival WHERE mailbox_id = ? AND uidvalidity = ? "
            "AND uid >= ? AND uid < ?",
            (mailbox_id, uidvalidity, low, high),
        )
    )


def mirrored(mailbox_id: int, inbox_id: int) -> tuple[int, int]:
    """Count the mail that came to a mailbox no later than to INBOX, and INBOX's mail since then.

    This shows a mirror: a user copies mail that INBOX already has, but a rule of the server
    delivers the copy at the same time.
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


def kept_out_before(mailbox_id: int) -> list[ArrivalRow]:
    """What a tombstone keeps out of a mailbox, under any UIDVALIDITY."""
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
    """Mark arrivals under any other UIDVALIDITY as gone: their UIDs mean nothing any more."""
    database.run(
        "UPDATE arrival SET is_gone = 1 WHERE mailbox_id = ? AND uidvalidity <> ? AND is_gone = 0",
        (mailbox_id, uidvalidity),
    )


def _read(condition: str, parameters: Sequence[int]) -> list[ArrivalRow]:
    found = database.rows(
        f"SELECT {_COLUMNS} FROM arrival WHERE {condition} ORDER BY uid", parameters
    )
    return [_row(row) for row in found]


def _row(row: database.Row) -> ArrivalRow:
    return ArrivalRow(*[*row[:7], bool(row[7]), bool(row[8]), row[9]])
