"""Mailboxes that the server refuses, and servers that refuse a question: what that proves.

A vanished mail may be in a mailbox that cannot be opened now, so the case stays open. One broken
mailbox must not keep the others waiting.
"""

from __future__ import annotations

import re

import pytest

from models.commands.archive import Archive
from models.commands.delete import DeleteMessages
from models.commands.held_deletes import KeepHeld
from models.store import database, settings
from tests.support.servers.fake_mailboxes import CAPABILITIES, Box, Mailboxes, Parts
from tests.sync.engine.engine import DAY_MS, Engine
from tests.sync.engine.scripted import Make, mails, subjects, with_an_archive

NOT_YOURS = b"[NOPERM] not yours"
BROKEN = b"[SERVERBUG] internal error, try again later"


def untold(name: str) -> object:
    """LIST without the numbers of a mailbox that this user may not read."""
    start = f'* STATUS "{name}"'.encode()
    return lambda parts: [part for part in parts if not part.startswith(start)]


def without_uidnext(name: str) -> object:
    """LIST with a count alone for one mailbox."""
    start = f'* STATUS "{name}"'.encode()
    return lambda parts: [
        re.sub(rb"UIDNEXT \d+ ", b"", p) if p.startswith(start) else p for p in parts
    ]


def age_refusals() -> None:
    """A day later."""
    database.run("UPDATE mailbox SET refused_since = refused_since - ?", (2 * DAY_MS,))


@pytest.mark.parametrize("words", [NOT_YOURS, BROKEN])
@pytest.mark.parametrize("target", ["Archive", "Trash"])
def test_what_came_into_a_refused_mailbox_may_be_what_vanished(
    server: Mailboxes, make: Make, words: bytes, target: str
) -> None:
    """Its UIDNEXT grew, and the new mail cannot be read."""
    engine = with_an_archive(server, make)
    server.refuse["EXAMINE", "Archive"] = words
    if target == "Trash":
        server.copy("INBOX", [2], "Archive")  # the copy in Trash is not the only one
    server.move("INBOX", [2], target)
    engine.outlast()
    age_refusals()
    engine.outlast()
    assert sorted(engine.subjects()) == subjects(5)
    server.refuse.clear()
    engine.settle()
    assert sorted(engine.subjects()) == subjects(5)
    assert engine.places("mail 001").get("Archive") == "live"


def test_a_copy_from_before_the_set_up_may_lie_in_a_refused_mailbox(
    server: Mailboxes, make: Make
) -> None:
    """Nothing came into it; only the last search would find the copy."""
    server.boxes["Projects"] = Box(11)
    server.deliver("me", "INBOX", mails(5))
    server.copy("INBOX", [2, 3], "Projects")
    engine = make(server)
    engine.cycle()
    server.expunge("INBOX", [3])
    engine.settle()
    assert engine.box("Projects").was_open
    server.refuse["EXAMINE", "Projects"] = NOT_YOURS
    server.expunge("INBOX", [2])
    engine.outlast()
    age_refusals()
    engine.outlast()
    assert sorted(engine.subjects()) == subjects(5)
    assert engine.facts().checking == 1  # one mail is being checked
    server.refuse.clear()
    engine.settle()
    assert engine.places("mail 001") == {"Projects": "live"}


@pytest.mark.parametrize("is_told", [True, False])
@pytest.mark.parametrize("capabilities", [CAPABILITIES, CAPABILITIES.replace(" LIST-STATUS", "")])
def test_a_mailbox_that_never_could_be_read_holds_deletes_for_a_day(
    make: Make, capabilities: str, is_told: bool
) -> None:
    """Someone else's, or a container with odd rights: with or without numbers in LIST."""
    with Mailboxes(capabilities=capabilities) as server:
        server.boxes["Secret"] = Box(11)
        server.refuse["EXAMINE", "Secret"] = NOT_YOURS
        if not is_told:
            server.refuse["STATUS", "Secret"] = NOT_YOURS
            server.alter["LIST"] = untold("Secret")  # type: ignore[assignment]
        server.deliver("me", "INBOX", mails(5))
        engine = make(server)
        engine.cycle()
        server.expunge("INBOX", [2])
        engine.outlast()
        assert sorted(engine.subjects()) == subjects(5)
        age_refusals()
        engine.settle()
        assert sorted(engine.subjects()) == [subjects(5)[0], *subjects(5)[2:]]
        engine.close()


