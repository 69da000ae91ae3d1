"""Form pages that scroll, and helpers that keep their fields visible."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QSizePolicy, QWidget


def fit(*buttons: QAbstractButton) -> None:
    """Make check boxes and radio buttons as wide as their text, so that the focus ring fits."""
    for button in buttons:
        button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)


def scrolling(page: QWidget, parent: QWidget) -> QScrollArea:
    """Wrap a page so that it scrolls if the screen is small or the font is large."""
    area = QScrollArea(parent)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    return area


def into_sight(widget: QWidget, above: int = 24) -> None:
    """Scroll the widget's page until the widget shows, with `above` pixels of space over it."""
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    if parent is not None and widget.isVisible():
        parent.ensureWidgetVisible(widget, 0, above)
