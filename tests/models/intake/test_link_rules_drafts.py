"""A conversation begins with its first mail, not with the draft of it (M13)."""

from __future__ import annotations

import pytest

from models.commands.execute import execute
from models.commands.links import LinkConversations, UnlinkConversations
from models.flags import Flag
from tests.models.building import OWN, START, Boxes, boxes, conversation_of
from tests.models.intake.test_link_rules import deal, link_of, person

pytestmark = pytest.mark.usefixtures("store")

ANNA = "anna@customer.test"


def _draft(box: Boxes) -> None:
    """A first mail to Anna is being written in another program."""
    flags = int(Flag.DRAFT)
    box.take(box.mail("draft", "INBOX", sender=OWN, to=(ANNA,), flags=flags))


def _sent(box: Boxes, name: str = "sent", *, is_past: bool = False) -> None:
    mail = box.mail(name, "Sent", refs=("draft",), sender=OWN, to=(ANNA,), at=START + 60_000)
    box.take(mail, past=is_past)


@pytest.mark.parametrize("is_past", [False, True])
def test_what_was_a_draft_is_judged_when_it_is_sent(is_past: bool) -> None:
    box = boxes()
    key = deal("Roof", person("Anna", ANNA))
    _draft(box)
    assert link_of("draft") is None
    _sent(box, is_past=is_past)
    assert conversation_of("draft") == conversation_of("sent")
    found = link_of("sent")
    assert found is not None
    assert found[:2] == (key, "rule")


def test_but_once_only() -> None:
    box = boxes()
    anna = person("Anna", ANNA)
    _draft(box)
    _sent(box)
    deal("Roof", anna)
    _sent(box, "again")
    assert link_of("again") is None


def test_and_not_after_the_person_unlinked_it() -> None:
    box = boxes()
    key = deal("Roof", person("Anna", ANNA))
    _draft(box)
    ids = (conversation_of("draft"),)
    execute(LinkConversations(ids, key))
    execute(UnlinkConversations(ids))
    _sent(box)
    assert link_of("sent") is None
