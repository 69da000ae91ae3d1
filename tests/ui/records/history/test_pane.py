"""The history and what is told while one of its pages is on its way."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from models.commands.execute import execute
from models.commands.records import SaveRecord
from models.events import MessagesDeleted
from models.records.records import Labelled, Person
from models.store import database
from sync.qt.service.service import MailService
from sync.timing import Timing
from tests.ui.seeding import fill, subjects
from ui.records.history.body import MessageBody
from ui.records.history.pane import HistoryPane
from ui.style.theme import Theme


def _no_body(parent: QWidget) -> MessageBody:
    raise AssertionError("nothing is opened here")


def _subjects(pane: HistoryPane) -> list[str]:
    return [str(pane.model.index(row, 0).data()) for row in range(pane.model.rowCount())]


@pytest.mark.parametrize("is_first", [True, False])
def test_a_page_read_before_a_delete_does_not_bring_it_back(
    qtbot: QtBot, profile: Path, is_first: bool
) -> None:
    account_id = fill(profile, subjects(60))
    database.open_for_thread()
    ann = Person(name="Ada", addresses=(Labelled("ada@customer.example"),))
    execute(SaveRecord(ann))
    gone = database.value(
        "SELECT id FROM message WHERE subject = ?", ("Offer 3" if is_first else "Offer 55",)
    )
    service = MailService(profile, timing=Timing())
    service.start()
    pane = HistoryPane(service, _no_body, Theme())
    qtbot.addWidget(pane)
    try:
        pane.show_record("person:1")
        if not is_first:
            qtbot.waitUntil(lambda: pane.model.rowCount() == 50, timeout=15_000)
            pane.model.fetchMore(pane.model.index(-1, -1))
        # The page that is on its way was read before this, and has the mail.
        service.happened.emit(MessagesDeleted(account_id, (gone,), ()))
        left = 49 if is_first else 59
        qtbot.waitUntil(lambda: pane.model.rowCount() >= left, timeout=15_000)
        assert ("Offer 3" if is_first else "Offer 55") not in _subjects(pane)
    finally:
        service.close()
        database.close_for_thread()


def test_another_record_is_shown_from_its_newest_entry(qtbot: QtBot, profile: Path) -> None:
    fill(profile, subjects(60))
    database.open_for_thread()
    ada = Person(name="Ada", addresses=(Labelled("ada@customer.example"),))
    execute(SaveRecord(ada))
    service = MailService(profile, timing=Timing())
    service.start()
    pane = HistoryPane(service, _no_body, Theme())
    qtbot.addWidget(pane)
    pane.show()
    bar = pane.view.verticalScrollBar()
    try:
        pane.show_record("person:1")
        qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=15_000)
        bar.setValue(bar.maximum())
        pane.show_record("person:2")
        assert bar.value() == 0
    finally:
        service.close()
        database.close_for_thread()
