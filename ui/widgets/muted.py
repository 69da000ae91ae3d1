"""Muted text: a label, and a line that ends in … where it does not fit."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QWidget

from ui.style.theme import Theme
from ui.widgets.elided import ElidedLabel


class MutedLabel(QLabel):
    """Muted text in the theme's current colour."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        parent: QWidget | None = None,
        *,
        size: int = 12,
        weight: int = 400,
        ink: str = "muted",
    ) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._size, self._weight, self._ink = size, weight, ink
        self._room = (0, 0, 0, 0)
        self.setIndent(0)
        theme.changed.connect(self._recolor)
        self._recolor()

    def set_room(self, left: int, top: int, right: int, bottom: int) -> None:
        """Set the margins, in pixels. With a style sheet, a label ignores its contents margins."""
        self._room = (top, right, bottom, left)
        self._recolor()

    @Slot()
    def _recolor(self) -> None:
        self.setFont(self._theme.font(size=self._size, weight=self._weight))
        color = self._theme.color(self._ink).name()
        room = " ".join(f"{side}px" for side in self._room)
        self.setStyleSheet(f"color: {color}; background: transparent; padding: {room}")


class MutedLine(ElidedLabel):
    """Muted text in one line that ends in … where it does not fit."""

    def __init__(self, theme: Theme, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._theme = theme
        theme.changed.connect(self._recolor)
        self._recolor()

    @Slot()
    def _recolor(self) -> None:
        self.setFont(self._theme.font(size=12))
        self.set_ink(self._theme.color("muted"))
