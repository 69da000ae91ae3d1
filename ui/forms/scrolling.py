"""Pages of forms that scroll, and what keeps their fields in sight."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QSizePolicy, QWidget


def fit(*buttons: QAbstractButton) -> None:
    """Check boxes and radios as wide as their text, so that the focus ring fits them."""
    for button in buttons:
        button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)


def scrolling(page: QWidget, parent: QWidget) -> QScrollArea:
    """A page that scrolls where the screen is small or the letters are large."""
    area = QScrollArea(parent)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    return area


def into_sight(widget: QWidget, above: int = 24) -> None:
    """Scroll the page that a widget lies on, with so many pixels of what stands above it."""
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    if parent is not None and widget.isVisible():
        parent.ensureWidgetVisible(widget, 0, above)
