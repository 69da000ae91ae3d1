"""The toast that says what was just done and offers to undo it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from ui.style.theme import Theme

MARGIN = 46  # pixels from the bottom of the window, above the status line


class UndoToast(QFrame):
    """Floats over the bottom of its parent for some seconds, longer while the mouse is over it.

    Signals:
        undo_requested: The button.
    """

    undo_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("undo_toast")
        self._theme = theme
        self._label = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self.button = QPushButton(self.tr("Undo"), self)
        self.button.setObjectName("undo_button")
        self.button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.button.clicked.connect(self.undo_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 9, 10, 9)
        row.setSpacing(16)
        row.addWidget(self._label)
        row.addWidget(self.button)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.hide)
        theme.changed.connect(self._recolor)
        parent.installEventFilter(self)
        self._recolor()
        self.hide()

    def say(self, sentence: str, seconds: float, *, can_undo: bool) -> None:
        """Show a sentence for this many seconds."""
        self._label.setText(sentence)
        self.setAccessibleName(sentence)
        self.button.setVisible(can_undo)
        self._timer.start(round(seconds * 1000))
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()

    def text(self) -> str:
        """The sentence that is shown."""
        return self._label.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            self._place()
        return False

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802  # Qt's name
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        self._timer.start(2000)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("tip"))
        painter.drawRoundedRect(self.rect(), 9, 9)
        painter.end()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            left = (parent.width() - self.width()) // 2
            self.move(max(0, left), parent.height() - self.height() - MARGIN)

    def _recolor(self) -> None:
        ink = self._theme.color("on_tip")
        link = QColor("#2a5bd0" if self._theme.is_dark else "#a9c3ff")
        self._label.setStyleSheet(f"color: {ink.name()}; background: transparent")
        self.button.setStyleSheet(
            f"QPushButton {{ color: {link.name()}; background: transparent; font-weight: 600;"
            " border: 2px solid transparent; padding: 3px 8px; }"
            f"QPushButton:focus, QPushButton:hover {{ border-color: {link.name()}; }}"
        )
