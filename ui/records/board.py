"""Deals by stage, side by side; dragging one moves it to another stage."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QMimeData, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from models import record_listing, records
from models.commands import SaveRecord
from models.events import Event, RecordsChanged, StagesChanged
from models.record_listing import BoardColumn, ItemRow
from models.records import Deal, Kind
from sync.qt.requests import Answer, BoardRequest
from sync.qt.service import MailService
from ui import formatting, icons
from ui.commands import CommandStack
from ui.records import kinds, money
from ui.records.style import MutedLabel, RecordStyle
from ui.theme import Theme

CARD_HEIGHT = 74
COLUMN_WIDTH = 214
MOST_CARDS = 100  # of one stage; the list has the rest
MIME = "application/x-dealpost-deal"
GATHER_MS = 60


class DealCard(QFrame):
    """One deal.

    Signals:
        opened: The record's key.
        moved: The record's id and a step: one stage left (-1) or right (1).
    """

    opened = Signal(str)
    moved = Signal(object, int)

    def __init__(self, row: ItemRow, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._row = row
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
        self.setToolTip(self._title)

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
        if self.rect().contains(event.position().toPoint()):
            self.opened.emit(self._row.key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        way = event.position().toPoint() - self._pressed_at
        if way.manhattanLength() < QApplication.startDragDistance():
            return
        data = QMimeData()
        data.setData(MIME, str(self._row.id).encode())
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(self.grab())
        drag.setHotSpot(self._pressed_at)
        drag.exec(Qt.DropAction.MoveAction)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in steps:
            self.moved.emit(self._row.id, steps[Qt.Key(event.key())])
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.opened.emit(self._row.key)
        else:
            super().keyPressEvent(event)


class StageColumn(QFrame):
    """One stage with its deals.

    Signals:
        dropped: A deal's id and this stage's id.
    """

    dropped = Signal(object, object)

    def __init__(self, column: BoardColumn, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.stage_id = column.stage.id
        self._theme = theme
        self._is_target = False
        self.setObjectName(f"stage_column_{column.stage.id}")
        self.setAcceptDrops(True)
        self.setMinimumWidth(COLUMN_WIDTH)
        title = QLabel(formatting.clean(column.stage.name), self)
        title.setFont(theme.font(weight=600))
        count = formatting.number(len(column.deal_ids))
        sums = "  ·  ".join(money.short(cents, currency) for currency, cents in column.sums)
        facts = MutedLabel(theme, f"{count}  ·  {sums}" if sums else count, self)
        self.setAccessibleName(f"{title.text()}, {facts.text()}")
        self.cards = QVBoxLayout()
        self.cards.setSpacing(8)
        holder = QWidget(self)
        holder.setAutoFillBackground(False)
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(0, 0, 6, 0)
        inside.addLayout(self.cards)
        inside.addStretch(1)
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        area.setWidget(holder)
        holder.setAutoFillBackground(False)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 10, 4, 8)
        box.setSpacing(4)
        box.addWidget(title)
        box.addWidget(facts)
        box.addSpacing(4)
        box.addWidget(area, 1)

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


class BoardView(QWidget):
    """The open deals by stage.

    Signals:
        list_wanted: Back to the list.
        record_wanted: The key of a deal to open.
        new_wanted: A new deal.
    """

    list_wanted = Signal()
    record_wanted = Signal(str)
    new_wanted = Signal()

    def __init__(
        self, service: MailService, stack: CommandStack, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("deal_board")
        self.setAccessibleName(self.tr("Deals by stage"))
        self._service = service
        self._stack = stack
        self._theme = theme
        self._text = ""
        self._ticket = 0
        self._columns: tuple[BoardColumn, ...] = ()
        self._shown: list[StageColumn] = []
        RecordStyle(self, theme)
        self._lay_out()
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._gather.timeout.connect(self.refresh)
        service.answered.connect(self._on_answered)
        service.happened.connect(self._on_event)
        theme.changed.connect(self._draw)

    def _lay_out(self) -> None:
        title = QLabel(kinds.words(kinds.DEAL).many, self)
        title.setFont(self._theme.font(size=15, weight=600))
        new = QPushButton(icons.icon("plus"), kinds.words(kinds.DEAL).new, self)
        new.setObjectName("board_new_button")
        new.clicked.connect(self.new_wanted)
        back = QToolButton(self)
        back.setObjectName("board_list_button")
        back.setIcon(icons.icon("list"))
        back.setIconSize(QSize(18, 18))
        back.setToolTip(self.tr("Show as a list"))
        back.setAccessibleName(back.toolTip())
        back.clicked.connect(self.list_wanted)
        top = QHBoxLayout()
        top.setContentsMargins(16, 7, 10, 6)
        top.addWidget(title)
        top.addStretch(1)
        top.addWidget(new)
        top.addWidget(back)
        self._holder = QWidget(self)
        self._row = QHBoxLayout(self._holder)
        self._row.setContentsMargins(12, 4, 12, 12)
        self._row.setSpacing(10)
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(self._holder)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(area, 1)

    def search(self, text: str) -> None:
        """Show only deals with these words."""
        if text != self._text:
            self._text = text
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the board anew."""
        self._ticket = self._service.ask(BoardRequest(text=self._text))

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        if answer.ticket and answer.ticket == self._ticket:
            self._ticket = 0
            if isinstance(answer.result, tuple):
                found = [each for each in answer.result if isinstance(each, BoardColumn)]
                self._columns = tuple(found)
                self._draw()

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if isinstance(event, RecordsChanged | StagesChanged) and self.isVisible():
            self._gather.start()

    @Slot()
    def _draw(self) -> None:
        for known in self._shown:
            self._row.removeWidget(known)
            known.hide()
            known.deleteLater()
        self._shown = [self._column(column) for column in self._columns]
        for shown in self._shown:
            self._row.addWidget(shown, 1)

    def _column(self, column: BoardColumn) -> StageColumn:
        made = StageColumn(column, self._theme, self._holder)
        made.dropped.connect(self._move)
        for row in record_listing.rows(Kind.DEAL, column.deal_ids[:MOST_CARDS]):
            if isinstance(row, ItemRow):
                card = DealCard(row, self._theme, made)
                card.opened.connect(self.record_wanted)
                card.moved.connect(self._step)
                made.cards.addWidget(card)
        hidden = len(column.deal_ids) - MOST_CARDS
        if hidden > 0:
            text = self.tr("{} more in the list").format(formatting.number(hidden))
            made.cards.addWidget(MutedLabel(self._theme, text, made))
        return made

    @Slot(object, int)
    def _step(self, deal_id: int, step: int) -> None:
        ids = [column.stage.id for column in self._columns]
        place = next((n for n, c in enumerate(self._columns) if deal_id in c.deal_ids), -1)
        if place >= 0 and 0 <= place + step < len(ids):
            self._move(deal_id, ids[place + step])

    @Slot(object, object)
    def _move(self, deal_id: int, stage_id: int) -> None:
        deal = records.get(f"deal:{deal_id}")
        if isinstance(deal, Deal) and deal.stage_id != stage_id:
            self._stack.run(SaveRecord(replace(deal, stage_id=stage_id)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        QPainter(self).fillRect(self.rect(), self._theme.color("base"))
