"""One mail at which the server hangs up: it alone is left out, and its label's other mail comes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models.store import database
from sync.engine.quarantine import ENDS, MAILS_MOST, TRIES, MailQuarantine, Quarantine, SyncPart
from sync.session import Asked
from sync.timing import Timing
from tests.support.servers.fake_mailboxes import Mailboxes, _uids
from tests.sync.engine.engine import Engine
from tests.sync.engine.hang_ups import cycles, later, told
from tests.sync.engine.scripted import Make, mails, subjects

MOST = ENDS + 4  # cycles that go through
PLACE = ("INBOX", 7)
WORDS = b"BODY.PEEK[]"
HEADER = b"HEADER.FIELDS"


def hangs_up_at(server: Mailboxes, subject: str, item: bytes) -> Callable[[bytes], bytes]:
    """The server hangs up whenever this part of the mail is fetched."""
    (uid,) = [m.uid for m in server.boxes["INBOX"].mails if subject.encode() in m.raw]

    def look(line: bytes) -> bytes:
        asked = line.upper()
        if not (asked.startswith(b"UID FETCH") and item in asked):
            return b""
        if uid in _uids(line.split(b" ")[2], server.boxes["INBOX"]):
            raise ConnectionError
        return b""

    return look


def through(engine: Engine, is_so: Callable[[], bool]) -> None:
    """Run cycles, some minutes apart, until the condition holds."""
    for _ in range(MOST):
        cycles(engine)
        if is_so():
            return
        for trouble in engine.quarantine._known.values():
            trouble.closed_until = 0.0
    raise AssertionError("it never came true")


def body_state(subject: str) -> str:
    found = database.value("SELECT body_state FROM message WHERE subject = ?", (subject,))
    return str(found)


def test_of_a_new_mail_with_dangerous_words_the_header_comes(server: Mailboxes, make: Make) -> None:
    server.deliver("me", "INBOX", mails(2))
    engine = make(server)
    engine.cycle()
    server.deliver("me", "INBOX", mails(4, first=2))
    server.refuse_line = hangs_up_at(server, "mail 003", WORDS)
    through(engine, lambda: sorted(engine.subjects()) == subjects(6))
    assert body_state("mail 003") == "poison"
    assert {body_state(name) for name in subjects(6) if name != "mail 003"} == {"full"}
    assert engine.box("INBOX").refused_since is None
    assert told("mail_hung_up") == 1
    assert told("hung_up") == 1  # for a minute, at the third end
    server.deliver("me", "INBOX", mails(1, first=6))
    assert cycles(engine) == 1
    assert "mail 006" in engine.subjects()


def test_opened_once_the_wait_is_over_its_words_come(server: Mailboxes, make: Make) -> None:
    server.deliver("me", "INBOX", mails(2))
    engine = make(server)
    engine.cycle()
    server.deliver("me", "INBOX", mails(2, first=2))
    server.refuse_line = hangs_up_at(server, "mail 003", WORDS)
    through(engine, lambda: "mail 003" in engine.subjects())
    server.refuse_line = lambda _: b""
    later(engine)
    (message_id,) = database.row("SELECT id FROM message WHERE subject = 'mail 003'") or ()
    engine.leave_idle()
    engine.sync.want_body(message_id)
    engine.cycle()
    assert body_state("mail 003") == "full"


def test_a_new_mail_whose_header_is_dangerous_waits_and_the_others_come(
    server: Mailboxes, make: Make
) -> None:
    server.deliver("me", "INBOX", mails(2))
    engine = make(server)
    engine.cycle()
    server.deliver("me", "INBOX", mails(4, first=2))
    server.refuse_line = hangs_up_at(server, "mail 003", HEADER)
    others = [name for name in subjects(6) if name != "mail 003"]
    through(engine, lambda: sorted(engine.subjects()) == others)
    server.deliver("me", "INBOX", mails(1, first=6))
    assert cycles(engine) == 1
    assert sorted(engine.subjects()) == [*others, "mail 006"]
    server.refuse_line = lambda _: b""
    later(engine)
    engine.until(lambda: sorted(engine.subjects()) == subjects(7))


def test_what_vanishes_while_it_waits_is_not_deleted(server: Mailboxes, make: Make) -> None:
    """Nothing shows whose copy the unread mail is."""
    server.deliver("me", "INBOX", mails(5))
    engine = make(server)
    engine.cycle()
    server.move("INBOX", [2], "Sent")
    server.boxes["INBOX"].mails.append(server.boxes["Sent"].mails.pop())
    server.boxes["INBOX"].mails[-1].uid = server.boxes["INBOX"].uidnext
    server.boxes["INBOX"].uidnext += 1
    (uid,) = [m.uid for m in server.boxes["INBOX"].mails if b"mail 001" in m.raw]
    assert uid == 6
    server.refuse_line = hangs_up_at(server, "mail 001", HEADER)
    through(engine, lambda: bool(engine.quarantine.mails.left_out(PLACE, [6], whole=False)))
    engine.outlast()
    assert sorted(engine.subjects()) == subjects(5)
    server.refuse_line = lambda _: b""
    later(engine)
    database.run("UPDATE mailbox SET full_check_at = 0")  # an hour later
    engine.settle()
    assert sorted(engine.subjects()) == subjects(5)
    assert engine.places("mail 001") == {"INBOX": "live"}


@pytest.mark.parametrize(("item", "state"), [(WORDS, "poison"), (HEADER, "full")])
def test_in_past_mail_it_alone_is_left_out(
    server: Mailboxes, make: Make, item: bytes, state: str
) -> None:
    server.deliver("me", "INBOX", mails(7))
    server.refuse_line = hangs_up_at(server, "mail 003", item)
    engine = make(server)
    through(engine, lambda: sorted(engine.subjects()) == subjects(7))
    assert body_state("mail 003") == state  # past mail is fetched whole, without its header first
    assert engine.box("INBOX").backfill_done


def test_a_line_that_breaks_anywhere_leaves_no_mail_out(server: Mailboxes, make: Make) -> None:
    server.deliver("me", "INBOX", mails(2))
    engine = make(server)
    engine.cycle()
    server.deliver("me", "INBOX", mails(4, first=2))
    ends = iter([True, True, False, False, True, False])

    def break_(line: bytes) -> bytes:
        if WORDS in line and next(ends, False):
            raise ConnectionError
        return b""

    server.refuse_line = break_
    through(engine, lambda: sorted(engine.subjects()) == subjects(6))
    assert {body_state(name) for name in subjects(6)} == {"full"}
    assert told("mail_hung_up") == 0


# --- the counting alone ------------------------------------------------------------------------


def ended(mails_: MailQuarantine, uids: str, *, times: int = 1, whole: bool = True) -> list[bool]:
    return [mails_.learn(Asked(PLACE, uids, whole), is_second=True) for _ in range(times)]


def test_a_group_makes_suspects_at_the_second_end_and_one_alone_is_left_out() -> None:
    mails_ = MailQuarantine(Timing())
    mails_.learn(Asked(PLACE, "1:4", is_whole=True), is_second=False)
    assert not mails_.suspects[PLACE]
    assert ended(mails_, "1:4", times=2) == [False, False]
    assert mails_.suspects[PLACE] == {1, 2, 3, 4}
    assert not any(ended(mails_, "3", times=ENDS - 1))
    assert mails_.left_out(PLACE, [1, 2, 3, 4], whole=True) == set()
    assert ended(mails_, "3") == [True]
    assert mails_.left_out(PLACE, [1, 2, 3, 4], whole=True) == {3}
    assert mails_.left_out(PLACE, [3], whole=False) == set()
    assert mails_.left_out(("INBOX", 8), [3], whole=True) == set()
    assert (mails_.take_new(), mails_.take_new()) == (True, False)


def test_whose_header_is_dangerous_is_not_asked_for_words_either() -> None:
    mails_ = MailQuarantine(Timing())
    ended(mails_, "3", times=ENDS, whole=False)
    assert mails_.left_out(PLACE, [3], whole=False) == {3}
    assert mails_.left_out(PLACE, [3], whole=True) == {3}


def test_progress_clears_suspects_and_not_who_was_left_out() -> None:
    mails_ = MailQuarantine(Timing())
    ended(mails_, "1:4")
    ended(mails_, "3", times=ENDS)
    ended(mails_, "4", times=ENDS - 1)
    mails_.forget("INBOX")
    assert mails_.suspects[PLACE] == {3}
    ended(mails_, "4", times=ENDS - 1)
    assert mails_.left_out(PLACE, [3, 4], whole=True) == {3}


def test_with_many_such_mails_the_mailbox_itself_is_left_out() -> None:
    quarantine = Quarantine(Timing())
    closed = [
        quarantine.happened("INBOX", SyncPart.CYCLE, 1, Asked(PLACE, str(uid), is_whole=True))
        for uid in range(1, MAILS_MOST + 3)
        for _ in range(ENDS)
    ]
    first = ENDS  # after the first mail was found nothing counts as tried
    assert closed == [False] * (first + TRIES - 1) + [True] * (len(closed) - first - TRIES + 1)
    assert len(quarantine.mails.left_out(PLACE, range(100), whole=True)) == MAILS_MOST
