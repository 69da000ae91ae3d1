"""Operations: user actions that still have to be carried out on the server (R12).

An operation is written in the transaction of its local change. It has *begun* once its mark (the
target's UIDVALIDITY and UIDNEXT) is on disk. From then on its outcome is unknown until the engine
has looked, so only operations that have not begun are ever cancelled. See docs/sync.md,
"Operations".
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from models.store import database, ledger
from models.store.clock import now_ms
from models.store.database import chunks

ARCHIVE, UNARCHIVE, TRASH, FLAGS = "archive", "unarchive", "trash", "flags"
SEND, APPEND_DRAFT, APPEND_SENT = "send", "append_draft", "append_sent"
# Stored in `server_words` while an operation waits for one whole look at the account.
LOST: Final = "The mail is not where it was; every label is looked through for it."
# Stored in `server_words` while an operation waits for an answer of the user.
QUESTIONS: Final = {"trash": "ask: trash", "archive": "ask: archive"}
CREATE = "create"  # make a mailbox that the user agreed to
_OPEN: Final = "state IN ('pending', 'running', 'waiting')"

Source = tuple[int, int, int]  # mailbox_id, uidvalidity, uid


@dataclass(frozen=True, slots=True)
class Payload:
    """What an operation has to do, in ids and numbers, without words of a mail.

    Attributes:
        sources: The copies it is about. An unarchive without sources takes every live location
            that our archive operations put where it is, looked up when its turn comes.
        target: The mailbox they go to. None: the account's mailbox of that role, looked up when
            its turn comes.
        mark: UIDVALIDITY and UIDNEXT of the target from before the operation began.
        seen: For a flags operation: whether the mail shall be read.
        name, role: The mailbox to make, and its role.
        lost: Sources that were gone when their turn came.
        is_found: Whether `sources` holds a copy that was found in place of the lost ones.
    """

    sources: tuple[Source, ...] = ()
    target: int | None = None
    mark: tuple[int, int] | None = None
    seen: bool = False
    name: str = ""
    role: str = ""
    lost: tuple[Source, ...] = ()
    is_found: bool = False

    def to_json(self) -> str:
        """The payload as the table stores it."""
        more: dict[str, Any] = {"name": self.name, "role": self.role} if self.name else {}
        more |= {"lost": self.lost, "found": self.is_found} if self.lost else {}
        return json.dumps(
            {"sources": self.sources, "target": self.target, "mark": self.mark, "seen": self.seen}
            | more
        )

    @classmethod
    def from_json(cls, text: str) -> Payload:
        """The payload that `to_json` wrote."""
        found = json.loads(text)
        mark = found.get("mark")
        return cls(
            sources=_sources(found.get("sources", ())),
            target=found.get("target"),
            mark=None if mark is None else (mark[0], mark[1]),
            seen=bool(found.get("seen", False)),
            name=found.get("name", ""),
            role=found.get("role", ""),
            lost=_sources(found.get("lost", ())),
            is_found=bool(found.get("found", False)),
        )


def _sources(found: Iterable[Sequence[int]]) -> tuple[Source, ...]:
    return tuple((box, validity, uid) for box, validity, uid in found)


@dataclass(frozen=True, slots=True)
class NewOperation:
    """An operation that is not queued yet."""

    account_id: int
    kind: str
    message_id: int | None
    identity: bytes
    server_identity: str = ""
    payload: Payload = Payload()


@dataclass(frozen=True, slots=True)
class OperationRow:
    """An operation as it was when it was read."""

    id: int
    account_id: int
    kind: str
    message_id: int | None
    identity: bytes
    server_identity: str
    payload: Payload
    state: str
    attempts: int
    next_try_at: int
    server_words: str
    created_at: int
    changed_at: int

    @property
    def is_lost(self) -> bool:
        """Whether none of its copies is where it was, so that it waits for one whole look."""
        return bool(self.payload.lost) and not self.payload.sources

    @property
    def is_begun(self) -> bool:
        """Whether the server may have received something of it."""
        return self.state == "running" or self.payload.mark is not None


_COLUMNS = ", ".join(OperationRow.__dataclass_fields__)


def queue(command_id: str, items: Iterable[NewOperation]) -> None:
    """Write operations inside the durable transaction of their local change."""
    now = now_ms()
    database.run_many(
        "INSERT INTO operation (account_id, command_id, kind, message_id, identity, "
        "server_identity, payload, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                item.account_id,
                command_id,
                item.kind,
                item.message_id,
                item.identity,
                item.server_identity,
                item.payload.to_json(),
                now,
                now,
            )
            for item in items
        ],
    )


def due(account_id: int, now: int) -> list[OperationRow]:
    """The operations that may be done at `now` (ms UTC): of each message, the first open one.

    One in state `running` was cut off by a crash or a lost connection. Its outcome is unknown; its
    mark says where to look.
    """
    busy: set[int] = set()
    found = []
    for row in of_account(account_id):
        is_first = row.message_id is None or row.message_id not in busy
        if row.message_id is not None:
            busy.add(row.message_id)
        if is_first and row.next_try_at <= now:
            found.append(row)
    return found


def of_account(account_id: int) -> list[OperationRow]:
    """The open operations of an account, in their order."""
    return _read(f"account_id = ? AND {_OPEN} ORDER BY id", (account_id,))


def get(operation_id: int) -> OperationRow | None:
    """One operation."""
    return next(iter(_read("id = ?", (operation_id,))), None)


def mark_running(operation_id: int, payload: Payload) -> bool:
    """Write intent, sources and the target's mark to disk before the first byte is sent.

    Return False if the user took it back meanwhile; then nothing may be sent.
    """
    with database.writing(durable=True):
        changed = database.run(
            "UPDATE operation SET state = 'running', attempts = attempts + 1, payload = ?, "
            f"changed_at = ? WHERE id = ? AND {_OPEN}",
            (payload.to_json(), now_ms(), operation_id),
        )
    return changed > 0


def mark_done(operation_ids: Iterable[int]) -> None:
    """Close operations that the server has carried out."""
    _finish(operation_ids, "done")


def mark_waiting(operation_id: int, next_try_at: int, server_words: str = "") -> None:
    """Retry at `next_try_at` (ms UTC). A mark stays set, since the outcome may be unknown."""
    _change(operation_id, "waiting", next_try_at, server_words)


def mark_refused(operation_id: int, server_words: str) -> None:
    """Note that the server will not do it; the user sees that and can retry or drop it."""
    with database.writing(durable=True):
        _change(operation_id, "refused", 0, server_words)
        _tell_ledger([operation_id], "refused", ledger.SERVER, {"words": server_words})


def _change(operation_id: int, state: str, next_try_at: int, server_words: str) -> None:
    with database.writing(durable=True):
        database.run(
            "UPDATE operation SET state = ?, next_try_at = ?, server_words = ?, changed_at = ? "
            f"WHERE id = ? AND {_OPEN}",  # what the user took back stays taken back
            (state, next_try_at, server_words, now_ms(), operation_id),
        )


def clear_mark(operation_id: int) -> None:
    """Let an operation begin again, after a look at the server showed that nothing happened."""
    row = get(operation_id)
    if row is not None:
        with database.writing(durable=True):
            database.run(
                "UPDATE operation SET payload = ?, changed_at = ?, state = "
                f"iif(state = 'running', 'pending', state) WHERE id = ? AND {_OPEN}",
                (replace(row.payload, mark=None).to_json(), now_ms(), operation_id),
            )


def cancel(operation_ids: Iterable[int]) -> None:
    """Cancel operations that are not needed any more."""
    _finish(operation_ids, "cancelled")


def _finish(operation_ids: Iterable[int], state: str) -> None:
    with database.writing(durable=True):
        for chunk in chunks(operation_ids):
            database.run(
                "UPDATE operation SET state = ?, changed_at = ? "
                f"WHERE id IN ({database.marks(len(chunk))})",
                (state, now_ms(), *chunk),
            )


def retry(operation_ids: Iterable[int]) -> tuple[int, ...]:
    """Try refused and waiting operations at once, because the user asked; return their accounts."""
    return _by_person(
        operation_ids,
        "state = 'pending', attempts = 0, next_try_at = 0",
        "state IN ('refused', 'waiting')",
    )


def drop(operation_ids: Iterable[int]) -> tuple[int, ...]:
    """Give up operations that are not running, because the user asked; return their accounts.

    What the user's action changed here stays.
    """
    return _by_person(
        operation_ids, "state = 'cancelled'", "state IN ('refused', 'waiting', 'pending')"
    )


def _tell_ledger(
    operation_ids: Iterable[int], kind: str, cause: str, evidence: Mapping[str, Any]
) -> None:
    for chunk in chunks(operation_ids):
        ledger.write(
            ledger.Entry(
                kind,
                cause,
                row.account_id,
                row.message_id,
                evidence={"operation": row.id, "kind": row.kind, **evidence},
            )
            for row in _read(f"id IN ({database.marks(len(chunk))}) ORDER BY id", chunk)
        )


def _by_person(operation_ids: Iterable[int], change: str, condition: str) -> tuple[int, ...]:
    accounts: dict[int, None] = {}
    with database.writing(durable=True):
        for chunk in chunks(operation_ids):
            found = database.rows(
                f"UPDATE operation SET {change}, changed_at = ? WHERE {condition} "
                f"AND id IN ({database.marks(len(chunk))}) RETURNING account_id, id, state",
                (now_ms(), *chunk),
            )
            accounts |= {row[0]: None for row in found}
            given_up = [row[1] for row in found if row[2] == "cancelled"]
            _tell_ledger(given_up, "given_up", ledger.PERSON, {})
            _tell_ledger([r[1] for r in found if r[2] == "pending"], "retry", ledger.PERSON, {})
    return tuple(accounts)


def open_for_messages(
    message_ids: Iterable[int], kinds: Collection[str] = ()
) -> dict[int, list[OperationRow]]:
    """The open operations of these messages, by message, in their order.

    Args:
        kinds: Only operations of these kinds; all if empty.
    """
    found: dict[int, list[OperationRow]] = {}
    for chunk in chunks(message_ids):
        condition = f"{_OPEN} AND message_id IN ({database.marks(len(chunk))}) ORDER BY id"
        for row in _read(condition, chunk):
            if row.message_id is not None and (not kinds or row.kind in kinds):
                found.setdefault(row.message_id, []).append(row)
    return found


def pending_for_message(message_ids: Iterable[int]) -> set[int]:
    """Which of the messages have an open operation; no sync judges those."""
    return set(open_for_messages(message_ids))


def open_identities(account_id: int) -> frozenset[bytes]:
    """The identities that an open operation is about; a trash operation outlives its message."""
    found = database.rows(
        f"SELECT DISTINCT identity FROM operation WHERE account_id = ? AND {_OPEN}", (account_id,)
    )
    return frozenset(identity for (identity,) in found)


def rename_sources(renamed: Mapping[Source, Source]) -> None:
    """Rename sources of open operations, inside the caller's transaction.

    Needed when a mailbox was renumbered or UIDs changed in it.
    """
    updates = []
    for row in _read(f"{_OPEN} ORDER BY id", ()):
        sources = tuple(renamed.get(source, source) for source in row.payload.sources)
        if sources != row.payload.sources:
            updates.append((replace(row.payload, sources=sources).to_json(), row.id))
    database.run_many("UPDATE operation SET payload = ? WHERE id = ?", updates)


def prune(before: int) -> None:
    """Forget what was done or cancelled before this time, ms UTC."""
    with database.writing(durable=False):
        database.run(
            "DELETE FROM operation WHERE state IN ('done', 'cancelled') AND changed_at < ?",
            (before,),
        )


def set_payload(operation_id: int, payload: Payload) -> None:
    """Store what is left of an operation; it begins again from there."""
    database.run(
        "UPDATE operation SET payload = ?, state = 'pending', attempts = 0, next_try_at = 0, "
        "changed_at = ? WHERE id = ? AND state IN ('pending', 'running', 'waiting')",
        (payload.to_json(), now_ms(), operation_id),
    )


def count_try(operation_ids: Iterable[int]) -> None:
    """Count a try of operations that failed before they began, as when the connection broke."""
    with database.writing(durable=False):
        for chunk in chunks(operation_ids):
            database.run(
                "UPDATE operation SET attempts = attempts + 1 WHERE state <> 'running' "
                f"AND id IN ({database.marks(len(chunk))})",
                chunk,
            )


def ask_again(account_id: int, words: str) -> int:
    """Let operations go on that waited for this answer of the user; return how many.

    Args:
        words: What they wait for: a value of `QUESTIONS`.
    """
    return database.run(
        "UPDATE operation SET next_try_at = 0 WHERE account_id = ? AND state = 'waiting' "
        "AND server_words = ?",
        (account_id, words),
    )


def asked_words(account_id: int) -> set[str]:
    """What the waiting operations of an account wait for, as their `server_words` say."""
    rows = database.rows(
        "SELECT DISTINCT server_words FROM operation WHERE account_id = ? AND state = 'waiting'",
        (account_id,),
    )
    return {words for (words,) in rows}


def _read(condition: str, parameters: Sequence[int | str]) -> list[OperationRow]:
    found = database.rows(f"SELECT {_COLUMNS} FROM operation WHERE {condition}", parameters)
    return [OperationRow(*[*row[:6], Payload.from_json(row[6]), *row[7:]]) for row in found]
