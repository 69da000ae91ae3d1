"""Locations, flags and arrivals: what the engine tells the store of a server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.commands.archive import Archive
from models.commands.execute import execute
from models.commands.read_state import MarkRead
from models.flags import Flag
from models.mail import message
from models.server import arrival, location, operation, vanish_cases
from models.server.arrival import ArrivalRow
from models.store import database
from models.store.settings import SetOption
from tests.models.building import Boxes, boxes, conversation_of, message_of, one

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture
def box() -> Boxes:
    """An account with one mail in INBOX and in a label."""
    box = boxes()
    box.take(box.mail("a", uid=1), box.mail("a", "Customers", uid=2))
    return box


def location_in(box: Boxes, name: str) -> location.LocationRow:
    (row,) = location.locations(box.ids[name], 1)
    return row


def test_ending_a_location_keeps_the_message(box: Boxes) -> None:
    location.end_location(location_in(box, "INBOX").id)
    location.end_location(location_in(box, "Customers").id)
    assert message.get(message_of("a")) is not None
    assert arrival.of_mailbox(box.ids["INBOX"], 1) == []
    assert one("SELECT sum(is_gone) FROM arrival") == 2


def test_a_moved_location_is_live_where_it_went(box: Boxes) -> None:
    old = location_in(box, "INBOX")
    vanish_cases.set_missing([old.id], 5)
    location.move_location(old.id, box.ids["Archive"], 1, 9, put_by_archive=True)
    row = location_in(box, "Archive")
    assert (row.id, row.uid, row.state, row.asks) == (old.id, 9, "live", 0)
    assert row.put_by_archive
    assert [gone.uid for gone in arrival.at(box.ids["INBOX"], 1, [1]).values() if gone.is_gone] == [
        1
    ]


def test_a_move_to_a_place_that_sync_found_first(box: Boxes) -> None:
    box.take(box.mail("a", "Archive", uid=9))
    location.move_location(
        location_in(box, "INBOX").id, box.ids["Archive"], 1, 9, put_by_archive=True
    )
    assert location.locations(box.ids["INBOX"]) == []
    assert location_in(box, "Archive").put_by_archive
    assert not arrival.at(box.ids["Archive"], 1, [9])[9].is_gone


def test_cases_are_opened_counted_and_closed(box: Boxes) -> None:
    row = location_in(box, "INBOX")
    vanish_cases.set_missing([row.id], 10)
    vanish_cases.set_missing([row.id], 20)
    (case,) = location.open_cases(box.account_id)
    assert (case.state, case.missing_since, case.asks, case.last_ask_at) == ("missing", 10, 2, 20)
    vanish_cases.set_live([row.id])
    assert location.open_cases(box.account_id) == []
    vanish_cases.set_hidden([row.id])
    vanish_cases.set_held([location_in(box, "Customers").id])
    assert [case.state for case in location.open_cases(box.account_id)] == ["hidden", "held"]


def test_only_live_places_prove_a_message_alive(box: Boxes) -> None:
    inbox, label = location_in(box, "INBOX"), location_in(box, "Customers")
    assert [row.id for row in location.live_elsewhere(message_of("a"))] == [inbox.id, label.id]
    assert [row.id for row in location.live_elsewhere(message_of("a"), but=[inbox.id])] == [
        label.id
    ]
    location.set_flags(box.ids["INBOX"], 1, {1: (Flag.DELETED, 2)})
    location.move_location(label.id, box.ids["Trash"], 1, 1)
    assert location.live_elsewhere(message_of("a")) == []


def test_the_latest_news_about_read_wins(box: Boxes) -> None:
    owner = conversation_of("a")
    assert location.set_flags(box.ids["INBOX"], 1, {1: (Flag.SEEN, 2), 77: (0, 2)}) == (owner,)
    assert location.set_flags(box.ids["INBOX"], 1, {1: (Flag.SEEN | Flag.FLAGGED, 3)}) == ()
    assert one("SELECT unread_count FROM conversation") == 0
    location.set_flags(box.ids["Customers"], 1, {2: (Flag.SEEN, 4)})
    assert location.set_flags(box.ids["Customers"], 1, {2: (0, 5)}) == (owner,)
    assert one("SELECT unread_count FROM conversation") == 1


def test_a_renumbered_mailbox_keeps_its_locations_and_operations(box: Boxes) -> None:
    execute(SetOption("archive_on_server", True))
    execute(MarkRead((conversation_of("a"),)))
    execute(Archive((conversation_of("a"),)))
    row = location_in(box, "INBOX")
    location.remap_uidvalidity(box.ids["INBOX"], 2, {row.id: 44})
    assert location.locations(box.ids["INBOX"], 1) == []
    (moved,) = location.locations(box.ids["INBOX"], 2)
    assert (moved.id, moved.uid) == (row.id, 44)
    flags, archive = operation.of_account(box.account_id)
    assert flags.payload.sources == ((box.ids["INBOX"], 2, 44), (box.ids["Customers"], 1, 2))
    assert archive.payload.sources == ((box.ids["INBOX"], 2, 44),)


def test_a_renumbered_mail_that_came_in_before_is_one_location(box: Boxes) -> None:
    row = location_in(box, "INBOX")
    box.take(box.mail("a", uid=44, uidvalidity=2))
    location.remap_uidvalidity(box.ids["INBOX"], 2, {row.id: 44})
    assert [left.uid for left in location.locations(box.ids["INBOX"])] == [44]


def test_an_arrival_explains_by_identity(box: Boxes) -> None:
    identity = one("SELECT identity FROM message")
    arrival.note(
        [
            ArrivalRow(box.ids["Trash"], 1, 5, box.account_id, identity, "em:1", seen_at=10**14),
            ArrivalRow(box.ids["Other"], 1, 6, box.account_id, b"x" * 16, "gm:7"),
            ArrivalRow(box.ids["Other"], 1, 7, box.account_id, b"y" * 16, "em:1"),
        ]
    )
    found = arrival.explain(box.account_id, identity, "gm:7")
    assert found[0].mailbox_id == box.ids["Trash"]
    assert {(row.mailbox_id, row.uid) for row in found} == {
        (box.ids["Trash"], 5),
        (box.ids["Other"], 6),
        (box.ids["INBOX"], 1),
        (box.ids["Customers"], 2),
    }
    arrival.gone(box.ids["Trash"], 1, [5])
    assert box.ids["Trash"] not in {
        row.mailbox_id for row in arrival.explain(box.account_id, identity)
    }
    assert all(row.uid != 7 for row in arrival.explain(box.account_id, b"z" * 16, "em:1"))


def test_old_arrivals_are_forgotten_but_for_those_kept_out(box: Boxes) -> None:
    database.run("UPDATE arrival SET seen_at = 5, is_kept_out = (uid = 1)")
    arrival.prune(6)
    assert [row.uid for row in arrival.of_mailbox(box.ids["INBOX"], 1)] == [1]
    assert arrival.of_mailbox(box.ids["Customers"], 1) == []


def test_a_uid_that_is_noted_again_stays_kept_out(box: Boxes) -> None:
    row = ArrivalRow(box.ids["Other"], 1, 5, box.account_id, b"x" * 16, is_kept_out=True)
    arrival.note([row])
    arrival.note([replace(row, is_kept_out=False, flags=1)])
    assert arrival.at(box.ids["Other"], 1, [5])[5].flags == 1
    assert arrival.kept_out_at(box.ids["Other"], 1, [5]) == {5: b"x" * 16}
    arrival.note([replace(row, is_kept_out=False, identity=b"y" * 16)])
    assert arrival.kept_out_at(box.ids["Other"], 1, [5]) == {}


def test_junk_is_marked(box: Boxes) -> None:
    assert message.mark_junk({message_of("a"): True}) == [message_of("a")]
    assert message.mark_junk({message_of("a"): True}) == []
    assert message.by_identity(box.account_id, [one("SELECT identity FROM message")]) == {
        one("SELECT identity FROM message"): [message_of("a")]
    }
