"""The details behind the status line: each account's facts, and what its server has to hear."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from models import clock
from models.events import Phase, StatusChanged
from sync.qt.service import MailService
from ui import formatting, status_text
from ui.account_facts import AccountFacts
from ui.theme import Theme
from ui.trust.queue_view import QueueView

MOST_HEIGHT = 280  # of the accounts' cards, before they scroll


class SyncDetails(QDialog):
    """Not modal: it follows what happens while it is open.

    Signals:
        retry_requested, give_up_requested: Ids of operations.
        sync_requested: The id of an account to be checked now.
        start_requested, stop_requested: The id of an account.
    """

    retry_requested = Signal(object)
    give_up_requested = Signal(object)
    sync_requested = Signal(int)
    start_requested = Signal(int)
    stop_requested = Signal(int)

    def __init__(
        self, service: MailService, facts: AccountFacts, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sync_details")
        self.setWindowTitle(self.tr("Sync details"))
        self.resize(680, 600)
        self._facts = facts
        self._theme = theme
        self._cards = QVBoxLayout()
        self._cards.setSpacing(10)
        self._queue = QueueView(service, facts, theme, self)
        self._queue.retry_requested.connect(self.retry_requested)
        self._queue.give_up_requested.connect(self.give_up_requested)
        self._lay_out()
        facts.status_changed.connect(self._on_status)
        facts.accounts_changed.connect(self.refresh)
        self.refresh()

    def _lay_out(self) -> None:
        holder = QWidget(self)
        holder.setLayout(self._cards)
        self._cards.setContentsMargins(0, 0, 6, 0)
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(holder)
        self._area = area
        close = QPushButton(self.tr("Close"), self)
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 18, 18, 14)
        column.setSpacing(10)
        column.addWidget(area)
        column.addWidget(self._queue, 1)
        column.addLayout(buttons)

    def refresh(self) -> None:
        """Show everything anew."""
        while (item := self._cards.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        addresses = self._facts.addresses
        for status in self._facts.statuses():
            self._cards.addWidget(self._card(status, addresses[status.account_id]))
        self._cards.addStretch(1)
        QTimer.singleShot(0, self, self._fit)
        self._queue.refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        super().showEvent(event)
        QTimer.singleShot(0, self, self._fit)

    @Slot()
    def _fit(self) -> None:
        """As high as the cards need, once they are laid out."""
        width = self._area.viewport().width()
        needed = max(self._cards.sizeHint().height(), self._cards.heightForWidth(width))
        self._area.setFixedHeight(min(MOST_HEIGHT, needed + 2))

    def _on_status(self, _status: StatusChanged) -> None:
        if self.isVisible():
            self.refresh()

    def _card(self, status: StatusChanged, address: str) -> QWidget:
        """One account: what it does, when it last succeeded, what is open."""
        card = QFrame(self)
        card.setObjectName(f"account_facts_{status.account_id}")
        back, line = self._theme.color("base").name(), self._theme.color("line").name()
        card.setStyleSheet(
            f"QFrame#{card.objectName()} {{ background: {back}; border: 1px solid {line};"
            " border-radius: 9px; }"
        )
        grid = QGridLayout(card)
        grid.setContentsMargins(14, 10, 12, 10)
        title = QLabel(address, card)
        title.setFont(self._theme.font(weight=600))
        grid.addWidget(title, 0, 0)
        lines = [status_text.phase_text(status, clock.now_ms()), *status_text.tails([status])]
        if status.last_success_at is not None and status.phase is not Phase.IDLE:
            last = self.tr("Last complete check: {}")
            lines.append(last.format(formatting.full_date(status.last_success_at)))
        text = QLabel("\n".join(lines), card, wordWrap=True)
        text.setStyleSheet(f"color: {self._theme.color('muted').name()}")
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(text, 1, 0, 1, 3)
        grid.setColumnStretch(0, 1)
        for column, button in enumerate(self._card_buttons(status, card), start=1):
            grid.addWidget(button, 0, column)
        return card

    def _card_buttons(self, status: StatusChanged, card: QWidget) -> list[QPushButton]:
        account_id = status.account_id
        if status.phase is Phase.STOPPED:
            start = QPushButton(self.tr("Start syncing"), card)
            start.clicked.connect(lambda: self.start_requested.emit(account_id))
            return [start]
        check = QPushButton(self.tr("Check now"), card)
        check.clicked.connect(lambda: self.sync_requested.emit(account_id))
        stop = QPushButton(self.tr("Stop syncing"), card)
        stop.clicked.connect(lambda: self.stop_requested.emit(account_id))
        return [check, stop]
