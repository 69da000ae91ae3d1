"""Lists come in order, by their indexes, and their counts are the counts of rows."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from models.queries import conversation_list
from models.queries.conversation_list import BLOCK, Counts, FolderCounts, ListQuery
from models.store import database

QUERIES = [
    ListQuery(view, account_id)
    for view, account_id in product(("inbox", "sent", "archive"), (None, 1, 2))
] + [ListQuery("search")]

COLUMNS = {
    "account_id": 1,
    "subject": "Renewal",
    "parties": json.dumps([["Anna", "anna@example.test"], ["", ""]]),
    "snippet": "Hello",
    "newest_at": 0,
    "message_count": 2,
    "unread_count": 0,
    "attachment_count": 0,
    "incoming_count": 1,
    "own_count": 0,
    "draft_count": 0,
    "is_archived": 0,
    "link_key": "",
    "link_title": "",
}


def add_conversation(**columns: Any) -> int:
    values = COLUMNS | columns
    return database.insert(
        f"INSERT INTO conversation ({', '.join(values)}) VALUES ({database.marks(len(values))})",
        tuple(values.values()),
    )


def add_account(address: str) -> int:
    return database.insert(
        "INSERT INTO account (address, imap_host, imap_port, imap_security, smtp_host, smtp_port,"
        " smtp_security, created_at) VALUES (?, 'h', 993, 'tls', 'h', 465, 'tls', 0)",
        (address,),
    )


@pytest.fixture
def accounts(store: Path) -> tuple[int, int]:
    return add_account("one@example.test"), add_account("two@example.test")


@pytest.fixture
def many(accounts: tuple[int, int]) -> list[dict[str, Any]]:
    """1,000 conversations of every state, some with equal times."""
    generator = random.Random(3)
    made = []
    with database.writing(durable=False):
        for _ in range(1000):
            columns = {
                "account_id": generator.choice(accounts),
                "newest_at": generator.randrange(400),
                "unread_count": generator.choice((0, 0, 3)),
                "incoming_count": generator.choice((0, 1, 2)),
                "own_count": generator.choice((0, 1)),
                "is_archived": generator.choice((0, 0, 1)),
            }
            made.append(columns | {"id": add_conversation(**columns)})
    return made


def expected(many: Sequence[dict[str, Any]], query: ListQuery) -> list[tuple[int, int]]:
    conditions: dict[str, Callable[[dict[str, Any]], bool]] = {
        "inbox": lambda row: not row["is_archived"] and row["incoming_count"] > 0,
        "sent": lambda row: row["own_count"] > 0,
        "archive": lambda row: row["is_archived"] == 1,
        "search": lambda row: True,
    }
    belongs = conditions[query.view]
    pairs = [
        (row["id"], row["newest_at"])
        for row in many
        if belongs(row) and query.account_id in (None, row["account_id"])
    ]
    return sorted(pairs, key=lambda pair: (-pair[1], -pair[0]))


@pytest.mark.parametrize("query", QUERIES)
def test_ids_are_the_right_ones_newest_first(many: list[dict[str, Any]], query: ListQuery) -> None:
    found = conversation_list.ids(query)
    right = expected(many, query)
    assert right
    assert list(zip(found.ids, found.keys, strict=True)) == right
    assert list(conversation_list.ids(query, 10).ids) == [id_ for id_, _ in right[:10]]


@pytest.mark.parametrize("query", QUERIES)
def test_each_order_is_an_index(accounts: tuple[int, int], query: ListQuery) -> None:
    sql, parameters = conversation_list.ids_statement(query)
    plan = " ".join(row[3] for row in database.rows(f"EXPLAIN QUERY PLAN {sql}", parameters))
    name = "newest" if query.view == "search" else query.view
    index = f"conversation_{'account_' if query.account_id else ''}{name}"
    assert f"USING COVERING INDEX {index}" in plan
    assert "TEMP B-TREE" not in plan


def test_a_search_view_of_one_account_needs_no_sorting(accounts: tuple[int, int]) -> None:
    sql, parameters = conversation_list.ids_statement(ListQuery("search", 1))
    plan = " ".join(row[3] for row in database.rows(f"EXPLAIN QUERY PLAN {sql}", parameters))
    assert "conversation_newest" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("query", [*QUERIES, ListQuery("search", 1)])
def test_places_are_those_of_the_list(many: list[dict[str, Any]], query: ListQuery) -> None:
    right = dict(expected(many, query))
    every = [row["id"] for row in many]
    assert conversation_list.places(query, [*every, 99_999]) == right
    assert conversation_list.places(query, []) == {}
    few = every[:7]
    assert conversation_list.places(query, few) == {id_: right[id_] for id_ in few if id_ in right}


def test_a_row_has_what_a_list_shows(accounts: tuple[int, int]) -> None:
    id_ = add_conversation(
        newest_at=5, unread_count=1, attachment_count=2, is_archived=1, draft_count=1,
        link_key="deal:12", link_title="Big deal", own_count=1,
    )  # fmt: skip
    (row,) = conversation_list.rows([id_])
    assert row == conversation_list.ConversationRow(
        id=id_, account_id=1, subject="Renewal",
        parties=(("Anna", "anna@example.test"), ("", "")), snippet="Hello", newest_at=5,
        message_count=2, unread_count=1, has_attachment=True, is_archived=True, draft_count=1,
        link_key="deal:12", link_title="Big deal", incoming_count=1,
    )  # fmt: skip
    assert row.is_archived is True


@pytest.mark.parametrize("count", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 300])
def test_rows_keep_the_order_asked_for(many: list[dict[str, Any]], count: int) -> None:
    wanted = list(conversation_list.ids(ListQuery("search"), count).ids)
    assert [row.id for row in conversation_list.rows(wanted)] == wanted
    assert [row.id for row in conversation_list.rows([*wanted, 99_999])] == wanted


def test_counts_are_the_counts_of_rows(many: list[dict[str, Any]]) -> None:
    found = conversation_list.counts()
    for account_id in (None, 1, 2):
        part = found.of(account_id)
        for view in ("inbox", "sent", "archive"):
            assert getattr(part, view) == len(expected(many, ListQuery(view, account_id)))
        inbox = {id_ for id_, _ in expected(many, ListQuery("inbox", account_id))}
        assert part.inbox_unread == sum(
            row["id"] in inbox and row["unread_count"] > 0 for row in many
        )
    assert found.total.inbox == sum(part.inbox for part in found.by_account.values())


def test_counts_of_an_empty_store(store: Path) -> None:
    assert conversation_list.counts() == Counts(FolderCounts(), {})
    assert conversation_list.counts().of(7) == FolderCounts()


def test_the_outbox_counts_what_is_still_to_be_sent(accounts: tuple[int, int]) -> None:
    for kind, state in (("send", "pending"), ("send", "done"), ("flags", "pending")):
        database.run(
            "INSERT INTO operation (account_id, command_id, kind, identity, state, created_at,"
            " changed_at) VALUES (1, 'c', ?, x'00', ?, 0, 0)",
            (kind, state),
        )
    assert conversation_list.counts().total.outbox == 1
    assert conversation_list.counts().of(2).outbox == 0


def test_counts_of_the_unread_pass_over_the_read(accounts: tuple[int, int]) -> None:
    sql = f"SELECT count(*) FROM conversation WHERE account_id = 1 AND {conversation_list._UNREAD}"
    plan = " ".join(row[3] for row in database.rows(f"EXPLAIN QUERY PLAN {sql}"))
    assert "conversation_unread" in plan


def test_an_unknown_view_is_refused(store: Path) -> None:
    with pytest.raises(ValueError, match="elsewhere"):
        conversation_list.ids(ListQuery("elsewhere"))
