"""The peculiarities of Microsoft, Yahoo and others, each by name, on the scripted server."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from models.commands.archive import Archive
from models.commands.delete import DeleteMessages
from models.server import mailbox
from models.server.mailbox import Role
from models.store import database, settings
from sync.errors import SyncError, ThrottledError
from sync.qt.worker.idle import renewal
from tests.support.builders import a_mail
from tests.support.servers.fake_mailboxes import CAPABILITIES, Box, Mailboxes, Parts
from tests.sync.engine.engine import Engine
from tests.sync.engine.scripted import BARE, Make, ago, mails, subjects

MICROSOFT = "IMAP4 IMAP4rev1 AUTH=PLAIN UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+"


@pytest.fixture
def microsoft() -> Mailboxes:
    """No SPECIAL-USE, no CONDSTORE, no LIST-STATUS; its own names."""
    made = Mailboxes(capabilities=MICROSOFT)
    made.boxes = {"INBOX": made.boxes["INBOX"]}
    for name in ("Deleted Items", "Junk Email", "Sent Items", "Archive", "Drafts", "Calendar"):
        made.boxes[name] = Box(7)
    return made


def engine_with(make: Make, server: Mailboxes, count: int) -> Engine:
    engine = make(server)
    engine.cycle()
    server.deliver("me", "INBOX", mails(count))
    engine.cycle()
    engine.leave_idle()
    return engine


# --- Microsoft -----------------------------------------------------------------------------------


def test_microsoft_names_are_roles_and_its_trash_is_known(microsoft: Mailboxes, make: Make) -> None:
    with microsoft as server:
        engine = engine_with(make, server, 3)
        roles = {name: engine.box(name).role for name in server.boxes}
        assert roles["Deleted Items"] is Role.TRASH
        assert roles["Junk Email"] is Role.JUNK
        assert roles["Sent Items"] is Role.SENT
        server.move("INBOX", [1], "Deleted Items")
        engine.settle()
        assert engine.subjects() == subjects(3)[1:]


@pytest.mark.parametrize("kind", [b"BAD", b"NO"])
def test_microsoft_throttles_with_a_time_that_is_obeyed(
    microsoft: Mailboxes, make: Make, kind: bytes
) -> None:
    with microsoft as server:
        server.deliver("me", "INBOX", mails(3))
        engine = make(server)
        words = kind + b" Request is throttled. Suggested Backoff Time: 12345 milliseconds"
        server.refuse_line = lambda line: words if b"UID FETCH" in line else b""
        with pytest.raises(ThrottledError) as told:
            engine.cycle()
        assert told.value.wait_seconds == 12.345
        server.refuse_line = lambda _: b""
        engine.connect()
        engine.cycle()
        assert sorted(engine.subjects()) == subjects(3)


def test_microsoft_refuses_fetch_in_an_empty_mailbox(microsoft: Mailboxes, make: Make) -> None:
    """UID FETCH in an empty mailbox is `BAD`: it must not be sent, or must do no harm."""
    with microsoft as server:
        engine = engine_with(make, server, 2)
        server.fetches_nothing = False
        server.move("INBOX", [1, 2], "Archive")
        engine.settle()
        assert sorted(engine.subjects()) == subjects(2)
        assert engine.places("mail 000") == {"Archive": "live"}


def test_microsoft_tells_a_uidnext_that_is_old(microsoft: Mailboxes, make: Make) -> None:
    """Mail came: MESSAGES shows it, and UIDNEXT in STATUS does not."""
    with microsoft as server:
        engine = engine_with(make, server, 3)
        server.alter["STATUS"] = lambda parts: [
            re.sub(rb"UIDNEXT \d+", b"UIDNEXT 4", part) if b'"INBOX"' in part else part
            for part in parts
        ]
        server.deliver("me", "INBOX", mails(2, first=3))
        engine.settle()
        assert sorted(engine.subjects()) == subjects(5)
        server.expunge("INBOX", [1])
        engine.settle()
        assert sorted(engine.subjects()) == subjects(5)[1:]


@pytest.mark.parametrize("how", ["tagged", "untagged", "never"])
@pytest.mark.parametrize("capabilities", [CAPABILITIES, CAPABILITIES.replace(" MOVE", "")])
def test_copyuid_tagged_untagged_or_not_at_all(make: Make, capabilities: str, how: str) -> None:
    settings.put("archive_on_server", True)
    settings.put("delete_on_server", True)
    with Mailboxes(capabilities=capabilities) as server:
        server.copyuid = how
        engine = engine_with(make, server, 3)
        server.deliver("me", "Archive", a_mail(subject="mail 000"))  # another one, of that name
        late = [a_mail(subject="late")]

        def meanwhile(line: bytes) -> bytes:
            """Another program puts a mail into the target after its mark was taken."""
            if line.startswith((b"UID MOVE", b"UID COPY")) and b"Archive" in line and late:
                server.deliver("me", "Archive", late.pop())
            return b""

        server.refuse_line = meanwhile
        engine.run(Archive((engine.conversation_id("mail 000"),)))
        engine.run(DeleteMessages((engine.message_id("mail 001"),)))
        engine.settle()
        engine.settle()
        assert {state for _, state in engine.operations()} == {"done"}
        assert engine.server_subjects("INBOX") == ["mail 002"]
        assert engine.server_subjects("Archive") == ["late", "mail 000", "mail 000"]
        assert engine.server_subjects("Trash") == ["mail 001"]
        place = database.row(
            "SELECT uid, uidvalidity FROM location WHERE put_by_archive = 1 AND mailbox_id = ?",
            (engine.box("Archive").id,),
        )
        assert place == (3, 7)


def test_microsoft_says_no_to_one_mail_and_gives_the_others(
    microsoft: Mailboxes, make: Make
) -> None:
    with microsoft as server:
        server.deliver("me", "INBOX", mails(6))
        server.refuse_line = _no_body_of(3)
        engine = make(server)
        engine.outlast()
        states: dict[str, str] = dict(database.rows("SELECT subject, body_state FROM message"))
        assert {name for name, state in states.items() if state == "full"} == {
            name for name in subjects(6) if name != "mail 002"
        }
        server.refuse_line = lambda _: b""
        server.expunge("INBOX", [1])
        engine.settle()
        assert "mail 000" not in engine.subjects()


def _no_body_of(uid: int) -> Callable[[bytes], bytes]:
    def refuse(line: bytes) -> bytes:
        if not line.startswith(b"UID FETCH") or b"BODY.PEEK[]" not in line:
            return b""
        asked: set[int] = set()
        for part in line.split(b" ")[2].split(b","):
            low, _, high = part.partition(b":")
            asked |= set(range(int(low), min(int(high or low), 1000) + 1))
        return b"NO Server error while fetching messages" if uid in asked else b""

    return refuse


# --- Yahoo, Gmail ------------------------------------------------------------------------------------


def test_yahoo_and_gmail_cap_a_mailbox_and_the_oldest_only_hide(make: Make) -> None:
    """At 1,000 each new mail pushes the oldest out of sight."""
    with Mailboxes() as server:
        box = server.boxes["INBOX"]
        for raw in mails(1000):
            box.add(raw, at=ago(300))
        engine = make(server, start="now", start_at=ago(0))
        mailbox.update(engine.box("INBOX").id, watermark=991, backfill_done=True)
        engine.cycle()
        assert len(engine.subjects()) == 10
        server.expunge("INBOX", range(1, 995))
        for n in range(994):
            box.add(a_mail(subject=f"noise {n}"), at=ago(300), flags={"\\Deleted"})
        engine.settle()
        engine.settle()
        assert set(subjects(1000)[990:]) <= set(engine.subjects())
        assert engine.places("mail 990") == {"INBOX": "hidden"}


@pytest.mark.parametrize("capabilities", [CAPABILITIES, BARE])
def test_a_search_cut_off_by_messagelimit_proves_nothing(make: Make, capabilities: str) -> None:
    """RFC 9738: `OK [MESSAGELIMIT 5 8]`, and only the newest five are named."""
    with Mailboxes(capabilities=capabilities) as server:
        server.deliver("me", "INBOX", mails(12))
        engine = make(server)
        engine.cycle()

        def limited(parts: Parts) -> Parts:
            told = b"* SEARCH 8 9 10 11 12"
            if b"ESEARCH" in parts[0]:
                told = b'* ESEARCH (TAG "x") UID COUNT 5 ALL 8:12'
            return [told, b"* OK [MESSAGELIMIT 5 8] SEARCH completed in part"]

        server.alter["UID SEARCH"] = limited
        server.expunge("INBOX", [12])
        engine.outlast()
        assert sorted(engine.subjects()) == subjects(12)
        server.alter.clear()
        mailbox.update(engine.box("INBOX").id, full_check_at=0)
        engine.settle()
        assert sorted(engine.subjects()) == subjects(11)


def test_yahoo_gives_idle_three_minutes() -> None:
    assert renewal("imap.mail.yahoo.com", 540.0) == 170.0
    assert renewal("imap.rambler.ru", 540.0) == 50.0
    assert renewal("imap.notyahoo.com", 540.0) == 540.0
    assert renewal("imap.mail.yahoo.com", 60.0) == 60.0


# --- numbers -----------------------------------------------------------------------------------------


def test_a_server_without_uidnext_in_status(make: Make) -> None:
    with Mailboxes(capabilities=BARE) as server:

        def bare(parts: Parts) -> Parts:
            return [
                re.sub(rb"UIDNEXT \d+ ", b"", part)
                for part in parts
                if not part.startswith(b"* OK [UIDNEXT")
            ]

        server.alter |= {"STATUS": bare, "EXAMINE": bare, "SELECT": bare}
        engine = engine_with(make, server, 3)
        server.expunge("INBOX", [2])
        server.deliver("me", "INBOX", mails(1, first=3))
        mailbox.update(engine.box("INBOX").id, full_check_at=0)
        engine.settle()
        assert sorted(engine.subjects()) == ["mail 000", "mail 002", "mail 003"]


def test_exists_that_is_too_high_or_too_low_deletes_nothing(server: Mailboxes, make: Make) -> None:
    engine = engine_with(make, server, 8)
    for wrong in (b"* 3 EXISTS", b"* 80 EXISTS", b"* 0 EXISTS"):
        server.alter["EXAMINE"] = lambda parts, wrong=wrong: [  # type: ignore[misc]
            wrong if part.endswith(b"EXISTS") else part for part in parts
        ]
        mailbox.update(engine.box("INBOX").id, full_check_at=0)
        server.expunge("INBOX", server.uids("INBOX")[:1])
        for _ in range(3):
            try:
                engine.cycle()
            except SyncError:
                engine.connect()
        assert sorted(engine.subjects()) == subjects(8)
    server.alter.clear()
    mailbox.update(engine.box("INBOX").id, full_check_at=0)
    engine.settle()
    assert sorted(engine.subjects()) == subjects(8)[3:]
