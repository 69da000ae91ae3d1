"""The list view of a record's history: `history_list`. One mail at a time shows its whole text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from models.queries.history_pages import Entry, MailEntry, NoteEntry
from ui.records.history import layout as history_layout
from ui.records.history.body import MessageBody
from ui.records.history.delegate import HistoryDelegate
from ui.records.history.layout import OPEN_HEAD, entry_layout
from ui.records.history.model import HistoryModel
from ui.style.theme import Theme
from ui.widgets.muted import MutedLine
from ui.widgets.row_list import RowListView

Index = QModelIndex | QPersistentModelIndex
LEAST_BODY = 90
REASON_LEFT = 38  # pixels, to line up with the opened mail's subject
MOST_BODY = 620


class HistoryView(RowListView):
    """Rows of different heights. The text of the opened mail is a widget over its row.

    Signals:
        menu_wanted: An entry, and the global position for its menu.
        current_moved: Another entry is the current one.
        reason_wanted: Find out why the message with this id is here. It was opened.
    """

    menu_wanted = Signal(object, QPoint)
    current_moved = Signal()
    reason_wanted = Signal(object)

    def __init__(
        self,
        model: HistoryModel,
        make_body: Callable[[QWidget], MessageBody],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("history_list")
        self.setAccessibleName(self.tr("History"))
        self._theme = theme
        self._list = model
        self._make_body = make_body
        self._body: MessageBody | None = None
        self.painter_of_entries = HistoryDelegate(theme, self)
        self._reason = MutedLine(theme, "", self.viewport())
        self._reason.setObjectName("history_reason")
        self._reason.hide()
        self.setModel(model)
        self.setItemDelegate(self.painter_of_entries)
        self.shape(
            QAbstractItemView.SelectionMode.SingleSelection, Qt.ContextMenuPolicy.NoContextMenu
        )
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(history_layout.MAIL_HEIGHT)
        self.verticalScrollBar().setSingleStep(30)
        self._settle = QTimer(self, singleShot=True, interval=0)
        self._settle.timeout.connect(self._fit_rows)
        model.rowsInserted.connect(self._on_inserted)
        model.rowsRemoved.connect(self._on_removed)
        model.modelReset.connect(self._begin_anew)
        model.dataChanged.connect(self._settle.start)
        theme.changed.connect(self._settle.start)

    # --- the opened mail -----------------------------------------------------------------

    @property
    def open_id(self) -> int | None:
        """The id of the message whose text shows, or None."""
        return self.painter_of_entries.open_id

    def current_entry(self) -> Entry | None:
        """The entry that menus and actions act on, or None."""
        index = self.currentIndex()
        return self._list.entry_at(index.row()) if index.isValid() else None

    def toggle(self, entry: MailEntry) -> None:
        """Open a mail's text, or close it."""
        if entry.message_id == self.open_id:
            self.close_message()
        else:
            self.open_message(entry)

    def open_message(self, entry: MailEntry) -> None:
        """Show the whole text of a mail in its row."""
        self.close_message()
        self.painter_of_entries.open_id = entry.message_id
        body = self._needed_body()
        body.widget().resize(max(100, self.viewport().width() - 16), LEAST_BODY)
        body.show_message(entry.conversation_id, entry.message_id)
        self._fit_row(self._list.row_of_message(entry.message_id))
        self._place_body()
        body.widget().show()
        self.reason_wanted.emit(entry.message_id)
        row = self._list.row_of_message(entry.message_id)
        self.scrollTo(self._list.index(row, 0), QAbstractItemView.ScrollHint.EnsureVisible)

    @Slot()
    def close_message(self) -> None:
        """Close the text that is open."""
        was, self.painter_of_entries.open_id = self.open_id, None
        self._reason.hide()
        if self._body is not None:
            if self._body.widget().isAncestorOf(self.window().focusWidget()):
                self.setFocus()  # otherwise Qt focuses the next widget of the window
            self._body.widget().hide()
            self._body.show_conversation(None)
        if was is not None:
            self._fit_row(self._list.row_of_message(was))
            self.viewport().update()

    @Slot()
    def _begin_anew(self) -> None:
        """Start at the newest entry of another record."""
        self.close_message()
        self.scrollToTop()

    def tell_reason(self, message_id: int, text: str) -> None:
        """Show above the opened mail's text why it is in this history."""
        if message_id == self.open_id:
            self._reason.set_whole(text)
            self._reason.setVisible(bool(text))
            self._place_body()

    def close_down(self) -> None:
        """Release the widget that shows mail. Called at quit."""
        if self._body is not None:
            self._body.close_down()

    def _needed_body(self) -> MessageBody:
        """The widget that shows mail. It is made for the first mail: it may need QtWebEngine."""
        if self._body is None:
            self._body = self._make_body(self.viewport())
            self._body.height_changed.connect(self._settle.start)
        return self._body

    # --- heights -------------------------------------------------------------------------

    def _height(self, entry: Entry) -> int:
        if isinstance(entry, MailEntry) and entry.message_id == self.open_id and self._body:
            text = self._body.natural_height()
            most = max(240, min(MOST_BODY, self.viewport().height() - OPEN_HEAD - 24))
            return OPEN_HEAD + min(max(text, LEAST_BODY), most) + 10
        return history_layout.height(entry, self.viewport().width(), self._theme.font())

    def _fit_row(self, row: int) -> None:
        entry = self._list.entry_at(row)
        if entry is not None:
            wanted = self._height(entry)
            if self.rowHeight(row) != wanted:
                self.setRowHeight(row, wanted)

    @Slot()
    def _fit_rows(self) -> None:
        """Update heights: at another width notes wrap differently, and a text may have grown."""
        for row in range(self._list.rowCount()):
            entry = self._list.entry_at(row)
            if isinstance(entry, NoteEntry) or self._is_open(entry):
                self._fit_row(row)
        self._place_body()
        self.viewport().update()

    def _is_open(self, entry: Entry | None) -> bool:
        return isinstance(entry, MailEntry) and entry.message_id == self.open_id

    @Slot(QModelIndex, int, int)
    def _on_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        for row in range(first, last + 1):
            self._fit_row(row)
        self._settle.start()

    @Slot()
    def _on_removed(self) -> None:
        if self.open_id is not None and self._list.row_of_message(self.open_id) < 0:
            self.close_message()
        self._settle.start()

    def _place_body(self) -> None:
        if self._body is None or self.open_id is None:
            return
        row = self._list.row_of_message(self.open_id)
        if row < 0:
            return
        rect = self.visualRect(self._list.index(row, 0))
        place = QRect(rect.left() + 4, rect.top() + OPEN_HEAD, rect.width() - 8, 0)
        place.setBottom(rect.bottom() - 8)
        left = rect.left() + REASON_LEFT
        self._reason.setGeometry(left, rect.top() + 30, rect.right() - 16 - left, 20)
        self._body.widget().setGeometry(place)

    def updateGeometries(self) -> None:  # noqa: N802  # Qt's name
        super().updateGeometries()
        self._place_body()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802  # Qt's name
        super().scrollContentsBy(dx, dy)
        self._place_body()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._settle.start()

    # --- mouse and keyboard --------------------------------------------------------------

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802
        super().currentChanged(current, previous)
        self.current_moved.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        super().mousePressEvent(event)
        at = event.position().toPoint()
        index = self.indexAt(at)
        entry = self._list.entry_at(index.row()) if index.isValid() else None
        if entry is None:
            return
        if event.button() == Qt.MouseButton.RightButton or self._is_on_menu(at):
            self.menu_wanted.emit(entry, self.viewport().mapToGlobal(at))
        elif event.button() == Qt.MouseButton.LeftButton and isinstance(entry, MailEntry):
            self.toggle(entry)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        at = event.position().toPoint()
        self._hover(self.rowAt(at.y()), is_on_menu=self._is_on_menu(at))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        self._hover(-1, is_on_menu=False)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        entry = self.current_entry()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and isinstance(entry, MailEntry):
            self.toggle(entry)
            return
        if event.key() == Qt.Key.Key_Menu and entry is not None:
            rect = self.visualRect(self.currentIndex())
            self.menu_wanted.emit(entry, self.viewport().mapToGlobal(rect.center()))
            return
        if event.key() == Qt.Key.Key_Escape and self.open_id is not None:
            self.close_message()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        self.painter_of_entries.shows_focus = event.reason() in {
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        }
        super().focusInEvent(event)

    def _is_on_menu(self, at: QPoint) -> bool:
        index = self.indexAt(at)
        if not index.isValid():
            return False
        entry = self._list.entry_at(index.row())
        layout = entry_layout(self.visualRect(index), is_open=self._is_open(entry))
        return layout.menu.contains(at)

    def _hover(self, row: int, *, is_on_menu: bool) -> None:
        painter = self.painter_of_entries
        if (row, is_on_menu) != (painter.hovered_row, painter.is_menu_hovered):
            painter.hovered_row, painter.is_menu_hovered = row, is_on_menu
            self.viewport().update()
