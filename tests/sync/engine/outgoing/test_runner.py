"""The user's actions reach the server once, whatever breaks in between."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models.commands.archive import Archive, Restore
from models.commands.delete import DeleteConversations
from models.commands.read_state import MarkRead
from models.server import mailbox, operation
from models.store import database, settings
from sync.errors import SyncError
from sync.timing import Timing
from tests.support.builders import a_mail
from tests.sync.engine.engine import FAST, Engine

Make = Callable[..., Engine]
MASKS = {
    "all": frozenset(),
    "no-move": frozenset({"MOVE"}),
    "no-uidplus": frozenset({"UIDPLUS"}),
    "neither": frozenset({"MOVE", "UIDPLUS"}),
    "bare": frozenset(
        {"QRESYNC", "CONDSTORE", "MOVE", "UIDPLUS", "ESEARCH", "LIST-STATUS", "LITERAL+", "IDLE"}
    ),
}


@pytest.fixture(autouse=True)
def options(store: object) -> None:
    settings.put("archive_on_server", True)
    settings.put("delete_on_server", True)


@pytest.fixture(params=MASKS)
def engine(request: pytest.FixtureRequest, engine_of: Make) -> Engine:
    made = engine_of(masked=MASKS[request.param])
    made.cycle()
    return made


def archive(engine: Engine, *subjects: str) -> None:
    engine.run(Archive(tuple(engine.conversation_id(subject) for subject in subjects)))


def delete(engine: Engine, *subjects: str) -> None:
    engine.run(DeleteConversations(tuple(engine.conversation_id(s) for s in subjects)))


def is_archived(engine: Engine, subject: str) -> bool:
    return bool(
        database.value(
            "SELECT is_archived FROM conversation WHERE id = ?", (engine.conversation_id(subject),)
        )
    )


def test_archive_moves_on_the_server(engine: Engine) -> None:
    engine.deliver("one", "two")
    engine.cycle()
    archive(engine, "one")
    engine.settle()
    assert engine.server_subjects("INBOX") == ["two"]
    assert engine.server_subjects("Archive") == ["one"]
    assert is_archived(engine, "one")
    assert engine.places("one")["Archive"] == "live"
    assert (
        database.value(
            "SELECT put_by_archive FROM location WHERE mailbox_id = ?", (engine.box("Archive").id,)
        )
        == 1
    )
    assert engine.operations() == [("archive", "done")]
    engine.settle()
    assert engine.subjects() == ["one", "two"]


def test_restore_moves_back_what_we_archived(engine: Engine) -> None:
    engine.deliver("one")
    engine.cycle()
    archive(engine, "one")
    engine.settle()
    engine.run(Restore((engine.conversation_id("one"),)))
    engine.settle()
    assert engine.server_subjects("INBOX") == ["one"]
    assert engine.server_subjects("Archive") == []
    assert not is_archived(engine, "one")


def test_delete_moves_every_copy_to_trash(engine: Engine) -> None:
    raw = a_mail(subject="one")
    engine.other.append("INBOX", raw)
    engine.other.append("Archive", raw)
    engine.deliver("two")
    engine.cycle()
    delete(engine, "one")
    assert engine.subjects() == ["two"]
    engine.settle()
    assert engine.server_subjects("INBOX") == ["two"]
    assert engine.server_subjects("Archive") == []
    assert set(engine.server_subjects("Trash")) == {"one"}
    engine.settle()
    assert engine.subjects() == ["two"]


def test_read_state_goes_out(engine: Engine) -> None:
    engine.deliver("one")
    engine.cycle()
    uid = engine.other.uids("INBOX")[0]
    engine.run(MarkRead((engine.conversation_id("one"),), read=True))
    engine.cycle()
    assert "\\Seen" in engine.other.flags("INBOX", uid)
    engine.run(MarkRead((engine.conversation_id("one"),), read=False))
    engine.cycle()
    assert "\\Seen" not in engine.other.flags("INBOX", uid)
    assert database.value("SELECT is_read FROM message") == 0


def test_many_go_in_groups(engine_of: Make) -> None:
    engine = engine_of()
    engine.cycle()
    subjects = [f"mail {n:03}" for n in range(130)]
    engine.deliver(*subjects)
    engine.cycle()
    engine.commands.clear()
    archive(engine, *subjects)
    engine.cycle()
    assert engine.server_subjects("Archive") == subjects
    assert len([c for c in engine.commands if c.startswith("UID MOVE")]) == 2


def test_moved_meanwhile_a_delete_follows(engine: Engine) -> None:
    engine.other.create("Projects")
    engine.deliver("one")
    engine.cycle()
    engine.other.move("INBOX", engine.other.uids("INBOX"), "Projects") if engine.session and (
        engine.session.has("MOVE")
    ) else _copy_away(engine)
    delete(engine, "one")
    engine.settle()
    engine.settle()
    assert engine.subjects() == []


def _copy_away(engine: Engine) -> None:
    uids = engine.other.uids("INBOX")
    engine.other.copy("INBOX", uids, "Projects")
    engine.other.expunge("INBOX", uids)


def test_archived_elsewhere_already_is_done(engine: Engine) -> None:
    engine.deliver("one")
    engine.cycle()
    _archive_elsewhere(engine)
    archive(engine, "one")
    engine.settle()
    assert engine.server_subjects("Archive") == ["one"]
    assert engine.operations() == [("archive", "done")]


def _archive_elsewhere(engine: Engine) -> None:
    engine.other.move("INBOX", engine.other.uids("INBOX"), "Archive")


def test_without_a_trash_it_is_asked_never_guessed(engine_of: Make) -> None:
    engine = engine_of()
    engine.cycle()
    engine.deliver("one")
    engine.cycle()
    trash = engine.box("Trash")
    mailbox.update(trash.id, role="", role_source="person")
    delete(engine, "one")
    engine.cycle()
    assert engine.facts().questions == ("trash",)
    assert engine.operations() == [("trash", "waiting")]
    assert engine.server_subjects("INBOX") == ["one"]
    mailbox.update(trash.id, role="trash", role_source="person")
    engine.sync.wake()
    engine.settle()
    assert engine.server_subjects("Trash") == ["one"]
    assert engine.facts().questions == ()


def test_read_only_sends_nothing_that_changes(engine_of: Make) -> None:
    engine = engine_of(read_only=True)
    engine.cycle()
    engine.deliver("one", "two")
    engine.cycle()
    archive(engine, "one")
    delete(engine, "two")
    engine.cycle()
    assert engine.server_subjects("INBOX") == ["one", "two"]
    assert [state for _, state in engine.operations()] == ["pending", "pending"]
    changing = ("UID MOVE", "UID COPY", "UID STORE", "SELECT", "APPEND", "CREATE", "UID EXPUNGE")
    assert not [c for c in engine.commands if c.startswith(changing)]
    assert engine.subjects() == ["one"]


def test_offline_is_made_up_for_later(engine_of: Make) -> None:
    engine = engine_of()
    engine.cycle()
    engine.deliver("one", "two")
    engine.cycle()
    engine.drop()
    archive(engine, "one")
    delete(engine, "two")
    with pytest.raises(SyncError):
        engine.sync.step()
    engine.connect()
    engine.settle()
    assert engine.server_subjects("INBOX") == []
    assert engine.server_subjects("Archive") == ["one"]
    assert engine.server_subjects("Trash") == ["two"]


def test_a_wrong_uid_is_never_touched(engine_of: Make) -> None:
    engine = engine_of()
    engine.cycle()
    engine.deliver("one", "two")
    engine.cycle()
    uids = engine.other.uids("INBOX")
    delete(engine, "one")
    row = operation.of_account(engine.account_id)[0]
    box, uidvalidity, _ = row.payload.sources[0]
    wrong = operation.Payload(sources=((box, uidvalidity, uids[1]),))
    database.run("UPDATE operation SET payload = ? WHERE id = ?", (wrong.to_json(), row.id))
    engine.settle()
    assert "two" in engine.server_subjects("INBOX")
    assert engine.server_subjects("Trash") in ([], ["one"])


def test_while_an_operation_waits_nothing_is_judged(engine_of: Make) -> None:
    slow = Timing(second_sitting=0.05, cycle=0.0, operation_retry_first=3600.0)
    engine = engine_of(timing=slow)
    engine.cycle()
    engine.deliver("one")
    engine.cycle()
    archive(engine, "one")
    database.run("UPDATE operation SET next_try_at = 99999999999999")
    engine.other.move("INBOX", engine.other.uids("INBOX"), "Trash")
    for _ in range(4):
        engine.cycle()
    assert engine.subjects() == ["one"]


# --- the journal: cut before and after every command of an operation -----------------------------


@pytest.mark.parametrize("mask", ["all", "no-move", "no-uidplus", "neither"])
@pytest.mark.parametrize("kind", ["archive", "trash"])
def test_cut_at_every_step_loses_and_doubles_nothing(engine_of: Make, mask: str, kind: str) -> None:
    engine = engine_of(masked=MASKS[mask], timing=FAST)
    engine.cycle()
    target = "Archive" if kind == "archive" else "Trash"
    for at in range(1, 14):
        for is_after in (False, True):
            subject = f"{kind} {at} {is_after}"
            engine.deliver(subject)
            engine.cycle()
            if kind == "archive":
                archive(engine, subject)
            else:
                delete(engine, subject)
            _cut(engine, at, is_after=is_after)
            engine.connect()
            engine.until(lambda: engine.facts().pending == 0)
            engine.settle()
            assert engine.server_subjects("INBOX") == [], subject
            assert engine.server_subjects(target).count(subject) == 1, subject
            assert (subject in engine.subjects()) is (kind == "archive")
            states = {state for _, state in engine.operations()}
            assert states == {"done"}
            engine.commands.clear()
            engine.cycle()
            assert not [c for c in engine.commands if c.startswith(("UID MOVE", "UID COPY"))]


def _cut(engine: Engine, at: int, *, is_after: bool) -> None:
    """Cut the connection at the nth command: before it is sent, or after the server did it."""
    engine.leave_idle()
    count = 0
    session = engine.session
    assert session is not None

    def on_command(text: str) -> None:
        nonlocal count
        count += 1
        if (count == at and not is_after) or (count == at + 1 and is_after):
            session.abort()

    engine.on_command = on_command
    try:
        for _ in range(3):
            engine.sync.step()
    except SyncError:
        return  # the cut; what it left behind is looked at by the caller
    finally:
        engine.on_command = engine.commands.append


def test_an_operation_in_the_middle_of_a_cycle_mixes_no_mailboxes(engine_of: Make) -> None:
    engine = engine_of(chosen=("INBOX", "Sent", "Projects"))
    engine.cycle()
    engine.deliver("first")
    engine.cycle()
    engine.leave_idle()
    engine.deliver(*(f"mail {n:03}" for n in range(450)), to="Projects")
    engine.sync.news()
    seen = 0
    while seen < 100:
        engine.sync.step()
        seen = len(engine.subjects())
    archive(engine, "first")
    engine.settle()
    assert len(engine.subjects()) == 451
    assert len(set(engine.subjects())) == 451
    assert engine.server_subjects("Archive") == ["first"]
