"""An import that is cut short, and its undo that is: no half of either is left."""

from __future__ import annotations

import pytest

from models import commands, database, history_pages, importing, taking_back
from models.import_commands import CHUNK
from models.records import Kind, Labelled, Person, get
from tests.models.building import boxes

pytestmark = pytest.mark.usefixtures("store")

HEAD = "Name,Organization,Email\n"
MANY = HEAD + "".join(f"P{n},Firm {n % 3},p{n}@x.test\n" for n in range(3 * CHUNK))


def planned(text: str, on_duplicate: str = "skip") -> commands.ImportRecords:
    drafts = importing.plan(text.encode()).drafts
    return commands.ImportRecords(drafts, on_duplicate)  # type: ignore[arg-type]


def counts() -> tuple[int, int]:
    found = database.row("SELECT (SELECT count(*) FROM person), count(*) FROM organization")
    assert found is not None
    return found[0], found[1]


def take_all_back() -> None:
    while taking_back.is_due():
        taking_back.step()


def test_what_was_cut_short_is_taken_back() -> None:
    steps = commands.steps(planned(MANY))
    for _ in range(2):
        assert next(steps).outcome is None
    assert counts() == (2 * CHUNK, 3)
    take_all_back()  # as the next start does
    assert counts() == (0, 0)


def test_what_was_filled_up_is_what_it_was() -> None:
    box = boxes()
    box.take(box.mail("a", sender="anna@home.test"))
    before = Person(name="Anna", note="Mine", addresses=(Labelled("anna@customer.test"),))
    commands.execute(commands.SaveRecord(before))
    stored = get("person:1")
    text = HEAD + 'Anna,New Ltd,"anna@customer.test, anna@home.test"\n'
    steps = commands.steps(planned(text, "update"))
    next(steps)
    filled = get("person:1")
    assert isinstance(filled, Person)
    assert len(filled.addresses) == 2
    assert len(history_pages.history_page("person:1").entries) == 1
    take_all_back()
    assert get("person:1") == stored
    assert history_pages.history_page("person:1").entries == ()
    assert counts() == (1, 0)


def test_what_was_deleted_meanwhile_stays_deleted() -> None:
    anna = Person(name="Anna", addresses=(Labelled("anna@customer.test"),))
    commands.execute(commands.SaveRecord(anna))
    steps = commands.steps(planned(HEAD + "Anna,New Ltd,anna@customer.test\n", "update"))
    next(steps)
    commands.execute(commands.DeleteRecords(("person:1",)))
    take_all_back()
    assert counts() == (0, 0)


def test_a_complete_import_is_kept_and_is_one_undo() -> None:
    done = commands.execute(planned(MANY))
    assert done.count == 3 * CHUNK
    assert not taking_back.is_due()
    assert done.undo is not None
    undone = commands.execute(done.undo)
    assert counts() == (0, 0)
    assert undone.count == 3 * CHUNK + 3


def test_an_undo_that_was_cut_short_goes_on() -> None:
    done = commands.execute(planned(MANY))
    assert isinstance(done.undo, commands.UndoImport)
    steps = commands.steps(done.undo)
    next(steps)
    assert counts()[0] > CHUNK
    take_all_back()
    assert counts() == (0, 0)


def test_the_next_import_takes_back_first() -> None:
    next(commands.steps(planned(MANY)))
    commands.execute(planned(HEAD + "Bo,,bo@berg.test\n"))
    assert [name for (name,) in database.rows("SELECT name FROM person")] == ["Bo"]
    assert get(f"{Kind.ORGANIZATION}:1") is None