@pytest.mark.parametrize("grows", ["before", "after", "by count"])
def test_what_vanished_while_a_mailbox_never_opened_grew_is_held(
    server: Mailboxes, make: Make, grows: str
) -> None:
    """Its numbers are listed though it may not be opened. A day later that is the same."""
    server.boxes["Secret"] = Box(11)
    server.refuse["EXAMINE", "Secret"] = NOT_YOURS
    server.deliver("me", "INBOX", mails(5))
    if grows == "by count":
        server.alter["LIST"] = without_uidnext("Secret")  # type: ignore[assignment]
    engine = make(server)
    engine.cycle()
    if grows == "after":
        server.expunge("INBOX", [2])
        engine.cycle()
    server.deliver("me", "Secret", mails(1, first=9))
    engine.cycle()
    age_refusals()
    server.expunge("INBOX", [2])
    engine.outlast()
    assert sorted(engine.subjects()) == subjects(5)
    assert engine.undecided() == (0, 1)
    engine.run(KeepHeld((engine.message_id("mail 001"),)))
    engine.outlast()
    assert engine.undecided() == (0, 0)
    assert sorted(engine.subjects()) == subjects(5)


def test_a_refusal_is_told_once(server: Mailboxes, make: Make) -> None:
    server.deliver("me", "Projects", mails(1))
    engine = make(server, chosen=("INBOX", "Projects"))
    engine.cycle()
    server.refuse["EXAMINE", "Projects"] = NOT_YOURS
    for _ in range(4):
        engine.cycle()
    evidence = database.rows("SELECT evidence FROM ledger WHERE kind = 'mailbox'")
    assert len([1 for (text,) in evidence if "refused" in text]) == 1


def test_a_mailbox_goes_while_one_that_may_not_be_read_comes(server: Mailboxes, make: Make) -> None:
    """Whether it was renamed is asked; that the answer is no must not end the cycle."""
    server.boxes["Projects"] = Box(11)
    server.deliver("me", "INBOX", mails(2))
    engine = make(server)
    engine.cycle()
    server.boxes["Secret"] = server.boxes.pop("Projects")
    server.refuse["STATUS", "Secret"] = NOT_YOURS
    server.alter["LIST"] = untold("Secret")  # type: ignore[assignment]
    server.deliver("me", "INBOX", mails(1, first=2))
    engine.cycle()
    assert sorted(engine.subjects()) == subjects(3)


def test_a_last_search_that_is_refused_deletes_nothing_and_stops_nothing(
    server: Mailboxes, make: Make
) -> None:
    server.deliver("me", "INBOX", mails(5))
    engine = make(server)
    engine.cycle()
    server.refuse_line = lambda line: b"NO not now" if b"HEADER MESSAGE-ID" in line else b""
    server.expunge("INBOX", [2])
    engine.outlast()
    server.deliver("me", "INBOX", mails(1, first=5))
    engine.cycle()
    assert sorted(engine.subjects()) == subjects(6)


def test_what_the_last_search_finds_and_nobody_can_read_is_no_proof(
    server: Mailboxes, make: Make
) -> None:
    """SEARCH names a UID with this Message-ID, FETCH leaves its line out (Yahoo)."""
    server.boxes["Projects"] = Box(11)
    server.deliver("me", "INBOX", mails(5))
    server.copy("INBOX", [2], "Projects")
    engine = make(server)
    engine.cycle()
    server.expunge("INBOX", [2])

    def dropped(parts: Parts) -> Parts:
        return [part for part in parts if b"mail 001" not in part]

    server.alter["UID FETCH"] = dropped
    engine.outlast()
    assert sorted(engine.subjects()) == subjects(5)
    server.alter.clear()
    engine.settle()
    assert engine.places("mail 001") == {"Projects": "live"}


# --- one that is broken does not keep the others waiting ---------------------------------------------


