"""Ctrl+Z in the field for notes: what was typed first, then what was done in the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.records.history.note_edit import NoteEdit


def test_undo_is_the_windows_while_nothing_was_typed(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    note = NoteEdit(window)
    QVBoxLayout(window).addWidget(note)
    undo = QAction(window, shortcut=QKeySequence(QKeySequence.StandardKey.Undo))
    window.addAction(undo)
    done: list[bool] = []
    undo.triggered.connect(lambda: done.append(True))
    edit = window.findChild(QPlainTextEdit, "note_edit")
    assert edit is not None
    with qtbot.waitActive(window):
        window.show()
    edit.setFocus()
    QTest.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert done == [True]

    QTest.keyClicks(edit, "Called")
    QTest.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert edit.toPlainText() == ""
    assert done == [True]
