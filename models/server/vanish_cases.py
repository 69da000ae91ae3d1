"""Cases: locations that vanished and are being judged, and deletes that the brake holds back.

A case opens when a check finds a UID gone; a second check confirms it. The brake holds unusually
many deletes by another program until the user answers (X3).
"""

from __future__ import annotations

from collections.abc import Iterable

from models.server import location
from models.store import database, ledger
from models.store.database import chunks


def next_sitting_at(account_id: int, second_sitting: int) -> int | None:
    """When the next open case may have its second check (ms UTC), or None.

    Args:
        second_sitting: The least time between both checks, in ms.
    """
    found: int | None = database.value(
        "SELECT min(l.missing_since) FROM mailbox m JOIN location l ON l.mailbox_id = m.id "
        "WHERE m.account_id = ? AND l.state = 'missing' AND l.asks < 2",
        (account_id,),
    )
    return None if found is None else found + second_sitting


def deleted_since(account_id: int, since: int) -> int:
    """How many unexplained deletes by other programs were carried out since then (ms UTC)."""
    return int(
        database.value(
            "SELECT count(*) FROM ledger WHERE account_id = ? AND kind = 'delete' "
            "AND cause = 'server' AND at >= ? "
            "AND json_extract(evidence, '$.verdict') = 'deleted'",
            (account_id, since),
        )
    )


def keep_held(message_ids: Iterable[int]) -> None:
    """Keep held messages here, and forget their copies in the server's Trash.

    A copy in Trash would count as a delete again.
    """
    for chunk in chunks(message_ids):
        found = database.rows(
            "SELECT l.id FROM location l JOIN mailbox b ON b.id = l.mailbox_id WHERE "
            f"l.message_id IN ({database.marks(len(chunk))}) "
            "AND (l.state = 'held' OR b.role = 'trash')",
            chunk,
        )
        for (location_id,) in found:
            location.end_location(location_id)


def check_held(message_ids: Iterable[int]) -> None:
    """Check held messages again from the first check; the next cycle begins with it."""
    for chunk in chunks(message_ids):
        database.run(
            "UPDATE location SET state = 'live', asks = 0, missing_since = NULL, "
            "last_ask_at = NULL WHERE state = 'held' "
            f"AND message_id IN ({database.marks(len(chunk))})",
            chunk,
        )
        database.run(
            "UPDATE mailbox SET full_check_at = 0, message_count = message_count + 1 WHERE id IN "
            "(SELECT mailbox_id FROM location "
            f"WHERE message_id IN ({database.marks(len(chunk))}))",
            chunk,
        )


def set_missing(location_ids: Iterable[int], at: int) -> None:
    """Count a check, at `at` (ms UTC), that found these UIDs gone; the first opens the case."""
    with database.writing(durable=False):
        for chunk in chunks(location_ids):
            database.run(
                "UPDATE location SET state = 'missing', asks = asks + 1, last_ask_at = ?, "
                "missing_since = coalesce(missing_since, ?) "
                f"WHERE id IN ({database.marks(len(chunk))})",
                (at, at, *chunk),
            )


def set_live(location_ids: Iterable[int]) -> None:
    """Close the cases of these locations: their UIDs are there after all."""
    with database.writing(durable=False):
        for chunk in chunks(location_ids):
            database.run(
                "UPDATE location SET state = 'live', missing_since = NULL, asks = 0, "
                f"last_ask_at = NULL WHERE id IN ({database.marks(len(chunk))})",
                chunk,
            )


def set_hidden(location_ids: Iterable[int]) -> None:
    """Mark locations that are not gone: they are the oldest of a mailbox that the server caps."""
    _set_state(location_ids, "hidden")


def set_held(location_ids: Iterable[int]) -> None:
    """Hold these deletes back until the user answers: the brake (X3)."""
    _set_state(location_ids, "held")


def hold_new_trash(account_id: int, mailbox_id: int, cause: str) -> list[int]:
    """A mailbox became the Trash: hold the mail that lies only there, and return the messages.

    Nobody moved it there to delete it, so the user is asked, as for unusually many deletes (X3).
    Call it inside `writing()`. `cause` says in the ledger who gave the role.
    """
    found = database.rows(
        "UPDATE location SET state = 'held' WHERE mailbox_id = ? AND state = 'live' "
        "AND NOT EXISTS (SELECT 1 FROM location l WHERE l.message_id = location.message_id "
        "AND l.mailbox_id <> location.mailbox_id AND l.state = 'live') RETURNING message_id",
        (mailbox_id,),
    )
    held = [message_id for (message_id,) in found]
    ledger.write(
        ledger.Entry("hold", cause, account_id, message_id, evidence={"held": "role"})
        for message_id in held
    )
    return held


def _set_state(location_ids: Iterable[int], state: str) -> None:
    with database.writing(durable=False):
        for chunk in chunks(location_ids):
            database.run(
                f"UPDATE location SET state = ? WHERE id IN ({database.marks(len(chunk))})",
                (state, *chunk),
            )
