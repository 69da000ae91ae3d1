"""A list of entries to tick, by mouse or keyboard."""

from __future__ import annotations

from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QListWidget


class TickList(QListWidget):
    """Shows from the start which line the space bar ticks.

    Qt makes the first line current when the list gets the focus, but does not mark it.
    """

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        super().focusInEvent(event)
        if self.count() and not self.selectedItems():
            self.setCurrentRow(max(self.currentRow(), 0))
