"""What other programs do on the server, and what Dealpost makes of it: the table of verdicts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.events import MessagesAdded
from models.queries import held_deletes
from models.server import mailbox, vanish_cases
from models.store import database
from tests.support.builders import a_mail
from tests.support.servers.dovecot import Dovecot
from tests.sync.engine.engine import MASKS, Engine


@pytest.fixture(params=MASKS)
def engine(request: pytest.FixtureRequest, engine_of: Callable[..., Engine]) -> Engine:
    made = engine_of(masked=MASKS[request.param])
    made.cycle()
    return made


def test_new_mail_arrives_and_is_told(engine: Engine) -> None:
    engine.deliver("one", "two")
    engine.cycle()
    assert engine.subjects() == ["one", "two"]
    added = [event for event in engine.events if isinstance(event, MessagesAdded)]
    assert [event.notify for event in added] == [True]


def test_moved_to_an_unsynced_mailbox_is_nothing(engine: Engine) -> None:
    engine.other.create("Projects")
    engine.cycle()
    engine.deliver("one", "two")
    engine.cycle()
    engine.other.move("INBOX", engine.other.uids("INBOX")[:1], "Projects")
    engine.settle()
    assert engine.subjects() == ["one", "two"]
    assert engine.places("one") == {"Projects": "live"}


def test_moved_to_archive_is_nothing(engine: Engine) -> None:
    engine.deliver("one")
    engine.cycle()
    engine.other.move("INBOX", engine.other.uids("INBOX"), "Archive")
    engine.settle()
    assert engine.places("one") == {"Archive": "live"}


def test_moved_to_trash_is_a_delete(engine: Engine) -> None:
    engine.deliver("one", "two")
    engine.cycle()
    engine.other.move("INBOX", engine.other.uids("INBOX")[:1], "Trash")
    engine.settle()
    assert engine.subjects() == ["two"]


def test_archived_and_later_trashed_is_a_delete(engine: Engine) -> None:
    engine.deliver("one")
    engine.cycle()
    engine.other.move("INBOX", engine.other.uids("INBOX"), "Archive")
    engine.settle()
    engine.other.move("Archive", engine.other.uids("Archive"), "Trash")
    engine.settle()
    assert engine.subjects() == []


def test_moved_to_junk_is_kept_and_marked(engine: Engine) -> None:
    engine.deliver("one")
    engine.cycle()
    engine.other.move("INBOX", engine.other.uids("INBOX"), "Junk")
    engine.settle()
    assert engine.places("one") == {"Junk": "live"}
    assert database.value("SELECT on_junk FROM message") == 1
    engine.other.move("Junk", engine.other.uids("Junk"), "INBOX")
    engine.settle()
    assert engine.places("one") == {"INBOX": "live"}
    assert database.value("SELECT on_junk FROM message") == 0


def test_copied_now_and_expunged_later_is_nothing(engine: Engine) -> None:
    engine.deliver("one")
    engine.cycle()
    uids = engine.other.uids("INBOX")
    engine.other.copy("INBOX", uids, "Archive")
    engine.cycle()
    assert engine.subjects() == ["one"]
    engine.other.expunge("INBOX", uids)
    engine.settle()
    assert engine.places("one") == {"Archive": "live"}


def test_expunged_is_a_delete_after_two_sittings(engine: Engine) -> None:
    engine.deliver("one", "two")
    engine.cycle()
    engine.other.expunge("INBOX", engine.other.uids("INBOX")[:1])
    engine.cycle()
    assert engine.subjects() == ["one", "two"]
    assert engine.places("one") == {"INBOX": "missing"}
    assert engine.facts().checking == 1
    engine.settle()
    assert engine.subjects() == ["two"]


def test_expunged_first_and_appended_later_is_kept(engine: Engine) -> None:
    raw = a_mail(subject="one")
    engine.other.append("INBOX", raw)
    engine.cycle()
    engine.other.expunge("INBOX", engine.other.uids("INBOX"))
    engine.cycle()
    engine.other.append("Archive", raw)
    engine.settle()
    assert engine.places("one") == {"Archive": "live"}


def test_a_copy_older_than_the_set_up_explains(engine_of: Callable[..., Engine]) -> None:
    engine = engine_of()
    engine.drop()
    database.run("DELETE FROM account")
    raw = a_mail(subject="one")
    engine.other.append("INBOX", raw)
    engine.other.copy("INBOX", engine.other.uids("INBOX"), "Archive")
    late = engine_of()
    late.cycle()
    assert late.subjects() == ["one"]
    late.other.expunge("INBOX", late.other.uids("INBOX"))
    late.settle()
    assert late.places("one") == {"Archive": "live"}


def test_marked_deleted_is_nothing_until_expunged(engine: Engine) -> None:
    engine.deliver("one")
    engine.cycle()
    engine.other.flag("INBOX", engine.other.uids("INBOX"), "\\Deleted")
    engine.settle()
    assert engine.subjects() == ["one"]


def test_copied_to_trash_and_marked_deleted_is_a_delete(engine: Engine) -> None:
    engine.deliver("one")
    engine.cycle()
    uids = engine.other.uids("INBOX")
    engine.other.copy("INBOX", uids, "Trash")
    engine.cycle()
    assert engine.subjects() == ["one"]
    engine.other.flag("INBOX", uids, "\\Deleted")
    engine.settle()
    assert engine.subjects() == []


def test_marked_deleted_when_first_met_waits_for_the_flag_to_go(engine: Engine) -> None:
    engine.server.deliver(engine.user, "INBOX", a_mail(subject="one"), flags=["\\Deleted"])
    engine.cycle()
    assert engine.subjects() == []
    engine.other.unflag("INBOX", engine.other.uids("INBOX"), "\\Deleted")
    engine.cycle()
    assert engine.subjects() == ["one"]


def test_read_elsewhere_is_read_here(engine: Engine) -> None:
    engine.deliver("one", "two")
    engine.cycle()
    engine.other.flag("INBOX", engine.other.uids("INBOX")[:1], "\\Seen")
    engine.cycle()
    read = database.rows("SELECT subject, is_read FROM message ORDER BY id")
    assert read == [("one", 1), ("two", 0)]


def deliver_to_projects(engine: Engine, *subjects: str) -> None:
    """Mail in one more mailbox, which the user chose."""
    engine.deliver(*subjects, to="Projects")
    mailbox.save(engine.account_id, "Projects", is_chosen=True)
    engine.cycle()


def test_a_new_uidvalidity_keeps_everything(engine: Engine) -> None:
    deliver_to_projects(engine, "one", "two", "three")
    assert sorted(engine.subjects()) == ["one", "three", "two"]
    before = engine.box("Projects").uidvalidity
    uids = engine.other.uids("Projects")
    raws = [engine.other.raw("Projects", uid) for uid in uids]
    engine.other.delete_mailbox("Projects")
    engine.server.deliver(engine.user, "Projects", raws)
    engine.settle()
    assert engine.box("Projects").uidvalidity != before
    assert sorted(engine.subjects()) == ["one", "three", "two"]
    assert engine.places("one") == {"Projects": "live"}
    assert engine.box("Projects").held_reason == ""


def test_a_recreated_empty_mailbox_holds(engine: Engine) -> None:
    deliver_to_projects(engine, "one", "two")
    engine.other.delete_mailbox("Projects")
    engine.other.create("Projects")
    engine.settle()
    engine.settle()
    assert sorted(engine.subjects()) == ["one", "two"]
    assert engine.box("Projects").held_reason == "uidvalidity"


def test_a_renamed_mailbox_is_followed(engine: Engine) -> None:
    deliver_to_projects(engine, "one", "two")
    engine.other.rename("Projects", "Old projects")
    engine.settle()
    assert engine.places("one") == {"Old projects": "live"}
    assert engine.box("Old projects").is_chosen


def test_a_deleted_mailbox_deletes_nothing(engine: Engine) -> None:
    deliver_to_projects(engine, "one")
    engine.other.delete_mailbox("Projects")
    engine.settle()
    engine.settle()
    assert engine.subjects() == ["one"]
    assert engine.box("Projects").missing_since is not None


def test_twins_in_one_mailbox_are_two_messages(engine: Engine) -> None:
    raw = a_mail(subject="twin")
    engine.server.deliver(engine.user, "INBOX", [raw, raw])
    engine.cycle()
    assert engine.subjects() == ["twin", "twin"]
    engine.other.expunge("INBOX", engine.other.uids("INBOX")[:1])
    engine.settle()
    assert engine.subjects() == ["twin"]


def test_one_of_twins_moved_is_kept(engine: Engine) -> None:
    raw = a_mail(subject="twin")
    engine.server.deliver(engine.user, "INBOX", [raw, raw])
    engine.cycle()
    engine.other.move("INBOX", engine.other.uids("INBOX")[:1], "Archive")
    engine.settle()
    assert engine.subjects() == ["twin", "twin"]


def test_restored_from_trash_comes_back(engine: Engine) -> None:
    engine.deliver("one")
    engine.cycle()
    engine.other.move("INBOX", engine.other.uids("INBOX"), "Trash")
    engine.settle()
    assert engine.subjects() == []
    engine.other.move("Trash", engine.other.uids("Trash"), "INBOX")
    engine.settle()
    assert engine.subjects() == ["one"]


def test_an_extra_cycle_changes_nothing(engine: Engine) -> None:
    engine.deliver("one", "two")
    engine.cycle()
    before = database.rows("SELECT * FROM location"), database.rows("SELECT * FROM message")
    engine.cycle()
    assert (
        database.rows("SELECT * FROM location"),
        database.rows("SELECT * FROM message"),
    ) == before


def test_unusually_many_are_held(store: Path, engine_of: Callable[..., Any]) -> None:
    engine = engine_of()
    engine.cycle()
    engine.deliver(*(f"mail {n}" for n in range(30)))
    engine.cycle()
    engine.other.expunge("INBOX", engine.other.uids("INBOX")[:25])
    engine.settle()
    assert len(engine.subjects()) == 30
    assert engine.facts().held == 25
    engine.settle()
    assert len(engine.subjects()) == 30


def held_messages(engine: Engine) -> list[int]:
    """The mails whose delete the brake holds back, as the window asks about them."""
    groups = held_deletes.everything().groups
    return [
        message_id
        for group in groups
        if group.account_id == engine.account_id
        for message_id in group.message_ids
    ]


def many_held(engine: Engine) -> list[int]:
    engine.cycle()
    engine.deliver(*(f"mail {n}" for n in range(30)))
    engine.cycle()
    engine.other.expunge("INBOX", engine.other.uids("INBOX")[:25])
    engine.settle()
    return held_messages(engine)


def test_held_deletes_are_kept_if_the_person_says_so(engine_of: Callable[..., Any]) -> None:
    engine = engine_of()
    held = many_held(engine)
    assert len(held) == 25
    with database.writing(durable=True):
        vanish_cases.keep_held(held)
    engine.settle()
    assert engine.facts().held == 0
    assert len(engine.subjects()) == 30


def test_held_deletes_are_checked_again(engine_of: Callable[..., Any]) -> None:
    engine = engine_of()
    held = many_held(engine)
    with database.writing(durable=True):
        vanish_cases.check_held(held)
    assert engine.facts().held == 0
    engine.until(lambda: engine.facts().held == 25)
    assert len(engine.subjects()) == 30


def test_much_moved_to_trash_at_once_is_held(engine_of: Callable[..., Any]) -> None:
    engine = engine_of()
    engine.cycle()
    engine.deliver(*(f"mail {n}" for n in range(30)))
    engine.cycle()
    engine.other.move("INBOX", engine.other.uids("INBOX")[:25], "Trash")
    engine.cycle()
    engine.cycle()
    assert engine.facts().held == 25
    with database.writing(durable=True):
        vanish_cases.keep_held(held_messages(engine))
    engine.settle()
    engine.deliver("more")
    engine.settle()
    assert len(engine.subjects()) == 31


def test_an_emptied_mailbox_is_held_for_the_full_check(
    store: Path, engine_of: Callable[..., Any]
) -> None:
    engine = engine_of()
    engine.cycle()
    engine.deliver(*(f"mail {n}" for n in range(25)))
    engine.cycle()
    engine.other.expunge("INBOX", engine.other.uids("INBOX"))
    for _ in range(4):
        engine.cycle()
    assert len(engine.subjects()) == 25
    assert engine.box("INBOX").held_reason == "emptied"


def test_nothing_new_costs_one_round_trip(dovecot: Dovecot, engine_of: Callable[..., Any]) -> None:
    engine = engine_of()
    engine.cycle()
    engine.deliver("one")
    engine.cycle()
    engine.cycle()
    engine.commands.clear()
    engine.cycle(after_idle=True)
    assert [command.partition(" ")[0] for command in engine.commands] == ["LIST", "IDLE"]
