"""A server's mailboxes: their roles, and how far each is synced."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

from models.store import database
from models.store.clock import now_ms

NEVER_OPEN_MS: Final = 24 * 3600 * 1000  # how long one that was never open holds up deletes


class Role(StrEnum):
    """What a mailbox is for."""

    NONE = ""
    INBOX = "inbox"
    SENT = "sent"
    ARCHIVE = "archive"
    TRASH = "trash"
    DRAFTS = "drafts"
    JUNK = "junk"
    ALL = "all"
    FLAGGED = "flagged"


NOT_SYNCED = frozenset({Role.TRASH, Role.JUNK, Role.DRAFTS})  # never taken in as mail
NEVER_SYNCED = NOT_SYNCED | {Role.ALL, Role.FLAGGED}  # these two only mirror mail of other labels


@dataclass(frozen=True, slots=True)
class MailboxState:
    """A mailbox as it was when it was read; see the schema for each column."""

    id: int
    account_id: int
    name: str
    delimiter: str
    role: Role
    role_source: str
    is_selectable: bool
    is_chosen: bool
    is_mirror: bool
    mailbox_id_server: str
    missing_since: int | None
    missing_asks: int
    uidvalidity: int
    uidnext: int
    message_count: int
    highestmodseq: int
    watermark: int
    backfill_uid: int
    backfill_floor: int
    backfill_done: bool
    full_check_at: int
    held_reason: str
    is_whole: bool
    bring_back_before: int
    past_done: int
    past_total: int
    was_open: bool
    refused_since: int | None

    @property
    def is_gone(self) -> bool:
        """Whether LIST left it out twice; a mailbox that the server refuses is still there."""
        return self.missing_asks > 1 and self.refused_since is None

    @property
    def is_synced(self) -> bool:
        """Whether its mail is taken in."""
        return self.is_chosen and self.role not in NEVER_SYNCED


_COLUMNS = tuple(field.name for field in fields(MailboxState))
_LIST = ", ".join(_COLUMNS)
_FLAGS = ("is_selectable", "is_chosen", "is_mirror", "backfill_done", "is_whole", "was_open")


def of_account(account_id: int) -> list[MailboxState]:
    """Every mailbox of an account, INBOX first, then by name."""
    found = database.rows(
        f"SELECT {_LIST} FROM mailbox WHERE account_id = ? ORDER BY role <> 'inbox', name",
        (account_id,),
    )
    return [_state(row) for row in found]


def get(mailbox_id: int) -> MailboxState | None:
    """One mailbox by its id."""
    row = database.row(f"SELECT {_LIST} FROM mailbox WHERE id = ?", (mailbox_id,))
    return _state(row) if row else None


def by_name(account_id: int, name: str) -> MailboxState | None:
    """One mailbox by its decoded name."""
    row = database.row(
        f"SELECT {_LIST} FROM mailbox WHERE account_id = ? AND name = ?", (account_id, name)
    )
    return _state(row) if row else None


def by_role(account_id: int, role: Role) -> MailboxState | None:
    """The mailbox that has a role; of several, one that is there and has the best source.

    The user's choice is the best source, then special-use.
    """
    row = database.row(
        f"SELECT {_LIST} FROM mailbox WHERE account_id = ? AND role = ? AND is_selectable = 1 "
        "ORDER BY missing_since IS NOT NULL, role_source <> 'person', "
        "role_source <> 'special-use', id LIMIT 1",
        (account_id, str(role)),
    )
    return _state(row) if row else None


def count_closed(account_id: int) -> int:
    """How many mailboxes the server lists but does not open.

    One that was never open counts only for a day.
    """
    found = database.value(
        "SELECT count(*) FROM mailbox WHERE account_id = ? AND is_selectable = 1 "
        "AND is_mirror = 0 AND refused_since IS NOT NULL AND (was_open = 1 OR refused_since > ?)",
        (account_id, now_ms() - NEVER_OPEN_MS),
    )
    return int(found)


def save(account_id: int, name: str, **columns: Any) -> int:
    """Make a mailbox, or change these columns of the one with this name; return its id."""
    with database.writing(durable=False):
        database.run(
            "INSERT OR IGNORE INTO mailbox (account_id, name) VALUES (?, ?)", (account_id, name)
        )
        found = database.value(
            "SELECT id FROM mailbox WHERE account_id = ? AND name = ?", (account_id, name)
        )
        mailbox_id = int(found)
        update(mailbox_id, **columns)
    return mailbox_id


def update(mailbox_id: int, **columns: Any) -> None:
    """Change columns of a mailbox; its name may be one of them."""
    if not columns:
        return
    _check(columns)
    assignments = ", ".join(f"{name} = ?" for name in columns)
    values = [str(value) if isinstance(value, Role) else value for value in columns.values()]
    with database.writing(durable=False):
        database.run(f"UPDATE mailbox SET {assignments} WHERE id = ?", (*values, mailbox_id))


def lower_count(mailbox_id: int, count: int) -> None:
    """Subtract messages that we moved out, so that the counts add up in the next cycle."""
    database.run(
        "UPDATE mailbox SET message_count = max(0, message_count - ?) WHERE id = ?",
        (count, mailbox_id),
    )


def _check(columns: dict[str, Any]) -> None:
    unknown = columns.keys() - set(_COLUMNS)
    if unknown or "id" in columns:
        raise ValueError(f"not columns of a mailbox: {sorted(unknown) or ['id']}")


def _state(row: database.Row) -> MailboxState:
    values = dict(zip(_COLUMNS, row, strict=True))
    for name in _FLAGS:
        values[name] = bool(values[name])
    values["role"] = Role(values["role"])
    return MailboxState(**values)
