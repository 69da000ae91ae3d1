"""A server that hangs up at one mailbox each time: the others go on, and nothing is deleted here.

The line of `closed until` is moved by hand instead of waited for.
"""

from __future__ import annotations

import pytest

from models.commands.archive import Archive
from models.server import mailbox
from models.store import database, settings
from sync.engine.quarantine import ENDS, TRIES, Quarantine, SyncPart
from sync.errors import ReconnectError
from sync.timing import Timing
from tests.support.servers.fake_mailboxes import CAPABILITIES, Box, Mailboxes
from tests.sync.engine.engine import Engine
from tests.sync.engine.hang_ups import FAR, at, cycles, later, told
from tests.sync.engine.scripted import Make, mails, subjects, with_an_archive


@pytest.mark.parametrize("verb", ["EXAMINE", "UID FETCH", "UID SEARCH"])
def test_a_mailbox_at_which_the_server_hangs_up_starves_no_other(
    server: Mailboxes, make: Make, verb: str
) -> None:
    server.deliver("me", "INBOX", mails(2))
    server.deliver("me", "Able", mails(1, first=8))
    engine = make(server, chosen=("INBOX", "Able", "Zoo"))
    engine.cycle()
    server.hangs_up = at(verb, "Able")
    server.deliver("me", "Able", mails(1, first=9))
    server.deliver("me", "Zoo", mails(1, first=2))
    # With one new mail, the engine first takes the mail itself for the cause.
    found_out = ENDS if verb == "UID FETCH" else 0
    assert cycles(engine, TRIES + ENDS + 1) == TRIES + found_out + 1
    assert "mail 002" in engine.subjects()
    assert told("hung_up") == 1
    assert engine.box("Able").refused_since is not None
    assert engine.undecided() == (0, 0)
    server.deliver("me", "INBOX", mails(1, first=3))
    assert cycles(engine) == 1
    assert "mail 003" in engine.subjects()
    server.hangs_up = lambda *_: False
    later(engine)
    cycles(engine)
    assert sorted(engine.subjects()) == [*subjects(4), "mail 008", "mail 009"]
    assert engine.box("Able").refused_since is None


def test_a_mailbox_at_whose_status_the_server_hangs_up_starves_no_other(make: Make) -> None:
    """Without LIST-STATUS each mailbox is asked, at the set-up too."""
    with Mailboxes(capabilities=CAPABILITIES.replace(" LIST-STATUS", "")) as server:
        server.deliver("me", "INBOX", mails(2))
        server.boxes["Able"] = Box(11)
        server.hangs_up = at("STATUS", "Able")
        engine = make_new(make, server)
        assert cycles(engine) <= TRIES + 1
        assert sorted(engine.subjects()) == subjects(2)
        assert engine.box("Able").refused_since is not None
        server.deliver("me", "INBOX", mails(1, first=2))
        cycles(engine)
        assert sorted(engine.subjects()) == subjects(3)
        engine.close()


def make_new(make: Make, server: Mailboxes) -> Engine:
    """An engine whose first connection may not come to its end."""
    keeps = server.hangs_up
    server.hangs_up = lambda *_: False
    engine = make(server)
    engine.drop()
    database.run("DELETE FROM mailbox WHERE is_chosen = 0")
    database.run("UPDATE account SET set_up = 0")
    server.hangs_up = keeps
    return engine


def test_nothing_is_deleted_while_a_mailbox_hangs_up(server: Mailboxes, make: Make) -> None:
    """The vanished mail may be what came into it."""
    engine = with_an_archive(server, make)
    server.hangs_up = at("EXAMINE", "Archive")
    server.move("INBOX", [2], "Archive")
    cycles(engine)
    engine.outlast()
    assert sorted(engine.subjects()) == subjects(5)
    assert engine.facts().checking == 1
    later(engine)
    cycles(engine)  # once more at it, and the others go on again
    engine.outlast()
    assert sorted(engine.subjects()) == subjects(5)
    server.hangs_up = lambda *_: False
    later(engine)
    engine.settle()
    assert sorted(engine.subjects()) == subjects(5)
    assert engine.places("mail 001").get("Archive") == "live"


def test_past_mail_that_hangs_up_starves_no_other(server: Mailboxes, make: Make) -> None:
    """One mail that the server cannot hand out: new mail of its label comes, and the other labels."""
    server.deliver("me", "INBOX", mails(3))
    server.deliver("me", "Zoo", mails(2, first=3))
    server.hangs_up = at("UID FETCH", "INBOX")
    engine = make(server, chosen=("INBOX", "Zoo"))
    cycles(engine)
    assert sorted(engine.subjects()) == ["mail 003", "mail 004"]
    assert told("past_hung_up") == 1
    server.hangs_up = lambda *_: False
    server.deliver("me", "INBOX", mails(1, first=5))
    cycles(engine)
    assert "mail 005" in engine.subjects()
    later(engine)
    engine.until(lambda: sorted(engine.subjects()) == subjects(6))


def test_operations_go_out_though_a_mailbox_hangs_up(server: Mailboxes, make: Make) -> None:
    settings.put("archive_on_server", True)
    server.deliver("me", "INBOX", mails(2))
    server.deliver("me", "Able", mails(1, first=8))
    engine = make(server, chosen=("INBOX", "Able"))
    engine.cycle()
    server.hangs_up = at("EXAMINE", "Able")
    server.deliver("me", "Able", mails(1, first=9))
    cycles(engine)
    engine.leave_idle()
    engine.run(Archive((engine.conversation_id("mail 001"),)))
    assert cycles(engine) == 1
    assert engine.operations() == [("archive", "done")]


