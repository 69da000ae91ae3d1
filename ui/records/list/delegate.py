"""Paints a row of a record list: icon or avatar, title, and the columns that there is room for."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.records import kinds, roles
from ui.records.list.columns import Column, placed
from ui.records.list.line import Line
from ui.style import icons
from ui.style.theme import Density, Theme
from ui.widgets import avatar

Index = QModelIndex | QPersistentModelIndex
BAR = 3  # the accent bar of a selected row
MARK = 34
GAP = 12
_LINE = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)


def row_height(density: Density) -> int:
    """The height of a row with two lines, in pixels."""
    return 58 if density is Density.COMFORTABLE else 46


class RecordDelegate(QStyledItemDelegate):
    """Draws only what the model's LINE role holds.

    Attributes:
        columns: The columns of the listed kind.
        hovered_row: The row under the mouse, or -1.
        shows_focus: The user works with the keyboard, so the current row gets a focus ring.
    """

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.columns: tuple[Column, ...] = ()
        self.hovered_row = -1
        self.shows_focus = False

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        is_active = bool(state & QStyle.StateFlag.State_Active)
        line = index.data(roles.LINE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, self._back(index.row(), is_selected, is_active))
        places = placed(self.columns, rect)
        title = places.get(self.columns[0].name, rect) if self.columns else rect
        if is_selected:
            bar = QRect(rect.left(), rect.top(), BAR, rect.height())
            painter.fillRect(bar, self._theme.color("accent" if is_active else "edge"))
        else:
            painter.setPen(self._theme.color("line"))
            painter.drawLine(title.left() + MARK + GAP, rect.bottom(), rect.right(), rect.bottom())
        if isinstance(line, Line):
            ink = _Ink(self._theme, is_selected=is_selected, is_closed=line.is_closed)
            self._paint_title(painter, title, line, ink, has_room=len(places) > 1)
            for column in self.columns[1:]:
                if column.name in places:
                    self._paint_cell(painter, places[column.name], line, column, ink)
        else:
            self._paint_skeleton(painter, title)
        if self.shows_focus and state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("focus"), 1.5))
            painter.drawRoundedRect(QRectF(rect).adjusted(BAR + 1.5, 1.5, -1.5, -1.5), 5, 5)
        painter.restore()

    def _back(self, row: int, is_selected: bool, is_active: bool) -> QColor:
        if is_selected:
            return self._theme.color("selection" if is_active else "selection_idle")
        return self._theme.color("hover" if row == self.hovered_row else "base")

    def _paint_skeleton(self, painter: QPainter, at: QRect) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("line"))
        left = at.left() + MARK + GAP
        painter.drawEllipse(QRect(at.left(), at.center().y() - MARK // 2, MARK, MARK))
        for offset, share in ((-14, 0.5), (6, 0.3)):
            bar = QRectF(left, at.center().y() + offset, (at.width() - MARK) * share, 8)
            painter.drawRoundedRect(bar, 4, 4)

    def _paint_mark(self, painter: QPainter, at: QRect, line: Line, ink: _Ink) -> None:
        mark = QRect(at.left(), at.center().y() - MARK // 2 + 1, MARK, MARK)
        if line.kind == kinds.PERSON:
            avatar.paint(painter, QRectF(mark), line.face, self._theme.font())
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.pill)
        painter.drawRoundedRect(mark, 9, 9)
        ratio = painter.device().devicePixelRatioF()
        drawn = icons.pixmap(kinds.ICONS[line.kind], ink.mark, 18, ratio)
        painter.drawPixmap(mark.center() - QPoint(8, 8), drawn)

    def _paint_title(
        self, painter: QPainter, at: QRect, line: Line, ink: _Ink, *, has_room: bool
    ) -> None:
        self._paint_mark(painter, at, line, ink)
        words = at.adjusted(MARK + GAP, 0, 0, 0)
        font = self._theme.font(size=self._theme.metrics.text, weight=600)
        if not line.detail:
            self._text(painter, words, line.title, font, ink.text)
            return
        middle = at.center().y()
        upper = QRect(words.left(), middle - 19, words.width(), 19)
        lower = QRect(words.left(), middle + 1, words.width(), 18)
        self._text(painter, upper, line.title, font, ink.text)
        small = self._theme.font(size=self._theme.metrics.small)
        self._text(painter, lower, line.detail, small, ink.muted)

    def _paint_cell(
        self, painter: QPainter, at: QRect, line: Line, column: Column, ink: _Ink
    ) -> None:
        text = line.cells.get(column.name, "")
        if not text:
            return
        is_strong = column.name == "value"
        font = self._theme.font(
            size=self._theme.metrics.small, weight=600 if is_strong else 400, is_tabular=True
        )
        if column.name in {"stage", "status"}:
            self._paint_pill(painter, at, text, line, ink)
            return
        self._text(
            painter, at, text, font, ink.text if is_strong else ink.muted, is_right=column.is_right
        )

    def _paint_pill(self, painter: QPainter, at: QRect, text: str, line: Line, ink: _Ink) -> None:
        font = self._theme.font(size=11, weight=500)
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, at.width() - 16)
        pill = QRectF(at.left(), at.center().y() - 9, metrics.horizontalAdvance(shown) + 16, 19)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.pill)
        painter.drawRoundedRect(pill, 9.5, 9.5)
        painter.setFont(font)
        painter.setPen(self._theme.color(kinds.status_tone(line.status)))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, shown)

    def _text(
        self,
        painter: QPainter,
        at: QRect,
        text: str,
        font: QFont,
        color: QColor,
        *,
        is_right: bool = False,
    ) -> None:
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, at.width())
        painter.setFont(font)
        painter.setPen(color)
        side = Qt.AlignmentFlag.AlignRight if is_right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(at, _LINE | int(side), shown)


class _Ink:
    """The colours of one row in its state."""

    def __init__(self, theme: Theme, *, is_selected: bool, is_closed: bool) -> None:
        self.muted = theme.color("selection_muted" if is_selected else "muted")
        self.text = self.muted if is_closed else theme.color("text")
        self.pill = theme.color("base" if is_selected else "pill")
        self.mark = theme.color("on_pill")
