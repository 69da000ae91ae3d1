"""FETCH answers with gaps or invented data: they lose no mail and delete none."""

from __future__ import annotations

import re

import pytest

from models.commands.archive import Archive
from models.commands.delete import DeleteMessages
from models.server import mailbox
from models.store import database, settings
from models.store.clock import now_ms
from sync.errors import ThrottledError
from tests.support.builders import a_mail
from tests.support.servers.fake_mailboxes import Mailboxes, Parts
from tests.sync.engine.scripted import Make, ago, mails, subjects, without

# --- missing FETCH lines (Yahoo drops 30 % of them) ------------------------------------------------


class Dropping:
    """Leaves out three of ten lines, others each time."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, parts: Parts) -> Parts:
        kept = []
        for part in parts:
            self.count += 1
            if self.count * 7 % 10 >= 3 or len(parts) == 1:
                kept.append(part)
        return kept


def test_dropped_fetch_lines_lose_no_past_mail(server: Mailboxes, make: Make) -> None:
    server.deliver("me", "INBOX", mails(230))
    server.alter["UID FETCH"] = Dropping()
    engine = make(server)
    engine.settle()
    assert sorted(engine.subjects()) == subjects(230)
    assert database.value("SELECT count(*) FROM message WHERE body_state <> 'full'") == 0


def test_dropped_fetch_lines_lose_no_new_mail(server: Mailboxes, make: Make) -> None:
    engine = make(server)
    engine.cycle()
    server.alter["UID FETCH"] = Dropping()
    server.deliver("me", "INBOX", mails(120))
    engine.settle()
    assert sorted(engine.subjects()) == subjects(120)


def test_dropped_fetch_lines_delete_nothing(server: Mailboxes, make: Make) -> None:
    server.deliver("me", "INBOX", mails(60))
    engine = make(server)
    engine.cycle()
    server.alter["UID FETCH"] = Dropping()
    server.expunge("INBOX", [1, 2])
    engine.settle()
    engine.settle()
    assert sorted(engine.subjects()) == subjects(60)[2:]


@pytest.mark.parametrize("is_past", [True, False])
def test_a_header_that_is_not_to_be_had_is_made_up_for_by_the_body(
    server: Mailboxes, make: Make, is_past: bool
) -> None:
    def no_headers(parts: Parts) -> Parts:
        return [p for p in parts if b"HEADER.FIELDS" not in p or b"UID 2 " not in p[:30]]

    engine = None if is_past else make(server)
    if engine:
        engine.cycle()
    server.deliver("me", "INBOX", mails(3))
    server.alter["UID FETCH"] = no_headers
    engine = engine or make(server)
    engine.settle()
    assert engine.subjects() in (subjects(3), subjects(3)[::-1])


@pytest.mark.parametrize("is_past", [True, False])
def test_what_cannot_be_read_at_all_is_a_placeholder(
    server: Mailboxes, make: Make, is_past: bool
) -> None:
    """Flags, size and date can be read: it is shown as unreadable, and the rest continues."""

    def only_facts(parts: Parts) -> Parts:
        return [p for p in parts if b"BODY" not in p or b"UID 2 " not in p[:30]]

    engine = None if is_past else make(server)
    if engine:
        engine.cycle()
    server.deliver("me", "INBOX", mails(3))
    server.alter["UID FETCH"] = only_facts
    engine = engine or make(server)
    engine.settle()
    states: dict[int, str] = dict(
        database.rows(
            "SELECT uid, body_state FROM message JOIN location ON 1 WHERE message.id = message_id"
        )
    )
    assert states == {1: "full", 2: "poison", 3: "full"}


@pytest.mark.parametrize("is_past", [True, False])
def test_what_nobody_answers_for_is_read_later(
    server: Mailboxes, make: Make, is_past: bool
) -> None:
    engine = None if is_past else make(server)
    if engine:
        engine.cycle()
    server.deliver("me", "INBOX", mails(3))
    server.alter["UID FETCH"] = without(2)
    engine = engine or make(server)
    engine.outlast()
    assert sorted(engine.subjects()) == ["mail 000", "mail 002"]
    server.alter.clear()
    mailbox.update(engine.box("INBOX").id, full_check_at=0)
    engine.cycle()
    engine.cycle()
    assert sorted(engine.subjects()) == subjects(3)


def test_what_could_not_be_read_keeps_what_vanished(server: Mailboxes, make: Make) -> None:
    """The only new mail in Archive may be the one that INBOX misses."""
    server.deliver("me", "INBOX", mails(3))
    engine = make(server)
    engine.cycle()
    server.move("INBOX", [2], "Archive")
    server.alter["UID FETCH"] = lambda parts: [p for p in parts if b"BODY" not in p]
    engine.outlast()
    assert sorted(engine.subjects()) == subjects(3)
    server.alter.clear()
    mailbox.update(engine.box("INBOX").id, full_check_at=0)
    engine.sync._context.unread_tries.clear()
    engine.settle()
    assert engine.places("mail 001") == {"Archive": "live"}


def test_a_whole_listing_finds_what_slipped_through(server: Mailboxes, make: Make) -> None:
    """UIDNEXT and the count were false: the watermark passed a mail that no cycle saw."""
    engine = make(server)
    engine.cycle()
    server.deliver("me", "INBOX", mails(3))
    server.alter["UID SEARCH"] = lambda _: [b'* ESEARCH (TAG "x") UID COUNT 2 ALL 1,3']
    engine.cycle()
    assert "mail 001" not in engine.subjects()
    server.alter.clear()
    mailbox.update(engine.box("INBOX").id, full_check_at=0)
    engine.cycle()
    assert sorted(engine.subjects()) == subjects(3)


def test_a_whole_listing_takes_in_nothing_beyond_the_range(server: Mailboxes, make: Make) -> None:
    for n, raw in enumerate(mails(4)):
        server.boxes["INBOX"].add(raw, at=ago(20 if n < 2 else 1))
    engine = make(server, start="1m", start_at=ago(10))
    engine.cycle()
    mailbox.update(engine.box("INBOX").id, full_check_at=0)
    engine.cycle()
    engine.cycle()
    assert sorted(engine.subjects()) == ["mail 002", "mail 003"]


def test_only_my_contacts_holds_in_a_full_check(server: Mailboxes, make: Make) -> None:
    database.run("INSERT INTO person (id, name, created_at, changed_at) VALUES (1, 'A', 1, 1)")
    database.run(
        "INSERT INTO person_address (person_id, address, key) VALUES (1, 'ada@customer.example', 1)"
    )
    server.boxes["INBOX"].add(a_mail(subject="known"), at=ago(2))
    server.boxes["INBOX"].add(a_mail(subject="stranger", from_="x@y.example"), at=ago(2))
    server.boxes["INBOX"].add(a_mail(subject="odd", from_="x@y.example"), at=ago(2))
    server.alter["UID FETCH"] = without(3)
    engine = make(server, scope="contacts")
    engine.cycle()
    server.alter.clear()
    mailbox.update(engine.box("INBOX").id, full_check_at=0)
    engine.cycle()
    engine.cycle()
    assert engine.subjects() == ["known"]


# --- wrong answers to the right question -----------------------------------------------------------


def test_couriers_invented_body_is_never_stored(server: Mailboxes, make: Make) -> None:
    """FETCH of an expunged message is answered with 129 bytes of nothing."""
    invented = (
        b"From: root\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\nSubject: \r\n\r\n"
        b"[Message unavailable]\r\n"
    )

    def replaced(parts: Parts) -> Parts:
        return [
            b"* 2 FETCH (UID 2 BODY[] {%d}\r\n%s)" % (len(invented), invented)
            if b"BODY[] " in part and b"UID 2 " in part[:30]
            else part
            for part in parts
        ]

    server.deliver("me", "INBOX", mails(3))
    server.alter["UID FETCH"] = replaced
    engine = make(server)
    engine.settle()
    raws = [database.value("SELECT count(*) FROM body WHERE raw IS NOT NULL")]
    assert raws == [2]
    assert "" not in engine.subjects()
    assert sorted(engine.subjects()) == subjects(3)
    state = database.value("SELECT body_state FROM message WHERE subject = 'mail 001'")
    assert state == "poison"


def test_a_fetch_without_uid_or_of_the_wrong_uid_is_no_answer(
    server: Mailboxes, make: Make
) -> None:
    def odd(parts: Parts) -> Parts:
        return [
            re.sub(rb"UID 2 ", b"", part, count=1)
            if b"UID 2 " in part[:30]
            else re.sub(rb"UID 3 ", b"UID 30 ", part, count=1)
            for part in parts
        ]

    server.deliver("me", "INBOX", mails(3))
    server.alter["UID FETCH"] = odd
    engine = make(server)
    engine.cycle()
    assert engine.subjects() == ["mail 000"]
    server.alter.clear()
    engine.sync._context.unread_tries.clear()
    engine.cycle()
    assert sorted(engine.subjects()) == subjects(3)


def test_a_server_that_maps_a_uid_to_another_mail_moves_no_wrong_one(
    server: Mailboxes, make: Make
) -> None:
    settings.put("delete_on_server", True)
    server.deliver("me", "INBOX", mails(3))
    engine = make(server)
    engine.cycle()
    box = server.boxes["INBOX"]
    box.mails[0].raw, box.mails[1].raw = box.mails[1].raw, box.mails[0].raw
    engine.run(DeleteMessages((engine.message_id("mail 000"),)))
    engine.settle()
    assert "mail 001" not in engine.server_subjects("Trash")
    assert "mail 001" in engine.server_subjects("INBOX")


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        (b"[UNAVAILABLE] Server error - please try again later", None),
        (b"Request is throttled. Suggested Backoff Time: 92415 milliseconds", 92.415),
        (b"[LIMIT] UID FETCH rate limit hit", 60.0),
    ],
)
def test_throttle_texts_are_obeyed(
    server: Mailboxes, make: Make, words: bytes, seconds: float | None
) -> None:
    server.deliver("me", "INBOX", mails(3))
    engine = make(server)
    server.refuse["UID FETCH", "*"] = words
    if seconds is None:
        engine.cycle()  # for this label alone, as far as anybody knows: the others go on
    else:
        with pytest.raises(ThrottledError) as told:
            engine.cycle()
        assert told.value.wait_seconds == seconds
    server.refuse.clear()
    engine.connect()
    engine.cycle()
    assert sorted(engine.subjects()) == subjects(3)


def test_a_throttled_operation_waits_and_goes_on(server: Mailboxes, make: Make) -> None:
    settings.put("archive_on_server", True)
    engine = make(server)
    engine.cycle()
    server.deliver("me", "INBOX", mails(1))
    engine.cycle()
    server.refuse["UID MOVE", "*"] = (
        b"Request is throttled. Suggested Backoff Time: 300000 milliseconds"
    )
    engine.run(Archive((engine.conversation_id("mail 000"),)))
    engine.cycle()
    assert engine.operations() == [("archive", "waiting")]
    assert database.value("SELECT next_try_at FROM operation") - now_ms() > 100_000
    server.refuse.clear()
    database.run("UPDATE operation SET next_try_at = 0")
    engine.until(lambda: engine.operations() == [("archive", "done")])
    assert engine.server_subjects("Archive") == ["mail 000"]
