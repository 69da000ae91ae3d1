"""The list of accounts, and the way to a new one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QWidget

from models import account
from models.clock import now_ms
from sync.qt.service import MailService
from ui import icons, status_text
from ui.settings.parts import PreferencesPage
from ui.setup.fields import HintLabel
from ui.theme import Theme

ROW_HEIGHT = 52
ROWS_MOST = 8


class AccountsPage(PreferencesPage):
    """All accounts with the state of each.

    Signals:
        add_wanted: The person wants a new account.
        account_wanted: The person wants to see an account, by its id.
    """

    add_wanted = Signal()
    account_wanted = Signal(object)

    def __init__(self, service: MailService, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", parent)
        self.setObjectName("accounts_page")
        self.title.setText(self.tr("Accounts"))
        self._service = service
        self.list = QListWidget(self.body())
        self.list.setObjectName("account_list")
        self.list.setAccessibleName(self.tr("Accounts"))
        self.list.setIconSize(QSize(20, 20))
        self._empty = HintLabel(theme, self.tr("There is no account yet."), self.body())
        self.add_button = QPushButton(self.tr("Add &new account"), self.body())
        self.add_button.setObjectName("add_account_button")
        self.add_button.setIcon(icons.icon("plus", QPalette.ColorRole.HighlightedText))
        self.add_button.setProperty("role", "primary")
        self.add_button.setAutoDefault(False)
        self.open_button = QPushButton(self.tr("&Open"), self.body())
        self.open_button.setObjectName("open_account_button")
        self.open_button.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(self.add_button)
        row.addWidget(self.open_button)
        row.addStretch(1)
        self.column.addWidget(self._empty)
        self.column.addWidget(self.list)
        self.column.addLayout(row)
        self.column.addStretch(1)
        self.add_button.clicked.connect(self.add_wanted)
        self.open_button.clicked.connect(self._open)
        self.list.itemActivated.connect(self._open)
        self.list.itemClicked.connect(self._open)
        self.list.currentItemChanged.connect(self._on_current)
        self.refresh()

    def refresh(self) -> None:
        """Show the accounts and what each does now."""
        configs = account.configs()
        self._empty.setVisible(not configs)
        self.list.setVisible(bool(configs))
        self.list.setFixedHeight(min(len(configs), ROWS_MOST) * ROW_HEIGHT + 12)
        current = self.list.currentRow()
        while self.list.count() > len(configs):
            self.list.takeItem(self.list.count() - 1)
        for row, config in enumerate(configs):
            if row == self.list.count():
                self.list.addItem(QListWidgetItem(icons.icon("at-sign"), ""))
            item = self.list.item(row)
            item.setText(f"{config.address}\n{self._state(config.id, config.state)}")
            item.setData(Qt.ItemDataRole.UserRole, config.id)
            item.setSizeHint(QSize(0, ROW_HEIGHT))
        self.list.setCurrentRow(min(current, len(configs) - 1))
        self._on_current()

    def _state(self, account_id: int, state: str) -> str:
        status = self._service.status(account_id)
        if state == "stopped":
            return self.tr("Syncing is stopped")
        if status is not None:
            return status_text.phase_text(status, now_ms())
        return self.tr("Needs sign-in") if state == "needs_sign_in" else self.tr("Starting…")

    @Slot()
    def _on_current(self) -> None:
        self.open_button.setEnabled(self.list.currentItem() is not None)

    @Slot()
    def _open(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.account_wanted.emit(item.data(Qt.ItemDataRole.UserRole))
