"""Blocked addresses and domains in the preferences."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

import app
from models.store import settings
from sync.timing import Timing
from tests.ui.seeding import fill, subjects
from ui.settings.blocked_page import BlockedPage


def test_block_and_unblock(qtbot: QtBot, profile: Path) -> None:
    fill(profile, subjects(1))
    window = app.start(profile, timing=Timing())
    try:
        dialog = window._dialogs.open_preferences()
        dialog.show_page("blocked")
        page = dialog.findChild(BlockedPage, "blocked_page")
        edit = dialog.findChild(QLineEdit, "blocked_edit")
        shown = dialog.findChild(QListWidget, "blocked_list")
        add = dialog.findChild(QPushButton, "block_button")
        remove = dialog.findChild(QPushButton, "unblock_button")
        assert page is not None
        assert edit is not None
        assert shown is not None
        assert add is not None
        assert remove is not None
        edit.setText("not an address")
        assert not add.isEnabled()
        edit.setText("@Shop.example")
        add.click()
        qtbot.waitUntil(lambda: shown.count() == 1, timeout=15_000)
        assert settings.get("blocked") == ["shop.example"]
        for entry in ("second.example", "third@mail.example"):  # faster than either is stored
            edit.setText(entry)
            add.click()
        three = ["second.example", "shop.example", "third@mail.example"]
        qtbot.waitUntil(lambda: settings.get("blocked") == three, timeout=15_000)
        qtbot.waitUntil(lambda: shown.count() == 3, timeout=15_000)
        shown.setCurrentRow(0)
        remove.click()
        shown.setCurrentRow(1)
        remove.click()
        qtbot.waitUntil(lambda: settings.get("blocked") == ["third@mail.example"], timeout=15_000)
        qtbot.waitUntil(lambda: shown.count() == 1, timeout=15_000)
    finally:
        window.close()
