"""Links of conversations to records."""

from __future__ import annotations

import pytest

from models import database, link, pipeline
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
    link.offer(owner, second)
    assert link.put(owner, first, origin="person")
    assert link.put(owner, second, origin="rule", reason={"code": "one_open"})
    assert link.of_conversations([owner]) == {owner: second}
    assert one("SELECT link_title FROM conversation") == "Second"
    assert one("SELECT count(*) FROM link_offer") == 0
    assert link.take(owner) == second
    assert one("SELECT link_key || link_title FROM conversation") == ""
    assert link.take(owner) == ""


def test_a_record_that_is_gone_gets_no_link() -> None:
    box = boxes()
    box.take(box.mail("a"))
    assert not link.put(conversation_of("a"), "deal:9", origin="person")
    assert one("SELECT count(*) FROM link") == 0


def test_titles_are_those_of_records_that_exist() -> None:
    assert pipeline.titles([deal("A"), "lead:5", deal("B"), "deal:1"]) == ("A", "B")
