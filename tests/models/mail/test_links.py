"""Links of conversations to records."""

from __future__ import annotations

import json

import pytest

from models.commands.execute import execute
from models.commands.links import LinkConversations
from models.mail import links
from models.records import records
from models.store import database
from tests.models.building import boxes, conversation_of, one

pytestmark = pytest.mark.usefixtures("store")


def deal(title: str) -> str:
    record_id = database.insert(
        "INSERT INTO deal (title, created_at, changed_at) VALUES (?, 1, 1)", (title,)
    )
    return f"deal:{record_id}"


def test_a_conversation_has_one_link_that_its_row_shows() -> None:
    box = boxes()
    box.take(box.mail("a"))
    owner = conversation_of("a")
    first, second = deal("First"), deal("Second")
    links.offer(owner, second)
    assert links.put(owner, first, origin="person")
    assert links.put(owner, second, origin="rule", reason={"code": "one_open"})
    assert links.of_conversations([owner]) == {owner: second}
    assert one("SELECT link_title FROM conversation") == "Second"
    assert one("SELECT count(*) FROM link_offer") == 0
    assert links.take(owner) == second
    assert one("SELECT link_key || link_title FROM conversation") == ""
    assert links.take(owner) == ""


def test_a_record_that_is_gone_gets_no_link() -> None:
    box = boxes()
    box.take(box.mail("a"))
    assert not links.put(conversation_of("a"), "deal:9", origin="person")
    assert one("SELECT count(*) FROM link") == 0


def test_titles_are_those_of_records_that_exist() -> None:
    assert records.titles([deal("A"), "lead:5", deal("B"), "deal:1"]) == ("A", "B")


def test_what_an_undo_links_or_unlinks_is_in_the_ledger_too() -> None:
    box = boxes()
    box.take(box.mail("a"))
    owner = conversation_of("a")
    first, second = deal("First"), deal("Second")
    execute(LinkConversations((owner,), first))
    moved = execute(LinkConversations((owner,), second))
    assert moved.undo is not None
    back = execute(moved.undo)
    assert back.undo is not None
    execute(back.undo)
    execute(back.undo)  # it is so already: nothing to tell
    told = database.rows(
        "SELECT kind, cause, record_keys FROM ledger WHERE kind = 'link' ORDER BY id"
    )
    assert [(kind, cause) for kind, cause, _ in told] == [("link", "person")] * 4
    assert [json.loads(keys)[0] for _, _, keys in told] == [first, second, first, second]
