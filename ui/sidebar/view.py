"""The sidebar's view: a list of folders, records and accounts, one of them chosen."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.sidebar.model import COUNT, ICON, KEY, READ_ONLY, TROUBLE, SidebarModel
from ui.style import formatting, icons
from ui.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
INSET = 8  # between an item's tint and the pane's edge
ICON_SIZE = 18
HEADING_HEIGHT = 38


class SidebarDelegate(QStyledItemDelegate):
    """Paints headings and items. The chosen item has a rounded tint."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(80, self._theme.metrics.sidebar_row if index.data(KEY) else HEADING_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(KEY):
            state: QStyle.StateFlag = option.state
            self._paint_tint(painter, rect, state)
            self._paint_item(painter, rect.adjusted(INSET + 8, 0, -INSET - 10, 0), index, state)
        else:
            painter.setFont(self._theme.font(size=11, weight=600))
            painter.setPen(self._theme.color("muted"))
            at = rect.adjusted(INSET + 8, 0, -INSET, -7)
            painter.drawText(at, int(Qt.AlignmentFlag.AlignBottom), str(index.data()).upper())
        painter.restore()

    def _paint_tint(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        tint = QRectF(rect).adjusted(INSET, 1, -INSET, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(self._theme.color("selection"))
            painter.drawRoundedRect(tint, 7, 7)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(self._theme.color("line"))
            painter.drawRoundedRect(tint, 7, 7)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("focus"), 1.5))
            painter.drawRoundedRect(tint.adjusted(1, 1, -1, -1), 6, 6)

    def _paint_item(
        self, painter: QPainter, at: QRect, index: Index, state: QStyle.StateFlag
    ) -> None:
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        ink = self._theme.color("text")
        mark = self._theme.color("on_pill" if is_chosen else "muted")
        ratio = painter.device().devicePixelRatioF()
        top = at.center().y() - ICON_SIZE // 2 + 1
        painter.drawPixmap(at.left(), top, icons.pixmap(index.data(ICON), mark, ICON_SIZE, ratio))
        at = at.adjusted(ICON_SIZE + 10, 0, 0, 0)
        if index.data(TROUBLE):
            warning = self._theme.color("warning")
            painter.drawPixmap(
                at.right() - 15,
                at.center().y() - 7,
                icons.pixmap("triangle-alert", warning, 16, ratio),
            )
            at = at.adjusted(0, 0, -22, 0)
        if index.data(READ_ONLY):
            badge = icons.pixmap("lock", self._theme.color("muted"), 14, ratio)
            painter.drawPixmap(at.right() - 13, at.center().y() - 6, badge)
            at = at.adjusted(0, 0, -20, 0)
        count = index.data(COUNT) or 0
        if count:
            text = formatting.number(count)
            font = self._theme.font(size=12, weight=600, is_tabular=True)
            painter.setFont(font)
            painter.setPen(ink if is_chosen else self._theme.color("muted"))
            painter.drawText(
                at, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), text
            )
            at = at.adjusted(0, 0, -QFontMetrics(font).horizontalAdvance(text) - 8, 0)
        font = self._theme.font(weight=600 if is_chosen or count else 400)
        shown = QFontMetrics(font).elidedText(
            str(index.data()), Qt.TextElideMode.ElideMiddle, at.width()
        )
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(at, int(Qt.AlignmentFlag.AlignVCenter), shown)


class Sidebar(QListView):
    """Shows a SidebarModel.

    Signals:
        key_chosen: The key of the item that is now the current one.
    """

    key_chosen = Signal(str)

    def __init__(self, model: SidebarModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAccessibleName(self.tr("Folders and accounts"))
        self._items = model
        self._theme = theme
        self.setModel(model)
        self.setItemDelegate(SidebarDelegate(theme, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        # A role, not a palette: a changed style sheet would restore the old palette.
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        theme.changed.connect(self._recolor)
        self.selectionModel().currentChanged.connect(self._on_current)

    def choose(self, key: str) -> None:
        """Make an item the current one."""
        item = self._items.item_of(key)
        if item is not None:
            self.setCurrentIndex(item.index())

    def key(self) -> str:
        """The key of the current item, or ''."""
        return str(self.currentIndex().data(KEY) or "")

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        key = current.data(KEY)
        if key:
            self.key_chosen.emit(key)

    def _recolor(self) -> None:
        self.viewport().update()
        self.scheduleDelayedItemsLayout()
