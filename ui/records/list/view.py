"""The list view of the records of one kind: `record_list`."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.records.list.delegate import RecordDelegate, row_height
from ui.records.list.model import RecordModel
from ui.style.theme import Theme
from ui.widgets.row_list import WindowedListView


class RecordListView(WindowedListView):
    """The records of one kind, painted like the conversations.

    Signals:
        selection_moved: Another set of records is selected.
        delete_wanted: The user pressed Delete.
        resized: The width changed, so the column headers must follow.
    """

    selection_moved = Signal()
    delete_wanted = Signal()
    resized = Signal()

    def __init__(self, model: RecordModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self.setObjectName("record_list")
        self.setAccessibleName(self.tr("Records"))
        self._theme = theme
        self.painter_of_rows = RecordDelegate(theme, self)
        self.setModel(model)
        self.setItemDelegate(self.painter_of_rows)
        self.shape()
        self._on_theme()
        theme.changed.connect(self._on_theme)

    def selectionChanged(  # noqa: N802  # Qt's name
        self, selected: QItemSelection, deselected: QItemSelection
    ) -> None:
        super().selectionChanged(selected, deselected)
        self.selection_moved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and self.selected_ids():
            self.delete_wanted.emit()
            return
        if event.key() == Qt.Key.Key_Escape:
            self.clearSelection()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        self.painter_of_rows.shows_focus = event.reason() in {
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        }
        super().focusInEvent(event)
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        self._hover(self.rowAt(event.position().toPoint().y()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        self._hover(-1)
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self.resized.emit()

    def _hover(self, row: int) -> None:
        if row != self.painter_of_rows.hovered_row:
            self.painter_of_rows.hovered_row = row
            self.viewport().update()

    def _on_theme(self) -> None:
        height = row_height(self._theme.density)
        self.set_row_height(height)
        self.viewport().update()
