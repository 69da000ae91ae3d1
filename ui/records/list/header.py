"""The column headers of a record list. A click sorts."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from ui.records.list.columns import Column, placed
from ui.records.list.delegate import GAP, MARK
from ui.style import icons
from ui.style.theme import Theme

HEIGHT = 30
ARROW = 14


class _Head(QAbstractButton):
    """The header of one column."""

    def __init__(self, column: Column, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.column = column
        self._theme = theme
        self.setObjectName(f"sort_{column.name}_button")
        self.setText(column.text)
        self.direction = 0
        if column.can_sort:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        else:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_direction(self, direction: int) -> None:
        """Set the sort mark. 1: ascending, -1: descending, 0: another column sorts."""
        self.direction = direction
        if not self.column.can_sort:
            return
        words = {
            1: self.tr("{}, sorted ascending"),
            -1: self.tr("{}, sorted descending"),
            0: self.tr("Sort by {}"),
        }[direction]
        self.setAccessibleName(words.format(self.column.text))
        self.setToolTip(self.accessibleName())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        is_lit = bool(self.direction) or self.hasFocus()
        is_lit = is_lit or (self.column.can_sort and self.underMouse())
        ink = self._theme.color("text" if is_lit else "muted")
        font = self._theme.font(size=11, weight=600)
        painter.setFont(font)
        painter.setPen(ink)
        at = self.rect()
        if self.hasFocus():
            painter.drawLine(at.left(), at.bottom() - 3, at.right(), at.bottom() - 3)
        room = at.width() - (ARROW + 2 if self.direction else 0)
        shown = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        width = painter.fontMetrics().horizontalAdvance(shown)
        left = at.right() - room - (ARROW + 2 if self.direction else 0) + 1
        if self.column.is_right:
            left = at.right() - width - (ARROW + 2 if self.direction else 0) + 1
        painter.drawText(
            QRect(left, 0, room, at.height()), int(Qt.AlignmentFlag.AlignVCenter), shown
        )
        if self.direction:
            name = "chevron-up" if self.direction > 0 else "chevron-down"
            drawn = icons.pixmap(name, ink, ARROW, painter.device().devicePixelRatioF())
            painter.drawPixmap(left + width + 2, (at.height() - ARROW) // 2, drawn)
        painter.end()


class ColumnHeads(QWidget):
    """The headers over the list, placed as the delegate places its cells.

    Signals:
        sort_wanted: Sort by the column with this name.
    """

    sort_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._columns: tuple[Column, ...] = ()
        self._heads: list[_Head] = []
        self._right = 0
        self.setFixedHeight(HEIGHT)
        theme.changed.connect(self.update)

    def set_columns(self, columns: tuple[Column, ...]) -> None:
        """Show these columns."""
        for head in self._heads:
            head.hide()
            head.deleteLater()
        self._columns = columns
        self._heads = []
        for column in columns:
            head = _Head(column, self._theme, self)
            if column.can_sort:
                head.clicked.connect(partial(self.sort_wanted.emit, column.name))
            head.show()
            self._heads.append(head)
        self._place()

    def set_sort(self, name: str, *, is_descending: bool) -> None:
        """Mark the column that sorts."""
        for head in self._heads:
            is_it = head.column.name == name
            head.set_direction((-1 if is_descending else 1) if is_it else 0)

    def set_scroll_bar(self, width: int) -> None:
        """Set the width of the list's scroll bar, in pixels, to leave room for it."""
        if width != self._right:
            self._right = width
            self._place()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(300, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("base"))
        painter.setPen(self._theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()

    def _place(self) -> None:
        if not self._columns:
            return
        rect = QRect(0, 0, self.width() - self._right, HEIGHT - 1)
        places = placed(self._columns, rect)
        for head in self._heads:
            place = places.get(head.column.name)
            head.setVisible(place is not None)
            if place is not None:
                is_title = head.column is self._columns[0]
                head.setGeometry(place.adjusted(MARK + GAP, 0, 0, 0) if is_title else place)
