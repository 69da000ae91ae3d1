"""The narrow bars of the reading pane: pictures held back, and where a link leads."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from ui.style import icons
from ui.style.theme import Theme


class RemoteBar(QWidget):
    """Says how many remote pictures are held back, and from which hosts."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("remote_bar")
        self._theme = theme
        self._mark = QLabel(self)
        self._label = QLabel(self, wordWrap=True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(28, 7, 20, 7)
        row.setSpacing(10)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._label, 1)
        theme.changed.connect(self._recolor)
        self._recolor()
        self.hide()

    def say(self, sentence: str) -> None:
        """Show a sentence. '' hides the bar."""
        self._label.setText(sentence)
        self.setAccessibleName(sentence)
        self.setVisible(bool(sentence))

    def text(self) -> str:
        """The sentence."""
        return self._label.text()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        QPainter(self).fillRect(self.rect(), self._theme.color("info_back"))

    @Slot()
    def _recolor(self) -> None:
        self._label.setFont(self._theme.font(size=self._theme.metrics.small))
        ratio = self.devicePixelRatioF()
        self._mark.setPixmap(icons.pixmap("image-off", self._theme.color("accent"), 16, ratio))
        self.update()


class LinkHint(QLabel):
    """Shows where the link under the mouse leads, over the bottom of its parent."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pane = parent
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setContentsMargins(9, 4, 9, 4)
        parent.installEventFilter(self)
        self.hide()

    @Slot(str)
    def say(self, address: str) -> None:
        """Show an address. '' hides the hint."""
        room = self._pane.width() - 60
        self.setFont(self._theme.font(size=self._theme.metrics.small))
        self.setText(self.fontMetrics().elidedText(address, Qt.TextElideMode.ElideMiddle, room))
        tip, ink = (self._theme.color(name).name() for name in ("tip", "on_tip"))
        self.setStyleSheet(f"background: {tip}; color: {ink}; border-radius: 5px;")
        self.adjustSize()
        self._place()
        self.setVisible(bool(address))
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.move(10, self._pane.height() - self.height() - 10)
