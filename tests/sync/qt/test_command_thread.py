"""Long commands in the command thread: others go between their steps, and quitting loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from models.commands.imports import ImportRecords, steps
from models.files import plan
from models.intake.blocked_addresses import SetBlocked
from models.store import database
from models.store.profile import open_profile
from sync.qt.service.command_thread import CommandDone
from sync.qt.service.service import MailService
from sync.timing import Timing
from tests.flows.profile_file import rows

COUNT = 6_000
TABLE = "Name,Email\n" + "".join(f"P{n},p{n}@x.test\n" for n in range(COUNT))
PERSONS = "SELECT count(*) FROM person"


def _service(folder: Path) -> tuple[MailService, list[CommandDone]]:
    service = MailService(folder, timing=Timing())
    ended: list[CommandDone] = []
    service.commanded.connect(ended.append)
    return service, ended


def _import(folder: Path) -> ImportRecords:
    open_profile(folder)
    database.open_for_thread()
    try:
        return ImportRecords(plan.plan(TABLE.encode()).drafts)
    finally:
        database.close_for_thread()


def test_a_command_goes_between_the_steps_of_an_import(qtbot: QtBot, tmp_path: Path) -> None:
    command = _import(tmp_path)
    database.open_for_thread()
    service, ended = _service(tmp_path)
    service.start()
    try:
        long = service.run(command)
        second = service.run(command)
        short = service.run(SetBlocked("shop.example"))
        qtbot.waitUntil(lambda: len(ended) == 3, timeout=60_000)
        assert [each.ticket for each in ended] == [short, long, second]
        assert [each.done.count for each in ended if each.done] == [1, COUNT, COUNT]
        assert rows(tmp_path, PERSONS) == [(2 * COUNT,)]
        undo = ended[1].done.undo if ended[1].done else None
        assert undo is not None
        service.run(undo)
        qtbot.waitUntil(lambda: len(ended) == 4, timeout=60_000)
        assert rows(tmp_path, PERSONS) == [(COUNT,)]
    finally:
        service.close()
        database.close_for_thread()


def test_an_import_ends_when_the_person_quits(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "sync.qt.service.command_thread.LONG_SECONDS", 120.0
    )  # on a busy machine, too
    command = _import(tmp_path)
    database.open_for_thread()
    service, _ended = _service(tmp_path)
    service.start()
    service.run(command)
    service.close()
    database.close_for_thread()
    assert rows(tmp_path, PERSONS) == [(COUNT,)]
    assert rows(tmp_path, "SELECT count(*) FROM imported_record") == [(0,)]


def test_half_an_import_is_taken_back_at_the_next_start(qtbot: QtBot, tmp_path: Path) -> None:
    command = _import(tmp_path)
    database.open_for_thread()
    going = steps(command)
    next(going)
    del going  # as a crash would
    assert rows(tmp_path, PERSONS) != [(0,)]
    service, _ended = _service(tmp_path)
    service.start()
    try:
        qtbot.waitUntil(lambda: rows(tmp_path, PERSONS) == [(0,)], timeout=60_000)
    finally:
        service.close()
        database.close_for_thread()
