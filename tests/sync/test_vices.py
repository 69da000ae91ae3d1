"""What real servers do on a bad day: no mail is lost, none deleted, none comes back for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from models import database, mailbox, settings
from models.clock import now_ms
from models.commands import Archive, DeleteMessages
from sync.errors import RetryError, SyncError, ThrottledError
from tests.support.builders import a_mail
from tests.support.fake_mailboxes import CAPABILITIES, Box, Mailboxes, Parts
from tests.sync.engine import DAY_MS, FAST, Engine

Make = Callable[..., Engine]
BARE = "IMAP4rev1 AUTH=PLAIN"


@pytest.fixture
def server() -> Iterator[Mailboxes]:
    with Mailboxes() as made:
        yield made


@pytest.fixture
def make(store: Path) -> Iterator[Make]:
    made: list[Engine] = []

    def engine(server: Mailboxes, **details: object) -> Engine:
        one = Engine(server, "me", **details)  # type: ignore[arg-type]
        made.append(one)
        return one

    yield engine
    for one in made:
        one.close()


def mails(count: int, first: int = 0) -> list[bytes]:
    return [a_mail(subject=f"mail {n:03}") for n in range(first, first + count)]


def without(*uids: int) -> Callable[[Parts], Parts]:
    names = [b"UID %d " % uid for uid in uids]
    return lambda parts: [
        p for p in parts if not any(n in p[:60].replace(b")", b" ") for n in names)
    ]


def subjects(count: int) -> list[str]:
    return [f"mail {n:03}" for n in range(count)]


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
    """Flags, size and date are to be had: it is shown as what it is, and the rest goes on."""

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
    for _ in range(5):
        engine.cycle()
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
    for _ in range(5):
        engine.cycle()
    assert sorted(engine.subjects()) == subjects(3)
    server.alter.clear()
    mailbox.update(engine.box("INBOX").id, full_check_at=0)
    engine.sync._work.unread_tries.clear()
    engine.settle()
    assert engine.places("mail 001") == {"Archive": "live"}


def test_a_whole_listing_finds_what_slipped_through(server: Mailboxes, make: Make) -> None:
    """UIDNEXT and the count lied: the watermark went past a mail that nobody saw."""
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
        server.boxes["INBOX"].add(raw, at=_ago(20 if n < 2 else 1))
    engine = make(server, start="1m", start_at=_ago(10))
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
    server.boxes["INBOX"].add(a_mail(subject="known"), at=_ago(2))
    server.boxes["INBOX"].add(a_mail(subject="stranger", from_="x@y.example"), at=_ago(2))
    server.boxes["INBOX"].add(a_mail(subject="odd", from_="x@y.example"), at=_ago(2))
    server.alter["UID FETCH"] = without(3)
    engine = make(server, scope="contacts")
    engine.cycle()
    server.alter.clear()
    mailbox.update(engine.box("INBOX").id, full_check_at=0)
    engine.cycle()
    engine.cycle()
    assert engine.subjects() == ["known"]


def _ago(days: int) -> int:
    return now_ms() - days * DAY_MS


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
        for _ in range(6):
            engine.cycle()
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
        engine = make(server, start_at=_ago(30))
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
    for _ in range(5):
        engine.cycle()
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
    assert engine.sync.facts()[1] == 2
    for mail in lost:
        box.add(mail.raw, at=mail.at)
    engine.settle()
    assert engine.sync.facts()[1] == 0
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
    engine = make(server, timing=replace(FAST, second_sitting=0.2))
    engine.cycle()
    box = server.boxes["INBOX"]
    box.uidvalidity, box.mails = 9, box.mails[1:]
    engine.cycle()
    assert sorted(engine.subjects()) == subjects(10)
    assert engine.sync.facts()[0] == 1
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
    assert engine.sync.facts()[1] == 5
    for mail in kept[:5]:  # they are put back one after the other
        box.add(mail.raw, at=mail.at)
    engine.settle()
    assert engine.sync.facts()[1] == 0
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


# --- BYE, hiding, storms --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "verb",
    ["LIST", "STATUS", "EXAMINE", "SELECT", "UID SEARCH", "UID FETCH", "UID MOVE", "NOOP"],
)
def test_bye_in_every_state_loses_and_doubles_nothing(
    server: Mailboxes, make: Make, verb: str
) -> None:
    settings.put("archive_on_server", True)
    engine = make(server)
    engine.cycle()
    server.deliver("me", "INBOX", mails(3))
    engine.cycle()
    engine.run(Archive((engine.conversation_id("mail 001"),)))
    server.deliver("me", "INBOX", mails(2, first=3))
    server.expunge("INBOX", [1])
    server.bye_at.add(verb)
    for _ in range(4):
        try:
            engine.settle()
        except SyncError:
            engine.connect()
    assert not server.bye_at, "the command was never sent"
    assert sorted(engine.subjects()) == subjects(5)[1:]
    assert engine.server_subjects("Archive") == ["mail 001"]
    assert engine.server_subjects("INBOX") == ["mail 002", "mail 003", "mail 004"]


def test_cyrus_storm_of_expunges_and_an_empty_search_deletes_nothing(make: Make) -> None:
    """The open mailbox is deleted by another client: EXPUNGE for all, then OK and nothing."""
    with Mailboxes(capabilities=BARE) as server:
        server.deliver("me", "INBOX", mails(30))
        engine = make(server)
        engine.cycle()
        storm = [b"* 1 EXPUNGE"] * 30
        server.alter |= {
            "NOOP": lambda _: storm,
            "UID SEARCH": lambda _: [],
            "UID FETCH": lambda _: [],
            "STATUS": lambda parts: [re.sub(rb"MESSAGES \d+", b"MESSAGES 0", p) for p in parts],
        }
        for _ in range(6):
            engine.cycle()
        assert sorted(engine.subjects()) == subjects(30)
        server.refuse["EXAMINE", "INBOX"] = b"[NONEXISTENT] gone"
        for _ in range(4):
            engine.cycle()
        assert sorted(engine.subjects()) == subjects(30)


def test_a_capped_mailbox_hides_its_oldest_and_deletes_none(
    server: Mailboxes, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.judge.CAPS", frozenset({20}))
    server.deliver("me", "INBOX", mails(20))
    engine = make(server)
    engine.cycle()
    server.expunge("INBOX", [1, 2])
    server.deliver("me", "INBOX", mails(2, first=20))
    engine.settle()
    engine.settle()
    assert sorted(engine.subjects()) == subjects(22)
    assert engine.places("mail 000") == {"INBOX": "hidden"}


@pytest.mark.parametrize("verb", ["EXAMINE", "STATUS"])
def test_a_refused_mailbox_deletes_nothing_and_comes_back(
    server: Mailboxes, make: Make, verb: str
) -> None:
    server.deliver("me", "Projects", mails(3))
    engine = make(server, chosen=("INBOX", "Projects"))
    engine.cycle()
    server.refuse[verb, "Projects"] = b"[NOPERM] not yours"
    server.deliver("me", "Projects", mails(1, first=3))
    server.expunge("Projects", [1])
    engine.settle()
    assert sorted(engine.subjects())[:3] == subjects(3)[:3] or verb == "STATUS"
    server.refuse.clear()
    engine.settle()
    engine.settle()
    assert sorted(engine.subjects()) == subjects(4)[1:]


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
    engine.sync._work.unread_tries.clear()
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
    with pytest.raises(RetryError) as told:
        engine.cycle()
    if seconds is not None:
        assert isinstance(told.value, ThrottledError)
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
        b"Request is throttled. Suggested Backoff Time: 300 milliseconds"
    )
    engine.run(Archive((engine.conversation_id("mail 000"),)))
    engine.cycle()
    assert engine.operations() == [("archive", "waiting")]
    server.refuse.clear()
    engine.until(lambda: engine.operations() == [("archive", "done")])
    assert engine.server_subjects("Archive") == ["mail 000"]


# --- mirrors ---------------------------------------------------------------------------------------


def test_a_mirror_is_known_by_what_it_does(server: Mailboxes, make: Make) -> None:
    """A mailbox “Everything” shows a copy of each mail of INBOX; it must not explain deletes away."""
    server.boxes["Everything"] = Box(11)
    engine = make(server)
    engine.cycle()
    for raw in mails(12):
        server.deliver("me", "INBOX", raw)
        server.deliver("me", "Everything", raw)
    engine.cycle()
    assert engine.box("Everything").is_mirror
    server.expunge("INBOX", [1])
    engine.settle()
    assert sorted(engine.subjects()) == subjects(12)[1:]


def test_a_few_copies_make_no_mirror(server: Mailboxes, make: Make) -> None:
    server.boxes["Projects"] = Box(11)
    engine = make(server)
    engine.cycle()
    server.deliver("me", "INBOX", mails(12))
    engine.cycle()
    server.copy("INBOX", range(1, 10), "Projects")
    engine.cycle()
    assert not engine.box("Projects").is_mirror
    server.expunge("INBOX", range(1, 10))
    engine.settle()
    assert sorted(engine.subjects()) == subjects(12)
