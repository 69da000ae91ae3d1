"""The board: deals by stage, side by side. The user drags a deal to another stage."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from models.commands.records import SaveRecord
from models.events import Event, RecordsChanged, StagesChanged
from models.queries.record_list import BoardColumn
from models.records import records
from models.records.records import Deal
from sync.qt.service.requests import Answer, BoardRequest
from sync.qt.service.service import MailService
from ui.commands.command_stack import CommandStack
from ui.forms.style import InlineStyle
from ui.records import kinds
from ui.records.board.stage_column import StageColumn
from ui.style import icons
from ui.style.theme import Theme
from ui.widgets.tool_button import tool_button

GATHER_MS = 60
STEP = 20  # cards made at a time in each stage: 500 would take 90 ms


class BoardView(QWidget):
    """The open deals by stage.

    Signals:
        list_wanted: Go back to the list.
        record_wanted: Open the deal with this key.
        new_wanted: Make a new deal.
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
        self._most = STEP
        self._shown: list[StageColumn] = []
        InlineStyle(self, theme)
        self._lay_out()
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._gather.timeout.connect(self.refresh)
        self._grow = QTimer(self, singleShot=True, interval=0)
        self._grow.timeout.connect(self._draw_more)
        service.answered.connect(self._on_answered)
        service.happened.connect(self._on_event)
        theme.changed.connect(self.update)

    def _lay_out(self) -> None:
        title = QLabel(kinds.words(kinds.DEAL).many, self)
        title.setFont(self._theme.font(size=15, weight=600))
        new = QPushButton(icons.icon("plus"), kinds.words(kinds.DEAL).new, self)
        new.setObjectName("board_new_button")
        new.clicked.connect(self.new_wanted)
        back = tool_button(self, "board_list_button", "list", self.tr("Show as a list"))
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
        """Show only deals that contain these words."""
        if text != self._text:
            self._text = text
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the board again."""
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

    def _draw(self) -> None:
        """Draw what changed. The card that has the focus keeps it, even in another stage."""
        focused = next((id_ for each in self._shown if (id_ := each.focused_id())), 0)
        known = {each.stage_id: each for each in self._shown}
        self._shown = [
            known[id_] if (id_ := column.stage.id) in known else self._made(id_)
            for column in self._columns
        ]
        for gone in [each for each in known.values() if each not in self._shown]:
            self._row.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for place, (shown, column) in enumerate(zip(self._shown, self._columns, strict=True)):
            if self._row.indexOf(shown) != place:
                self._row.removeWidget(shown)
                self._row.insertWidget(place, shown, 1)
            shown.show_column(column, self._most)
        if focused:
            any(each.focus_card(focused) for each in self._shown)
        self._go_on()

    def _go_on(self) -> None:
        if any(len(column.rows) > self._most for column in self._columns):
            self._grow.start()

    @Slot()
    def _draw_more(self) -> None:
        self._most += STEP
        for shown, column in zip(self._shown, self._columns, strict=True):
            shown.show_column(column, self._most)
        self._go_on()

    def _made(self, stage_id: int) -> StageColumn:
        made = StageColumn(stage_id, self._theme, self._holder)
        made.dropped.connect(self._move)
        made.opened.connect(self.record_wanted)
        made.moved.connect(self._step)
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
            moved = replace(deal, stage_id=stage_id)
            self._stack.run(SaveRecord(moved, columns=("stage_id",)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        QPainter(self).fillRect(self.rect(), self._theme.color("base"))
