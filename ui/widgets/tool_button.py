"""A button with an icon. Its text is its tool tip and its accessible name."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolButton, QWidget

from ui.style import icons

SIZE = 18


def tool_button(parent: QWidget, name: str, icon: str, text: str) -> QToolButton:
    """Make a button with this stable name. `text` must be the program's own, never outside text."""
    button = QToolButton(parent)
    button.setObjectName(name)
    button.setIcon(icons.icon(icon))
    button.setIconSize(QSize(SIZE, SIZE))
    button.setToolTip(text)
    button.setAccessibleName(text)
    return button
