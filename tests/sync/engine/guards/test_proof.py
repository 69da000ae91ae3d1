"""Each guard of the proof alone, with the guards around it out of the way.

A mail is deleted here only if many conditions hold at once. Where several guards would catch the
same fault, the test first disables the others, so that it tests the guard that it is about.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models.commands.archive import Archive
from models.commands.delete import DeleteMessages
from models.commands.held_deletes import KeepHeld
from models.commands.read_state import MarkRead
from models.server import arrival
from models.server.past_sync import BeginPastSync
from models.store import database, settings
from sync.engine.fetch import missing_answers
from tests.support.builders import a_mail
from tests.support.servers.fake_mailboxes import CAPABILITIES, Box, Mailboxes, Parts
from tests.sync.engine.engine import SELDOM, Engine
from tests.sync.engine.scripted import Make, ago, mails, without


def test_numbers_of_before_stay_until_the_arrivals_are_known(server: Mailboxes, make: Make) -> None:
    """One came and one went: with new numbers stored too early both would cancel out.

    The full check, which would find it within the hour, is not due.
    """
    server.deliver("me", "INBOX", mails(5))
    engine = make(server)
    engine.cycle()
    server.expunge("INBOX", [2])
    server.deliver("me", "INBOX", mails(1, first=5))
    server.alter["UID SEARCH"] = lambda _: []
    engine.cycle()
    server.alter.clear()
    engine.settle()
    assert sorted(engine.subjects()) == [f"mail {n:03}" for n in (0, 2, 3, 4, 5)]


def test_what_is_kept_out_is_counted_under_a_new_uidvalidity(server: Mailboxes, make: Make) -> None:
    """Old mail that was deleted here is not read again; were it not counted as the one that
    stays away, an equal mail that comes later would stay away for it.
    """
    settings.put("delete_on_server", False)
    engine = make(server, start="1m", start_at=ago(10))
    engine.cycle()
    raw = a_mail(subject="twin")
    server.boxes["INBOX"].add(raw, at=ago(20))
    server.deliver("me", "INBOX", mails(9))
    engine.cycle()
    engine.leave_idle()
    engine.run(DeleteMessages((engine.message_id("twin"),)))
    server.boxes["INBOX"].uidvalidity = 9
    engine.settle()
    assert "twin" not in engine.subjects()
    server.boxes["INBOX"].add(raw)
    engine.settle()
    assert engine.subjects().count("twin") == 1


def once(act: Callable[[], None]) -> Callable[[Parts], Parts]:
    """Something that another program does right after the server has answered."""
    left = [act]

    def alter(parts: Parts) -> Parts:
        if left:
            left.pop()()
        return parts

    return alter


def test_what_an_exact_question_still_finds_is_not_gone(server: Mailboxes, make: Make) -> None:
    """SEARCH, EXISTS and STATUS agree that a mail is gone, also in the last search; FETCH has it."""
    server.deliver("me", "INBOX", mails(5))
    engine = make(server)
    engine.cycle()

    def fewer(parts: Parts) -> Parts:
        return [part.replace(b"MESSAGES 5", b"MESSAGES 4") for part in parts]

    server.alter |= {
        "LIST": fewer,
        "STATUS": fewer,
        "EXAMINE": lambda parts: [part.replace(b"* 5 EXISTS", b"* 4 EXISTS") for part in parts],
        "UID SEARCH": lambda _: [b'* ESEARCH (TAG "x") UID COUNT 4 ALL 2:5'],
    }
    engine.outlast()
    assert len(engine.subjects()) == 5
    assert engine.places("mail 000") == {"INBOX": "live"}


def test_a_mailbox_that_left_the_list_proves_nothing_any_more(
    server: Mailboxes, make: Make
) -> None:
    """Both checks are over, and only an operation kept the case open."""
    server.deliver("me", "Projects", mails(5))
    engine = make(server, chosen=("INBOX", "Projects"))
    engine.cycle()
    engine.leave_idle()
    settings.put("archive_on_server", False)
    engine.run(MarkRead((engine.conversation_id("mail 001"),), read=True))
    database.run("UPDATE operation SET next_try_at = 99999999999999, state = 'waiting'")
    server.expunge("Projects", [2])
    engine.until(lambda: database.value("SELECT max(asks) FROM location") == 2)
    del server.boxes["Projects"]
    database.run("UPDATE operation SET state = 'cancelled'")
    engine.outlast()
    assert len(engine.subjects()) == 5


def test_uids_of_another_uidvalidity_are_not_taken_in(server: Mailboxes, make: Make) -> None:
    """STATUS returned the old numbers, EXAMINE the new ones."""
    server.deliver("me", "INBOX", mails(5))
    engine = make(server)
    engine.cycle()
    server.deliver("me", "INBOX", mails(1, first=5))

    def renumber() -> None:
        box = server.boxes["INBOX"]
        box.uidvalidity, box.uidnext = 9, 1
        box.mails, old = [], box.mails
        for mail in reversed(old):
            box.add(mail.raw, at=mail.at)

    server.alter["LIST"] = once(renumber)
    engine.sync.news()
    while engine.sync.step().doing != "vanishes" and "mail 005" not in engine.subjects():
        if engine.sync._cycle is None:
            break
    assert database.value("SELECT count(*) FROM location WHERE uidvalidity = 7 AND uid = 6") == 0
    engine.settle()
    assert sorted(engine.subjects()) == [f"mail {n:03}" for n in range(6)]


def test_what_was_unread_is_not_read_under_other_numbers(server: Mailboxes, make: Make) -> None:
    engine = make(server)
    engine.cycle()
    server.deliver("me", "INBOX", mails(3))
    server.alter["UID FETCH"] = without(2)
    engine.cycle()
    assert sorted(engine.subjects()) == ["mail 000", "mail 002"]

    def renumber() -> None:
        box = server.boxes["INBOX"]
        box.uidvalidity = 9
        box.mails[1].raw = a_mail(subject="another")

    server.alter = {"LIST": once(renumber)}
    engine.sync.news()
    for _ in range(3):
        engine.sync.step()
    assert database.value("SELECT count(*) FROM location WHERE uidvalidity = 7 AND uid = 2") == 0
    engine.settle()
    engine.settle()
    assert sorted(engine.subjects()) == ["another", "mail 000", "mail 002"]


def test_two_quick_looks_are_one_sitting(server: Mailboxes, make: Make) -> None:
    """A look too soon must not count as the second check, or the case would never be closed."""
    server.deliver("me", "INBOX", mails(5))
    engine = make(server, timing=SELDOM)
    engine.cycle()
    server.expunge("INBOX", [1])
    engine.cycle()
    server.expunge("INBOX", [2])
    engine.cycle()
    assert database.value("SELECT max(asks) FROM location") == 1
    engine.make_due()
    engine.settle()
    assert sorted(engine.subjects()) == ["mail 002", "mail 003", "mail 004"]


def test_another_mail_with_its_message_id_is_no_copy(server: Mailboxes, make: Make) -> None:
    """Hostile mail may reuse a Message-ID; it lies below every watermark, the last search finds it."""
    name = "<same@customer.example>"
    server.deliver("me", "Projects", a_mail(subject="impostor", message_id=name))
    server.deliver("me", "INBOX", [a_mail(subject="one", message_id=name), *mails(4)])
    engine = make(server)
    engine.cycle()
    server.expunge("INBOX", [1])
    engine.settle()
    assert sorted(engine.subjects()) == [f"mail {n:03}" for n in range(4)]


def test_a_last_search_without_an_answer_deletes_nothing(server: Mailboxes, make: Make) -> None:
    server.deliver("me", "INBOX", mails(5))
    engine = make(server)
    engine.cycle()
    server.expunge("INBOX", [1])
    server.alter["UID SEARCH"] = lambda parts: [part for part in parts if b"COUNT 0" not in part]
    engine.until(lambda: database.value("SELECT max(asks) FROM location") == 2)
    for _ in range(3):
        engine.cycle()
    assert len(engine.subjects()) == 5
    server.alter.clear()
    engine.settle()
    assert len(engine.subjects()) == 4


# --- operations ----------------------------------------------------------------------------------


def test_a_copy_that_is_not_proven_leaves_its_source(make: Make) -> None:
    """COPY says OK, and nothing is in the target: \\Deleted and EXPUNGE must not follow."""
    settings.put("delete_on_server", True)
    with Mailboxes(capabilities=CAPABILITIES.replace(" MOVE", "")) as server:
        server.deliver("me", "INBOX", mails(2))
        engine = make(server)
        engine.cycle()
        engine.leave_idle()
        server.copyuid = "never"
        server.copies_nothing = True
        engine.run(DeleteMessages((engine.message_id("mail 000"),)))
        engine.outlast()
        assert engine.server_subjects("INBOX") == ["mail 000", "mail 001"]
        server.copies_nothing = False
        engine.until(lambda: engine.facts().pending == 0)
        assert engine.server_subjects("INBOX") == ["mail 001"]
        assert engine.server_subjects("Trash") == ["mail 000"]


def test_a_group_that_is_refused_is_looked_for_and_then_tried_alone(
    server: Mailboxes, make: Make
) -> None:
    """The server does some of it and says NO: what is done is neither refused nor done again."""
    settings.put("archive_on_server", True)
    server.deliver("me", "INBOX", mails(3))
    engine = make(server)
    engine.cycle()
    engine.leave_idle()

    def halfway(line: bytes) -> bytes:
        if line.startswith(b"UID MOVE 1:3"):
            server.move("INBOX", [1], "Archive")
            return b"NO [CANNOT] not all of them"
        if line.startswith(b"UID MOVE 3 "):
            server.move("INBOX", [3], "Archive")
            return b"NO [CANNOT] done, and not said so"
        return b"NO [NOPERM] not this one" if line.startswith(b"UID MOVE 2 ") else b""

    server.refuse_line = halfway
    ids = tuple(engine.conversation_id(f"mail {n:03}") for n in range(3))
    engine.run(Archive(ids))
    engine.settle()
    assert engine.server_subjects("Archive") == ["mail 000", "mail 002"]
    assert engine.server_subjects("INBOX") == ["mail 001"]
    assert [state for _, state in engine.operations()] == ["done", "refused", "done"]


def test_the_uidvalidity_is_looked_at_before_anything_is_changed(
    server: Mailboxes, make: Make
) -> None:
    """An equal mail has the old UID under the new numbers: identity alone would take it."""
    settings.put("delete_on_server", True)
    raw = a_mail(subject="twin")
    server.deliver("me", "INBOX", [raw, raw, *mails(8)])
    engine = make(server)
    engine.cycle()
    engine.leave_idle()
    owner = database.value("SELECT message_id FROM location WHERE uid = 1")
    engine.run(DeleteMessages((owner,)))
    box = server.boxes["INBOX"]
    box.uidvalidity, box.mails = 9, box.mails[1:]
    box.mails[0].uid = 1  # the twin that stays
    assert engine.sync.step().doing == "operations"
    assert [mail.uid for mail in box.mails][:1] == [1]
    assert server.uids("Trash") == []


def test_the_brake_counts_what_was_deleted_within_the_hour(server: Mailboxes, make: Make) -> None:
    """Eighteen at a time are not many; three times eighteen within an hour are."""
    server.deliver("me", "INBOX", mails(100))
    engine = make(server)
    engine.cycle()
    for first in (1, 19, 37):
        server.expunge("INBOX", range(first, first + 18))
        engine.settle()
    assert len(engine.subjects()) == 100 - 36
    assert engine.facts().held == 18


def test_what_is_held_is_released_by_no_smaller_number(server: Mailboxes, make: Make) -> None:
    """The user kept some of them. The others are few now, and still wait for an answer."""
    server.deliver("me", "INBOX", mails(40))
    engine = make(server)
    engine.cycle()
    server.expunge("INBOX", range(1, 26))
    engine.settle()
    assert engine.facts().held == 25
    engine.leave_idle()
    engine.run(KeepHeld(tuple(engine.message_id(f"mail {n:03}") for n in range(10))))
    server.deliver("me", "INBOX", mails(1, first=40))
    engine.outlast()
    server.deliver("me", "INBOX", mails(1, first=41))
    engine.outlast()
    assert engine.facts().held == 15
    assert len(engine.subjects()) == 42


def deleted_here_and_moved_back(server: Mailboxes, make: Make) -> Engine:
    """The first of three mails was deleted here alone; then it left INBOX there and came back."""
    settings.put("delete_on_server", False)
    server.deliver("me", "INBOX", mails(3))
    server.boxes["Projects"] = Box(11)
    engine = make(server)
    engine.cycle()
    engine.leave_idle()
    engine.run(DeleteMessages((engine.message_id("mail 000"),)))
    engine.cycle()
    server.move("INBOX", [1], "Projects")
    server.move("Projects", [1], "INBOX")
    return engine


def test_a_new_uid_waits_while_its_old_one_is_in_doubt(server: Mailboxes, make: Make) -> None:
    """Moved away and back, and the server answers no exact question: deleted mail stays away."""
    engine = deleted_here_and_moved_back(server, make)
    server.alter["UID FETCH"] = without(1)
    server.alter["UID SEARCH"] = lambda parts: [p for p in parts if b"COUNT 0" not in p]
    engine.outlast()
    assert sorted(engine.subjects()) == ["mail 001", "mail 002"]
    server.alter.clear()
    engine.settle()
    assert sorted(engine.subjects()) == ["mail 001", "mail 002"]


def test_past_sync_waits_for_what_is_in_doubt_too(
    server: Mailboxes, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same, and the user asks for past mail without what was deleted here (R8)."""
    engine = deleted_here_and_moved_back(server, make)
    monkeypatch.setattr(missing_answers, "told_apart", lambda _work, _uids: (set(), set()))
    monkeypatch.setattr(arrival, "gone", lambda *_: None)  # no listing settles it either
    engine.outlast()
    engine.leave_idle()
    engine.run(BeginPastSync(engine.account_id, "1y", 1))
    engine.outlast()
    assert sorted(engine.subjects()) == ["mail 001", "mail 002"]
    monkeypatch.undo()
    engine.settle()
    assert sorted(engine.subjects()) == ["mail 001", "mail 002"]
