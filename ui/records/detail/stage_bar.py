"""The stages of a deal as a bar of segments. A click on a segment moves the deal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from models.records.records import Stage
from ui.style.theme import Theme

HEIGHT = 26


class _Segment(QAbstractButton):
    """One stage."""

    def __init__(self, stage: Stage, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.is_reached = False
        self.is_current = False
        self.is_open = True
        self.setText(stage.name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(HEIGHT)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(60, HEIGHT)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(14, HEIGHT)

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802  # Qt's name
        self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        back, ink = ("line", "muted")
        if self.is_current:
            back, ink = ("accent", "on_accent") if self.is_open else ("edge", "text")
        elif self.is_reached:
            back, ink = ("pill", "on_pill")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(back))
        painter.setOpacity(0.85 if self.underMouse() else 1.0)
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setOpacity(1.0)
        font = self._theme.font(size=11, weight=600 if self.is_current else 500)
        painter.setFont(font)
        painter.setPen(self._theme.color(ink))
        room = self.width() - 12
        shown = QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        if room > 24:
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), shown)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._theme.color("focus"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 5, 5)
        painter.end()


class StageBar(QWidget):
    """The pipeline with the deal's place in it.

    Signals:
        chosen: The user chose the stage with this id.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stage_bar")
        self._theme = theme
        self._stages: tuple[Stage, ...] = ()
        self._segments: list[_Segment] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(3)
        theme.changed.connect(self.update)

    def show_stage(self, stages: Sequence[Stage], stage_id: int | None, *, is_open: bool) -> None:
        """Show in which stage a deal is."""
        if tuple(stages) != self._stages:
            self._rebuild(tuple(stages))
        place = next((n for n, stage in enumerate(stages) if stage.id == stage_id), -1)
        for number, (segment, stage) in enumerate(zip(self._segments, stages, strict=True)):
            segment.is_reached, segment.is_current = number <= place, number == place
            segment.is_open = is_open
            now = self.tr("{}, now").format(stage.name)
            segment.setAccessibleName(now if segment.is_current else stage.name)
            segment.setToolTip(stage.name)
            segment.update()

    def _rebuild(self, stages: tuple[Stage, ...]) -> None:
        for segment in self._segments:
            self._row.removeWidget(segment)
            segment.hide()
            segment.deleteLater()
        self._stages = stages
        self._segments = []
        for stage in stages:
            segment = _Segment(stage, self._theme, self)
            segment.clicked.connect(partial(self.chosen.emit, stage.id))
            self._segments.append(segment)
            self._row.addWidget(segment, 1)
