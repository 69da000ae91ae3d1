"""Guards of the judge that no other test covers alone: the brake, caps, names, mirrors."""

from __future__ import annotations

import re

import pytest

from models.commands.held_deletes import DeleteHeld
from models.server import mailbox
from models.server.mailbox import Role
from models.store import database
from models.store.clock import now_ms
from sync.engine.judge import Case, Home, Kind, MailboxFacts, Place, Presence, judge, remap, renamed
from tests.support.servers.fake_mailboxes import CAPABILITIES, Box, Mailboxes, Parts
from tests.sync.engine.engine import Engine
from tests.sync.engine.scripted import Make, mails, subjects


def held(engine: Engine) -> int:
    return engine.facts().held


def full_check_is_due(role: str) -> None:
    """One mailbox a cycle is looked at whole."""
    database.run("UPDATE mailbox SET full_check_at = 0 WHERE role = ?", (role,))


def half_in_trash(server: Mailboxes, make: Make) -> Engine:
    """25 of 40 copied to Trash and marked \\Deleted, as older programs delete."""
    server.deliver("me", "INBOX", mails(40))
    engine = make(server)
    engine.cycle()
    server.copy("INBOX", range(1, 26), "Trash")
    for mail in server.boxes["INBOX"].mails[:25]:
        mail.flags.add("\\Deleted")
    engine.until(lambda: held(engine) == 25)
    return engine


def test_time_releases_nothing_that_is_held_where_it_lies(server: Mailboxes, make: Make) -> None:
    """More mail in INBOX makes the 25 fewer than half, but the user has not answered."""
    engine = half_in_trash(server, make)
    server.deliver("me", "INBOX", mails(40, first=40))
    for role in ("inbox", "trash", "inbox", "trash"):
        full_check_is_due(role)
        engine.cycle()
    assert len(engine.subjects()) == 80
    assert held(engine) == 25


def test_what_is_undeleted_while_it_is_held_is_no_question_any_more(
    server: Mailboxes, make: Make
) -> None:
    engine = half_in_trash(server, make)
    server.boxes["INBOX"].mails[3].flags.clear()
    engine.until(lambda: held(engine) == 24)
    engine.leave_idle()
    ids = [id_ for (id_,) in database.rows("SELECT id FROM message")]
    engine.run(DeleteHeld(tuple(ids)))
    engine.cycle()
    assert "mail 003" in engine.subjects()
    assert sorted(engine.subjects()) == ["mail 003", *subjects(40)[25:]]


# --- caps -----------------------------------------------------------------------------------------


