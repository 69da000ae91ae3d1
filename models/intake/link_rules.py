"""Link new mail by rules, inside the transaction that takes it in (M12, M13).

A message is linked to every person whose address it has. A new conversation is linked to a deal,
lead or project if its persons have exactly one open item altogether and that item is older than the
conversation. If they have several, it asks. A reason is a code and ids, never words. A batch takes
a few queries by key, so the number of persons makes no difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from models.accounts import account
from models.mail import links
from models.mail.threading import Joined, Newcomer
from models.records import records
from models.records.records import ITEMS, OPEN, Kind
from models.store import database, ledger
from models.store.database import chunks
from models.store.hashing import key64

ONE_OPEN: Final = "one_open"  # the only open item of the persons, older than the conversation
SEVERAL_OPEN: Final = "several_open"  # an offer: the persons have more than one
BEGAN_BEFORE: Final = "began_before"  # an offer: past mail showed that the conversation is older


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An open deal, lead or project, and which of the conversation's persons belong to it."""

    record_key: str
    created_at: int
    person_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rule decides for a new conversation: an item to link, or items to offer."""

    linked: OpenItem | None = None
    offered: tuple[OpenItem, ...] = ()


@dataclass(slots=True)
class _Found:
    """The persons of new messages; `others` has those that count for a deal, lead or project."""

    persons: dict[int, set[int]] = field(default_factory=dict)
    others: dict[int, set[int]] = field(default_factory=dict)


def judge(items: Sequence[OpenItem], started_at: int) -> Verdict:
    """Apply M13 to all open items of all persons of a new conversation.

    INTERNALDATE has whole seconds, so an item from the same second counts as older.
    """
    older = [item for item in items if item.created_at // 1000 <= started_at // 1000]
    if len(items) == 1:
        return Verdict(linked=older[0] if older else None)
    return Verdict(offered=tuple(items) if older else ())


def link_new(
    account_id: int, newcomers: Mapping[int, Newcomer], joined: Joined, *, is_past: bool
) -> tuple[str, ...]:
    """Link new mail; return the keys of all records whose history changed."""
    if not newcomers:
        return ()
    found = _find_persons(account_id, newcomers)
    old = [id_ for id_ in joined.conversation_ids if id_ not in joined.made_ids]
    keys = [f"{Kind.PERSON}:{id_}" for ids in found.persons.values() for id_ in ids]
    fresh = joined.made_ids | _drafts_so_far(old, newcomers, joined)
    if is_past:
        keys += _take_back(account_id, old, newcomers, joined)
        fresh |= _grown(old, newcomers, joined)
    keys += links.of_conversations(old).values()
    keys += _judge_new(account_id, newcomers, joined, fresh, found.others)
    return records.with_organizations(keys) if keys else ()


def _find_persons(account_id: int, newcomers: Mapping[int, Newcomer]) -> _Found:
    """Apply M12: write `message_person`. The account's own addresses do not count for M13."""
    own = {key64(address) for address in account.own_addresses(account_id)}
    found = _Found()
    rows: list[database.Row] = []
    for chunk in chunks(newcomers):
        rows += database.rows(
            "SELECT a.message_id, p.person_id, a.key FROM message_address a "
            "CROSS JOIN person_address p ON p.key = a.key "
            f"WHERE a.message_id IN ({database.marks(len(chunk))})",
            chunk,
        )
    for message_id, person_id, key in rows:
        found.persons.setdefault(message_id, set()).add(person_id)
        if key not in own:
            found.others.setdefault(message_id, set()).add(person_id)
    database.run_many(
        "INSERT OR IGNORE INTO message_person (message_id, person_id, received_at) "
        "VALUES (?, ?, ?)",
        [
            (id_, person_id, newcomers[id_].received_at)
            for id_, persons in found.persons.items()
            for person_id in persons
        ],
    )
    return found


