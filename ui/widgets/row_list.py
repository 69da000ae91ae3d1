"""Base classes of the lists with painted rows: their common look and selection."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from ui.widgets.windowed_model import WindowedTableModel


class RowListView(QTableView):
    """One painted column, without grid or headers.

    It is a QTableView, because only that inserts into a million rows within milliseconds.
    """

    def shape(
        self,
        selection: QAbstractItemView.SelectionMode = (
            QAbstractItemView.SelectionMode.ExtendedSelection
        ),
        menu: Qt.ContextMenuPolicy = Qt.ContextMenuPolicy.CustomContextMenu,
    ) -> None:
        """Take the look of all lists. A subclass calls this once it is ready: Qt asks for sizes."""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(selection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(menu)
        columns, lines = self.horizontalHeader(), self.verticalHeader()
        for header in (columns, lines):
            header.setVisible(False)
            header.setHighlightSections(False)  # otherwise Ctrl+A takes seconds with a million rows
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setMinimumSectionSize(1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self.horizontalHeader().setDefaultSectionSize(self.viewport().width())
        self.setColumnWidth(0, self.viewport().width())

    def set_row_height(self, height: int) -> None:
        """Give every row this height, in pixels."""
        lines = self.verticalHeader()
        lines.setMinimumSectionSize(height)
        lines.setMaximumSectionSize(height)
        lines.setDefaultSectionSize(height)
        self.verticalScrollBar().setSingleStep(height // 2)


class WindowedListView(RowListView):
    """A list over a `WindowedTableModel`. It gives the ids of the selected rows, however many.

    A subclass calls `setModel` itself when it is ready, because Qt then calls its
    `selectionChanged`.
    """

    def __init__(self, model: WindowedTableModel[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._list = model

    def selected_count(self) -> int:
        """How many rows are selected. Cheap even if all of a million are."""
        return sum(bottom - top + 1 for top, bottom in self._selected_parts())

    def selected_ids(self) -> tuple[int, ...]:
        """The ids of the selected rows, in the order of the list."""
        found: list[int] = []
        for top, bottom in sorted(self._selected_parts()):
            found.extend(self._list.ids_between(top, bottom + 1))
        return tuple(found)

    def open_id(self) -> int | None:
        """The id to show beside the list: the selected one, if exactly one row is selected."""
        if self.selected_count() != 1:
            return None
        return self._list.id_at(self._selected_parts()[0][0])

    def select_id(self, id_: int) -> bool:
        """Select one row and scroll to it. False if it is not in the list."""
        number = self._list.row_of(id_)
        if number < 0:
            return False
        self._select_row(number)
        return True

    def _selected_parts(self) -> list[tuple[int, int]]:
        """First and last row of each run of selected rows."""
        selection = self.selectionModel().selection()
        parts = [selection.at(number) for number in range(selection.count())]
        return [(part.top(), part.bottom()) for part in parts if part.isValid()]

    def _select_row(self, number: int) -> None:
        index = self._list.index(number, 0)
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, flag)
        self.scrollTo(index)
