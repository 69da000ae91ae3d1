"""The desk itself: when it returns, what it waited for is true."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from sync.engine import cycle
from sync.engine.context import Steps, SyncContext
from tests.flows.desk import FAST, Desk
from tests.flows.profile_file import rows
from tests.flows.rig import Rig
from tests.support.builders import a_mail

FLAGS = cycle._flags


def test_a_cycle_that_had_looked_before_does_not_settle(
    desk: Desk, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail comes after a cycle has asked the server, and that cycle ends during `settle`."""
    account_id = desk.add_account(rig)
    has_looked, go_on = threading.Event(), threading.Event()

    def held(context: SyncContext, *arguments: object) -> Steps:
        has_looked.set()
        go_on.wait(30)
        yield from FLAGS(context, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(cycle, "_flags", held)
    desk.service.sync_now(account_id)
    desk.wait(has_looked.is_set, "a cycle has looked")
    rig.deliver(a_mail(subject="After the look"), mailbox="Sent")
    QTimer.singleShot(0, desk.window, go_on.set)

    desk.settle(account_id)

    assert rows(desk.profile, "SELECT subject FROM message") == [("After the look",)]


def test_sync_now_counts_while_a_cycle_runs(
    qtbot: QtBot, profile: Path, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail that came after that cycle looked is here at once, not a minute later."""
    desk = Desk(qtbot, profile, replace(FAST, cycle=600.0))
    try:
        account_id = desk.add_account(rig)
        has_looked, go_on = threading.Event(), threading.Event()

        def held(context: SyncContext, *arguments: object) -> Steps:
            has_looked.set()
            go_on.wait(30)
            yield from FLAGS(context, *arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(cycle, "_flags", held)
        desk.service.sync_now(account_id)
        desk.wait(has_looked.is_set, "a cycle has looked")
        rig.deliver(a_mail(subject="After the look"), mailbox="Sent")
        desk.trigger("action_sync_now")
        go_on.set()
        sql = "SELECT subject FROM message"
        desk.wait(lambda: rows(desk.profile, sql) == [("After the look",)], "it is here")
        assert desk.service.status(account_id) is not None
    finally:
        desk.close()


def test_the_list_is_read_when_a_folder_is_open_or_the_program_started(
    desk: Desk, rig: Rig
) -> None:
    rig.deliver(a_mail(subject="Alpha"), a_mail(subject="Mine", from_=rig.address))
    account_id = desk.add_account(rig)
    assert desk.has("Alpha")
    desk.open_folder("sent")
    assert desk.has("Mine")
    desk.reopen()
    assert desk.has("Alpha")
    rig.deliver(a_mail(subject="Beta"))
    desk.settle(account_id)
    assert desk.has("Alpha", "Beta")
