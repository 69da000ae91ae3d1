"""The list of records of one kind: `record_list`."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from ui.records.list.delegate import RecordDelegate, row_height
from ui.records.list.model import RecordModel
from ui.style.theme import Theme


class RecordListView(QTableView):
    """A QTableView of one painted column, as the conversation list is.

    Signals:
        selection_moved: Another set of records is selected.
        delete_wanted: The Delete key.
        resized: Its width changed: the heads follow.
    """

    selection_moved = Signal()
    delete_wanted = Signal()
    resized = Signal()

    def __init__(self, model: RecordModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("record_list")
        self.setAccessibleName(self.tr("Records"))
        self._theme = theme
        self._list = model
        self.painter_of_rows = RecordDelegate(theme, self)
        self.setModel(model)
        self.setItemDelegate(self.painter_of_rows)
        self._shape()
        theme.changed.connect(self._on_theme)

    def _shape(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        columns, lines = self.horizontalHeader(), self.verticalHeader()
        for header in (columns, lines):
            header.setVisible(False)
            header.setHighlightSections(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setMinimumSectionSize(1)
        lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._on_theme()

    def selected_ids(self) -> tuple[int, ...]:
        """The selected records' ids, in the order of the list."""
        selection = self.selectionModel().selection()
        parts = [selection.at(number) for number in range(selection.count())]
        found: list[int] = []
        for part in sorted((part for part in parts if part.isValid()), key=lambda p: p.top()):
            found += [self._list.id_at(row) for row in range(part.top(), part.bottom() + 1)]
        return tuple(found)

    def open_id(self) -> int | None:
        """The record to show: the selected one, if exactly one is."""
        chosen = self.selected_ids()
        return chosen[0] if len(chosen) == 1 else None

    def select_id(self, record_id: int) -> bool:
        """Select one record and bring it into view; False if it is not in the list."""
        row = self._list.row_of(record_id)
        if row < 0:
            return False
        index = self._list.index(row, 0)
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, flag)
        self.scrollTo(index)
        return True

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
        self.setColumnWidth(0, self.viewport().width())
        self.resized.emit()

    def _hover(self, row: int) -> None:
        if row != self.painter_of_rows.hovered_row:
            self.painter_of_rows.hovered_row = row
            self.viewport().update()

    def _on_theme(self) -> None:
        height = row_height(self._theme.density)
        lines = self.verticalHeader()
        lines.setMinimumSectionSize(height)
        lines.setMaximumSectionSize(height)
        lines.setDefaultSectionSize(height)
        self.verticalScrollBar().setSingleStep(height // 2)
        self.viewport().update()
