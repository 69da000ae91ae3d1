"""A list of lines, each with an icon, a sentence, what it is about, and the time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.style import formatting, icons
from ui.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
ID = int(Qt.ItemDataRole.UserRole)
LINE = ID + 1
ROW_HEIGHT = 52
ICON_SIZE = 17
LEFT = 16
TEXT_LEFT = 46


@dataclass(frozen=True, slots=True)
class Line:
    """What one row shows.

    Attributes:
        icon: Its name in `ui.style.icons`.
        ink: The icon's colour, a token of the theme.
        title: The sentence.
        detail: Below it, muted.
        right: At the right edge, such as the time.
        tip: The whole text, for the tool tip.
        is_quiet: Whether the title is muted, because its mail is gone.
    """

    id: int
    icon: str
    ink: str
    title: str
    detail: str
    right: str = ""
    tip: str = ""
    is_quiet: bool = False


class LineModel(QAbstractListModel):
    """Holds the lines read so far, and asks for more when the view reaches the last one.

    Signals:
        more_wanted: The view shows the last line, and there are more.
    """

    more_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self._has_more = False

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008  # Qt's way
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(part for part in (line.title, line.detail, line.right) if part)
            case Qt.ItemDataRole.ToolTipRole:
                return formatting.tool_tip(line.tip) or None
            case _ if role == ID:
                return line.id
            case _ if role == LINE:
                return line
            case _:
                return None

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802  # Qt's name
        return not parent.isValid() and self._has_more

    def fetchMore(self, parent: Index) -> None:  # noqa: N802  # Qt's name
        if not parent.isValid() and self._has_more:
            self._has_more = False
            self.more_wanted.emit()

    def set_lines(self, lines: Sequence[Line], *, has_more: bool) -> None:
        """Show these lines. Rows that stay are changed in place, so the selection survives."""
        self._has_more = False
        same = len(lines) == len(self.lines) and all(
            new.id == old.id for new, old in zip(lines, self.lines, strict=True)
        )
        if same:
            self.lines = list(lines)
            if lines:
                self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))
        else:
            self.beginResetModel()
            self.lines = list(lines)
            self.endResetModel()
        self._has_more = has_more

    def add_lines(self, lines: Sequence[Line], *, has_more: bool) -> None:
        """Add these lines at the end."""
        if lines:
            start = len(self.lines)
            self.beginInsertRows(QModelIndex(), start, start + len(lines) - 1)
            self.lines += lines
            self.endInsertRows()
        self._has_more = has_more


class LineDelegate(QStyledItemDelegate):
    """Paints a Line."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: Line = index.data(LINE)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, rect, state)
        ink = self._theme.color(line.ink)
        ratio = painter.device().devicePixelRatioF()
        drawn = icons.pixmap(line.icon, ink, ICON_SIZE, ratio)
        painter.drawPixmap(rect.left() + LEFT, rect.top() + 9, drawn)
        muted = self._theme.color("selection_muted" if is_selected else "muted")
        upper = QRect(rect.left() + TEXT_LEFT, rect.top() + 8, rect.width() - TEXT_LEFT - 16, 19)
        small = self._theme.font(size=12, is_tabular=True)
        width = QFontMetrics(small).horizontalAdvance(line.right) + 2
        _text(painter, upper.adjusted(upper.width() - width, 0, 0, 0), line.right, small, muted)
        title = muted if line.is_quiet else self._theme.color("text")
        strong = self._theme.font(weight=500)
        _text(painter, upper.adjusted(0, 0, -width - 12, 0), line.title, strong, title)
        _text(painter, upper.translated(0, 18), line.detail, self._theme.font(size=12), muted)
        painter.restore()

    def _paint_ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        if state & QStyle.StateFlag.State_Selected:
            is_active = bool(state & QStyle.StateFlag.State_Active)
            painter.fillRect(
                rect, self._theme.color("selection" if is_active else "selection_idle")
            )
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, self._theme.color("hover"))
        painter.setPen(self._theme.color("line"))
        painter.drawLine(rect.left() + TEXT_LEFT, rect.bottom(), rect.right(), rect.bottom())
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_Selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("focus"), 1.5))
            painter.drawRoundedRect(QRectF(rect).adjusted(2, 1.5, -2, -2.5), 5, 5)


class LineList(QListView):
    """Shows a LineModel, or a sentence where there is nothing to list."""

    def __init__(self, model: LineModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.empty_text = ""
        self.setModel(model)
        self.setItemDelegate(LineDelegate(theme, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        theme.changed.connect(self.viewport().update)

    def selected_ids(self) -> tuple[int, ...]:
        """The ids of the selected lines, top to bottom."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return tuple(int(self.model().index(row, 0).data(ID)) for row in rows)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        super().paintEvent(event)
        if self.empty_text and self.model().rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setFont(self._theme.font())
            painter.setPen(self._theme.color("muted"))
            room = self.viewport().rect().adjusted(40, 24, -40, -24)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, int(flags), self.empty_text)
            painter.end()


def _text(painter: QPainter, at: QRect, text: str, font: QFont, color: QColor) -> None:
    if at.width() <= 0 or not text:
        return
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, at.width())
    painter.setFont(font)
    painter.setPen(color)
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.drawText(at, int(flags | Qt.TextFlag.TextSingleLine), shown)
