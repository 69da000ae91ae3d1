"""The sheet of keyboard shortcuts, built from the actions."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from ui.commands.actions import plain_text
from ui.style.theme import Theme


class ShortcutSheet(QDialog):
    """Lists every action that has a shortcut."""

    def __init__(self, actions: Iterable[QAction], theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("shortcut_sheet")
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        grid = QGridLayout()
        grid.setHorizontalSpacing(32)
        grid.setVerticalSpacing(9)
        back, line = theme.color("base").name(), theme.color("edge").name()
        look = f"background: {back}; border: 1px solid {line}; border-radius: 5px; padding: 2px 7px"
        shown = [action for action in actions if action.shortcuts()]
        for number, action in enumerate(shown):
            keys = self.tr(" or ").join(_native(key) for key in action.shortcuts())
            label = QLabel(keys, self)
            label.setStyleSheet(look)
            row, column = number % ((len(shown) + 1) // 2), 2 * (number // ((len(shown) + 1) // 2))
            grid.addWidget(QLabel(plain_text(action), self), row, column)
            grid.addWidget(label, row, column + 1, Qt.AlignmentFlag.AlignLeft)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(24, 22, 24, 18)
        column_box.setSpacing(20)
        column_box.addLayout(grid)
        column_box.addWidget(buttons)


def _native(key: QKeySequence) -> str:
    return key.toString(QKeySequence.SequenceFormat.NativeText)
