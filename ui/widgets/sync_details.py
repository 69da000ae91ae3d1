"""The details behind the status line: each account's facts, and what its server has to hear."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from models import clock, operation
from models.events import Event, OperationsChanged, Phase, StatusChanged
from models.operation import OperationRow
from ui import formatting, status_text
from ui.account_facts import AccountFacts
from ui.theme import Theme

ID = int(Qt.ItemDataRole.UserRole)
MOST_LISTED = 300  # operations of one account that are listed; the number tells of the rest


class SyncDetails(QDialog):
    """Not modal: it follows what happens while it is open.

    Signals:
        retry_requested: Ids of operations to try again.
        sync_requested: The id of an account to be checked now.
        start_requested, stop_requested: The id of an account.
    """

    retry_requested = Signal(object)
    sync_requested = Signal(int)
    start_requested = Signal(int)
    stop_requested = Signal(int)

    def __init__(self, facts: AccountFacts, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sync_details")
        self.setWindowTitle(self.tr("Sync details"))
        self.resize(620, 520)
        self._facts = facts
        self._theme = theme
        self._cards = QVBoxLayout()
        self._cards.setSpacing(10)
        self._waiting = QLabel(self)
        self._operations = QTreeWidget(self)
        self._retry = QPushButton(self.tr("Retry"), self)
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
        tree = self._operations
        tree.setObjectName("operation_list")
        tree.setAccessibleName(self.tr("Changes that wait for a server"))
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        tree.setHeaderLabels(
            [self.tr("Change"), self.tr("State"), self.tr("Since"), self.tr("Account")]
        )
        tree.itemSelectionChanged.connect(self._offer_retry)
        self._retry.setObjectName("retry_button")
        self._retry.clicked.connect(self._on_retry)
        close = QPushButton(self.tr("Close"), self)
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(self._retry)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 18, 18, 14)
        column.setSpacing(10)
        column.addWidget(area, 1)
        column.addWidget(self._waiting)
        column.addWidget(tree, 1)
        column.addLayout(buttons)

    def on_event(self, event: Event) -> None:
        """Follow what happened."""
        if isinstance(event, OperationsChanged) and self.isVisible():
            self._list_operations()

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
        self._list_operations()

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

    # --- what servers have to hear -----------------------------------------------------------

    def _list_operations(self) -> None:
        chosen = {item.data(0, ID) for item in self._operations.selectedItems()}
        self._operations.clear()
        total = 0
        for account_id, address in self._facts.addresses.items():
            counts = operation.counts(account_id)
            total += counts.open + counts.refused
            for row in _listed(account_id, counts.open):
                item = self._item(row, address)
                self._operations.addTopLevelItem(item)
                item.setSelected(row.id in chosen)
        self._waiting.setText(self._heading(total))
        self._operations.setVisible(total > 0)
        self._retry.setVisible(total > 0)
        for column, width in enumerate((180, 190, 90)):
            self._operations.setColumnWidth(column, width)
        self._offer_retry()

    def _heading(self, total: int) -> str:
        if not total:
            return self.tr("Nothing waits for a server.")
        listed = self._operations.topLevelItemCount()
        if listed < total:
            text = self.tr("What your servers still have to hear ({listed} of {total}):")
            return text.format(listed=formatting.number(listed), total=formatting.number(total))
        return self.tr("What your servers still have to hear:")

    def _item(self, row: OperationRow, address: str) -> QTreeWidgetItem:
        since = formatting.since(row.created_at, clock.now_ms())
        item = QTreeWidgetItem([self._kind(row), self._state(row), since, address])
        item.setData(0, ID, row.id)
        item.setToolTip(1, row.server_words)
        item.setToolTip(2, formatting.full_date(row.created_at))
        return item

    def _kind(self, row: OperationRow) -> str:
        texts = {
            operation.ARCHIVE: self.tr("Move to the archive"),
            operation.UNARCHIVE: self.tr("Move back to the inbox"),
            operation.TRASH: self.tr("Move to Trash"),
            operation.SEND: self.tr("Send"),
            operation.APPEND_DRAFT: self.tr("Save the draft"),
            operation.APPEND_SENT: self.tr("Save in Sent"),
        }
        if row.kind == operation.FLAGS:
            return self.tr("Mark as read") if row.payload.seen else self.tr("Mark as unread")
        return texts.get(row.kind, row.kind)

    def _state(self, row: OperationRow) -> str:
        match row.state:
            case "running":
                return self.tr("is being done")
            case "refused":
                refused = self.tr("refused: {}") if row.server_words else self.tr("refused")
                return refused.format(row.server_words)
            case _ if row.server_words:
                return self.tr("tried again later: {}").format(row.server_words)
            case _:
                return self.tr("waits for the server")

    def _offer_retry(self) -> None:
        self._retry.setEnabled(bool(self._operations.selectedItems()))

    def _on_retry(self) -> None:
        ids = tuple(item.data(0, ID) for item in self._operations.selectedItems())
        if ids:
            self.retry_requested.emit(ids)


def _listed(account_id: int, count: int) -> list[OperationRow]:
    """What was refused, then what waits, as far as a list of it can be read."""
    waiting = operation.of_account(account_id) if count <= MOST_LISTED else []
    return [*operation.refused_of(account_id)[:MOST_LISTED], *waiting]
