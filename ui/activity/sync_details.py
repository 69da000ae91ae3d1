"""The details behind the status line: each account, and the queue of its operations."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from models.events import StatusChanged
from sync.qt.service.service import MailService
from ui.activity.account_card import AccountCard
from ui.activity.queue_view import QueueView
from ui.status.account_facts import AccountFacts
from ui.style.theme import Theme

MOST_HEIGHT = 340  # of the accounts' cards, before they scroll


class SyncDetails(QDialog):
    """Shows one card an account and the queue, and follows events while it is open. Not modal.

    Signals:
        retry_requested, give_up_requested: Ids of operations.
        sync_requested: The id of an account to sync now.
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
        self._cards.addStretch(1)
        self._by_id: dict[int, AccountCard] = {}
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
        """Show everything as it is now. A card lives as long as its account."""
        addresses = self._facts.addresses
        for account_id in [gone for gone in self._by_id if gone not in addresses]:
            self._by_id.pop(account_id).deleteLater()
        for status in self._facts.statuses():
            card = self._by_id.get(status.account_id) or self._make_card(status.account_id)
            card.show_facts(status, addresses[status.account_id])
        QTimer.singleShot(0, self, self._fit)
        self._queue.refresh()

    def _make_card(self, account_id: int) -> AccountCard:
        card = self._by_id[account_id] = AccountCard(account_id, self._theme, self)
        card.sync_requested.connect(self.sync_requested)
        card.start_requested.connect(self.start_requested)
        card.stop_requested.connect(self.stop_requested)
        self._cards.insertWidget(self._cards.count() - 1, card)
        return card

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        super().showEvent(event)
        QTimer.singleShot(0, self, self._fit)

    @Slot()
    def _fit(self) -> None:
        """Make the dialog as high as the cards need, once they are laid out."""
        for card in self._by_id.values():
            card.updateGeometry()
        self._cards.activate()
        width = self._area.viewport().width()
        needed = max(self._cards.sizeHint().height(), self._cards.heightForWidth(width))
        self._area.setFixedHeight(min(MOST_HEIGHT, needed + 2))

    def _on_status(self, _status: StatusChanged) -> None:
        if self.isVisible():
            self.refresh()
