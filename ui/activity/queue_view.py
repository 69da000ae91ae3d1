"""The queue of operations in the window: what waits for a server, and what it refused."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from models.events import OperationsChanged, StatusChanged
from models.queries.operation_pages import QueueItem, QueuePage
from models.store import clock
from sync.qt.service.requests import Answer, QueueRequest
from sync.qt.service.service import MailService
from ui.activity import queue_words
from ui.activity.lines import Line, LineList, LineModel
from ui.status.account_facts import AccountFacts
from ui.style import formatting
from ui.style.theme import Theme

PAGE = 200
GATHER_MS = 120


class QueueView(QWidget):
    """Shows the queue, with the buttons for the selected operations.

    Signals:
        retry_requested, give_up_requested: Ids of operations.
    """

    retry_requested = Signal(object)
    give_up_requested = Signal(object)

    def __init__(
        self, service: MailService, facts: AccountFacts, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._facts = facts
        self._theme = theme
        self._items: list[QueueItem] = []
        self._tickets: dict[int, int] = {}  # ticket -> offset
        self._model = LineModel(self)
        self.list = LineList(self._model, theme, self)
        self.list.setObjectName("operation_list")
        self.list.setAccessibleName(self.tr("Changes that wait for a server"))
        self._heading = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self._retry = QPushButton(self.tr("Retry"), self)
        self._retry.setObjectName("retry_button")
        self._give_up = QPushButton(self.tr("Give up…"), self)
        self._give_up.setObjectName("give_up_button")
        self._timer = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._lay_out()
        self._timer.timeout.connect(self.refresh)
        self._model.more_wanted.connect(self._ask_more)
        self.list.selectionModel().selectionChanged.connect(self._offer)
        self._model.modelReset.connect(self._offer)
        self._retry.clicked.connect(self._on_retry)
        self._give_up.clicked.connect(self._on_give_up)
        service.answered.connect(self._on_answered)
        service.happened.connect(self._on_event)
        theme.changed.connect(self._recolor)
        self._recolor()
        self._offer()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._heading, 1)
        for button in (self._give_up, self._retry):
            button.setAutoDefault(False)
            head.addWidget(button)
        self._frame = QFrame(self)
        self._frame.setObjectName("queue_frame")
        inside = QVBoxLayout(self._frame)
        inside.setContentsMargins(1, 5, 1, 5)
        inside.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._frame, 1)
        self.list.empty_text = self.tr("Everything you did has reached your servers.")

    @Slot()
    def refresh(self) -> None:
        """Read again as many lines as are shown."""
        if self.isVisible():
            self._ask(0, max(PAGE, len(self._items)))

    def _ask(self, offset: int, limit: int) -> None:
        if offset == 0:
            self._tickets.clear()
        self._tickets[self._service.ask(QueueRequest(limit, offset))] = offset

    @Slot()
    def _ask_more(self) -> None:
        self._ask(len(self._items), PAGE)

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        offset = self._tickets.pop(answer.ticket, None)
        if offset is None or not isinstance(answer.result, QueuePage):
            return
        page = answer.result
        has_more = offset + len(page.items) < page.total
        if offset == 0:
            chosen = set(self.list.selected_ids())
            self._items = list(page.items)
            self._model.set_lines(self._lines(self._items), has_more=has_more)
            self._choose(chosen)
        else:
            self._items += page.items
            self._model.add_lines(self._lines(list(page.items)), has_more=has_more)
        self._heading.setText(self._say(page))
        self._offer()

    def _choose(self, ids: set[int]) -> None:
        """Select again what was selected and is still here, since a reset clears the selection."""
        model = self.list.selectionModel()
        if model.hasSelection():
            return
        for row, item in enumerate(self._items):
            if item.id in ids:
                model.select(self._model.index(row), model.SelectionFlag.Select)

    def _lines(self, items: list[QueueItem]) -> list[Line]:
        around = queue_words.Around(
            self._facts.addresses,
            {status.account_id: status for status in self._facts.statuses()},
            self._facts.read_only_ids,
        )
        now = clock.now_ms()
        return [queue_words.line(item, around, now) for item in items]

    def _say(self, page: QueuePage) -> str:
        if not page.total:
            return self.tr("Nothing waits for a server")
        waiting = page.total - page.refused_count
        parts = []
        if waiting == 1:
            parts.append(self.tr("1 change waits for a server"))
        elif waiting:
            text = self.tr("{} changes wait for a server")
            parts.append(text.format(formatting.number(waiting)))
        if page.refused_count:
            text = self.tr("{} refused")
            parts.append(text.format(formatting.number(page.refused_count)))
        return "  ·  ".join(parts)

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, OperationsChanged | StatusChanged) and not self._timer.isActive():
            self._timer.start()

    # --- what the user does ------------------------------------------------------------------

    @Slot()
    def _offer(self) -> None:
        has_items = bool(self._items)
        for button in (self._retry, self._give_up):
            button.setVisible(has_items)
            button.setEnabled(bool(self.list.selectedIndexes()))

    @Slot()
    def _on_retry(self) -> None:
        if ids := self.list.selected_ids():
            self.retry_requested.emit(ids)

    @Slot()
    def _on_give_up(self) -> None:
        ids = self.list.selected_ids()
        if not ids:
            return
        box = QMessageBox(self)
        box.setObjectName("give_up_question")
        box.setWindowTitle(self.tr("Give up"))
        one = self.tr("Never tell the server about this change?")
        many = self.tr("Never tell the server about these %Ln changes?", "", len(ids))
        box.setText(one if len(ids) == 1 else many)
        box.setInformativeText(
            self.tr("What you did stays as it is here. The server keeps the mail as it has it now.")
        )
        give_up = box.addButton(self.tr("Give up"), QMessageBox.ButtonRole.DestructiveRole)
        give_up.setObjectName("give_up_agreed_button")
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        cancel.setProperty("role", "plain")
        box.setDefaultButton(cancel)
        give_up.clicked.connect(lambda: self.give_up_requested.emit(ids))
        box.finished.connect(box.deleteLater)
        box.open()

    @Slot()
    def _recolor(self) -> None:
        back, edge = self._theme.color("base").name(), self._theme.color("line").name()
        self._frame.setStyleSheet(
            f"QFrame#queue_frame {{ background: {back}; border: 1px solid {edge};"
            " border-radius: 9px; }"
        )
        self._heading.setFont(self._theme.font(weight=600))
