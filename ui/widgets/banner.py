"""A bar over a pane that says what needs the user, with one button."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from ui.style import icons
from ui.style.theme import Theme


class Tone(StrEnum):
    """How serious the message is."""

    INFO = "info"
    WARNING = "warning"


_ICONS = {Tone.INFO: "info", Tone.WARNING: "triangle-alert"}
_BACKS = {Tone.INFO: "info_back", Tone.WARNING: "warning_back"}
_INKS = {Tone.INFO: "accent", Tone.WARNING: "warning"}


class Banner(QWidget):
    """One sentence and at most one button.

    Signals:
        pressed: The user pressed the button.
    """

    pressed = Signal()

    def __init__(self, theme: Theme, tone: Tone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tone = tone
        self._mark = QLabel(self)
        self._label = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = QPushButton(self)
        self.button.clicked.connect(self.pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(10)
        row.addWidget(self._mark)
        row.addWidget(self._label, 1)
        row.addWidget(self.button)
        theme.changed.connect(self._recolor)
        self._recolor()
        self.hide()

    def say(self, sentence: str, button: str = "") -> None:
        """Show a sentence, and a button if `button` has text."""
        self._label.setText(sentence)
        self.setAccessibleName(sentence)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.show()

    def text(self) -> str:
        """The sentence."""
        return self._label.text()

    def _recolor(self) -> None:
        ink = self._theme.color(_INKS[self._tone])
        ratio = self.devicePixelRatioF()
        self._mark.setPixmap(icons.pixmap(_ICONS[self._tone], ink, 18, ratio))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color(_BACKS[self._tone]))
        painter.setPen(self._theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()
