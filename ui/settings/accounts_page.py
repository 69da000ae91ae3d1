"""The list of accounts, and the button for a new one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QWidget

from models.accounts import account
from models.accounts.account import AccountConfig
from models.store.clock import now_ms
from models.store.settings import SetOption
from sync.qt.service.service import MailService
from ui.forms.fields import HintLabel
from ui.settings.parts import PreferencesPage
from ui.settings.removed_part import RemovedPart
from ui.status import status_text
from ui.status.status_text import NEEDS_PERSON
from ui.style import formatting, icons
from ui.style.theme import Theme

ROW_HEIGHT = 52
ROWS_MOST = 8


class AccountsPage(PreferencesPage):
    """Lists all accounts with their state, in the order of the sidebar.

    Signals:
        add_wanted: The user wants to add an account.
        account_wanted: The user wants to see an account; its id.
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
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        hint = self.tr("There is no account yet. Add one, and your mail appears here.")
        self._empty = HintLabel(theme, hint, self.body())
        self._make_buttons()
        row = QHBoxLayout()
        row.addWidget(self.add_button)
        row.addWidget(self.open_button)
        row.addStretch(1)
        row.addWidget(self.up_button)
        row.addWidget(self.down_button)
        self.column.addWidget(self._empty)
        self.column.addWidget(self.list)
        self.column.addLayout(row)
        self.removed = RemovedPart(service, theme, self.body())
        self.column.addWidget(self.removed)
        self.column.addStretch(1)
        self.list.itemActivated.connect(self._open)
        self.list.itemDoubleClicked.connect(self._open)
        self.list.currentItemChanged.connect(self._on_current)
        self.refresh()

    def _make_buttons(self) -> None:
        self.add_button = self._button("add_account_button", self.tr("Add &new account"), "plus")
        self.add_button.setIcon(icons.icon("plus", QPalette.ColorRole.HighlightedText))
        self.add_button.setProperty("role", "primary")
        self.open_button = self._button("open_account_button", self.tr("&Open"), "")
        self.up_button = self._button("account_up_button", "", "chevron-up")
        self.down_button = self._button("account_down_button", "", "chevron-down")
        for button, text in (
            (self.up_button, self.tr("Move up")),
            (self.down_button, self.tr("Move down")),
        ):
            button.setToolTip(text)
            button.setAccessibleName(text)
        self.add_button.clicked.connect(self.add_wanted)
        self.open_button.clicked.connect(self._open)
        self.up_button.clicked.connect(lambda: self._move(-1))
        self.down_button.clicked.connect(lambda: self._move(1))

    def _button(self, name: str, text: str, icon: str) -> QPushButton:
        button = QPushButton(text, self.body())
        button.setObjectName(name)
        button.setAutoDefault(False)
        if icon:
            button.setIcon(icons.icon(icon))
        return button

    def refresh(self) -> None:
        """Show the accounts and their state; the selected one stays selected."""
        configs = account.configs()
        chosen = self._current_id()
        default = account.default_id()
        self._empty.setVisible(not configs)
        self.list.setVisible(bool(configs))
        self.open_button.setVisible(bool(configs))
        self.up_button.setVisible(len(configs) > 1)
        self.down_button.setVisible(len(configs) > 1)
        self.list.setFixedHeight(min(len(configs), ROWS_MOST) * ROW_HEIGHT + 12)
        while self.list.count() > len(configs):
            self.list.takeItem(self.list.count() - 1)
        for row, config in enumerate(configs):
            if row == self.list.count():
                self.list.addItem(QListWidgetItem())
            is_default = config.id == default and len(configs) > 1
            self._show(self.list.item(row), config, is_default=is_default)
            if config.id == chosen or chosen is None:
                chosen = config.id  # select the first, so that the buttons act on something
                self.list.setCurrentRow(row)
        self._on_current()
        self.removed.refresh()

    def _show(self, item: QListWidgetItem, config: AccountConfig, *, is_default: bool) -> None:
        state = self._state(config)
        kind = self.tr("Team") if config.kind == "team" else self.tr("Personal")
        parts = [kind, self.tr("Default"), state] if is_default else [kind, state]
        text = f"{config.address}\n{' · '.join(parts)}"
        if item.text() != text:
            item.setText(text)
            item.setToolTip(formatting.tool_tip(text))
        status = self._service.status(config.id)
        needs_person = config.state == account.NEEDS_SIGN_IN or (
            status is not None and status.phase in NEEDS_PERSON
        )
        icon = "users" if config.kind == "team" else "at-sign"
        if needs_person and config.state != account.STOPPED:
            item.setIcon(icons.icon("triangle-alert"))
        else:
            item.setIcon(icons.icon(icon))
        item.setData(Qt.ItemDataRole.UserRole, config.id)
        item.setSizeHint(QSize(0, ROW_HEIGHT))

    def _state(self, config: AccountConfig) -> str:
        status = self._service.status(config.id)
        if config.state == account.STOPPED:
            return self.tr("Syncing is stopped")
        if status is not None:
            return status_text.phase_text(status, now_ms())
        if config.state == account.NEEDS_SIGN_IN:
            return self.tr("Needs sign-in")
        return self.tr("Starting…")

    def _current_id(self) -> int | None:
        row = self.list.currentRow()
        return int(self.list.item(row).data(Qt.ItemDataRole.UserRole)) if row >= 0 else None

    def _ids(self) -> list[int]:
        return [
            int(self.list.item(row).data(Qt.ItemDataRole.UserRole))
            for row in range(self.list.count())
        ]

    def _move(self, step: int) -> None:
        """Move the account one place up or down, in the sidebar too."""
        ids, row = self._ids(), self.list.currentRow()
        if row >= 0 and 0 <= row + step < len(ids):
            ids[row], ids[row + step] = ids[row + step], ids[row]
            self._service.run(SetOption(account.ORDER, [str(id_) for id_ in ids]))

    @Slot()
    def _on_current(self) -> None:
        row = self.list.currentRow()
        self.open_button.setEnabled(row >= 0)
        self.up_button.setEnabled(row > 0)
        self.down_button.setEnabled(0 <= row < self.list.count() - 1)

    @Slot()
    def _open(self) -> None:
        account_id = self._current_id()
        if account_id is not None:
            self.account_wanted.emit(account_id)
