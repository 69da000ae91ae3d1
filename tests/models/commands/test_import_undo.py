"""An import that is cut short, and its undo that is: no half of either is left."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from models.commands import import_undo
from models.commands.execute import execute
from models.commands.imports import CHUNK, ImportRecords, UndoImport, steps
from models.commands.records import DeleteRecords, SaveRecord
from models.files import plan, unfinished_import
from models.queries import history_pages
from models.records import snapshots
from models.records.records import Deal, Kind, Labelled, Person, get, persons_of_items
from models.store import database
from tests.models.building import boxes

pytestmark = pytest.mark.usefixtures("store")

HEAD = "Name,Organization,Email\n"
MANY = HEAD + "".join(f"P{n},Firm {n % 3},p{n}@x.test\n" for n in range(3 * CHUNK))


def planned(text: str, on_duplicate: str = "skip") -> ImportRecords:
    drafts = plan.plan(text.encode()).drafts
    return ImportRecords(drafts, on_duplicate)  # type: ignore[arg-type]


def counts() -> tuple[int, int]:
    found = database.row("SELECT (SELECT count(*) FROM person), count(*) FROM organization")
    assert found is not None
    return found[0], found[1]


def take_all_back() -> None:
    while unfinished_import.is_due():
        import_undo.step()


def test_what_was_cut_short_is_taken_back() -> None:
    going = steps(planned(MANY))
    for _ in range(2):
        assert next(going).done is None
    assert counts() == (2 * CHUNK, 3)
    take_all_back()  # as the next start does
    assert counts() == (0, 0)


def test_what_was_filled_up_is_what_it_was() -> None:
    box = boxes()
    box.take(box.mail("a", sender="anna@home.test"))
    before = Person(name="Anna", note="Mine", addresses=(Labelled("anna@customer.test"),))
    execute(SaveRecord(before))
    stored = get("person:1")
    text = HEAD + 'Anna,New Ltd,"anna@customer.test, anna@home.test"\n'
    going = steps(planned(text, "update"))
    next(going)
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
    execute(SaveRecord(anna))
    going = steps(planned(HEAD + "Anna,New Ltd,anna@customer.test\n", "update"))
    next(going)
    execute(DeleteRecords(("person:1",)))
    take_all_back()
    assert counts() == (0, 0)


ANNA = "person:1"
HEAD_WITH_PHONE = "Name,Organization,Email,Phone,Notes\n"
FIRST = "Anna,New Ltd,anna@customer.test,+1,From the file\n"


def anna() -> Person:
    found = get(ANNA)
    assert isinstance(found, Person)
    return found


def save_anna() -> None:
    person = Person(name="Anna", note="Mine", addresses=(Labelled("anna@customer.test"),))
    execute(SaveRecord(person))


@pytest.mark.parametrize("is_complete", [False, True], ids=["cut short", "undone"])
def test_what_the_person_changed_since_stays(*, is_complete: bool) -> None:
    """A title, a phone, a note and a deal of their own; only what the file brought goes."""
    save_anna()
    command = planned(HEAD_WITH_PHONE + FIRST, "update")
    done = execute(command) if is_complete else None
    if not is_complete:
        next(steps(command))
    filled = anna()
    assert (filled.phones, filled.organization_id) == ((Labelled("+1"),), 1)
    mine = replace(filled, title="Owner", phones=(*filled.phones, Labelled("+2")))
    execute(SaveRecord(replace(mine, note="Mine, and more")))
    execute(SaveRecord(Deal(title="Roof", person_ids=(1,))))
    if done is not None and done.undo is not None:
        execute(done.undo)
    take_all_back()
    found = anna()
    assert (found.title, found.phones, found.note) == ("Owner", (Labelled("+2"),), "Mine, and more")
    assert found.organization_id is None
    assert persons_of_items(Kind.DEAL, [1]) == {1: (1,)}


def test_what_was_changed_between_two_rows_of_the_file_stays() -> None:
    save_anna()
    rest = "".join(f"P{n},,p{n}@x.test,,\n" for n in range(CHUNK))
    text = HEAD_WITH_PHONE + FIRST + rest + "Anna,,anna@customer.test,+3,\n"
    going = steps(planned(text, "update"))
    next(going)
    execute(SaveRecord(replace(anna(), title="Owner")))
    next(going)
    assert [each.value for each in anna().phones] == ["+1", "+3"]
    take_all_back()
    assert (anna().title, anna().note, anna().phones) == ("Owner", "Mine", ())
    assert counts() == (1, 0)


def test_an_amount_of_the_persons_own_keeps_its_currency() -> None:
    execute(SaveRecord(Deal(title="Roof")))
    done = execute(planned("Deal title,Value\nRoof,5 EUR\n", "update"))
    filled = get("deal:1")
    assert isinstance(filled, Deal)
    execute(SaveRecord(replace(filled, value_cents=700), columns=("value_cents",)))
    assert done.undo is not None
    execute(done.undo)
    found = get("deal:1")
    assert isinstance(found, Deal)
    assert (found.value_cents, found.currency) == (700, "EUR")


def test_what_the_first_versions_remembered_is_taken_back() -> None:
    """Rows as they were, of an import that an update of the program cut short."""
    save_anna()
    stored = get(ANNA)
    (snapshot,) = snapshots.take([ANNA])
    tables = [(each.table, each.columns, each.values) for each in snapshot.rows]
    next(steps(planned(HEAD_WITH_PHONE + FIRST, "update")))
    with database.writing(durable=True):
        database.run(
            "UPDATE imported_record SET before = ? WHERE record_key = ?",
            (json.dumps([ANNA, tables, []]), ANNA),
        )
    take_all_back()
    assert get(ANNA) == stored


def test_a_complete_import_is_kept_and_is_one_undo() -> None:
    done = execute(planned(MANY))
    assert done.count == 3 * CHUNK
    assert not unfinished_import.is_due()
    assert done.undo is not None
    undone = execute(done.undo)
    assert counts() == (0, 0)
    assert undone.count == 3 * CHUNK + 3


def test_an_undo_that_was_cut_short_goes_on() -> None:
    done = execute(planned(MANY))
    assert isinstance(done.undo, UndoImport)
    going = steps(done.undo)
    next(going)
    assert counts()[0] > CHUNK
    take_all_back()
    assert counts() == (0, 0)


def test_the_next_import_takes_back_first() -> None:
    next(steps(planned(MANY)))
    execute(planned(HEAD + "Bo,,bo@berg.test\n"))
    assert [name for (name,) in database.rows("SELECT name FROM person")] == ["Bo"]
    assert get(f"{Kind.ORGANIZATION}:1") is None