def _judge_new(
    account_id: int,
    newcomers: Mapping[int, Newcomer],
    joined: Joined,
    fresh: Iterable[int],
    persons: Mapping[int, set[int]],
) -> list[str]:
    """Apply M13 to each new conversation, over all its messages of this batch."""
    members: dict[int, list[Newcomer]] = {}
    for message_id, new in newcomers.items():
        members.setdefault(joined.of_message[message_id], []).append(new)
    asked: dict[int, set[int]] = {}
    for conversation_id in fresh:
        group = members[conversation_id]
        # Mail that came back already has its old links, or had none.
        if all(new.is_draft for new in group) or any(new.snapshot for new in group):
            continue
        ids = {id_ for new in group for id_ in persons.get(new.message_id, ())}
        if ids:
            asked[conversation_id] = ids
    items = open_items({id_ for ids in asked.values() for id_ in ids}) if asked else {}
    verdicts = {
        conversation_id: judge(
            merged(items, ids), min(new.received_at for new in members[conversation_id])
        )
        for conversation_id, ids in asked.items()
    }
    return _apply(account_id, verdicts)


def _drafts_so_far(
    conversation_ids: Sequence[int], newcomers: Mapping[int, Newcomer], joined: Joined
) -> set[int]:
    """Find the conversations that had only drafts: one counts as new when its first mail comes."""
    mails: dict[int, int] = {}
    for message_id, new in newcomers.items():
        owner = joined.of_message[message_id]
        mails[owner] = mails.get(owner, 0) + (not new.is_draft)
    found: set[int] = set()
    for chunk in chunks(conversation_ids):
        rows = database.rows(
            "SELECT id, message_count - draft_count FROM conversation c "
            f"WHERE id IN ({database.marks(len(chunk))}) AND draft_count > 0 AND link_key = '' "
            "AND NOT EXISTS (SELECT 1 FROM ledger "
            "WHERE kind = 'unlink' AND conversation_id = c.id)",
            chunk,
        )
        found |= {id_ for id_, count in rows if 0 < count == mails[id_]}
    return found


def _grown(
    conversation_ids: Sequence[int], newcomers: Mapping[int, Newcomer], joined: Joined
) -> set[int]:
    """Find the conversations that got their first mail only now: past mail comes newest first.

    Each is judged as if that mail had come first. A conversation that had a known person before was
    judged then, and one that the user unlinked stays unlinked.
    """
    started = _starts(newcomers, joined)
    found: set[int] = set()
    for chunk in chunks(conversation_ids):
        marks = database.marks(len(chunk))
        rows = database.rows_at_once(
            ("id", "oldest_at"),
            f"SELECT * FROM conversation WHERE id IN ({marks}) AND link_key = ''",
            chunk,
            order="id",
        )
        found |= {id_ for id_, oldest_at in rows if started[id_] <= oldest_at}
    for chunk in chunks(list(found)):
        marks = database.marks(len(chunk))
        judged = database.rows(
            "SELECT m.conversation_id, m.id FROM message m WHERE EXISTS (SELECT 1 FROM "
            "message_person p WHERE p.message_id = m.id) AND m.conversation_id "
            f"IN ({marks}) UNION ALL SELECT conversation_id, NULL FROM ledger "
            f"WHERE kind = 'unlink' AND conversation_id IN ({marks})",
            (*chunk, *chunk),
        )
        found -= {owner for owner, message_id in judged if message_id not in newcomers}
    return found


def _starts(newcomers: Mapping[int, Newcomer], joined: Joined) -> dict[int, int]:
    """When the first new message of each conversation was received."""
    started: dict[int, int] = {}
    for message_id, new in newcomers.items():
        owner = joined.of_message[message_id]
        started[owner] = min(new.received_at, started.get(owner, new.received_at))
    return started


# One statement per kind, because the id is at the end of the key.
_OPEN_OF = " UNION ALL ".join(
    f"SELECT r.person_id, r.record_key, i.created_at FROM record_person r JOIN {kind} i "
    f"ON i.id = CAST(substr(r.record_key, {len(kind) + 2}) AS INTEGER) "
    f"WHERE r.person_id IN ({{marks}}) AND r.record_key GLOB '{kind}:*' AND i.status = '{OPEN}'"
    for kind in ITEMS
)


