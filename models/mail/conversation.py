"""Conversations: the rows behind every list, computed from their messages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, TypeVar

from peewee import AutoField, BooleanField, ForeignKeyField, IntegerField, TextField

from models.accounts.account import Account
from models.store import database
from models.store.database import BaseModel

_T = TypeVar("_T")

CHUNK = 500  # ids in one query
MOST_PARTIES = 12  # a row never shows more


class Conversation(BaseModel):
    """Messages tied by Message-ID, In-Reply-To and References."""

    id = AutoField()
    account = ForeignKeyField(Account, on_delete="CASCADE", index=False)
    subject = TextField(default="")
    parties = TextField(default="[]")
    snippet = TextField(default="")
    newest_at = IntegerField(default=0)
    oldest_at = IntegerField(default=0)
    message_count = IntegerField(default=0)
    unread_count = IntegerField(default=0)
    attachment_count = IntegerField(default=0)
    incoming_count = IntegerField(default=0)
    own_count = IntegerField(default=0)
    draft_count = IntegerField(default=0)
    is_archived = BooleanField(default=False)
    archived_cause = TextField(default="")
    archived_at = IntegerField(null=True)
    link_key = TextField(default="")
    link_title = TextField(default="")


def chunks(ids: Iterable[int], size: int = CHUNK) -> Iterator[list[int]]:
    """The ids, each once and in their order, in lists that one query can hold."""
    rest = iter(dict.fromkeys(ids))
    while chunk := list(islice(rest, size)):
        yield chunk


# Mail that came in the same second is in the order in which it was written.
IN_ORDER = "received_at, COALESCE(dated_at, received_at), id"


def parts(values: Sequence[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    """The values in slices that one query can hold."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


# What `_summary` gives.
_COLUMNS = (
    *("subject", "parties", "snippet", "newest_at", "oldest_at", "message_count"),
    *("unread_count", "attachment_count", "incoming_count", "own_count", "draft_count"),
)


def refresh(conversation_ids: Iterable[int]) -> tuple[int, ...]:
    """Compute the rows of these conversations anew; the ids that are gone as empty (R6)."""
    removed: list[int] = []
    for chunk in chunks(conversation_ids):
        removed += _refresh(chunk)
    return tuple(removed)


def _refresh(ids: Sequence[int]) -> list[int]:
    found = database.rows_at_once(
        ("conversation_id", "received_at", "subject", "from_name", "from_address", "snippet",
         "is_own", "is_read", "is_draft", "attachment_count"),
        f"SELECT * FROM message WHERE conversation_id IN ({database.marks(len(ids))})",
        ids,
        order=f"conversation_id, {IN_ORDER}",
    )  # fmt: skip
    updates = [
        (*_summary([row[1:] for row in group]), conversation_id)
        for conversation_id, group in groupby(found, itemgetter(0))
    ]
    database.update_many("conversation", _COLUMNS, updates)
    left = {update[-1] for update in updates}
    return _remove([conversation_id for conversation_id in ids if conversation_id not in left])


def _remove(ids: Sequence[int]) -> list[int]:
    if not ids:
        return []
    found = database.rows(
        f"DELETE FROM conversation WHERE id IN ({database.marks(len(ids))}) RETURNING id", ids
    )
    return [conversation_id for (conversation_id,) in found]


def _summary(messages: Sequence[database.Row]) -> tuple[Any, ...]:
    """The columns of a conversation, of its messages in their order of arrival."""
    oldest, newest = messages[0], messages[-1]
    own = sum(1 for row in messages if row[5] and not row[7])
    drafts = sum(1 for row in messages if row[7])
    return (
        oldest[1],
        _parties(messages),
        newest[4],
        newest[0],
        oldest[0],
        len(messages),
        sum(1 for row in messages if not row[6] and not row[5]),
        sum(row[8] for row in messages),
        len(messages) - own - drafts,
        own,
        drafts,
    )


def _parties(messages: Sequence[database.Row]) -> str:
    """Distinct senders, the newest last; the person's own mail as ["", ""]."""
    senders: dict[str, tuple[str, str]] = {}
    for row in messages:
        _at, _subject, name, address, _snippet, is_own = row[:6]
        key = "" if is_own else address
        senders.pop(key, None)
        senders[key] = ("", "") if is_own else (name, address)
    return _encode(list(senders.values())[-MOST_PARTIES:])


# json.dumps makes a new encoder at each call that is not its default.
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def accounts_of(conversation_ids: Iterable[int]) -> dict[int, list[int]]:
    """The conversations that still exist, by their account."""
    found: dict[int, list[int]] = {}
    for chunk in chunks(conversation_ids):
        rows = database.rows(
            "SELECT account_id, id FROM conversation "
            f"WHERE id IN ({database.marks(len(chunk))}) ORDER BY id",
            chunk,
        )
        for account_id, conversation_id in rows:
            found.setdefault(account_id, []).append(conversation_id)
    return found


def message_ids(conversation_ids: Iterable[int]) -> list[int]:
    """The messages of these conversations, in their order of arrival."""
    found: list[int] = []
    for chunk in chunks(conversation_ids):
        rows = database.rows(
            f"SELECT id FROM message WHERE conversation_id IN ({database.marks(len(chunk))}) "
            f"ORDER BY conversation_id, {IN_ORDER}",
            chunk,
        )
        found += [message_id for (message_id,) in rows]
    return found


def of_messages(ids: Iterable[int]) -> list[int]:
    """The conversations that these messages are in, each once."""
    found: dict[int, None] = {}
    for chunk in chunks(ids):
        rows = database.rows(
            f"SELECT conversation_id FROM message WHERE id IN ({database.marks(len(chunk))})", chunk
        )
        found |= {conversation_id: None for (conversation_id,) in rows}
    return list(found)
