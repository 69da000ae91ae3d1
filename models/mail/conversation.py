"""Compute the rows of conversations, which every list shows, from their messages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from models.store import database

MOST_PARTIES = 12  # a row never shows more


# Mail that arrived in the same second is sorted by when it was written.
IN_ORDER = "received_at, COALESCE(dated_at, received_at), id"


# The columns that `_summary` computes.
_COLUMNS = (
    *("subject", "parties", "snippet", "newest_at", "oldest_at", "message_count"),
    *("unread_count", "attachment_count", "incoming_count", "own_count", "draft_count"),
)


def refresh(conversation_ids: Iterable[int]) -> tuple[int, ...]:
    """Compute the rows of these conversations again; remove the empty ones (R6).

    Return the ids of those removed.
    """
    removed: list[int] = []
    for chunk in database.chunks(conversation_ids):
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
    """The columns of a conversation, from its messages in order of arrival."""
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
    """Distinct senders as JSON, the newest last; the user's own mail stands as ["", ""]."""
    senders: dict[str, tuple[str, str]] = {}
    for row in messages:
        _at, _subject, name, address, _snippet, is_own = row[:6]
        key = "" if is_own else address
        senders.pop(key, None)
        senders[key] = ("", "") if is_own else (name, address)
    return _encode(list(senders.values())[-MOST_PARTIES:])


# json.dumps makes a new encoder for each call with other than the default options.
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def accounts_of(conversation_ids: Iterable[int]) -> dict[int, list[int]]:
    """The conversations that still exist, by their account."""
    found: dict[int, list[int]] = {}
    for chunk in database.chunks(conversation_ids):
        rows = database.rows(
            "SELECT account_id, id FROM conversation "
            f"WHERE id IN ({database.marks(len(chunk))}) ORDER BY id",
            chunk,
        )
        for account_id, conversation_id in rows:
            found.setdefault(account_id, []).append(conversation_id)
    return found


def message_ids(conversation_ids: Iterable[int]) -> list[int]:
    """The messages of these conversations, in order of arrival."""
    found: list[int] = []
    for chunk in database.chunks(conversation_ids):
        rows = database.rows(
            f"SELECT id FROM message WHERE conversation_id IN ({database.marks(len(chunk))}) "
            f"ORDER BY conversation_id, {IN_ORDER}",
            chunk,
        )
        found += [message_id for (message_id,) in rows]
    return found


def of_messages(ids: Iterable[int]) -> list[int]:
    """The conversations of these messages, each once."""
    found: dict[int, None] = {}
    for chunk in database.chunks(ids):
        rows = database.rows(
            f"SELECT conversation_id FROM message WHERE id IN ({database.marks(len(chunk))})", chunk
        )
        found |= {conversation_id: None for (conversation_id,) in rows}
    return list(found)
