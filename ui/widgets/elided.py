"""Labels, buttons and line edits whose one line ends in … where it does not fit."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOption,
    QStyleOptionFrame,
    QWidget,
)

from ui.style import formatting

LEAST_WIDTH = 24
SLACK = 4  # pixels to spare, because text widths are rounded


class ElidedLabel(QLabel):
    """A label that takes any width. Screen readers get the whole text."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._ink: QColor | None = None
        self.set_whole(text)

    def set_ink(self, ink: QColor) -> None:
        """Paint the text in this colour. A style sheet would override a palette."""
        self._ink = ink
        self.update()

    def set_whole(self, text: str) -> None:
        """Show this text, as much of it as fits."""
        self.setText(text)
        self.setToolTip(formatting.tool_tip(text))
        self.setAccessibleName(text)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(LEAST_WIDTH, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        area = self.contentsRect()
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, area.width()
        )
        painter.setPen(self._ink or self.palette().color(self.foregroundRole()))
        painter.drawText(area, int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.end()


class ElidedButton(QPushButton):
    """A button as wide as its text, if there is room."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = text
        self.setAccessibleName(text)
        self.setToolTip(formatting.tool_tip(text))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._fit(-1)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        known = super().sizeHint()
        return QSize(known.width() + self._missing() + SLACK, known.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(LEAST_WIDTH * 2, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        beside = super().sizeHint().width() - self.fontMetrics().horizontalAdvance(self.text())
        self._fit(event.size().width() - beside)

    def _missing(self) -> int:
        metrics = self.fontMetrics()
        return metrics.horizontalAdvance(self._whole) - metrics.horizontalAdvance(self.text())

    def _fit(self, room: int) -> None:
        """Show as much text as fits in `room` pixels, or all of it if `room` is negative."""
        shown = self._whole
        if room >= 0:
            shown = self.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideRight, room)
        self.setText(shown.replace("&", "&&"))


class ElidedEdit(QLineEdit):
    """A line edit that ends in … while it has no focus and its text does not fit."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        element = QStyle.SubElement.SE_LineEditContents
        area = self.style().subElementRect(element, option, self).adjusted(2, 0, -2, 0)
        metrics = self.fontMetrics()
        if self.hasFocus() or metrics.horizontalAdvance(self.text()) <= area.width():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        panel = QStyle.PrimitiveElement.PE_PanelLineEdit
        self.style().drawPrimitive(panel, option, painter, self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.end()
