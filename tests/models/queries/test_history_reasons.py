"""Why a mail is in a history: each way into one has its reason (M12, M14)."""

from __future__ import annotations

import pytest

from models.commands.execute import execute
from models.commands.links import LinkConversations, LinkPersons, UnlinkPersons
from models.commands.records import SaveRecord
from models.queries.history_reasons import ADDRESS, BY_HAND, PersonReason, reason
from models.records import records
from models.records.records import Deal, Labelled, Organization, Person
from models.store import database
from tests.models.building import DAY, OWN, START, boxes, conversation_of, message_of

pytestmark = pytest.mark.usefixtures("store")

ANNA = "anna@customer.test"


def save(record: records.Record) -> str:
    return execute(SaveRecord(record)).record_key


def scene(*, items: int = 1) -> None:
    """Blue has Anna and `items` open deals of hers; her mail came after them."""
    save(Organization(name="Blue"))
    save(
        Person(name="Anna", organization_id=1, addresses=(Labelled(ANNA), Labelled("a@home.test")))
    )
    for number in range(items):
        save(
            Deal(title=f"Roof {number}", person_ids=(1,), organization_id=1, created_at=START - DAY)
        )
    box = boxes()
    box.take(box.mail("a", sender=ANNA, to=(OWN,)))


def test_a_person_has_mail_with_one_of_their_addresses() -> None:
    scene()
    found = reason("person:1", message_of("a"))
    assert found.persons == (PersonReason(1, "Anna", ADDRESS, (ANNA,)),)
    assert found.link is None


def test_or_because_it_was_linked_with_them_by_hand() -> None:
    scene()
    carl = save(Person(name="Carl", organization_id=1))
    execute(LinkPersons((message_of("a"),), records.split(carl)[1]))
    assert reason(carl, message_of("a")).persons == (PersonReason(2, "Carl", BY_HAND),)


def test_a_deal_has_the_mail_of_its_conversations_with_the_rules_reason() -> None:
    scene()
    found = reason("deal:1", message_of("a"))
    assert found.persons == ()
    assert found.link is not None
    assert (found.link.origin, found.link.code) == ("rule", "one_open")
    assert dict(found.names) == {1: "Anna"}


def test_or_by_hand() -> None:
    scene(items=2)
    execute(LinkConversations((conversation_of("a"),), "deal:2"))
    found = reason("deal:2", message_of("a"))
    assert found.link is not None
    assert (found.link.origin, found.link.code) == ("person", "by_hand")
    assert reason("deal:1", message_of("a")).link is None


def test_an_organization_has_it_by_its_persons_and_by_its_items() -> None:
    scene()
    found = reason("organization:1", message_of("a"))
    assert [each.name for each in found.persons] == ["Anna"]
    assert found.link is not None
    assert found.link.item.key == "deal:1"


def test_mail_that_was_deleted_or_unlinked_has_no_reason() -> None:
    scene()
    message_id = message_of("a")
    execute(UnlinkPersons((message_id,), 1))
    assert reason("person:1", message_id).persons == ()
    with database.writing(durable=False):
        database.run("DELETE FROM conversation")
    assert reason("organization:1", message_id).link is None
