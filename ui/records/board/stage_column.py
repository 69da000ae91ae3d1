"""One stage of the board with its deals. A deal that is dropped on it moves there."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from models.queries.record_list import BoardColumn, ItemRow
from ui.records import money
from ui.records.board.deal_card import MIME, DealCard
from ui.style import formatting
from ui.style.theme import Theme
from ui.widgets.elided import ElidedLabel
from ui.widgets.muted import MutedLabel

COLUMN_WIDTH = 214


class StageColumn(QFrame):
    """One stage with its deals. Cards that do not change are not made again.

    Signals:
        dropped: The user dropped a deal here: the deal's id and this stage's id.
        opened, moved: See DealCard.
    """

    dropped = Signal(object, object)
    opened = Signal(str)
    moved = Signal(object, int)

    def __init__(self, stage_id: int, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.stage_id = stage_id
        self._theme = theme
        self._is_target = False
        self._cards: dict[int, DealCard] = {}
        self.setObjectName(f"stage_column_{stage_id}")
        self.setAcceptDrops(True)
        self.setMinimumWidth(COLUMN_WIDTH)
        self._title = ElidedLabel("", self)
        self._facts = MutedLabel(theme, "", self)
        self._more = MutedLabel(theme, "", self)
        holder = QWidget(self)
        holder.setAutoFillBackground(False)
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(0, 0, 6, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self._more)
        self._column.addStretch(1)
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        area.setWidget(holder)
        holder.setAutoFillBackground(False)
        self._area = area
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 10, 4, 8)
        box.setSpacing(4)
        box.addWidget(self._title)
        box.addWidget(self._facts)
        box.addSpacing(4)
        box.addWidget(area, 1)
        theme.changed.connect(self._recolor)
        self._recolor()

    def show_column(self, column: BoardColumn, most: int) -> None:
        """Show the stage as it is now, with at most `most` cards. The others follow later."""
        self._title.set_whole(formatting.clean(column.stage.name))
        count = formatting.number(len(column.deal_ids))
        sums = "  ·  ".join(money.short(cents, currency) for currency, cents in column.sums)
        self._facts.setText(f"{count}  ·  {sums}" if sums else count)
        self.setAccessibleName(f"{formatting.clean(column.stage.name)}, {self._facts.text()}")
        rows = column.rows[:most]
        wanted = {row.id for row in rows}
        for deal_id in [id_ for id_ in self._cards if id_ not in wanted]:
            self._drop(deal_id)
        for place, row in enumerate(rows):
            self._put(place, row)
        hidden = len(column.deal_ids) - len(column.rows)
        self._more.setText(self.tr("{} more in the list").format(formatting.number(hidden)))
        self._more.setVisible(hidden > 0)

    def focus_card(self, deal_id: int) -> bool:
        """Focus a deal's card. False if it is not in this stage."""
        card = self._cards.get(deal_id)
        if card is None:
            return False
        card.show()  # it may have been made just now
        card.setFocus()
        self._area.ensureWidgetVisible(card)
        return True

    def focused_id(self) -> int:
        """The id of the deal whose card has the focus, or 0."""
        return next((id_ for id_, card in self._cards.items() if card.hasFocus()), 0)

    def _put(self, place: int, row: ItemRow) -> None:
        card = self._cards.get(row.id)
        if card is not None and card.row != row:
            self._drop(row.id)
            card = None
        if card is None:
            card = DealCard(row, self._theme, self)
            card.opened.connect(self.opened)
            card.moved.connect(self.moved)
            self._cards[row.id] = card
        if self._column.indexOf(card) != place:
            self._column.removeWidget(card)
            self._column.insertWidget(place, card)

    def _drop(self, deal_id: int) -> None:
        card = self._cards.pop(deal_id)
        self._column.removeWidget(card)
        card.hide()
        card.setObjectName("")
        card.deleteLater()

    @Slot()
    def _recolor(self) -> None:
        self._title.setFont(self._theme.font(weight=600))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.color("accent") if self._is_target else Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("window"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        painter.end()

    def _mark(self, is_target: bool) -> None:  # a plain setter
        self._is_target = is_target
        self.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  # Qt's name
        if event.mimeData().hasFormat(MIME):
            self._mark(True)
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802  # Qt's name
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802  # Qt's name
        self._mark(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  # Qt's name
        self._mark(False)
        number = bytes(event.mimeData().data(MIME).data()).decode()
        if number.isdigit():
            event.acceptProposedAction()
            self.dropped.emit(int(number), self.stage_id)
