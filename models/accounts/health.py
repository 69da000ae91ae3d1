"""Read the facts behind an account's health, and keep its last health report."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from models.accounts.account import archive_option, delete_option
from models.store import database
from models.store.clock import now_ms


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """What the store knows about an account's health. Times are milliseconds UTC.

    Attributes:
        roles: How each role was found: `special-use`, `name`, or `person` if the user chose it.
        oldest_pending_at: When the oldest open operation was made.
        counts: Number of messages on the server, for each mailbox that is there.
        hidden: Copies that the server no longer shows, though it has them.
        wanted: Roles that the user's options need: archive, trash.
        own_in_sent_at: When the newest own mail with a copy in the server's Sent arrived.
    """

    roles: dict[str, str]
    oldest_pending_at: int | None
    counts: tuple[int, ...]
    hidden: int
    wanted: frozenset[str]
    own_in_sent_at: int | None


def facts(account_id: int) -> StoredFacts:
    """Read the facts; each takes only an index or the rows of the mailboxes."""
    roles = database.rows(
        "SELECT role, role_source FROM mailbox WHERE account_id = ? AND role <> '' "
        "AND missing_since IS NULL",
        (account_id,),
    )
    counts = database.rows(
        "SELECT message_count FROM mailbox WHERE account_id = ? AND missing_since IS NULL",
        (account_id,),
    )
    hidden = database.value(
        "SELECT count(*) FROM mailbox JOIN location ON location.mailbox_id = mailbox.id "
        "WHERE mailbox.account_id = ? AND location.state <> 'live' AND location.state = 'hidden' "
        "AND location.uid > 0",
        (account_id,),
    )
    return StoredFacts(
        roles=dict(roles),
        oldest_pending_at=database.value(
            "SELECT min(created_at) FROM operation WHERE account_id = ? "
            "AND state IN ('pending', 'running', 'waiting')",
            (account_id,),
        ),
        counts=tuple(count for (count,) in counts),
        hidden=int(hidden),
        wanted=_wanted(account_id),
        own_in_sent_at=_own_in_sent_at(account_id),
    )


def _wanted(account_id: int) -> frozenset[str]:
    options = {"archive": archive_option(account_id), "trash": delete_option(account_id)}
    return frozenset(role for role, is_on in options.items() if is_on)


def _own_in_sent_at(account_id: int) -> int | None:
    """When the newest own mail with a copy in Sent arrived; looks at the newest 500 messages."""
    found: int | None = database.value(
        "SELECT received_at FROM (SELECT id, received_at, is_own FROM message WHERE account_id = ? "
        "ORDER BY received_at DESC LIMIT 500) newest WHERE is_own = 1 AND EXISTS ("
        "SELECT 1 FROM location JOIN mailbox ON mailbox.id = location.mailbox_id "
        "WHERE location.message_id = newest.id AND mailbox.role = 'sent') "
        "ORDER BY received_at DESC LIMIT 1",
        (account_id,),
    )
    return found


def received_at(message_ids: Iterable[int]) -> list[int]:
    """When the server received these messages, by its own clock, in ms UTC."""
    ids = tuple(message_ids)
    found = database.rows(
        f"SELECT received_at FROM message WHERE id IN ({database.marks(len(ids))})", ids
    )
    return [moment for (moment,) in found]


def store(account_id: int, report: dict[str, Any]) -> None:
    """Keep the newest report in place of the one before."""
    with database.writing(durable=False):
        database.run(
            "INSERT OR REPLACE INTO health (account_id, checked_at, report) VALUES (?, ?, ?)",
            (account_id, now_ms(), json.dumps(report)),
        )


def of_account(account_id: int) -> tuple[int, dict[str, Any]] | None:
    """The time of the last check (ms UTC) and its report; None if there was none."""
    row = database.row("SELECT checked_at, report FROM health WHERE account_id = ?", (account_id,))
    return (row[0], json.loads(row[1])) if row else None