def hidden_by_a_cap(server: Mailboxes, make: Make, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """INBOX shows 20 mails and no more; one that lies in Projects as well is hidden there."""
    monkeypatch.setattr("sync.engine.judge.CAPS", frozenset({20}))
    server.deliver("me", "Projects", mails(1))
    server.copy("Projects", [1], "INBOX")
    server.deliver("me", "INBOX", mails(19, first=1))
    engine = make(server, chosen=("INBOX", "Projects"))
    engine.cycle()
    server.expunge("INBOX", [1])
    server.deliver("me", "INBOX", mails(1, first=20))
    engine.settle()
    return engine


def test_what_a_cap_hides_is_never_taken_for_absent(
    server: Mailboxes, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its second copy was expunged: only the hidden one is left, and no client can see it."""
    engine = hidden_by_a_cap(server, make, monkeypatch)
    assert engine.places("mail 000") == {"INBOX": "hidden", "Projects": "live"}
    server.expunge("Projects", [1])
    engine.outlast()
    assert sorted(engine.subjects()) == subjects(21)


def test_what_a_cap_hides_is_not_ended_by_a_move(
    server: Mailboxes, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another copy is moved: the hidden one stays what it is."""
    engine = hidden_by_a_cap(server, make, monkeypatch)
    server.move("Projects", [1], "Archive")
    engine.settle()
    assert engine.places("mail 000") == {"INBOX": "hidden", "Archive": "live"}


# --- renamed ----------------------------------------------------------------------------------------


def box_with_mail(server: Mailboxes, make: Make, count: int = 10) -> Engine:
    server.boxes["Projects"] = Box(11)
    server.deliver("me", "Projects", mails(count))
    engine = make(server, chosen=("INBOX", "Projects"))
    engine.cycle()
    return engine


def test_a_renamed_mailbox_with_new_numbers_is_known_by_its_mail(
    server: Mailboxes, make: Make
) -> None:
    """Courier: a rename gives a new UIDVALIDITY."""
    engine = box_with_mail(server, make)
    box = server.boxes.pop("Projects")
    box.uidvalidity = 12
    server.boxes["Customers"] = box
    id_ = engine.box("Projects").id
    engine.settle()
    assert engine.box("Customers").id == id_
    assert sorted(engine.subjects()) == subjects(10)
    assert engine.places("mail 000") == {"Customers": "live"}


def test_a_new_mailbox_with_a_little_of_the_mail_is_another_one(
    server: Mailboxes, make: Make
) -> None:
    """Half of the identities are there: fewer than 80 %."""
    engine = box_with_mail(server, make)
    box = server.boxes.pop("Projects")
    server.boxes["Customers"] = Box(12)
    for mail in box.mails[:5]:
        server.boxes["Customers"].add(mail.raw, at=mail.at)
    id_ = engine.box("Projects").id
    engine.outlast()
    assert engine.box("Customers").id != id_
    assert sorted(engine.subjects()) == subjects(10)


def test_the_same_uidvalidity_alone_is_no_rename(server: Mailboxes, make: Make) -> None:
    """Some servers give every mailbox of a second the same UIDVALIDITY."""
    engine = box_with_mail(server, make)
    del server.boxes["Projects"]
    server.boxes["Customers"] = Box(11)
    server.deliver("me", "Customers", mails(2, first=20))
    id_ = engine.box("Projects").id
    engine.outlast()
    assert engine.box("Customers").id != id_
    assert len([s for s in engine.subjects() if s in subjects(10)]) == 10


def test_two_new_mailboxes_with_one_id_are_no_rename() -> None:
    gone = MailboxFacts("Projects", "M1", 11, 5, 4)
    new = [MailboxFacts(name, "M1", 11, 5, 4) for name in ("A", "B")]
    assert renamed(gone, new) is None
    assert renamed(gone, new[:1]) == new[0]


def test_where_mailboxes_have_ids_another_id_is_another_mailbox(make: Make) -> None:
    """The same mail in it is a copy of the mailbox, not the mailbox."""
    with Mailboxes(capabilities=f"{CAPABILITIES} OBJECTID") as server:

        def named(parts: Parts) -> Parts:
            return [
                re.sub(rb'(STATUS "(\w+)" .*)\)$', rb"\1 MAILBOXID (\2))", part) for part in parts
            ]

        server.alter["LIST"] = server.alter["STATUS"] = named
        engine = box_with_mail(server, make)
        assert engine.box("Projects").mailbox_id_server == "Projects"
        id_ = engine.box("Projects").id
        box = server.boxes.pop("Projects")
        box.uidvalidity = 12
        server.boxes["Customers"] = box
        engine.cycle()
        assert engine.box("Customers").id != id_
        assert sorted(engine.subjects()) == subjects(10)
        engine.close()


# --- the brake, \Deleted, mirrors ---------------------------------------------------------------------


def test_linked_mail_is_counted_by_the_brake(server: Mailboxes, make: Make) -> None:
    server.deliver("me", "INBOX", mails(30))
    engine = make(server)
    engine.cycle()
    for subject in subjects(6):
        database.run(
            "INSERT INTO link (conversation_id, record_key, origin, linked_at) "
            "VALUES (?, 'deal:7', 'person', 1)",
            (engine.conversation_id(subject),),
        )
    server.expunge("INBOX", range(1, 7))
    engine.until(lambda: held(engine) == 6)
    engine.outlast()
    assert len(engine.subjects()) == 30


def with_a_marked_copy(server: Mailboxes, make: Make) -> Engine:
    """Three mails in INBOX; the second was copied to an unsynced mailbox and marked there."""
    server.boxes["Projects"] = Box(11)
    server.deliver("me", "INBOX", mails(3))
    engine = make(server)
    engine.cycle()
    server.copy("INBOX", [2], "Projects")
    server.boxes["Projects"].mails[0].flags.add("\\Deleted")
    return engine


def test_a_marked_copy_in_an_unsynced_mailbox_is_no_sign_of_life(
    server: Mailboxes, make: Make
) -> None:
    """Copied there and marked \\Deleted before any cycle looked: it is about to be expunged."""
    engine = with_a_marked_copy(server, make)
    server.copy("INBOX", [2], "Trash")
    server.expunge("INBOX", [2])
    engine.settle()
    assert "Projects" not in engine.places("mail 001")
    assert "mail 001" not in engine.subjects()


def test_a_marked_copy_in_an_unsynced_mailbox_is_no_place_before_it_is_unmarked(
    server: Mailboxes, make: Make
) -> None:
    engine = with_a_marked_copy(server, make)
    engine.cycle()
    assert engine.places("mail 001") == {"INBOX": "live"}


@pytest.mark.parametrize("alone", ["role", "mark"])
def test_a_mailbox_for_all_mail_proves_nothing(server: Mailboxes, make: Make, alone: str) -> None:
    """By its role, and by the mark that queries look at: each is enough without the other."""
    server.boxes["Everything"] = Box(11, "\\All")
    server.deliver("me", "INBOX", mails(3))
    server.copy("INBOX", [2], "Everything")
    engine = make(server)
    engine.cycle()
    assert engine.box("Everything").is_mirror
    if alone == "role":
        mailbox.update(engine.box("Everything").id, is_mirror=False)
    else:
        mailbox.update(engine.box("Everything").id, role=Role.NONE, role_source="person")
    server.copy("INBOX", [2], "Everything")
    server.expunge("INBOX", [2])
    engine.settle()
    assert sorted(engine.subjects()) == ["mail 000", "mail 002"]


def test_a_mailbox_that_copies_less_than_all_is_no_mirror(server: Mailboxes, make: Make) -> None:
    """A rule that files the newsletters is no rule that copies everything."""
    server.boxes["News"] = Box(11)
    engine = make(server)
    engine.cycle()
    for number, raw in enumerate(mails(24)):
        server.deliver("me", "INBOX", raw)
        if number % 2:
            server.deliver("me", "News", raw)
    engine.cycle()
    assert not engine.box("News").is_mirror


def test_a_chosen_mailbox_is_no_mirror(server: Mailboxes, make: Make) -> None:
    server.boxes["News"] = Box(11)
    engine = make(server, chosen=("INBOX", "News"))
    engine.cycle()
    for raw in mails(12):
        server.deliver("me", "INBOX", raw)
        server.deliver("me", "News", raw)
    engine.cycle()
    assert not engine.box("News").is_mirror


def test_what_a_person_files_later_makes_no_mirror(server: Mailboxes, make: Make) -> None:
    server.boxes["Projects"] = Box(11)
    engine = make(server)
    engine.cycle()
    server.deliver("me", "INBOX", mails(12))
    engine.cycle()
    since = now_ms()
    engine.until(lambda: now_ms() > since)  # the store's clock counts milliseconds
    server.copy("INBOX", range(1, 13), "Projects")
    engine.cycle()
    assert not engine.box("Projects").is_mirror


def test_trash_goes_before_junk() -> None:
    """Neither proves life; one of them says deleted."""
    places = (
        Place(1, 7, Home.LIVE, Presence.ABSENT, location_id=70, asks=1),
        Place(4, 2, Home.JUNK, Presence.PRESENT),
        Place(3, 2, Home.TRASH, Presence.PRESENT),
    )
    assert judge(Case(1, places), now=1, second_sitting=1).kind is Kind.TRASHED


def test_just_under_four_fifths_is_not_enough() -> None:
    known = {uid: b"%d" % uid for uid in range(1, 101)}
    assert not remap(known, {u: known[u] for u in range(1, 80)}, is_complete=True).is_certain
    assert remap(known, {u: known[u] for u in range(1, 81)}, is_complete=True).is_certain
