"""Persons and deals of one name in a file and in the store: which of them are the same."""

from __future__ import annotations

import pytest

from models.commands.execute import execute
from models.records import records
from models.records.records import Kind
from models.store import database
from tests.models.building import boxes, one
from tests.models.files.test_plan import plan, take

pytestmark = pytest.mark.usefixtures("store")


def test_namesakes_of_two_organizations_are_two_persons() -> None:
    """In the file and in the store; one of no organization may be any of them."""
    found = plan(
        "Name,Email,Organization,Phone\nBo,bo@x.test,Blue,+1\nBo,,Red,+2\nBo,,blue,+3\nBo,,,+4\n"
    )
    assert [draft.duplicate_key for draft in found.drafts] == ["", "", "line:2", "line:2"]
    take(found, "update")
    phones = "SELECT group_concat(phone) FROM person_phone WHERE person_id = ?"
    assert [one(phones, person_id) for person_id in (1, 2)] == ["+1,+3,+4", "+2"]
    found = plan("Name,Organization\nBo,Red\nBo,Blue\nBo,Green\nBo,\nBo,green\n")
    assert [draft.duplicate_key for draft in found.drafts] == [
        "person:2", "person:1", "", "person:1", "line:4",
    ]  # fmt: skip


def test_a_namesake_has_the_organization_that_is_known_of_it() -> None:
    """Who was met by the address under another name, and who got one by an earlier row."""
    take(plan("Name,Email,Organization\nBo Kask,bo@x.test,Blue\nCy,,\n"))
    found = plan("Name,Email,Organization\nBo,bo@x.test,\nBo,,Red\nCy,cy@blue.test,Blue\nCy,,Red\n")
    assert [draft.duplicate_key for draft in found.drafts] == ["person:1", "", "person:2", ""]


def test_a_title_that_names_an_organization_is_another_one() -> None:
    found = plan("Deal title,Organization\nRoof,Blue\nRoof of Blue,\n")
    assert [draft.duplicate_key for draft in found.drafts] == ["", ""]


def test_the_person_of_a_deal_gets_the_address_that_a_later_deal_has() -> None:
    """And is no namesake of another organization; a deal without an address means any of them."""
    found = plan(
        "Deal title,Organization,Contact person\n"
        "Roof,Blue,Ada Tamm\nBarn,Blue,Ada Tamm (ada@x.test)\nShed,Red,Ada Tamm (ada@red.test)\n"
        "Door,Blue,Ada Tamm (a2@x.test)\nGate,Red,Ada Tamm\nWall,Green,Ada Tamm\n"
    )
    done = take(found, "create")
    addresses = "SELECT person_id, address FROM person_address ORDER BY person_id"
    assert database.rows(addresses) == [(1, "ada@x.test"), (2, "ada@red.test"), (3, "a2@x.test")]
    of_items = records.persons_of_items(Kind.DEAL, range(1, 7))
    assert of_items == {1: (1,), 2: (1,), 3: (2,), 4: (3,), 5: (2,), 6: (1,)}
    assert done.undo is not None
    execute(done.undo)
    assert one("SELECT count(*) FROM person") == 0


@pytest.mark.parametrize("on_duplicate", ["update", "skip", "create"])
def test_a_person_that_is_here_gets_the_address_of_a_deal_if_it_may(on_duplicate: str) -> None:
    box = boxes()
    box.take(box.mail("a", sender="ada@x.test"))
    take(plan("Name,Organization\nAda Tamm,Blue\n"))
    before = records.get("person:1")
    table = "Deal title,Organization,Contact person\nBarn,Blue,Ada Tamm (ada@x.test)\n"
    done = take(plan(table), on_duplicate)
    found = database.rows("SELECT person_id, address FROM person_address")
    assert found == [(1 if on_duplicate == "update" else 2, "ada@x.test")]
    assert database.rows("SELECT person_id FROM message_person") == [(found[0][0],)]
    assert done.undo is not None
    execute(done.undo)
    assert records.get("person:1") == before
    assert one("SELECT count(*) FROM person") == 1
    assert one("SELECT count(*) FROM message_person") == 0


@pytest.mark.parametrize(
    ("names", "address", "expected"),
    [
        ("Ada", "ada@x.test", (("Ada", "ada@x.test"),)),
        ("Ada;Bo (bo@y.test)", "ada@x.test", (("Ada", "ada@x.test"), ("Bo", "bo@y.test"))),
        ("Ada (a@x.test);Bo", "ada@x.test", (("Ada", "a@x.test"), ("Bo", ""))),
        ("Ada;Bo (bo@y.test)", "bo@y.test", (("Ada", ""), ("Bo", "bo@y.test"))),
        ("", "ada@x.test", (("", "ada@x.test"),)),
    ],
)
def test_an_address_beside_several_persons_is_the_first_ones(
    names: str, address: str, expected: tuple[tuple[str, str], ...]
) -> None:
    found = plan(f"Deal title,Contact person,Email\nRoof,{names},{address}\n")
    assert found.drafts[0].persons == expected
