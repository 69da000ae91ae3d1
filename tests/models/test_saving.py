"""Edits in place: each changes its own columns, whatever else happened to the record meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models import commands
from models.records import Deal, Labelled, Person, get

pytestmark = pytest.mark.usefixtures("store")


def test_an_edit_of_an_old_copy_changes_nothing_else() -> None:
    commands.execute(commands.SaveRecord(Person(name="Ann")))
    seen = get("person:1")
    assert isinstance(seen, Person)
    more = (Labelled("ann@x.test"),)
    added = replace(seen, addresses=more)
    commands.execute(commands.SaveRecord(added, columns=("addresses",)))
    renamed = replace(seen, name="Anna", title="Owner")  # typed before the address was seen
    done = commands.execute(commands.SaveRecord(renamed, columns=("name", "title")))
    found = get("person:1")
    assert isinstance(found, Person)
    assert (found.name, found.title, found.addresses) == ("Anna", "Owner", more)
    commands.execute(commands.SaveRecord(replace(found, note="Called"), columns=("note",)))
    assert done.undo is not None
    commands.execute(done.undo)
    found = get("person:1")
    assert isinstance(found, Person)
    assert (found.name, found.title, found.addresses, found.note) == ("Ann", "", more, "Called")


def test_an_undo_of_a_status_brings_back_when_it_was_closed() -> None:
    commands.execute(commands.SaveRecord(Deal(title="Roof", status="won", closed_at=7)))
    deal = get("deal:1")
    assert isinstance(deal, Deal)
    opened = replace(deal, status="open")
    done = commands.execute(commands.SaveRecord(opened, columns=("status",)))
    deal = get("deal:1")
    assert isinstance(deal, Deal)
    assert (deal.status, deal.closed_at) == ("open", None)
    assert done.undo is not None
    commands.execute(done.undo)
    deal = get("deal:1")
    assert isinstance(deal, Deal)
    assert (deal.status, deal.closed_at) == ("won", 7)
