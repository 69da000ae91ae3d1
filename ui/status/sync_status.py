"""The status line at the bottom of the window: what sync is doing, what waits, what failed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QToolButton, QWidget

from models.events import Phase, StatusChanged
from models.store import clock
from ui.status import status_text
from ui.status.status_text import NEEDS_PERSON
from ui.style import formatting, icons
from ui.style.theme import Theme


class StatusLine(QToolButton):
    """A flat button with one elided line. `text()` returns the whole text.

    A click, Enter or Space opens the details.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sync_status")
        self._theme = theme
        self._icon = "circle-check"
        self._ink = "muted"
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def say(self, text: str, icon: str, ink: str) -> None:
        """Show a text with an icon in the colour of a theme's token."""
        self._icon, self._ink = icon, ink
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(formatting.tool_tip(text))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(220, 28)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(120, 28)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.rect().adjusted(2, 2, -2, -2)
        if self.underMouse() or self.hasFocus():
            painter.setPen(self._theme.color("focus") if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("hover"))
            painter.drawRoundedRect(area, 6, 6)
        color = self._theme.color(self._ink)
        drawn = icons.pixmap(self._icon, color, 15, self.devicePixelRatioF())
        painter.drawPixmap(area.left() + 8, area.center().y() - 7, drawn)
        font = self._theme.font(size=12)
        painter.setFont(font)
        painter.setPen(self._theme.color("muted") if self._ink != "warning" else color)
        room = area.adjusted(30, 0, -8, 0)
        text = QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()


class SyncStatus(QWidget):
    """The line, and while past mail comes in a progress bar and a stop button.

    Signals:
        details_requested: The line was clicked.
        stop_requested: The ids of the accounts that take in past mail.
    """

    details_requested = Signal()
    stop_requested = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._filling: tuple[int, ...] = ()
        self.line = StatusLine(theme, self)
        self.line.clicked.connect(self.details_requested)
        self._progress = QProgressBar(self, textVisible=False, maximum=1000)
        self._progress.setFixedSize(120, 6)
        self._progress.setAccessibleName(self.tr("Past mail taken in"))
        self.stop_button = QToolButton(self)
        self.stop_button.setObjectName("sync_stop_button")
        self.stop_button.setText(self.tr("Stop"))
        self.stop_button.setToolTip(self.tr("Stop syncing; what is here stays"))
        self.stop_button.setIcon(icons.icon("circle-stop"))
        self.stop_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.stop_button.clicked.connect(lambda: self.stop_requested.emit(self._filling))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 1, 8, 1)
        row.setSpacing(8)
        for widget in (self.line, self._progress, self.stop_button):
            row.addWidget(widget)
        theme.changed.connect(self._recolor)
        self._recolor()
        self.show_facts((), {}, "")

    def show_facts(
        self,
        statuses: Sequence[StatusChanged],
        addresses: Mapping[int, str],
        vault: str,
        read_only_ids: Collection[int] = (),
    ) -> None:
        """Show the state of the accounts. `vault` says why secrets cannot be read, or ''."""
        text = status_text.summary(statuses, addresses, clock.now_ms(), vault=vault)
        if note := status_text.read_only_note(read_only_ids, addresses):
            text = f"{text} · {note}"
        self.line.say(text, *_mark(statuses, is_shut=bool(vault)))
        filling = [s for s in statuses if s.phase is Phase.SYNCING and s.total]
        self._filling = tuple(status.account_id for status in filling)
        for widget in (self._progress, self.stop_button):
            widget.setVisible(bool(filling))
        if filling:
            done, total = sum(s.done for s in filling), sum(s.total for s in filling)
            self._progress.setValue(min(1000, done * 1000 // total))

    def text(self) -> str:
        """The whole line."""
        return self.line.text()

    def _recolor(self) -> None:
        back, chunk = self._theme.color("line").name(), self._theme.color("accent").name()
        self._progress.setStyleSheet(
            f"QProgressBar {{ background: {back}; border: 0; border-radius: 3px; }}"
            f"QProgressBar::chunk {{ background: {chunk}; border-radius: 3px; }}"
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("window"))
        painter.setPen(self._theme.color("line"))
        painter.drawLine(0, 0, self.width(), 0)
        painter.end()


def _mark(statuses: Sequence[StatusChanged], *, is_shut: bool) -> tuple[str, str]:
    """The line's icon and its colour, a token of the theme."""
    phases = {status.phase for status in statuses}
    if is_shut or phases & NEEDS_PERSON or any(s.refused or s.held for s in statuses):
        return "triangle-alert", "warning"
    if Phase.WAITING in phases:
        return "cloud-off", "muted"
    if phases & {Phase.SYNCING, Phase.CONNECTING, Phase.STARTING}:
        return "refresh-cw", "accent"
    if phases == {Phase.IDLE}:
        return "circle-check", "success"
    return "info", "muted"
