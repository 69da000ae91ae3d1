"""Edits in place: each changes its own columns, whatever else happened to the record meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.commands.execute import execute
from models.commands.records import SaveRecord
from models.records.records import Deal, Labelled, Person, get

pytestmark = pytest.mark.usefixtures("store")


def test_an_edit_of_an_old_copy_changes_nothing_else() -> None:
    execute(SaveRecord(Person(name="Ann")))
    seen = get("person:1")
    assert isinstance(seen, Person)
    more = (Labelled("ann@x.test"),)
    added = replace(seen, addresses=more)
    execute(SaveRecord(added, columns=("addresses",)))
    renamed = replace(seen, name="Anna", title="Owner")  # typed before the address was seen
    done = execute(SaveRecord(renamed, columns=("name", "title")))
    found = get("person:1")
    assert isinstance(found, Person)
    assert (found.name, found.title, found.addresses) == ("Anna", "Owner", more)
    execute(SaveRecord(replace(found, note="Called"), columns=("note",)))
    assert done.undo is not None
    execute(done.undo)
    found = get("person:1")
    assert isinstance(found, Person)
    assert (found.name, found.title, found.addresses, found.note) == ("Ann", "", more, "Called")


def test_an_undo_of_a_status_brings_back_when_it_was_closed() -> None:
    execute(SaveRecord(Deal(title="Roof", status="won", closed_at=7)))
    deal = get("deal:1")
    assert isinstance(deal, Deal)
    opened = replace(deal, status="open")
    done = execute(SaveRecord(opened, columns=("status",)))
    deal = get("deal:1")
    assert isinstance(deal, Deal)
    assert (deal.status, deal.closed_at) == ("open", None)
    assert done.undo is not None
    execute(done.undo)
    deal = get("deal:1")
    assert isinstance(deal, Deal)
    assert (deal.status, deal.closed_at) == ("won", 7)


def test_persons_are_added_to_those_who_came_meanwhile() -> None:
    """And an undo takes back who was added by that, nobody else."""
    for name in ("Ann", "Bo", "Cy"):
        execute(SaveRecord(Person(name=name)))
    execute(SaveRecord(Deal(title="Roof", person_ids=(1,))))
    seen = get("deal:1")
    assert isinstance(seen, Deal)
    columns = ("person_ids",)
    first = replace(seen, person_ids=(1, 2))
    done = execute(SaveRecord(first, columns=columns, base=seen))
    second = replace(seen, person_ids=(3,))  # without Ann, by somebody who saw no Bo
    execute(SaveRecord(second, columns=columns, base=seen))
    assert _persons() == {2, 3}
    assert done.undo is not None
    execute(done.undo)
    assert _persons() == {3}


def _persons() -> set[int]:
    deal = get("deal:1")
    assert isinstance(deal, Deal)
    return set(deal.person_ids)
