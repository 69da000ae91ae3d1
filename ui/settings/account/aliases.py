"""The user's further addresses in an account."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from models.accounts import account
from models.accounts.account import AccountConfig
from models.commands.accounts import UpdateAccount
from sync.qt.service.service import MailService
from ui.forms.fields import Notice
from ui.settings.account.part import AccountPart
from ui.style.theme import Theme

ROW_HEIGHT = 30
ROWS_MOST = 5


class AliasesPart(AccountPart):
    """A list, a field to add to it, a button to remove from it. Changes are stored at once."""

    def __init__(
        self, service: MailService, theme: Theme, config: AccountConfig, parent: QWidget
    ) -> None:
        super().__init__(service, theme, config, parent)
        self._address = config.address.strip().lower()
        self.list = QListWidget(self)
        self.list.setObjectName("alias_list")
        self.list.setAccessibleName(self.tr("Further addresses"))
        self.list.setUniformItemSizes(True)
        self.edit = QLineEdit(self)
        self.edit.setObjectName("alias_edit")
        self.edit.setAccessibleName(self.tr("Address to add"))
        self.edit.setPlaceholderText(self.tr("sales@example.com"))
        self.add_button = QPushButton(self.tr("Add"), self)
        self.add_button.setObjectName("add_alias_button")
        self.remove_button = QPushButton(self.tr("Remove"), self)
        self.remove_button.setObjectName("remove_alias_button")
        self._fault = Notice(theme, parent=self)
        self._fault.setObjectName("alias_error")
        self._lay_out()
        self.refresh(config)
        self.edit.textEdited.connect(self._on_edited)
        self.edit.returnPressed.connect(self.add)
        self.add_button.clicked.connect(self.add)
        self.remove_button.clicked.connect(self._remove)
        self.list.currentRowChanged.connect(self._offer)

    def _lay_out(self) -> None:
        for button in (self.add_button, self.remove_button):
            button.setAutoDefault(False)
        entry = QHBoxLayout()
        entry.addWidget(self.edit, 1)
        entry.addWidget(self.add_button)
        entry.addWidget(self.remove_button)
        self.column.addWidget(self.list)
        self.column.addLayout(entry)
        self.column.addWidget(self._fault)

    def refresh(self, config: AccountConfig) -> None:
        """Show what is stored, unless a change is being stored."""
        if not self.is_storing:
            self._show(sorted(config.addresses - {self._address}))

    def keep(self) -> None:
        """Store a typed address that was not added yet, if it is valid."""
        if self.edit.text().strip() and not self._fault_of(self._typed()):
            self.add()

    def aliases(self) -> list[str]:
        """The listed addresses."""
        return [self.list.item(row).text() for row in range(self.list.count())]

    @Slot()
    def add(self) -> None:
        """Add the typed address to the list, or say why not."""
        address = self._typed()
        fault = self._fault_of(address)
        self._fault.say(fault)
        if not fault:
            self.edit.clear()
            self._save(sorted({*self.aliases(), address}))
        self._offer()

    @Slot()
    def _remove(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._save([address for address in self.aliases() if address != item.text()])

    def _save(self, addresses: list[str]) -> None:
        self._show(addresses)
        self.store(UpdateAccount(self.account_id, aliases=tuple(addresses)))

    def on_stored(self, error: str) -> None:
        """Show what is stored now, or why it could not be stored."""
        self._fault.say(error)
        config = account.config(self.account_id)
        if config is not None:
            self.refresh(config)

    def _typed(self) -> str:
        return self.edit.text().strip().lower()

    def _fault_of(self, address: str) -> str:
        """Why this cannot be a further address, or ''."""
        if not address:
            return self.tr("Type an address first.")
        try:
            validate_email(address, check_deliverability=False, globally_deliverable=False)
        except EmailNotValidError:
            return self.tr("“{}” is not an email address.").format(address)
        if address == self._address:
            return self.tr("This is the account’s own address.")
        if address in self.aliases():
            return self.tr("This address is in the list already.")
        return ""

    def _show(self, addresses: list[str]) -> None:
        if addresses != self.aliases():
            self.list.clear()
            for address in addresses:
                item = QListWidgetItem(address)
                item.setSizeHint(QSize(0, ROW_HEIGHT))
                item.setToolTip(address)
                self.list.addItem(item)
        self.list.setFixedHeight(min(max(len(addresses), 1), ROWS_MOST) * ROW_HEIGHT + 10)
        self.list.setVisible(bool(addresses))
        self.remove_button.setVisible(bool(addresses))
        self._offer()

    @Slot()
    def _on_edited(self) -> None:
        self._fault.say("")
        self._offer()

    @Slot()
    def _offer(self) -> None:
        self.add_button.setEnabled(bool(self.edit.text().strip()))
        self.remove_button.setEnabled(self.list.currentRow() >= 0)
