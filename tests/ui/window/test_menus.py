"""Menus can be used by their underlined letters, and those letters show nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMainWindow, QMenu
from pytestqt.qtbot import QtBot

from ui.commands.actions import Actions
from ui.style.theme import Theme
from ui.window import menus
from ui.window.appearance import appearance_actions
from ui.window.shortcuts import ShortcutSheet
from ui.window.top_bar import TopBar

MNEMONIC = re.compile(r"&(\w)")


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    qtbot.addWidget(made)
    return made


def letters(actions: Iterable[QAction]) -> list[str]:
    """The letter of each entry; '' where it has none."""
    found = []
    for action in actions:
        if not action.isSeparator():
            match = MNEMONIC.search(action.text())
            found.append(match.group(1).lower() if match else "")
    return found


def test_each_entry_has_a_letter_that_no_other_of_its_menu_has(window: QMainWindow) -> None:
    theme = Theme(window)
    actions = Actions(window)
    menus.fill(window.menuBar(), actions, appearance_actions(theme, window))
    shown = [action.menu() for action in window.menuBar().actions()]
    everything = [letters(window.menuBar().actions())]
    everything += [letters(menu.actions()) for menu in shown if isinstance(menu, QMenu)]

    assert len(everything) == 7
    for found in everything:
        assert "" not in found
        assert len(found) == len(set(found)), found


def test_the_letters_show_in_menus_alone(window: QMainWindow, qtbot: QtBot) -> None:
    theme = Theme(window)
    actions = Actions(window)
    bar = TopBar(actions, theme, window)
    sheet = ShortcutSheet(actions.ready(), theme, window)
    qtbot.addWidget(sheet)

    said = [action.toolTip() for action in actions.ready()]
    said += [label.text() for label in sheet.findChildren(QLabel)]
    said += [button.accessibleName() for button in bar.findChildren(type(bar._buttons["archive"]))]

    assert "Archive" in said
    assert not any("&" in text for text in said)
