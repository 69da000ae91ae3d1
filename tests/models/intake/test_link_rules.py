"""The rules that link new mail (M12-M15), each with its reason."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from models.commands.delete import DeleteConversations
from models.commands.execute import execute
from models.commands.links import LinkConversations, LinkPersons, UnlinkConversations, UnlinkPersons
from models.commands.records import DeleteRecords, SaveRecord
from models.deletion.deletion import delete_messages
from models.events import ConversationsChanged, LinksChanged
from models.records import records
from models.records.records import Deal, Labelled, Lead, Organization, Person, Project
from models.store import database, settings
from tests.models.building import DAY, OWN, START, Boxes, boxes, conversation_of, message_of, one

pytestmark = pytest.mark.usefixtures("store")


def save(record: records.Record) -> str:
    return execute(SaveRecord(record)).record_key


def person(name: str, *addresses: str, organization_id: int | None = None) -> int:
    labelled = tuple(Labelled(address) for address in addresses)
    key = save(Person(name=name, addresses=labelled, organization_id=organization_id))
    return records.split(key)[1]


def deal(title: str, *person_ids: int, at: int = START - DAY, **more: Any) -> str:
    return save(Deal(title=title, person_ids=person_ids, created_at=at, **more))


def link_of(name: str) -> tuple[str, str, dict[str, Any]] | None:
    found = database.row(
        "SELECT record_key, origin, reason FROM link WHERE conversation_id = ?",
        (conversation_of(name),),
    )
    return None if found is None else (found[0], found[1], json.loads(found[2]))


def offers_of(name: str) -> dict[str, dict[str, Any]]:
    found = database.rows(
        "SELECT record_key, reason FROM link_offer WHERE conversation_id = ?",
        (conversation_of(name),),
    )
    return {key: json.loads(reason) for key, reason in found}


def persons_of(name: str) -> set[int]:
    rows = database.rows(
        "SELECT person_id FROM message_person WHERE message_id = ?", (message_of(name),)
    )
    return {person_id for (person_id,) in rows}


# --- M12 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["from", "to", "cc", "bcc"])
def test_a_message_gets_every_person_whose_address_it_has(part: str) -> None:
    box = boxes()
    anna = person("Anna", "anna@customer.test", "anna@home.test")
    twin = person("Twin", "anna@home.test")
    person("Other", "other@customer.test")
    mail = box.mail("a", sender="x@y.test")
    pairs = (("", "Anna@Home.test"),)
    changes: dict[str, Any] = {"from_" if part == "from" else part: pairs}
    mail = replace(mail, parsed=replace(mail.parsed, **changes))
    events = box.take(mail)
    assert persons_of("a") == {anna, twin}
    changed = [event for event in events if isinstance(event, LinksChanged)]
    assert set(changed[0].record_keys) == {f"person:{anna}", f"person:{twin}"}


def test_own_mail_too_and_the_organization_hears_of_it() -> None:
    box = boxes()
    company = records.split(save(Organization(name="Customer")))[1]
    anna = person("Anna", "anna@customer.test", organization_id=company)
    events = box.take(box.mail("a", "Sent", sender=OWN, to=("anna@customer.test",)))
    assert persons_of("a") == {anna}
    keys = next(event.record_keys for event in events if isinstance(event, LinksChanged))
    assert set(keys) == {f"person:{anna}", f"organization:{company}"}


def test_sync_never_makes_a_person() -> None:
    box = boxes()
    box.take(box.mail("a"))
    assert one("SELECT count(*) FROM person") == 0


def test_a_person_saved_later_gets_the_mail_that_is_here_but_no_deal_is_linked() -> None:
    box = boxes()
    box.take(box.mail("a"), box.mail("b", sender="b@customer.test"))
    anna = person("Anna", "anna@customer.test")
    deal("Roof", anna)
    assert persons_of("a") == {anna}
    assert persons_of("b") == set()
    assert link_of("a") is None
    known = records.get(f"person:{anna}")
    assert isinstance(known, Person)
    save(replace(known, addresses=(Labelled("b@customer.test"),)))
    assert persons_of("a") == set()
    assert persons_of("b") == {anna}


# --- M13 -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """Items as (kind, persons by their letter, status, days before the mail), and what comes."""

    name: str
    items: tuple[tuple[str, str, str, float], ...]
    parties: str
    linked: int | None = None
    offered: tuple[int, ...] = ()
    reason_persons: str = ""


CASES = (
    Case("nobody known", (("deal", "a", "open", 1),), "x"),
    Case("no item", (), "a"),
    Case("one open deal", (("deal", "a", "open", 1),), "a", 0, reason_persons="a"),
    Case("one open lead", (("lead", "a", "open", 1),), "a", 0, reason_persons="a"),
    Case("one open project", (("project", "a", "open", 1),), "a", 0, reason_persons="a"),
    Case("made after the conversation", (("deal", "a", "open", -1),), "a"),
    Case("won", (("deal", "a", "won", 1),), "a"),
    Case("lost", (("deal", "a", "lost", 1),), "a"),
    Case("lead converted", (("lead", "a", "converted", 1),), "a"),
    Case("project done", (("project", "a", "done", 1),), "a"),
    Case(
        "one open beside closed ones",
        (("deal", "a", "won", 9), ("deal", "a", "open", 1), ("project", "a", "done", 3)),
        "a",
        1,
        reason_persons="a",
    ),
    Case("two open deals", (("deal", "a", "open", 1), ("deal", "a", "open", 2)), "a", None, (0, 1)),
    Case(
        "a deal and a project", (("deal", "a", "open", 1), ("project", "a", "open", 2)), "a", None, (0, 1)
    ),
    Case(
        "two open, one of them younger",
        (("deal", "a", "open", 1), ("deal", "a", "open", -1)),
        "a",
        None,
        (0, 1),
    ),
    Case("two open, both younger", (("deal", "a", "open", -1), ("deal", "a", "open", -2)), "a"),
    Case("a common deal of two", (("deal", "ab", "open", 1),), "ab", 0, reason_persons="ab"),
    Case(
        "two persons with a deal each",
        (("deal", "a", "open", 1), ("deal", "b", "open", 1)),
        "ab",
        None,
        (0, 1),
    ),
    Case("three parties, one has a deal", (("deal", "b", "open", 1),), "abc", 0, reason_persons="b"),
    Case("three parties, none has one", (), "abc"),
    Case(
        "three parties with two deals",
        (("deal", "a", "open", 1), ("lead", "c", "open", 1)),
        "abc",
        None,
        (0, 1),
    ),
    Case("a stranger among them", (("deal", "a", "open", 1),), "axyz", 0, reason_persons="a"),
)  # fmt: skip
_MAKERS = {"deal": Deal, "lead": Lead, "project": Project}


def make(case: Case) -> tuple[Boxes, dict[str, int], list[str]]:
    box = boxes()
    ids = {letter: person(letter.upper(), f"{letter}@customer.test") for letter in "abc"}
    keys = [
        save(
            _MAKERS[kind](
                title=f"Item {place}",
                status=status,
                person_ids=tuple(ids[letter] for letter in letters),
                created_at=START - int(days * DAY),
            )
        )
        for place, (kind, letters, status, days) in enumerate(case.items)
    ]
    return box, ids, keys


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("is_sent", [False, True], ids=["received", "sent"])
@pytest.mark.parametrize("is_past", [False, True], ids=["new", "past"])
def test_a_new_conversation_by_rule(case: Case, is_sent: bool, is_past: bool) -> None:
    box, ids, keys = make(case)
    addresses = [f"{letter}@customer.test" for letter in case.parties]
    if is_sent:
        mail = box.mail("m", "Sent", sender=OWN, to=tuple(addresses))
    else:
        mail = box.mail("m", sender=addresses[0], to=(OWN, *addresses[1:]))
    box.take(mail, past=is_past)
    found = link_of("m")
    if case.linked is None:
        assert found is None
    else:
        reason = {"code": "one_open", "persons": [ids[each] for each in case.reason_persons]}
        assert found == (keys[case.linked], "rule", reason)
        assert one("SELECT link_title FROM conversation") == f"Item {case.linked}"
    assert set(offers_of("m")) == {keys[place] for place in case.offered}
    assert all(reason["code"] == "several_open" for reason in offers_of("m").values())


def test_only_a_new_conversation_is_linked() -> None:
    box = boxes()
    box.take(box.mail("a"))
    deal("Roof", person("Anna", "anna@customer.test"), at=START - DAY)
    box.take(box.mail("b", refs=("a",), at=START + DAY))
    assert link_of("a") is None
    assert offers_of("a") == {}


def test_a_link_stays_when_the_deal_is_won_and_later_mail_of_it_comes_with_it() -> None:
    box = boxes()
    key = deal("Roof", person("Anna", "anna@customer.test"))
    box.take(box.mail("a"))
    won = records.get(key)
    assert isinstance(won, Deal)
    save(replace(won, status="won"))
    box.take(box.mail("b", refs=("a",), at=START + DAY), box.mail("new", at=START + DAY))
    assert conversation_of("b") == conversation_of("a")
    assert link_of("a") is not None
    assert link_of("new") is None


def test_a_deleted_deal_gets_no_links_and_its_links_go() -> None:
    box = boxes()
    key = deal("Roof", person("Anna", "anna@customer.test"))
    box.take(box.mail("a"))
    done = execute(DeleteRecords((key,)))
    assert ConversationsChanged(box.account_id, (conversation_of("a"),)) in done.events
    box.take(box.mail("b", at=START + DAY))
    assert link_of("a") is None
    assert link_of("b") is None
    assert done.undo is not None
    execute(done.undo)
    assert link_of("a") is not None
    assert one("SELECT link_title FROM conversation WHERE id = ?", conversation_of("a")) == "Roof"


def test_a_person_with_the_accounts_own_address_decides_nothing() -> None:
    box = boxes()
    me = person("Me", OWN)
    deal("Roof", me)
    box.take(box.mail("a"))
    assert persons_of("a") == {me}
    assert link_of("a") is None


def test_past_mail_that_shows_the_conversation_to_be_older_takes_the_link_back() -> None:
    box = boxes()
    key = deal("Roof", person("Anna", "anna@customer.test"), at=START)
    box.take(box.mail("b", refs=("a",), at=START + DAY), past=True)
    assert link_of("b") is not None
    events = box.take(box.mail("a", at=START - DAY), past=True)
    assert conversation_of("a") == conversation_of("b")
    assert link_of("a") is None
    assert offers_of("a") == {key: {"code": "began_before"}}
    keys = next(event.record_keys for event in events if isinstance(event, LinksChanged))
    assert key in keys


def test_a_link_by_hand_is_never_taken_back() -> None:
    box = boxes()
    key = deal("Roof", person("Anna", "anna@customer.test"), at=START)
    box.take(box.mail("b", refs=("a",), at=START - DAY + 5000), past=True)
    execute(LinkConversations((conversation_of("b"),), key))
    box.take(box.mail("a", at=START - DAY), past=True)
    found = link_of("a")
    assert found is not None
    assert found[1] == "person"


def test_past_mail_is_judged_by_the_mail_that_began_the_conversation() -> None:
    """It comes newest first: the answer of a stranger is here before Anna's own mail."""
    box = boxes()
    key = deal("Roof", person("Anna", "anna@customer.test"))
    box.take(box.mail("b", sender="x@y.test", refs=("a",), at=START + DAY), past=True)
    assert link_of("b") is None
    events = box.take(box.mail("a"), past=True)
    assert conversation_of("a") == conversation_of("b")
    found = link_of("a")
    assert found is not None
    assert found[:2] == (key, "rule")
    keys = next(event.record_keys for event in events if isinstance(event, LinksChanged))
    assert key in keys


