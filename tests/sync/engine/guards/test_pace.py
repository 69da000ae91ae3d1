"""No server, however broken, makes the engine spin, and no waiting work retries without end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from models.commands.accounts import AddAccount
from models.commands.archive import Archive
from models.commands.read_state import MarkRead
from models.store import database, settings
from sync.engine.schedule import Step
from sync.errors import SyncError
from sync.qt.worker.idle import Settling
from sync.timing import Timing
from tests.support.servers.fake_imap import FakeConnection
from tests.support.servers.fake_mailboxes import CAPABILITIES, Mailboxes, Parts
from tests.sync.engine.engine import FAST, Engine
from tests.sync.engine.scripted import Make, mails
from tests.sync.qt.rig import QUICK, Rig

WITH_IDLE = f"{CAPABILITIES} IDLE"


@pytest.fixture
def idling() -> Iterator[Mailboxes]:
    """A scripted server that tells news by itself."""
    with Mailboxes(capabilities=WITH_IDLE) as server:
        server.deliver("me", "INBOX", mails(5))
        server.deliver("me", "Sent", mails(5, first=5))
        yield server


def rest(engine: Engine) -> tuple[Step, int]:
    """The step at which the engine comes to rest, and how many cycles it took."""
    cycles = 0
    for _ in range(200):
        step = engine.sync.step()
        cycles += step.doing == "cycle" and engine.sync._cycle is None and engine.sync._cycle_at > 0
        if step.kind != "again":
            return step, cycles
    raise AssertionError("the engine does not come to rest")


def test_what_waits_behind_another_operation_of_its_mail_has_no_time_of_its_own(
    server: Mailboxes, make: Make
) -> None:
    """Otherwise cycles would follow without a pause for as long as the first one waits."""
    settings.put("archive_on_server", True)
    server.deliver("me", "INBOX", mails(5))
    engine = make(server, timing=replace(FAST, cycle=60.0))
    rest(engine)
    engine.run(Archive((engine.conversation_id("mail 001"),)))
    in_a_while = int(time.time() * 1000) + 300_000
    database.run("UPDATE operation SET state = 'waiting', next_try_at = ?", (in_a_while,))
    engine.run(MarkRead((engine.conversation_id("mail 001"),), read=True))
    step, _ = rest(engine)
    assert step.wait_seconds > 10


def test_numbers_that_never_agree_are_looked_at_once_more(idling: Mailboxes, make: Make) -> None:
    """EXAMINE counts one mail more than STATUS does."""
    engine = make(idling, timing=replace(FAST, cycle=60.0))
    rest(engine)

    def one_more(parts: Parts) -> Parts:
        return [part.replace(b"* 5 EXISTS", b"* 6 EXISTS") for part in parts]

    idling.alter["EXAMINE"] = one_more
    engine.sync.news()
    step, cycles = rest(engine)
    assert step.kind == "idle"
    assert cycles <= 2


def test_a_mark_whose_outcome_is_unknown_is_undone_on_the_server_too(
    server: Mailboxes, make: Make
) -> None:
    """The server did it and the connection broke before the answer; then the user undid it."""
    server.deliver("me", "INBOX", mails(5))
    engine = make(server)
    engine.cycle()
    engine.leave_idle()
    engine.run(MarkRead((engine.conversation_id("mail 001"),), read=True))

    def hang_up(_: Parts) -> Parts:
        raise ConnectionError

    server.alter["UID STORE"] = hang_up
    with pytest.raises(SyncError):
        engine.cycle()
    assert "\\Seen" in server.flags("INBOX", 2)
    server.alter.clear()
    engine.run(MarkRead((engine.conversation_id("mail 001"),), read=False))
    engine.connect()
    engine.cycle()
    assert "\\Seen" not in server.flags("INBOX", 2)
    assert database.value("SELECT is_read FROM message WHERE subject = 'mail 001'") == 0


# --- the worker -----------------------------------------------------------------------------------------


@pytest.fixture
def on(qtbot: QtBot, store: Path) -> Iterator[Callable[..., Rig]]:
    made: list[Rig] = []

    def rig(server: Mailboxes, timing: Timing = QUICK) -> Rig:
        made.append(Rig(qtbot, store, server, "me", timing))  # type: ignore[arg-type]
        return made[-1]

    yield rig
    for one in made:
        one.close()


def ended_at_once(connection: FakeConnection) -> None:
    connection.send(b"+ idling\r\n{tag} OK that was all\r\n")


def refused(connection: FakeConnection) -> None:
    connection.send(b"{tag} NO not here\r\n")


@pytest.mark.parametrize("answer", [ended_at_once, refused])
def test_a_server_that_does_not_idle_is_asked_at_the_usual_pace(
    idling: Mailboxes,
    on: Callable[..., Rig],
    qtbot: QtBot,
    answer: Callable[[FakeConnection], None],
) -> None:
    """It offers IDLE and refuses or ends it at once: no new connection, no cycle for that."""
    idling.imap.answers["IDLE"] = answer
    rig = on(idling)
    rig.wait_for_mail(10)
    rig.wait(lambda: "IDLE" in idling.imap.commands)
    asked = idling.imap.commands.count("LIST")
    qtbot.wait(500)  # what would spin would have asked dozens of times by then
    assert idling.imap.commands.count("LIST") - asked <= 2
    assert idling.imap.commands.count("AUTHENTICATE") == 1
    assert rig.waits() == []


def test_a_throttle_without_a_time_still_waits(
    idling: Mailboxes, on: Callable[..., Rig], qtbot: QtBot
) -> None:
    """A back-off of 0 seconds does not permit endless retries."""

    def goodbye(connection: FakeConnection) -> None:
        connection.send(b"* BYE Request is throttled. Suggested Backoff Time: 0 milliseconds\r\n")
        raise ConnectionError

    idling.imap.answers["LIST"] = goodbye
    rig = on(idling)
    rig.wait(lambda: len(rig.seconds) >= 3)
    assert rig.seconds[2] > rig.seconds[0] > 0


def test_mail_one_by_one_is_taken_at_once_and_news_without_end_are_collected() -> None:
    settling = Settling(0.05)
    waits = [settling.seconds() for _ in range(50)]
    assert waits[:40] == [0.05] * 40
    assert waits[41:] == [2.5] * 9


def test_many_silent_servers_hold_up_the_end_no_longer_than_one(
    idling: Mailboxes, on: Callable[..., Rig], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step that runs gets the same short grace; then all sockets are cut.

    One after the other it would be six seconds.
    """
    monkeypatch.setattr("sync.qt.service.workers.GRACE_SECONDS", 1.0)
    idling.imap.answers["LIST"] = lambda _: None  # never a word
    rig = on(idling, replace(QUICK, command=30.0))
    secret = rig.service.vault.encrypted("secret")
    for number in range(5):
        new = rig.new_account(f"me{number}@dealpost.example")
        rig.run(AddAccount(new, secret, {"INBOX": {"delimiter": "/", "is_chosen": True}}))
    rig.wait(lambda: idling.imap.commands.count("LIST") >= 6)
    begun = time.monotonic()
    rig.service.close()
    assert time.monotonic() - begun < 4.5
