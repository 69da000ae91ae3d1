"""Places a dialog on the screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QTimer, Slot
from PySide6.QtWidgets import QWidget


class Centred(QObject):
    """Centres a dialog over its parent's window when it is first shown.

    Qt does that too, but ignores the frames, and may do it before the window manager has placed
    the parent, as at the first start. A dialog that the user has moved stays where it is.
    """

    def __init__(self, dialog: QWidget) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        dialog.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if event.type() == QEvent.Type.Show:
            self._dialog.removeEventFilter(self)
            # Later, when the window manager has given both windows their frames.
            QTimer.singleShot(0, self, self._place)
        return False

    @Slot()
    def _place(self) -> None:
        parent = self._dialog.parentWidget()
        if parent is None or not self._dialog.isVisible():
            return
        wanted = QRect(self._dialog.frameGeometry())
        wanted.moveCenter(parent.window().frameGeometry().center())
        self._dialog.move(kept_inside(wanted, self._dialog.screen().availableGeometry()).topLeft())


def kept_inside(wanted: QRect, room: QRect) -> QRect:
    """Move `wanted` into `room`. If it does not fit, its upper left corner stays inside."""
    placed = QRect(wanted)
    placed.moveLeft(max(room.left(), min(wanted.left(), room.right() - wanted.width() + 1)))
    placed.moveTop(max(room.top(), min(wanted.top(), room.bottom() - wanted.height() + 1)))
    return placed
