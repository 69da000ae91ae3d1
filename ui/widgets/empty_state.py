"""What a pane shows when there is nothing to list: an icon, a sentence, at most one button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from ui.style import icons
from ui.style.theme import Theme

ICON_SIZE = 44


class EmptyState(QWidget):
    """Says why there is nothing, and what the user can do about it.

    Signals:
        pressed: The user pressed the button.
    """

    pressed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = "inbox"
        self._mark = QLabel(self, alignment=Qt.AlignmentFlag.AlignCenter)
        self._title = QLabel(
            self,
            alignment=Qt.AlignmentFlag.AlignCenter,
            wordWrap=True,
            textFormat=Qt.TextFormat.PlainText,
        )
        self._hint = QLabel(
            self,
            alignment=Qt.AlignmentFlag.AlignCenter,
            wordWrap=True,
            textFormat=Qt.TextFormat.PlainText,
        )
        self.button = QPushButton(self)
        self.button.setProperty("role", "primary")
        self.button.clicked.connect(self.pressed)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(8)
        column.addStretch(2)
        for widget in (self._mark, self._title, self._hint):
            column.addWidget(widget)
        column.addSpacing(8)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        theme.changed.connect(self._recolor)
        self._recolor()

    def say(self, icon: str, title: str, hint: str = "", button: str = "") -> None:
        """Show these. An empty hint or button is left out."""
        self._icon = icon
        self._title.setText(title)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.setAccessibleName(f"{title} {hint}".strip())
        self._recolor()

    def text(self) -> str:
        """The title."""
        return self._title.text()

    def _recolor(self) -> None:
        muted = self._theme.color("muted")
        self._title.setFont(self._theme.font(size=15, weight=600))
        self._hint.setFont(self._theme.font())
        self._hint.setStyleSheet(f"color: {muted.name()}")
        faint = self._theme.color("disabled")
        self._mark.setPixmap(icons.pixmap(self._icon, faint, ICON_SIZE, self.devicePixelRatioF()))
