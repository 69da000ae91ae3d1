"""Form and merge conversations, by Message-ID, In-Reply-To and References alone.

Messages that name the same Message-ID are one conversation, even if the message with that id never
came in. So the order in which mail comes in makes no difference. An equal subject never joins
anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from models.mail import links
from models.store import database, ledger
from models.store.clock import now_ms
from models.store.database import chunks


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Links and archive state that a message had before an external delete; no words."""

    record_key: str = ""
    person_ids: tuple[int, ...] = ()
    is_archived: bool = False
    archived_cause: str = ""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A new message, with what decides on its conversation.

    Attributes:
        keys: Keyed hashes of every Message-ID it names, its own included.
        in_archive: Whether it was first met in the server's archive mailbox.
        is_arrival: Whether R11 applies: it is no past or old mail, and did not come back.
    """

    message_id: int
    received_at: int
    keys: tuple[int, ...]
    is_own: bool
    is_draft: bool
    in_archive: bool
    is_arrival: bool
    snapshot: Snapshot | None = None

    @property
    def is_incoming(self) -> bool:
        """Whether it brings its conversation into Inbox (R15)."""
        return not (self.is_own or self.is_draft)


@dataclass(slots=True)
class Joined:
    """The conversations that the new messages went into.

    Attributes:
        of_message: The conversation of each new message.
        conversation_ids: Conversations that are new or changed.
        removed_ids: Conversations that were merged into an older one.
        record_keys: Records whose links a merge touched.
        made_ids: Conversations that are new.
    """

    of_message: dict[int, int] = field(default_factory=dict)
    conversation_ids: list[int] = field(default_factory=list)
    removed_ids: list[int] = field(default_factory=list)
    record_keys: list[str] = field(default_factory=list)
    made_ids: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _State:
    """A conversation that is here, with what joining needs of it."""

    id: int
    oldest_at: int
    is_archived: bool
    archived_cause: str
    incoming_count: int


@dataclass(slots=True)
class _Group:
    """Conversations and new messages that belong together."""

    old: set[int] = field(default_factory=set)
    new: list[Newcomer] = field(default_factory=list)


def join(account_id: int, newcomers: Sequence[Newcomer], *, is_past: bool) -> Joined:
    """Find or make the conversation of each new message; merge conversations that it connects.

    Call `conversation.refresh` once the messages are written: it computes the rows.
    """
    joined = Joined()
    if not newcomers:
        return joined
    owners = _owners(account_id, {key for new in newcomers for key in new.keys})
    groups = _groups(newcomers, owners)
    states = _states({old for group in groups for old in group.old})
    made: list[tuple[int, int, int, str, int | None]] = []
    next_id = int(database.value(_LAST) or 0) + 1
    for group in groups:
        if group.old:
            target = _merge(account_id, [states[old] for old in group.old], joined)
            _restate(target, group.new, is_past=is_past)
            target_id = target.id
        else:
            target_id, next_id = next_id, next_id + 1
            made.append((target_id, account_id, *_first_state(group.new)))
            joined.made_ids.add(target_id)
        joined.conversation_ids.append(target_id)
        joined.of_message |= {new.message_id: target_id for new in group.new}
    database.run_many(
        "INSERT INTO conversation (id, account_id, is_archived, archived_cause, archived_at) "
        "VALUES (?, ?, ?, ?, ?)",
        made,
    )
    return joined


_LAST = "SELECT seq FROM sqlite_sequence WHERE name = 'conversation'"


def _owners(account_id: int, keys: Iterable[int]) -> dict[int, int]:
    """The conversation of each key; a key is never in two."""
    found: dict[int, int] = {}
    for chunk in chunks(keys, 2000):
        found.update(
            database.rows_at_once(
                ("key", "conversation_id"),
                "SELECT DISTINCT r.key, m.conversation_id FROM message_reference r "
                "JOIN message m ON m.id = r.message_id "
                f"WHERE r.account_id = ? AND r.key IN ({database.marks(len(chunk))})",
                (account_id, *chunk),
                order="key",
            )
        )
    return found


def _groups(newcomers: Sequence[Newcomer], owners: dict[int, int]) -> list[_Group]:
    """Group what belongs together through any chain of common keys, in order of arrival."""
    by_key: dict[int, _Group] = {}
    by_owner: dict[int, _Group] = {}
    groups: dict[int, _Group] = {}
    for new in newcomers:
        old = {owners[key] for key in new.keys if key in owners}
        touched = {id(by_key[key]): by_key[key] for key in new.keys if key in by_key}
        touched |= {id(by_owner[owner]): by_owner[owner] for owner in old if owner in by_owner}
        group = next(iter(touched.values()), None) or _Group()
        for other in touched.values():
            if other is not group:
                _absorb(group, other, by_key, by_owner)
                del groups[id(other)]
        group.new.append(new)
        group.old |= old
        groups[id(group)] = group
        by_key |= dict.fromkeys(new.keys, group)
        by_owner |= dict.fromkeys(old, group)
    return list(groups.values())


def _absorb(
    group: _Group, other: _Group, by_key: dict[int, _Group], by_owner: dict[int, _Group]
) -> None:
    group.new += other.new
    group.old |= other.old
    for new in other.new:
        by_key |= dict.fromkeys(new.keys, group)
    by_owner |= dict.fromkeys(other.old, group)


def _states(ids: Iterable[int]) -> dict[int, _State]:
    found: dict[int, _State] = {}
    for chunk in chunks(ids):
        rows = database.rows_at_once(
            ("id", "oldest_at", "is_archived", "archived_cause", "incoming_count"),
            f"SELECT * FROM conversation WHERE id IN ({database.marks(len(chunk))})",
            chunk,
            order="id",
        )
        found |= {row[0]: _State(row[0], row[1], bool(row[2]), row[3], row[4]) for row in rows}
    return found


def _merge(account_id: int, states: list[_State], joined: Joined) -> _State:
    """Merge conversations into the oldest; it is archived only if all of them were (R15)."""
    target, *others = sorted(states, key=lambda state: (state.oldest_at, state.id))
    if not others:
        return target
    ids = [state.id for state in others]
    joined.record_keys += links.merge(target.id, ids)
    joined.removed_ids += ids
    for chunk in chunks(ids):
        marks = database.marks(len(chunk))
        database.run(
            f"UPDATE message SET conversation_id = ? WHERE conversation_id IN ({marks})",
            (target.id, *chunk),
        )
        database.run(f"DELETE FROM conversation WHERE id IN ({marks})", chunk)
    ledger.write(
        ledger.Entry("merge", ledger.RULE, account_id, None, target.id, evidence={"other": other})
        for other in ids
    )
    target.incoming_count = sum(state.incoming_count for state in states)
    if target.is_archived and not all(state.is_archived for state in others):
        _put_state(target, is_archived=False, cause="")
    elif target.is_archived and any(state.archived_cause == "person" for state in others):
        _put_state(target, is_archived=True, cause="person")
    return target


def _restate(target: _State, new: Sequence[Newcomer], *, is_past: bool) -> None:
    """Update the archive state of a conversation that gets new messages."""
    outside = [item for item in new if item.is_incoming and not item.in_archive]
    if target.is_archived:
        is_server = target.archived_cause == "server"
        if any(item.is_arrival for item in outside) or (is_server and is_past and outside):
            _put_state(target, is_archived=False, cause="")
        return
    # Until now it had only own mail, and what others wrote lies only in the server's archive.
    inside = any(item.in_archive and item.is_incoming for item in new)
    if inside and not outside and target.incoming_count == 0:
        _put_state(target, is_archived=True, cause="server")


def _first_state(new: Sequence[Newcomer]) -> tuple[int, str, int | None]:
    """`is_archived, archived_cause, archived_at` of a new conversation."""
    snapshots = [item.snapshot for item in new]
    known = [snapshot for snapshot in snapshots if snapshot is not None]
    if known and len(known) == len(new) and all(snapshot.is_archived for snapshot in known):
        return 1, known[0].archived_cause, now_ms()
    inside = any(item.in_archive for item in new)
    if inside and all(item.in_archive or not item.is_incoming for item in new):
        return 1, "server", now_ms()
    return 0, "", None


def _put_state(state: _State, *, is_archived: bool, cause: str) -> None:
    state.is_archived, state.archived_cause = is_archived, cause
    database.run(
        "UPDATE conversation SET is_archived = ?, archived_cause = ?, "
        "archived_at = CASE WHEN ? THEN coalesce(archived_at, ?) END WHERE id = ?",
        (is_archived, cause, is_archived, now_ms(), state.id),
    )
    kind = "archive" if is_archived else "restore"
    ledger.write([ledger.Entry(kind, ledger.RULE, conversation_id=state.id)])


def bring_back_from_server_archive(message_ids: Iterable[int]) -> list[int]:
    """Unarchive conversations with incoming mail that was also met outside the server's archive.

    Those that the user archived stay archived. Return the conversations that changed.
    """
    changed: list[int] = []
    for chunk in chunks(message_ids):
        found = database.rows(
            "UPDATE conversation SET is_archived = 0, archived_cause = '', archived_at = NULL "
            "WHERE archived_cause = 'server' AND is_archived = 1 AND id IN "
            "(SELECT conversation_id FROM message WHERE is_own = 0 AND is_draft = 0 "
            f"AND id IN ({database.marks(len(chunk))})) RETURNING id",
            chunk,
        )
        changed += [conversation_id for (conversation_id,) in found]
    ledger.write(
        ledger.Entry("restore", ledger.RULE, conversation_id=conversation_id)
        for conversation_id in changed
    )
    return changed
