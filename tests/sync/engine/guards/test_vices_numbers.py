"""SEARCH results and numbers that are false or fall: they delete nothing."""

from __future__ import annotations

import re

import pytest

from models.server import mailbox
from models.store import database
from sync.errors import SyncError
from tests.support.builders import a_mail
from tests.support.servers.fake_mailboxes import CAPABILITIES, Mailboxes, Parts
from tests.sync.engine.engine import SELDOM
from tests.sync.engine.scripted import BARE, Make, ago, mails, subjects, without

# --- SEARCH ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("capabilities", "answer"),
    [
        (BARE, []),
        (BARE, [b"* SEARCH"]),
        (BARE, [b"* SEARCH 1 2", b"* SEARCH 3"]),
        (CAPABILITIES, []),
        (CAPABILITIES, [b'* ESEARCH (TAG "x") UID COUNT 0']),
        (CAPABILITIES, [b'* ESEARCH (TAG "x") UID COUNT 25 ALL 1:3']),
        (CAPABILITIES, [b'* ESEARCH (TAG "x") UID COUNT 3 ALL 1:3', b"* SEARCH 4"]),
    ],
)
def test_a_search_that_lies_deletes_nothing(make: Make, capabilities: str, answer: Parts) -> None:
    with Mailboxes(capabilities=capabilities) as server:
        server.deliver("me", "INBOX", mails(25))
        engine = make(server)
        engine.cycle()
        assert len(engine.subjects()) == 25
        server.alter["UID SEARCH"] = lambda _: answer
        server.boxes["INBOX"].mails[0].flags.add("\\Seen")
        server.expunge("INBOX", [3])
        engine.outlast()
        assert len(engine.subjects()) == 25
        server.alter.clear()
        mailbox.update(engine.box("INBOX").id, full_check_at=0)
        engine.settle()
        assert len(engine.subjects()) == 24


@pytest.mark.parametrize("answer", [[], [b"* SEARCH"], [b"* SEARCH 1 2", b"* SEARCH 3"]])
def test_past_mail_is_not_done_after_half_a_listing(make: Make, answer: Parts) -> None:
    with Mailboxes(capabilities=BARE) as server:
        server.deliver("me", "INBOX", mails(5))
        server.alter["UID SEARCH"] = lambda _: answer
        engine = make(server, start_at=ago(30))
        engine.cycle()
        engine.cycle()
        is_empty = answer == [b"* SEARCH"]
        assert engine.box("INBOX").backfill_done is is_empty
        server.alter.clear()
        if is_empty:  # a whole lie in one piece: the full check finds it
            mailbox.update(engine.box("INBOX").id, full_check_at=0)
        engine.cycle()
        engine.cycle()
        assert sorted(engine.subjects()) == subjects(5)
        assert engine.box("INBOX").backfill_done


# --- numbers that lie or fall ------------------------------------------------------------------------


def test_counts_that_lie_delete_nothing(server: Mailboxes, make: Make) -> None:
    server.deliver("me", "INBOX", mails(30))
    engine = make(server)
    engine.cycle()

    def fewer(parts: Parts) -> Parts:
        return [re.sub(rb"MESSAGES \d+|\d+ EXISTS", _half, part) for part in parts]

    server.alter |= {"LIST": fewer, "STATUS": fewer, "EXAMINE": fewer}
    engine.outlast()
    assert sorted(engine.subjects()) == subjects(30)