@pytest.mark.parametrize("why", ["not the first", "a deal made since", "unlinked by hand", "new"])
def test_but_a_conversation_that_could_have_been_judged_is_left_alone(why: str) -> None:
    box = boxes()
    anna = person("Anna", "anna@customer.test")
    at = START + DAY // 2 if why == "a deal made since" else START - 9 * DAY
    key = deal("Roof", anna, at=at)
    box.take(box.mail("b", sender="x@y.test", refs=("a",), at=START + DAY), past=True)
    if why == "unlinked by hand":
        owner = (conversation_of("b"),)
        execute(LinkConversations(owner, key))
        execute(UnlinkConversations(owner))
    later = START + 2 * DAY if why == "not the first" else START
    box.take(box.mail("a", at=later), past=why != "new")
    assert conversation_of("a") == conversation_of("b")
    assert link_of("a") is None
    assert offers_of("a") == {}


def test_the_link_is_written_into_the_ledger_without_words() -> None:
    box = boxes()
    key = deal("Roof", person("Anna", "anna@customer.test"))
    box.take(box.mail("a"))
    row = database.rows("SELECT cause, record_keys, evidence FROM ledger WHERE kind = 'link'")
    assert row == [("rule", json.dumps([key]), '{"code": "one_open"}')]


# --- M14 -----------------------------------------------------------------------------------------


