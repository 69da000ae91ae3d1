"""The person's name in an account, and whether new mail is sent from it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from models import account
from models.account import AccountConfig
from models.commands import UpdateAccount
from sync.qt.service import MailService
from ui.settings.account_part import AccountPart
from ui.setup.fields import add_field
from ui.theme import Theme

TYPING_MS = 600  # a pause that long while typing is stored


class IdentityPart(AccountPart):
    """The name that those see who get mail."""

    def __init__(
        self, service: MailService, theme: Theme, config: AccountConfig, parent: QWidget
    ) -> None:
        super().__init__(service, theme, config, parent)
        self.name = QLineEdit(config.name, self)
        self.name.setObjectName("name_edit")
        self.name.setPlaceholderText(self.tr("Shown to those you write to"))
        add_field(self.column, self.tr("Your &name"), self.name)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self.keep)
        self.name.textEdited.connect(self._typing.start)
        self.name.editingFinished.connect(self.keep)

    def refresh(self, config: AccountConfig) -> None:
        """The name stays while it is being typed."""
        if not self.name.hasFocus() and self.name.text().strip() != config.name:
            self.name.setText(config.name)

    @Slot()
    def keep(self) -> None:
        """Store the name, if it is another one."""
        self._typing.stop()
        name = self.name.text().strip()
        config = account.config(self.account_id)
        if config is not None and name != config.name:
            self.service.run(UpdateAccount(self.account_id, {"name": name}))