def test_where_the_inbox_hangs_up_nobody_idles_in_it(make: Make) -> None:
    with Mailboxes(capabilities=f"{CAPABILITIES} IDLE") as server:
        server.deliver("me", "INBOX", mails(2))
        engine = make(server, chosen=("INBOX", "Zoo"))
        engine.cycle()
        server.hangs_up = at("EXAMINE", "INBOX")
        server.deliver("me", "INBOX", mails(1, first=2))
        server.deliver("me", "Zoo", mails(1, first=3))
        cycles(engine)
        assert sorted(engine.subjects()) == ["mail 000", "mail 001", "mail 003"]
        assert engine.session is not None
        assert not engine.session.is_idling
        engine.close()


def test_a_line_that_we_cut_ourselves_is_nobodys_fault(server: Mailboxes, make: Make) -> None:
    server.deliver("me", "INBOX", mails(2))
    engine = make(server)
    engine.cycle()
    server.deliver("me", "INBOX", mails(1, first=2))

    def cut(text: str) -> None:
        if text.startswith("EXAMINE") and engine.session is not None:
            engine.session.abort()

    for _ in range(TRIES + 1):
        engine.on_command = cut
        with pytest.raises(ReconnectError):
            engine.cycle()
        engine.on_command = engine.commands.append
        engine.connect()
    assert not engine.quarantine.closed()


def test_a_refused_mailbox_is_tried_again_though_nothing_is_new_in_it(
    server: Mailboxes, make: Make
) -> None:
    """The last search met the refusal; else no command would ever open that mailbox again."""
    server.boxes["Projects"] = Box(11)
    server.deliver("me", "INBOX", mails(5))
    engine = make(server)
    engine.cycle()
    mailbox.update(engine.box("Projects").id, was_open=True)
    server.refuse["EXAMINE", "Projects"] = b"[NOPERM] not yours"
    server.expunge("INBOX", [2])
    engine.outlast()
    assert sorted(engine.subjects()) == subjects(5)
    server.refuse.clear()
    engine.settle()
    assert len(engine.subjects()) == 4


def test_who_asks_does_not_wait_and_one_more_end_is_enough(server: Mailboxes, make: Make) -> None:
    server.deliver("me", "INBOX", mails(2))
    engine = make(server, chosen=("INBOX", "Zoo"))
    engine.cycle()
    server.hangs_up = at("EXAMINE", "INBOX")
    server.deliver("me", "INBOX", mails(1, first=2))
    cycles(engine)
    assert engine.quarantine.closed() == {"INBOX"}
    engine.quarantine.try_now()
    assert cycles(engine) == 2
    assert engine.quarantine.closed() == {"INBOX"}
    server.hangs_up = lambda *_: False
    engine.quarantine.try_now()
    assert cycles(engine) == 1
    assert sorted(engine.subjects()) == subjects(3)


def test_where_only_idling_would_open_the_inbox_it_is_noticed(make: Make) -> None:
    with Mailboxes(capabilities=f"{CAPABILITIES} IDLE CONDSTORE") as server:
        server.boxes["INBOX"].modseq = 3  # its flags need not be read
        server.deliver("me", "INBOX", mails(2))
        engine = make(server, chosen=("INBOX", "Zoo"))
        engine.cycle()
        engine.cycle()
        server.hangs_up = at("EXAMINE", "INBOX")
        server.deliver("me", "Zoo", mails(1, first=3))
        assert cycles(engine) == TRIES + 1
        assert "mail 003" in engine.subjects()
        engine.close()


def test_a_label_that_opens_and_is_not_to_be_searched_is_told_once(
    server: Mailboxes, make: Make
) -> None:
    server.deliver("me", "INBOX", mails(2))
    server.deliver("me", "Zoo", mails(3, first=2))
    server.refuse["UID SEARCH", "Zoo"] = b"[CANNOT] no search here"
    engine = make(server, chosen=("INBOX", "Zoo"))
    for _ in range(8):
        engine.cycle()
    assert sorted(engine.subjects()) == subjects(2)
    assert told("refused") <= 1


# --- the counting alone ------------------------------------------------------------------------


def test_who_gets_further_each_time_has_a_bad_line() -> None:
    quarantine = Quarantine(Timing())
    assert not any(quarantine.happened("INBOX", SyncPart.CYCLE, reached) for reached in range(9))


def test_the_wait_grows_up_to_its_most_and_a_pass_ends_it() -> None:
    quarantine = Quarantine(Timing(hanging_first=60.0, hanging_most=200.0))
    waits = []
    quarantine.happened("Able", SyncPart.CYCLE, 1)
    trouble = quarantine._known["Able", SyncPart.CYCLE]
    for _ in range(TRIES + 2):
        waits.append(trouble.wait_seconds)
        quarantine.happened("Able", SyncPart.CYCLE, 1)
    waits.append(trouble.wait_seconds)
    assert waits == [0.0, 0.0, 60.0, 120.0, 200.0, 200.0]
    assert quarantine.closed() == {"Able"}
    quarantine.passed("Able", SyncPart.CYCLE)  # it is left out: nothing passed
    assert quarantine.closed() == {"Able"}
    trouble.closed_until -= FAR
    assert not quarantine.closed()
    assert quarantine.happened("Able", SyncPart.CYCLE, 1)  # one more is enough
    trouble.closed_until -= FAR
    quarantine.passed("Able", SyncPart.CYCLE)
    assert not quarantine.happened("Able", SyncPart.CYCLE, 1)