def test_one_link_at_most_and_answering_ends_the_question() -> None:
    box = boxes()
    anna = person("Anna", "anna@customer.test")
    first, second = deal("First", anna), deal("Second", anna)
    box.take(box.mail("a"))
    assert set(offers_of("a")) == {first, second}
    owner = conversation_of("a")
    done = execute(LinkConversations((owner,), second))
    assert link_of("a") == (second, "person", {"code": "by_hand"})
    assert offers_of("a") == {}
    other = execute(LinkConversations((owner,), first))
    assert one("SELECT count(*) FROM link") == 1
    assert other.undo is not None
    execute(other.undo)
    assert link_of("a") == (second, "person", {"code": "by_hand"})
    assert done.undo is not None
    again = execute(done.undo)
    assert link_of("a") is None
    assert set(offers_of("a")) == {first, second}
    assert again.undo is not None
    execute(again.undo)
    assert link_of("a") == (second, "person", {"code": "by_hand"})


def test_in_bulk_and_unlinking_with_undo() -> None:
    box = boxes()
    key = deal("Roof")
    box.take(*(box.mail(name) for name in "abc"))
    ids = tuple(conversation_of(name) for name in "abc")
    assert execute(LinkConversations(ids, key)).count == 3
    gone = execute(UnlinkConversations(ids[:2]))
    assert gone.count == 2
    assert link_of("a") is None
    assert link_of("c") is not None
    assert gone.undo is not None
    execute(gone.undo)
    assert link_of("a") is not None
    assert one("SELECT count(*) FROM conversation WHERE link_key = ?", key) == 3


