"""One deal on the board: a card to drag, to open, or to move with the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QDrag, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from models.queries.record_list import ItemRow
from ui.records import kinds, money
from ui.style import formatting
from ui.style.theme import Theme

CARD_HEIGHT = 74
MIME = "application/x-dealpost-deal"


class DealCard(QFrame):
    """One deal.

    Attributes:
        row: The deal that it shows.

    Signals:
        opened: Open the deal with this key.
        moved: Move the deal with this id by one stage, left (-1) or right (1).
    """

    opened = Signal(str)
    moved = Signal(object, int)

    def __init__(self, row: ItemRow, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.row = row
        self._theme = theme
        self._pressed_at = QPoint()
        self.setObjectName(f"deal_card_{row.id}")
        self.setFixedHeight(CARD_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._title = formatting.clean(row.title) or kinds.words(kinds.DEAL).untitled
        self._value = money.shown(row.value_cents, row.currency)
        who = row.organization_name or ", ".join(name for _, name in row.persons[:2])
        self._who = formatting.clean(who)
        words = (self._title, self._who, self._value)
        self.setAccessibleName(", ".join(part for part in words if part))
        hint = self.tr("Alt+Left and Alt+Right move it to another stage.")
        self.setAccessibleDescription(hint)
        self.setToolTip(formatting.tool_tip(self._title))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.color("focus" if self.hasFocus() else "line"))
        painter.setBrush(self._theme.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        room = self.width() - 24
        parts = (
            (self._title, "text", 600, 13, 8),
            (self._who, "muted", 400, 12, 28),
            (self._value, "text", 600, 12, 48),
        )
        for text, token, weight, size, top in parts:
            font = self._theme.font(size=size, weight=weight, is_tabular=True)
            painter.setFont(font)
            painter.setPen(self._theme.color(token))
            shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRect(12, top, room, 18), int(Qt.AlignmentFlag.AlignVCenter), shown)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        self._pressed_at = event.position().toPoint()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        is_left = event.button() == Qt.MouseButton.LeftButton
        if is_left and self.rect().contains(event.position().toPoint()):
            self.opened.emit(self.row.key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        way = event.position().toPoint() - self._pressed_at
        is_left = bool(event.buttons() & Qt.MouseButton.LeftButton)
        if not is_left or way.manhattanLength() < QApplication.startDragDistance():
            return
        data = QMimeData()
        data.setData(MIME, str(self.row.id).encode())
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(self.grab())
        drag.setHotSpot(self._pressed_at)
        drag.exec(Qt.DropAction.MoveAction)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in steps:
            self.moved.emit(self.row.id, steps[Qt.Key(event.key())])
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.opened.emit(self.row.key)
        else:
            super().keyPressEvent(event)
