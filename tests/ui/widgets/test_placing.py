"""Dialogs appear in the middle of their window, and never beside the screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from ui.widgets.placing import Centred, kept_inside


def test_a_dialog_appears_in_the_middle_of_its_window(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setGeometry(160, 120, 400, 300)
    window.show()
    dialog = QDialog(window)
    dialog.resize(200, 100)
    Centred(dialog)
    dialog.open()
    dialog.move(0, 0)  # where a window manager that knew no better had put it

    def is_centred() -> bool:
        off = dialog.frameGeometry().center() - window.frameGeometry().center()
        return off.manhattanLength() <= 1

    qtbot.waitUntil(is_centred, timeout=15_000)
    assert is_centred()


@pytest.mark.parametrize(
    ("wanted", "placed"),
    [
        (QRect(100, 100, 200, 100), QRect(100, 100, 200, 100)),
        (QRect(-50, -20, 200, 100), QRect(0, 0, 200, 100)),
        (QRect(700, 550, 200, 100), QRect(600, 500, 200, 100)),
        (QRect(100, 100, 900, 700), QRect(0, 0, 900, 700)),
    ],
)
def test_it_stays_on_the_screen(wanted: QRect, placed: QRect) -> None:
    assert kept_inside(wanted, QRect(0, 0, 800, 600)) == placed