def test_an_undo_links_nothing_to_mail_that_was_deleted_in_between() -> None:
    box = boxes()
    key = deal("Roof")
    box.take(box.mail("a"), box.mail("b"))
    ids = (conversation_of("a"), conversation_of("b"))
    execute(LinkConversations(ids, key))
    unlinked = execute(UnlinkConversations(ids))
    execute(DeleteConversations(ids[:1]))
    assert unlinked.undo is not None
    execute(unlinked.undo)
    assert database.rows("SELECT conversation_id FROM link") == [(ids[1],)]


def test_any_number_of_persons_by_hand_and_the_rule_leaves_that_alone() -> None:
    box = boxes()
    anna, carl = person("Anna", "anna@customer.test"), person("Carl", "carl@customer.test")
    box.take(box.mail("a"))
    linked = execute(LinkPersons((message_of("a"),), carl))
    assert persons_of("a") == {anna, carl}
    unlinked = execute(UnlinkPersons((message_of("a"),), anna))
    known = records.get(f"person:{anna}")
    assert isinstance(known, Person)
    save(replace(known, addresses=(*known.addresses, Labelled("more@customer.test"))))
    assert persons_of("a") == {carl}
    assert unlinked.undo is not None
    assert linked.undo is not None
    execute(unlinked.undo)
    execute(linked.undo)
    assert persons_of("a") == {anna}
    known = records.get(f"person:{anna}")
    assert isinstance(known, Person)
    save(replace(known, addresses=()))
    assert persons_of("a") == set()


def test_a_link_by_hand_survives_that_another_program_deletes_the_mail_and_brings_it_back() -> None:
    box = boxes()
    carl = person("Carl", "carl@customer.test")
    mail = box.mail("a")
    box.take(mail)
    execute(LinkPersons((message_of("a"),), carl))
    delete_messages([message_of("a")], kind="external", cause="server")
    box.take(box.mail("a"))
    assert persons_of("a") == {carl}
    known = records.get(f"person:{carl}")
    assert isinstance(known, Person)
    save(replace(known, addresses=(*known.addresses, Labelled("more@customer.test"))))
    assert persons_of("a") == {carl}


# --- M15 -----------------------------------------------------------------------------------------

BLOCKED = ["bad@shop.test", "spam.test"]


@pytest.mark.parametrize(
    ("sender", "to", "is_in"),
    [
        ("bad@shop.test", (OWN,), False),
        ("BAD@Shop.test", (OWN,), False),
        ("good@shop.test", (OWN,), True),
        ("anyone@spam.test", (OWN,), False),
        ("anyone@mail.spam.test", (OWN,), False),
        ("anyone@notspam.test", (OWN,), True),
        ("bad@shop.test", (OWN, "x@spam.test"), False),
        ("bad@shop.test", (OWN, "good@shop.test"), True),
        ("good@shop.test", (OWN, "bad@shop.test"), True),
        (OWN, ("bad@shop.test",), False),
        (OWN, ("bad@shop.test", "good@shop.test"), True),
        (OWN, (OWN,), True),
    ],
)
def test_blocked_parties(sender: str, to: tuple[str, ...], is_in: bool) -> None:
    settings.put("blocked", [*BLOCKED])
    box = boxes()
    box.take(box.mail("a", sender=sender, to=to))
    assert one("SELECT count(*) FROM message") == int(is_in)
    assert one("SELECT count(*) FROM arrival") == 1
    left_out = one("SELECT count(*) FROM ledger WHERE kind = 'left_out'")
    assert left_out == int(not is_in)


def test_mail_that_is_here_stays_when_its_sender_is_blocked() -> None:
    box = boxes()
    box.take(box.mail("a", sender="bad@shop.test"))
    settings.put("blocked", [*BLOCKED])
    box.take(box.mail("a", "Customers", sender="bad@shop.test"))
    assert one("SELECT count(*) FROM message") == 1
    assert one("SELECT count(*) FROM location") == 2
