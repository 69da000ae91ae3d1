"""The counts beside the folders are those of the last change."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from models.store import database
from sync.qt.service.service import MailService
from sync.timing import Timing
from tests.ui.seeding import fill, subjects
from ui.window.mail_counts import MailCounts


def test_a_change_while_an_answer_is_on_its_way_is_counted_too(qtbot: QtBot, profile: Path) -> None:
    fill(profile, subjects(3))
    database.open_for_thread()
    service = MailService(profile, timing=Timing())
    service.start()
    parent = QObject()
    counts = MailCounts(service, parent)
    found: list[object] = []
    counts.counted.connect(found.append)
    try:
        counts.ask()
        counts.ask()  # the answer that is on its way may have been read before this
        qtbot.waitUntil(lambda: len(found) == 2, timeout=15_000)
        assert found[0] == found[1]
    finally:
        service.close()
        database.close_for_thread()
