"""A button that is an icon; its words are its tool tip and its accessible name."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolButton, QWidget

from ui.style import icons

SIZE = 18


def tool_button(parent: QWidget, name: str, icon: str, text: str) -> QToolButton:
    """A button of this stable name; `text` is the program's own, never somebody's words."""
    button = QToolButton(parent)
    button.setObjectName(name)
    button.setIcon(icons.icon(icon))
    button.setIconSize(QSize(SIZE, SIZE))
    button.setToolTip(text)
    button.setAccessibleName(text)
    return button
