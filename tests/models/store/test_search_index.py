"""Search finds words as they are typed, takes nothing for syntax, and forgets what is deleted."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.queries import conversation_list
from models.queries.conversation_list import ListQuery
from models.store import database, search_index
from models.store.compression import compress_text
from tests.models.queries.test_conversation_list import add_account, add_conversation

HOSTILE = [
    '"', '""', "*", "-", "(", ")", "NEAR(a b)", "NEAR", "AND", "OR NOT", "a AND", "^a", "a*b*",
    "subject:", "subject:offer", "{subject}: a", 'a" OR "b', "'; DROP TABLE message; --", "\0", "a\0b",
    "a + b", "\ud800", "\u0301", "💥", "x" * 50_000, "a " * 5000, '"' * 999, "rank MATCH 1", "- -x",
]  # fmt: skip


def add_message(conversation_id: int, account_id: int = 1, **columns: Any) -> int:
    """A message with its index entry, as intake writes it."""
    recipients = columns.get("recipients", {"to": [["Bo", "bo@example.test"]]})
    values = {
        "account_id": account_id, "conversation_id": conversation_id, "identity": b"0" * 16,
        "subject": columns.get("subject", ""), "from_name": columns.get("from_name", ""),
        "from_address": columns.get("from_address", ""), "recipients": json.dumps(recipients),
        "received_at": 0, "added_at": 0,
    }  # fmt: skip
    id_ = database.insert(
        f"INSERT INTO message ({', '.join(values)}) VALUES ({database.marks(len(values))})",
        tuple(values.values()),
    )
    body = columns.get("body", "")
    database.run("INSERT INTO body (message_id, indexed) VALUES (?, ?)", (id_, compress_text(body)))
    for position, name in enumerate(columns.get("files", ())):
        database.run(
            "INSERT INTO attachment (message_id, position, file_name) VALUES (?, ?, ?)",
            (id_, position, name),
        )
    addresses = search_index.addresses_of(values["from_name"], values["from_address"], recipients)
    files = search_index.names_of(columns.get("files", ()))
    search_index.add_many([(id_, values["subject"], addresses, body, files)])
    return id_


def delete_message(message_id: int) -> None:
    search_index.remove([message_id])
    database.run("DELETE FROM message WHERE id = ?", (message_id,))


def check_index() -> None:
    """Raises if the index is damaged, for example by a delete with other words than the add."""
    database.run("INSERT INTO search (search) VALUES ('integrity-check')")


def terms() -> set[str]:
    """Every word in the index."""
    database.run(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING fts5vocab (main, search, row)"
    )
    return {term for (term,) in database.rows("SELECT term FROM temp.words")}


@pytest.fixture
def conversation(store: Path) -> int:
    add_account("one@example.test")
    add_account("two@example.test")
    return add_conversation(newest_at=10)


def found(text: str, **options: Any) -> list[int]:
    return list(search_index.find(text, **options).ids)


@pytest.mark.parametrize(
    "text",
    [
        "renewal", "RENEWAL", "ren", "renewal offer", "offer renewal", "offer ren", "kowalska",
        "anna@example.test", "bo@", "example", "zolc", "żółć", "Żół", "pawel", "Paweł", "strasse",
        "Straße", "resume", "budget", "pdf", "quarterly.pdf", '"renewal of the offer"',
        '"the offer', 'renewal "the offer" ', "  renewal  ", "renewal - ***", "re-newal", "e\u0301te",
    ],
)  # fmt: skip
def test_what_finds_a_mail(conversation: int, text: str) -> None:
    add_message(
        conversation, subject="Renewal of the offer", from_name="Anna Kowalska",
        from_address="anna@example.test", files=("Quarterly.PDF",),
        body="Żółć for Paweł, Lange Straße: résumé and budget. Re newal, été",
    )  # fmt: skip
    assert found(text) == [conversation]


@pytest.mark.parametrize(
    "text",
    ["ren ", "renewal x", '"offer renewal"', '"renew"', "newal", "renewal -offer nothing", "AND"],
)
def test_what_does_not_find_it(conversation: int, text: str) -> None:
    add_message(conversation, subject="Renewal of the offer")
    assert found(text) == []


def test_words_of_a_query_are_never_syntax(conversation: int) -> None:
    add_message(conversation, subject="NEAR AND OR NOT subject offer rank")
    assert (
        found("NEAR")
        == found("AND ")
        == found("or not")
        == found("subject:offer")
        == [conversation]
    )
    assert found("subject:rank") == []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_data(conversation: int, text: str) -> None:
    add_message(conversation, subject="offer")
    assert found(text) in ([], [conversation])
    assert conversation_list.ids(ListQuery("search", text=text)) is not None
    assert conversation_list.places(ListQuery("search", text=text), [conversation]) is not None


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_any_text_compiles_to_quoted_words(text: str) -> None:
    expression = search_index.compile_query(text)
    for part in expression.split(" AND ") if expression else ():
        quoted = part.removesuffix(" *")
        assert quoted[0] == quoted[-1] == '"'
        assert '"' not in quoted[1:-1]


def test_as_you_type() -> None:
    assert search_index.compile_query("big off") == '"big" AND "off" *'
    assert search_index.compile_query("big off ") == '"big" AND "off"'
    assert search_index.compile_query('"big off"') == '"big off"'
    assert search_index.compile_query('x "big off') == '"x" AND "big off" *'
    assert search_index.compile_query("off big off") == '"off" AND "big" AND "off" *'
    assert search_index.compile_query(" *- ") == search_index.compile_query("") == ""


def test_no_word_does_not_filter(conversation: int) -> None:
    for text in ("", "  ", "*", '"'):
        assert list(conversation_list.ids(ListQuery("search", text=text)).ids) == [conversation]


@pytest.mark.parametrize(("many", "gap", "ranges"), [(50_000, 1000, 6), (20, 3, 99), (20, 3, 1)])
def test_results_come_newest_first_whatever_their_ids(
    store: Path, monkeypatch: pytest.MonkeyPatch, many: int, gap: int, ranges: int
) -> None:
    monkeypatch.setattr(search_index, "_MANY", many)
    monkeypatch.setattr(search_index, "_GAP", gap)
    monkeypatch.setattr(search_index, "_RANGES", ranges)
    monkeypatch.setattr(search_index, "_WALK_CONVERSATIONS", 40)
    add_account("one@example.test")
    add_account("two@example.test")
    generator = random.Random(5)
    newest = {}
    for number in range(300):
        account_id, key = 1 + number % 2, generator.randrange(1000)
        id_ = add_conversation(newest_at=key, account_id=account_id, is_archived=number % 3 == 0)
        newest[id_] = key
        for _ in range(2):
            add_message(id_, account_id, subject=f"offer {'rare' if number % 50 == 0 else ''}")
    for word, step in (("offer", 1), ("offer ", 1), ("off", 1), ("rare", 50)):
        ids = [id_ for n, id_ in enumerate(newest) if n % step == 0]
        right = sorted(ids, key=lambda id_: (-newest[id_], -id_))
        for limit in (1, 5, 100, 1000):
            assert found(word, limit=limit) == right[:limit]
            of_two = [id_ for id_ in right if list(newest).index(id_) % 2 == 1]
            assert found(word, limit=limit, account_id=2) == of_two[:limit]
            archived = [id_ for id_ in right if list(newest).index(id_) % 3 == 0]
            query = ListQuery("archive", text=word)
            assert list(conversation_list.ids(query, limit).ids) == archived[:limit]
            assert set(conversation_list.places(query, ids)) == set(archived)
            some = ids[:3]
            assert set(conversation_list.places(query, some)) == set(archived) & set(some)


def test_deleted_mail_is_found_no_more(conversation: int) -> None:
    other = add_conversation(newest_at=11)
    gone = add_message(conversation, subject="offer alpha", body="beta", files=("gamma.pdf",))
    add_message(other, subject="offer delta")
    delete_message(gone)
    assert found("offer") == [other]
    assert not terms() & {"alpha", "beta", "gamma", "pdf"}
    check_index()


def test_merged_conversations_show_once(conversation: int) -> None:
    other = add_conversation(newest_at=11)
    add_message(conversation, subject="offer")
    add_message(other, subject="offer")
    database.run("UPDATE message SET conversation_id = ?", (conversation,))
    database.run("DELETE FROM conversation WHERE id = ?", (other,))
    assert found("offer") == [conversation]


def test_removing_what_is_not_in_the_index_harms_nothing(conversation: int) -> None:
    kept = add_message(conversation, subject="offer")
    gone = add_message(conversation, subject="other")
    search_index.remove([gone, gone, 12345])
    search_index.remove([gone])
    search_index.remove([])
    assert found("offer") == [conversation]
    assert terms() >= {"offer"}
    assert "other" not in terms()
    check_index()
    delete_message(kept)
    assert terms() == set()


def test_reindex_surrounds_a_change(conversation: int) -> None:
    changed = add_message(
        conversation, subject="offer", files=("old.pdf", "second.doc"), body="one"
    )
    with search_index.reindex([changed]):
        database.run("UPDATE attachment SET file_name = 'new.pdf' WHERE position = 0")
        database.run("UPDATE body SET indexed = ?", (compress_text("two"),))
    assert found("new") == found("two") == [conversation]
    assert not terms() & {"old", "one"}
    with search_index.reindex([changed]):
        database.run("DELETE FROM message")
    assert terms() == set()
    check_index()


def test_a_body_is_indexed_up_to_its_cap_and_taken_out_whole(conversation: int) -> None:
    words = [f"w{number}x" for number in range(60_000)]
    body = " ".join(words)
    assert len(body) > search_index.BODY_CHARACTERS
    id_ = add_message(conversation, body=body)
    assert found(words[100] + " ") == [conversation]
    assert found(words[-1]) == []
    delete_message(id_)
    assert terms() == set()
    check_index()


@pytest.mark.parametrize(
    "text", ["\ud800 broken", "nul\0inside", "Łódź Ærø ﬁne İstanbul ıx", "日本語 テスト"]
)
def test_strange_text_leaves_whole(conversation: int, text: str) -> None:
    stored = text.encode("utf-8", "replace").decode()
    id_ = add_message(conversation, subject=stored, body=text, files=(stored,))
    assert terms()
    delete_message(id_)
    assert terms() == set()
    check_index()
