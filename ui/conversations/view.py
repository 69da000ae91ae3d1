"""The view of the conversation list. Selection and scroll position survive new and moved mail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip, QWidget

from models.queries.conversation_list import ConversationRow
from ui.conversations import roles
from ui.conversations.delegate import ConversationDelegate, actions_of, subject_of
from ui.conversations.layout import action_rects
from ui.conversations.model import ConversationModel
from ui.style import formatting
from ui.style.theme import Theme
from ui.widgets.row_list import WindowedListView

DATE_WIDTH = 110  # right part of a row, where the tool tip shows the full date


class ConversationListView(WindowedListView):
    """Keeps its scroll position and its selection while mail comes and goes.

    Signals:
        selection_moved: Another set of conversations is selected.
        action_requested: The user pressed a button of a row: its name, the conversation's id.
    """

    selection_moved = Signal()
    action_requested = Signal(str, object)

    def __init__(
        self, model: ConversationModel, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(model, parent)
        self.setObjectName("conversation_list")
        self.setAccessibleName(self.tr("Conversations"))
        self._theme = theme
        self._painter = ConversationDelegate(theme, self)
        self._next_id: int | None = None
        self._is_replacing = False
        self.setModel(model)
        self.setItemDelegate(self._painter)
        self.shape()
        self._on_theme()
        model.modelReset.connect(self._on_reset)
        model.rowsInserted.connect(self._on_inserted)
        model.rowsRemoved.connect(self._on_removed)
        model.rowsMoved.connect(self._on_moved)
        theme.changed.connect(self._on_theme)

    # --- selection -------------------------------------------------------------------------

    def selected_rows(self, most: int) -> list[ConversationRow]:
        """The first `most` selected rows. Rows that are not loaded are left out."""
        found: list[ConversationRow] = []
        for top, bottom in self._selected_parts():
            for number in range(top, min(bottom + 1, top + most)):
                row = self._list.index(number, 0).data(roles.ROW)
                if isinstance(row, ConversationRow):
                    found.append(row)
            if len(found) >= most:
                break
        return found[:most]

    def step(self, step: int) -> None:
        """Select the next (1) or the previous (-1) conversation."""
        count = self._list.rowCount()
        if not count:
            return
        now = self.currentIndex().row() if self.selected_count() else -1
        self._select_row(min(max(now + step, 0), count - 1))

    def advance_after(self) -> None:
        """Once the selected conversations leave the list, select the one after them."""
        rows = self._selected_parts()
        if not rows:
            return
        last = max(bottom for _top, bottom in rows)
        first = min(top for top, _bottom in rows)
        follower = last + 1 if last + 1 < self._list.rowCount() else first - 1
        self._next_id = self._list.id_at(follower) if follower >= 0 else None

    def selectionChanged(  # noqa: N802  # Qt's name
        self, selected: QItemSelection, deselected: QItemSelection
    ) -> None:
        super().selectionChanged(selected, deselected)
        if not self._is_replacing:
            self.selection_moved.emit()

    # --- changes of the list ---------------------------------------------------------------

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Keep the visible rows where they are while the whole list changes."""
        top = self.rowAt(0)
        has_scrolled = self.verticalScrollBar().value() > 0
        top_id = self._list.id_at(top) if top >= 0 and has_scrolled else None
        offset = self.rowViewportPosition(top) if top >= 0 else 0
        self._is_replacing = True
        try:
            yield
        finally:
            self._is_replacing = False
        number = self._list.row_of(top_id) if top_id is not None else -1
        if number >= 0:
            self.updateGeometries()
            self.verticalScrollBar().setValue(number * self._row_height() - offset)
        if not self._take_next():
            self.selection_moved.emit()

    def _take_next(self) -> bool:
        """Select the conversation after the one that the user archived or deleted."""
        if self._next_id is None or self.selected_count():
            return False
        wanted, self._next_id = self._next_id, None
        return self.select_id(wanted)

    def _on_reset(self) -> None:
        self._next_id = None
        self._set_hover(-1, -1)
        self.selection_moved.emit()

    def _on_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        if not self._is_replacing:
            self._shift(first, last - first + 1)

    def _on_removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        if self._is_replacing:
            return
        self._shift(first, first - last - 1)
        if not self._take_next():
            self.selection_moved.emit()

    def _on_moved(
        self, _parent: QModelIndex, first: int, last: int, _to: QModelIndex, target: int
    ) -> None:
        top = self.rowAt(0)
        if target <= top < first:
            self._shift(target, last - first + 1)

    def _shift(self, first: int, count: int) -> None:
        """Keep the visible rows where they are when rows above them come or go."""
        bar = self.verticalScrollBar()
        height = self._row_height()
        if bar.value() > 0 and first * height < bar.value():
            before = bar.value()
            self.updateGeometries()
            bar.setValue(before + count * height)

    # --- look and mouse --------------------------------------------------------------------

    def _row_height(self) -> int:
        return self._theme.metrics.row

    def _on_theme(self) -> None:
        height = self._row_height()
        top = self.rowAt(0)
        self.set_row_height(height)
        if top > 0:
            self.updateGeometries()
            self.verticalScrollBar().setValue(top * height)
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        self._hover(event.position().toPoint())
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        self._show_focus(shows=False)
        self._hover(event.position().toPoint())
        name = self._hovered_action()
        if event.button() == Qt.MouseButton.LeftButton and name:
            conversation_id = self._list.id_at(self._painter.hovered_row)
            self.action_requested.emit(name, conversation_id)
            return
        super().mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        self._set_hover(-1, -1)
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        super().focusInEvent(event)
        reasons = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._show_focus(shows=event.reason() in reasons)
        if not self.currentIndex().isValid() and self._list.rowCount():
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(self._list.index(0, 0), flags.NoUpdate)

    def _show_focus(self, *, shows: bool) -> None:
        self._painter.shows_focus = shows
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        self._show_focus(shows=True)
        if event.key() == Qt.Key.Key_Escape and self.selected_count():
            self.clearSelection()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, text: str) -> None:  # noqa: N802  # Qt's name
        """Do nothing: letters are shortcuts here, and Qt would search a million rows."""

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            tip = formatting.tool_tip(self._tool_tip(event.pos()))
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        if event.type() == QEvent.Type.Wheel:
            self._set_hover(-1, -1)
        return super().viewportEvent(event)

    def _hover(self, at: QPoint) -> None:
        number = self.rowAt(at.y())
        row = self._row_data(number)
        action = -1
        if row is not None:
            rects = action_rects(self._row_rect(number), len(actions_of(row)))
            action = next((i for i, rect in enumerate(rects) if rect.contains(at)), -1)
        self._set_hover(number, action)

    def _set_hover(self, number: int, action: int) -> None:
        painter = self._painter
        if (number, action) == (painter.hovered_row, painter.hovered_action):
            return
        before = painter.hovered_row
        painter.hovered_row, painter.hovered_action = number, action
        for changed in {before, number} - {-1}:
            self.viewport().update(self._row_rect(changed))

    def _hovered_action(self) -> str:
        row = self._row_data(self._painter.hovered_row)
        if row is None or self._painter.hovered_action < 0:
            return ""
        return actions_of(row)[self._painter.hovered_action]

    def _row_rect(self, number: int) -> QRect:
        return self.visualRect(self._list.index(number, 0))

    def _row_data(self, number: int) -> ConversationRow | None:
        row = self._list.index(number, 0).data(roles.ROW) if number >= 0 else None
        return row if isinstance(row, ConversationRow) else None

    def _tool_tip(self, at: QPoint) -> str:
        row = self._row_data(self.rowAt(at.y()))
        if row is None:
            return ""
        name = self._hovered_action()
        if name:
            return {
                "archive": self.tr("Archive"),
                "restore": self.tr("Restore from archive"),
                "delete": self.tr("Delete"),
            }[name]
        if at.x() > self.viewport().width() - DATE_WIDTH:
            return formatting.full_date(row.newest_at)
        lines = [formatting.parties_text(row.parties), subject_of(row)]
        return "\n".join([*lines, formatting.clean(row.link_title)]).strip()