def open_items(person_ids: Iterable[int]) -> dict[int, list[OpenItem]]:
    """The open deals, leads and projects of each person who has any."""
    found: dict[int, list[OpenItem]] = {}
    for chunk in chunks(person_ids):
        sql = _OPEN_OF.format(marks=database.marks(len(chunk)))
        for person_id, record_key, created_at in database.rows(sql, (*chunk, *chunk, *chunk)):
            found.setdefault(person_id, []).append(OpenItem(record_key, created_at))
    return found


def merged(items: Mapping[int, list[OpenItem]], person_ids: Iterable[int]) -> list[OpenItem]:
    """The open items of all these persons, each once, the oldest first."""
    persons: dict[str, list[int]] = {}
    created: dict[str, int] = {}
    for person_id in sorted(person_ids):
        for item in items.get(person_id, ()):
            persons.setdefault(item.record_key, []).append(person_id)
            created[item.record_key] = item.created_at
    ordered = sorted(created, key=lambda key: (created[key], key))
    return [OpenItem(key, created[key], tuple(persons[key])) for key in ordered]


def _apply(account_id: int, verdicts: Mapping[int, Verdict]) -> list[str]:
    """Write the links and offers; return the records that were linked."""
    reasons = _Texts()
    links.offer_many(
        (conversation_id, item.record_key, reasons[item.person_ids])
        for conversation_id, verdict in verdicts.items()
        for item in verdict.offered
    )
    taken = links.of_conversations(verdicts)
    linked: list[str] = []
    for conversation_id, verdict in verdicts.items():
        item = verdict.linked
        if item is not None and conversation_id not in taken:
            reason = _reason(ONE_OPEN, item)
            links.put(conversation_id, item.record_key, origin="rule", reason=reason)
            _tell(account_id, "link", conversation_id, item.record_key, ONE_OPEN)
            linked.append(item.record_key)
    return linked


class _Texts(dict[tuple[int, ...], str]):
    """Reasons of offers as JSON, cached by persons: thousands of offers share a few hundred."""

    def __missing__(self, person_ids: tuple[int, ...]) -> str:
        text = json.dumps({"code": SEVERAL_OPEN, "persons": list(person_ids)})
        self[person_ids] = text
        return text


def _reason(code: str, item: OpenItem) -> dict[str, object]:
    return {"code": code, "persons": list(item.person_ids)}


def _take_back(
    account_id: int,
    conversation_ids: Sequence[int],
    newcomers: Mapping[int, Newcomer],
    joined: Joined,
) -> list[str]:
    """Undo the rule's links to items that are younger than the conversation; offer them instead.

    Past mail comes newest first, so a conversation may prove older than it seemed. The result is as
    if its first mail had come first.
    """
    started = _starts(newcomers, joined)
    touched: list[str] = []
    for chunk in chunks(conversation_ids):
        rows = database.rows(
            "SELECT conversation_id, record_key FROM link WHERE origin = 'rule' "
            f"AND reason ->> 'code' = '{ONE_OPEN}' "
            f"AND conversation_id IN ({database.marks(len(chunk))})",
            chunk,
        )
        for conversation_id, record_key in rows:
            kind, record_id = records.split(record_key)
            created = database.value(f"SELECT created_at FROM {kind} WHERE id = ?", (record_id,))
            if created is not None and created // 1000 > started[conversation_id] // 1000:
                links.take(conversation_id)
                links.offer(conversation_id, record_key, {"code": BEGAN_BEFORE})
                _tell(account_id, "unlink", conversation_id, record_key, BEGAN_BEFORE)
                touched.append(record_key)
    return touched


def _tell(account_id: int, kind: str, conversation_id: int, record_key: str, code: str) -> None:
    entry = ledger.Entry(
        kind,
        ledger.RULE,
        account_id,
        None,
        conversation_id,
        record_keys=(record_key,),
        evidence={"code": code},
    )
    ledger.write([entry])
