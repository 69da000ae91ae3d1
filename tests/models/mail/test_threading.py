"""Conversations are formed by Message-IDs alone, in any order, and merged by R15."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.commands.archive import Archive
from models.commands.execute import execute
from models.deletion import deletion
from models.events import ConversationsChanged, LinksChanged
from models.flags import Flag
from models.mail import conversation, links
from models.store import database
from tests.models.building import DAY, START, archived, boxes, conversation_of, message_of, one

pytestmark = pytest.mark.usefixtures("store")
_accounts = count()


def test_a_late_parent_joins_its_children() -> None:
    box = boxes()
    box.take(box.mail("child1", reply_to=("parent",)))
    box.take(box.mail("other"))
    box.take(box.mail("child2", refs=("parent",)))
    assert conversation_of("child1") == conversation_of("child2") != conversation_of("other")
    box.take(box.mail("parent"))
    assert conversation_of("parent") == conversation_of("child1")


def test_the_same_subject_never_joins() -> None:
    box = boxes()
    box.take(box.mail("a", subject="Offer"), box.mail("b", subject="Re: Offer"))
    assert conversation_of("a") != conversation_of("b")


def test_another_account_is_another_conversation() -> None:
    box, other = boxes(), boxes("you@example.com")
    box.take(box.mail("a"))
    other.take(other.mail("b", refs=("a",)))
    assert conversation_of("a") != conversation_of("b")


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_order_in_any_batches_groups_the_same(data: st.DataObject) -> None:
    names = [f"m{number}" for number in range(8)]
    refs = {
        name: tuple(data.draw(st.lists(st.sampled_from([*names, "lost"]), max_size=2)))
        for name in names
    }
    expected = _closure(refs)
    order = data.draw(st.permutations(names))
    cuts = data.draw(st.lists(st.integers(1, 3), min_size=8, max_size=8))
    box = boxes(f"me{next(_accounts)}@example.com")
    rest = list(order)
    for cut in cuts:
        batch, rest = rest[:cut], rest[cut:]
        box.take(*(box.mail(name, subject=name, refs=refs[name]) for name in batch))
    found: dict[int, set[str]] = {}
    for owner, subject in database.rows(
        "SELECT conversation_id, subject FROM message WHERE account_id = ?", (box.account_id,)
    ):
        found.setdefault(owner, set()).add(subject)
    assert {frozenset(each) for each in found.values()} == expected
    assert one("SELECT count(*) FROM conversation WHERE account_id = ?", box.account_id) == len(
        expected
    )
    counts = database.rows(
        "SELECT c.message_count, count(m.id) FROM conversation c JOIN message m "
        "ON m.conversation_id = c.id GROUP BY c.id"
    )
    assert all(stored == real for stored, real in counts)


def _closure(refs: dict[str, tuple[str, ...]]) -> set[frozenset[str]]:
    """What belongs together, worked out the slow way: paint neighbours until nothing changes."""
    colour = {name: name for name in [*refs, "lost"]}
    for _ in refs:
        for name, named in refs.items():
            for other in named:
                colour = {
                    key: colour[name] if value == colour[other] else value
                    for key, value in colour.items()
                }
    groups: dict[str, set[str]] = {}
    for name in refs:
        groups.setdefault(colour[name], set()).add(name)
    return {frozenset(each) for each in groups.values()}


# --- the row ---------------------------------------------------------------------------------


def test_the_row_shows_its_messages() -> None:
    box = boxes()
    box.take(
        box.mail("b", "Sent", refs=("a",), sender="me@example.com", at=START + 1, text="Mine"),
        box.mail("a", at=START, subject="First"),
        box.mail("c", refs=("a",), at=START + 2, sender="bob@test", text="Newest", flags=Flag.SEEN),
    )
    row = database.rows(
        "SELECT subject, parties, snippet, newest_at, oldest_at, message_count, unread_count, "
        "incoming_count, own_count, draft_count FROM conversation"
    )[0]
    assert json.loads(row[1]) == [["Anna", "anna@customer.test"], ["", ""], ["Anna", "bob@test"]]
    assert (row[0], *row[2:]) == ("First", "Newest", START + 2, START, 3, 1, 2, 1, 0)


def test_it_disappears_with_its_last_message() -> None:
    box = boxes()
    box.take(box.mail("a"), box.mail("b", refs=("a",)))
    owner = conversation_of("a")
    deletion.delete_messages([message_of("a")], kind="own", cause="person")
    assert one("SELECT message_count FROM conversation") == 1
    events = deletion.delete_messages([message_of("b")], kind="own", cause="person")
    changed = [event for event in events if isinstance(event, ConversationsChanged)]
    assert changed[0].removed_ids == (owner,)
    assert one("SELECT count(*) FROM conversation") == 0


# --- R11 -------------------------------------------------------------------------------------


def archive(name: str) -> None:
    assert execute(Archive((conversation_of(name),))).count == 1


def test_a_new_incoming_mail_brings_its_conversation_back() -> None:
    box = boxes()
    box.take(box.mail("a"))
    archive("a")
    box.take(box.mail("b", refs=("a",)))
    assert not archived("a")


@pytest.mark.parametrize(
    ("mail", "take"),
    [
        ({"sender": "me@example.com"}, {}),
        ({"box": "Sent"}, {}),
        ({"flags": Flag.DRAFT}, {}),
        ({}, {"past": True}),
        ({}, {"quiet": True}),
        ({"box": "Archive"}, {}),
    ],
)
def test_other_mail_does_not(mail: dict[str, Any], take: dict[str, Any]) -> None:
    box = boxes()
    box.take(box.mail("a"))
    archive("a")
    box.take(box.mail("b", refs=("a",), **mail), **take)
    assert archived("b")


def test_a_further_copy_of_a_known_mail_does_not() -> None:
    box = boxes()
    box.take(box.mail("a"))
    archive("a")
    box.take(box.mail("a", "Customers"))
    box.take(box.mail("a", "Other"), past=True)
    assert archived("a")


# --- R15 -------------------------------------------------------------------------------------


def test_mail_met_only_in_the_archive_starts_archived() -> None:
    box = boxes()
    box.take(box.mail("a", "Archive"), past=True)
    assert archived("a")
    box.take(box.mail("b", "Archive"))
    assert archived("b")


def test_a_past_copy_in_inbox_brings_it_back() -> None:
    box = boxes()
    box.take(box.mail("a", "Archive"), past=True)
    box.take(box.mail("a"), past=True)
    assert not archived("a")


def test_both_in_one_batch_are_in_inbox() -> None:
    box = boxes()
    box.take(box.mail("a", "Archive"), box.mail("a"), past=True)
    assert not archived("a")


def test_moved_from_archive_to_inbox_by_another_program_changes_nothing() -> None:
    box = boxes()
    box.take(box.mail("a", "Archive"), past=True)
    box.take(box.mail("a"))
    assert archived("a")


def test_a_past_answer_in_inbox_brings_back_what_only_the_server_archived() -> None:
    box = boxes()
    box.take(box.mail("a", "Archive"), past=True)
    box.take(box.mail("b", "Sent", refs=("a",)), past=True)
    assert archived("a")
    box.take(box.mail("c", refs=("a",)), past=True)
    assert not archived("a")


def test_own_mail_first_and_the_archived_answer_later_is_archived() -> None:
    box = boxes()
    box.take(box.mail("a", "Sent"), past=True)
    assert not archived("a")
    box.take(box.mail("b", "Archive", refs=("a",)), past=True)
    assert archived("a")


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("second", [True, False])
def test_merged_is_archived_only_if_both_were(first: bool, second: bool) -> None:
    box = boxes()
    box.take(box.mail("a"), box.mail("b", refs=("x",)))
    if first:
        archive("a")
    if second:
        archive("b")
    (events,) = [box.take(box.mail("late", "Sent", refs=("a", "x")))]
    assert conversation_of("a") == conversation_of("b")
    assert archived("a") == (first and second)
    changed = [event for event in events if isinstance(event, ConversationsChanged)]
    assert len(changed[0].removed_ids) == 1
    assert changed[0].conversation_ids == (conversation_of("a"),)


def deals(*titles: str) -> None:
    for title in titles:
        database.run("INSERT INTO deal (title, created_at, changed_at) VALUES (?, 1, 1)", (title,))


def test_the_older_conversations_link_stays_and_the_other_is_offered() -> None:
    box = boxes()
    deals("Young", "Old")
    box.take(box.mail("young", at=START + DAY), box.mail("old", at=START, refs=("x",)))
    links.put(conversation_of("young"), "deal:1", origin="person")
    links.put(conversation_of("old"), "deal:2", origin="person")
    events = box.take(box.mail("late", refs=("young", "x"), at=START + 2 * DAY))
    assert one("SELECT record_key FROM link") == "deal:2"
    assert one("SELECT link_key || link_title FROM conversation") == "deal:2Old"
    assert one("SELECT record_key FROM link_offer") == "deal:1"
    assert LinksChanged(("deal:1", "deal:2"), (conversation_of("late"),)) in events


def test_the_only_link_of_two_stays() -> None:
    box = boxes()
    deals("Only")
    box.take(box.mail("young", at=START + DAY), box.mail("old", at=START, refs=("x",)))
    links.put(conversation_of("young"), "deal:1", origin="person")
    box.take(box.mail("late", refs=("young", "x"), at=START + 2 * DAY))
    assert one("SELECT link_key FROM conversation") == "deal:1"
    assert one("SELECT count(*) FROM link_offer") == 0


def test_many_references_are_no_trouble() -> None:
    box = boxes()
    box.take(box.mail("a", refs=tuple(f"r{number}" for number in range(5000))))
    assert one("SELECT count(*) FROM message_reference") == 201
    box.take(box.mail("r4999"))
    assert conversation_of("a") == conversation_of("r4999")


def test_refresh_of_nothing_is_nothing(store: Path) -> None:
    assert conversation.refresh([]) == ()
    assert conversation.refresh([99]) == ()
