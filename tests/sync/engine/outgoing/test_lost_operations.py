"""Operations whose mail is not where it was, or whose server will not do them now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from models.commands.archive import Archive
from models.commands.delete import DeleteMessages
from models.commands.read_state import MarkRead
from models.server import operation
from models.store import database, settings
from sync.errors import SyncError
from tests.support.builders import a_mail
from tests.support.servers.fake_mailboxes import CAPABILITIES, Mailboxes
from tests.sync.engine.engine import FAST, Engine

Make = Callable[..., Engine]
WITHOUT_MOVE = CAPABILITIES.replace(" MOVE", "")
SLOW = replace(FAST, operation_retry_first=3600.0, operation_retry_most=3600.0)
EAGER = replace(FAST, operation_retry_first=0.0, operation_retry_most=0.0)


@pytest.fixture(autouse=True)
def options(store: object) -> None:
    settings.put("archive_on_server", True)
    settings.put("delete_on_server", True)


@pytest.fixture
def engine(engine_with_projects: Engine) -> Engine:
    made = engine_with_projects
    made.deliver("one", "two")
    made.cycle()
    made.leave_idle()
    return made


def move(engine: Engine, subject: str, source: str, target: str) -> None:
    for uid in engine.other.uids(source):
        if f"Subject: {subject}\r\n".encode() in engine.other.raw(source, uid):
            engine.other.move(source, [uid], target)


def why(engine: Engine) -> list[tuple[str, str]]:
    return database.rows(
        "SELECT json_extract(evidence, '$.kind'), json_extract(evidence, '$.why') "
        "FROM ledger WHERE kind = 'not_needed' ORDER BY id"
    )


def done(engine: Engine) -> None:
    engine.until(lambda: engine.facts().pending == 0)
    engine.settle()


def test_what_is_not_there_waits_for_one_whole_look(engine: Engine) -> None:
    move(engine, "one", "INBOX", "Projects")
    engine.run(Archive((engine.conversation_id("one"),)))
    assert engine.sync.step().doing == "operations"
    row = operation.of_account(engine.account_id)[0]
    assert (row.state, row.server_words, row.is_lost) == ("waiting", operation.LOST, True)
    while engine.sync.step().doing == "cycle":
        assert engine.operations() == [("archive", "waiting")]
    done(engine)
    assert engine.operations() == [("archive", "done")]
    assert why(engine) == [("archive", "gone")]
    assert engine.server_subjects("Projects") == ["one"]


def test_what_came_back_meanwhile_is_archived_after_all(engine: Engine) -> None:
    move(engine, "one", "INBOX", "Projects")
    engine.run(Archive((engine.conversation_id("one"),)))
    engine.sync.step()
    move(engine, "one", "Projects", "INBOX")
    done(engine)
    assert engine.server_subjects("Archive") == ["one"]
    assert why(engine) == []


def test_what_another_program_archived_is_told_of(engine: Engine) -> None:
    move(engine, "one", "INBOX", "Archive")
    engine.run(Archive((engine.conversation_id("one"),)))
    done(engine)
    assert why(engine) == [("archive", "elsewhere")]


def test_a_delete_follows_its_mail_to_a_mailbox_that_is_not_synced(engine: Engine) -> None:
    engine.run(DeleteMessages((engine.message_id("one"),)))
    move(engine, "one", "INBOX", "Projects")
    done(engine)
    assert engine.server_subjects("Projects") == []
    assert engine.server_subjects("Trash") == ["one"]
    assert engine.server_subjects("INBOX") == ["two"]


def test_the_read_state_follows_its_mail(engine: Engine) -> None:
    engine.run(MarkRead((engine.conversation_id("one"),), read=True))
    move(engine, "one", "INBOX", "Projects")
    done(engine)
    assert "\\Seen" in engine.other.flags("Projects", engine.other.uids("Projects")[0])
    assert engine.operations() == [("flags", "done")]


def test_the_read_state_of_mail_that_is_gone_is_not_wanted(engine: Engine) -> None:
    engine.run(MarkRead((engine.conversation_id("one"),), read=True))
    engine.other.expunge("INBOX", engine.other.uids("INBOX")[:1])
    done(engine)
    assert why(engine) == [("flags", "gone")]
    assert engine.subjects() == ["two"]


def test_an_equal_mail_is_never_taken_instead(engine_of: Make) -> None:
    engine = engine_of()
    engine.cycle()
    raw = a_mail(subject="twin")
    engine.server.deliver(engine.user, "INBOX", [raw, raw])
    engine.cycle()
    engine.leave_idle()
    first, second = engine.other.uids("INBOX")
    owner = database.value("SELECT message_id FROM location WHERE uid = ?", (first,))
    engine.run(DeleteMessages((owner,)))
    engine.other.expunge("INBOX", [first])
    done(engine)
    assert engine.other.uids("INBOX") == [second]
    assert engine.subjects() == ["twin"]
    assert why(engine) == [("trash", "gone")]


def test_a_new_connection_looks_once_more(engine: Engine) -> None:
    move(engine, "one", "INBOX", "Projects")
    engine.run(DeleteMessages((engine.message_id("one"),)))
    engine.sync.step()
    engine.connect()
    assert engine.operations() == [("trash", "waiting")]
    done(engine)
    assert engine.server_subjects("Trash") == ["one"]


# --- servers that do not do it now ---------------------------------------------------------------


def test_frequent_tries_let_new_mail_in(make: Make) -> None:
    with Mailboxes() as server:
        engine = make(server, timing=EAGER)
        server.deliver("me", "INBOX", [a_mail(subject=f"mail {n}") for n in range(4)])
        engine.cycle()
        engine.leave_idle()
        server.refuse["UID MOVE", "*"] = b"[UNAVAILABLE] later"
        for n in range(4):
            engine.run(Archive((engine.conversation_id(f"mail {n}"),)))
        server.deliver("me", "INBOX", a_mail(subject="new"))
        engine.sync.news()
        for _ in range(40):
            engine.sync.step()
        assert "new" in engine.subjects()
        assert {state for _, state in engine.operations()} <= {"waiting", "pending"}


def test_a_command_that_ends_every_connection_lets_new_mail_in(make: Make) -> None:
    with Mailboxes() as server:
        engine = make(server, timing=SLOW)
        server.deliver("me", "INBOX", a_mail(subject="old"))
        engine.cycle()
        engine.leave_idle()
        engine.run(Archive((engine.conversation_id("old"),)))
        server.deliver("me", "INBOX", a_mail(subject="new"))
        for _ in range(3):
            server.bye_at.add("UID MOVE")
            try:
                engine.cycle()
                break
            except SyncError:
                engine.connect()
        assert "new" in engine.subjects()
        assert engine.operations() == [("archive", "waiting")]
        assert server.uids("INBOX") == [1, 2]


def test_a_cycle_between_copy_and_expunge_doubles_nothing(make: Make) -> None:
    """The copy is made, the rest throttled; a cycle meets our copy before the next try."""
    with Mailboxes(capabilities=WITHOUT_MOVE) as server:
        engine = make(server, chosen=("INBOX", "Sent", "Archive"))
        raw = a_mail(subject="one")
        server.deliver("me", "INBOX", raw)
        server.deliver("me", "Archive", raw)  # had been copied there long ago
        engine.cycle()
        engine.leave_idle()
        server.refuse["UID STORE", "*"] = (
            b"Request is throttled. Suggested Backoff Time: 200 milliseconds"
        )
        engine.run(Archive((engine.conversation_id("one"),)))
        engine.cycle()
        assert engine.subjects() == ["one"]
        server.refuse.clear()
        done(engine)
        assert engine.operations() == [("archive", "done")]
        assert (server.uids("INBOX"), server.uids("Archive")) == ([], [1, 2])
        assert engine.subjects() == ["one"]


def test_another_messages_copy_is_no_proof_of_a_move(make: Make) -> None:
    """Cut in the middle of a group of equal mails: one is in the archive, and it is the other."""
    with Mailboxes() as server:
        raw = a_mail(subject="twin")
        server.deliver("me", "INBOX", [raw, raw])
        engine = make(server)
        engine.cycle()
        engine.leave_idle()
        ids = [id_ for (id_,) in database.rows("SELECT conversation_id FROM message ORDER BY id")]
        engine.run(Archive(tuple(dict.fromkeys(ids))))
        first, second = operation.of_account(engine.account_id)
        database.run("UPDATE operation SET next_try_at = 99999999999999 WHERE id = ?", (second.id,))
        engine.until(lambda: engine.operations()[0] == ("archive", "done"))
        assert (len(server.uids("INBOX")), server.uids("Archive")) == (1, [1])
        mark = replace(second.payload, target=engine.box("Archive").id, mark=(7, 1))
        operation.mark_running(second.id, mark)
        database.run("UPDATE operation SET next_try_at = 0")
        engine.until(lambda: engine.facts().pending == 0)
        assert (server.uids("INBOX"), server.uids("Archive")) == ([], [1, 2])
        assert engine.subjects() == ["twin", "twin"]
        assert first.message_id != second.message_id