def test_one_broken_mailbox_stops_no_other(server: Mailboxes, make: Make) -> None:
    server.boxes["Projects"] = Box(11)
    server.deliver("me", "INBOX", mails(5))
    engine = make(server)
    engine.cycle()
    server.refuse["EXAMINE", "Projects"] = BROKEN
    server.deliver("me", "Projects", mails(1, first=9))
    server.deliver("me", "INBOX", mails(1, first=5))
    engine.cycle()
    assert sorted(engine.subjects()) == subjects(6)


def test_one_broken_mailbox_stops_no_past_mail(server: Mailboxes, make: Make) -> None:
    for number, name in enumerate(("INBOX", "Projects", "Zoo")):
        server.deliver("me", name, mails(5, first=5 * number))
    server.refuse["EXAMINE", "Projects"] = BROKEN
    engine = make(server, chosen=("INBOX", "Projects", "Zoo"))
    engine.cycle()
    assert sorted(engine.subjects()) == [*subjects(5), *subjects(15)[10:]]


def test_past_mail_of_a_mailbox_comes_when_it_opens_again(server: Mailboxes, make: Make) -> None:
    """Over the same connection: it may stand for weeks."""
    server.deliver("me", "INBOX", mails(2))
    server.deliver("me", "Zoo", mails(3, first=2))
    server.refuse["EXAMINE", "Zoo"] = NOT_YOURS
    engine = make(server, chosen=("INBOX", "Zoo"))
    engine.cycle()
    engine.cycle()
    assert sorted(engine.subjects()) == subjects(2)
    server.refuse.clear()
    engine.cycle()
    engine.cycle()
    assert sorted(engine.subjects()) == subjects(5)


# --- operations ---------------------------------------------------------------------------------------


def begun_archive(engine: Engine, server: Mailboxes) -> None:
    """The server moved a mail and did not say where; then it refuses the archive."""
    server.copyuid = "never"
    server.refuse["EXAMINE", "Archive"] = NOT_YOURS
    engine.leave_idle()
    engine.run(Archive((engine.conversation_id("mail 001"),)))
    engine.cycle()


def test_an_outcome_that_cannot_be_looked_up_stops_nothing_and_stays_open(
    server: Mailboxes, make: Make
) -> None:
    settings.put("archive_on_server", True)
    server.deliver("me", "INBOX", mails(5))
    engine = make(server)
    engine.cycle()
    begun_archive(engine, server)
    server.deliver("me", "INBOX", mails(1, first=5))
    engine.connect()
    engine.cycle()
    assert sorted(engine.subjects()) == subjects(6)
    assert engine.operations() == [("archive", "waiting")]
    server.refuse.clear()
    engine.until(lambda: engine.operations() == [("archive", "done")])
    assert engine.server_subjects("Archive") == ["mail 001"]


def test_an_archive_that_is_gone_ends_what_was_begun(server: Mailboxes, make: Make) -> None:
    """With its mailbox the copy is gone. No operation waits for it forever."""
    settings.put("archive_on_server", True)
    server.deliver("me", "INBOX", mails(5))
    engine = make(server)
    engine.cycle()
    begun_archive(engine, server)
    del server.boxes["Archive"]
    engine.until(lambda: engine.facts().pending == 0)
    assert engine.operations() == [("archive", "done")]
    assert sorted(engine.subjects())[:1] == ["mail 000"]


def test_a_delete_follows_its_mail_to_new_numbers(server: Mailboxes, make: Make) -> None:
    """It was deleted here, so no location tells its new UID: its identity does."""
    settings.put("delete_on_server", True)
    server.deliver("me", "INBOX", mails(5))
    engine = make(server)
    engine.cycle()
    engine.leave_idle()
    engine.run(DeleteMessages((engine.message_id("mail 001"),)))
    database.run("UPDATE operation SET state = 'waiting', next_try_at = 99999999999999")
    box = server.boxes["INBOX"]
    box.uidvalidity, box.uidnext = 9, 200
    for mail in box.mails:
        mail.uid += 100
    engine.cycle()
    database.run("UPDATE operation SET next_try_at = 0")
    engine.until(lambda: engine.operations() == [("trash", "done")])
    assert engine.server_subjects("Trash") == ["mail 001"]
    assert len(server.boxes["INBOX"].mails) == 4
    assert "mail 001" not in engine.subjects()