def _half(found: re.Match[bytes]) -> bytes:
    return re.sub(rb"\d+", lambda m: b"%d" % (int(m.group()) // 2), found.group())


def test_a_lower_uidvalidity_counts_too(server: Mailboxes, make: Make) -> None:
    server.deliver("me", "INBOX", mails(10))
    engine = make(server)
    engine.cycle()
    box = server.boxes["INBOX"]
    box.uidvalidity, box.uidnext = 3, 1
    box.mails, old = [], box.mails
    for mail in reversed(old):
        box.add(mail.raw, at=mail.at)
    engine.settle()
    assert sorted(engine.subjects()) == subjects(10)
    assert database.value("SELECT count(*) FROM location WHERE uidvalidity = 3") == 10
    assert engine.places("mail 004") == {"INBOX": "live"}


def test_a_uidnext_that_fell_is_asked_about(server: Mailboxes, make: Make) -> None:
    """A server restored from a backup: what it lost is held, and UIDs are given out again."""
    server.deliver("me", "INBOX", mails(10))
    engine = make(server)
    engine.cycle()
    box = server.boxes["INBOX"]
    lost = box.mails[8:]
    box.mails, box.uidnext = box.mails[:8], 9
    server.deliver("me", "INBOX", a_mail(subject="new"))
    box.uidnext = 10
    engine.cycle()
    engine.settle()
    engine.settle()
    assert sorted(engine.subjects()) == [*subjects(10), "new"]
    assert engine.facts().held == 2
    for mail in lost:
        box.add(mail.raw, at=mail.at)
    engine.settle()
    assert engine.facts().held == 0
    assert sorted(engine.subjects()) == [*subjects(10), "new"]


def test_a_highestmodseq_that_fell_holds_vanishes_until_the_next_look(make: Make) -> None:
    with Mailboxes(capabilities=f"{CAPABILITIES} CONDSTORE") as server:
        server.boxes["INBOX"].modseq = 50
        server.deliver("me", "INBOX", mails(10))
        engine = make(server)
        engine.cycle()
        server.boxes["INBOX"].modseq = 40
        server.expunge("INBOX", [1])
        engine.cycle()
        assert engine.places("mail 000") == {"INBOX": "live"}
        assert engine.box("INBOX").held_reason == "lower"
        engine.settle()
        assert sorted(engine.subjects()) == subjects(10)[1:]


def test_what_a_new_uidvalidity_does_not_find_is_proven_before_a_delete(
    server: Mailboxes, make: Make
) -> None:
    server.deliver("me", "INBOX", mails(10))
    engine = make(server, timing=SELDOM)
    engine.cycle()
    box = server.boxes["INBOX"]
    box.uidvalidity, box.mails = 9, box.mails[1:]
    engine.cycle()
    assert sorted(engine.subjects()) == subjects(10)
    assert engine.facts().checking == 1
    engine.make_due()
    engine.settle()
    assert sorted(engine.subjects()) == subjects(10)[1:]


def test_where_most_is_not_found_the_person_is_asked(server: Mailboxes, make: Make) -> None:
    server.deliver("me", "INBOX", mails(10))
    engine = make(server)
    engine.cycle()
    box = server.boxes["INBOX"]
    box.uidvalidity, kept, box.mails = 9, box.mails, box.mails[5:]
    engine.settle()
    engine.settle()
    assert sorted(engine.subjects()) == subjects(10)
    assert engine.facts().held == 5
    for mail in kept[:5]:  # they are put back one after the other
        box.add(mail.raw, at=mail.at)
    engine.settle()
    assert engine.facts().held == 0
    assert sorted(engine.subjects()) == subjects(10)


def test_a_cut_while_following_a_new_uidvalidity_loses_nothing(
    server: Mailboxes, make: Make
) -> None:
    server.deliver("me", "INBOX", mails(10))
    engine = make(server)
    engine.cycle()
    box = server.boxes["INBOX"]
    box.uidvalidity = 9
    server.deliver("me", "INBOX", mails(3, first=10))

    def cut(parts: Parts) -> Parts:
        if any(b"BODY[]" in part for part in parts):
            raise ConnectionError
        return parts

    server.alter["UID FETCH"] = cut
    with pytest.raises(SyncError):
        engine.cycle()
    server.alter.clear()
    engine.connect()
    engine.settle()
    assert sorted(engine.subjects()) == subjects(13)


def test_what_cannot_be_read_under_new_numbers_is_held_and_not_missing(
    server: Mailboxes, make: Make
) -> None:
    """It may be the very mail that was not found again, so this is no first check."""
    server.deliver("me", "INBOX", mails(10))
    engine = make(server)
    engine.cycle()
    server.boxes["INBOX"].uidvalidity = 9
    server.alter["UID FETCH"] = without(3)
    engine.outlast()
    assert engine.places("mail 002") == {"INBOX": "held"}
    assert sorted(engine.subjects()) == subjects(10)
    server.alter.clear()
    mailbox.update(engine.box("INBOX").id, full_check_at=0)
    engine.settle()
    engine.settle()
    assert sorted(engine.subjects()) == subjects(10)
    assert engine.places("mail 002")["INBOX"] == "live"


def test_new_numbers_are_followed_only_by_a_complete_listing(server: Mailboxes, make: Make) -> None:
    server.deliver("me", "INBOX", mails(10))
    engine = make(server)
    engine.cycle()
    server.boxes["INBOX"].uidvalidity = 9
    server.alter["UID SEARCH"] = lambda _: [b'* ESEARCH (TAG "x") UID COUNT 10 ALL 1:9']
    engine.outlast()
    assert engine.box("INBOX").uidvalidity == 7
    assert engine.undecided() == (0, 0)
    server.alter.clear()
    engine.settle()
    assert engine.box("INBOX").uidvalidity == 9
    assert sorted(engine.subjects()) == subjects(10)


def test_what_is_held_stays_held_under_new_numbers(server: Mailboxes, make: Make) -> None:
    """A UIDNEXT fell and the user is asked; new numbers are no answer."""
    server.deliver("me", "INBOX", mails(10))
    engine = make(server)
    engine.cycle()
    box = server.boxes["INBOX"]
    box.mails = [mail for mail in box.mails if mail.uid != 10]
    box.uidnext = 10
    engine.outlast()
    assert engine.facts().held == 1
    box.uidvalidity, box.uidnext = 99, 300
    for mail in box.mails:
        mail.uid += 100
    engine.outlast()
    engine.outlast()
    assert engine.facts().held == 1
    assert sorted(engine.subjects()) == subjects(10)
