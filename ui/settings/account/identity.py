"""The user's name in an account, and whether new mail is sent from it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from models.accounts import account
from models.accounts.account import AccountConfig
from models.commands.accounts import UpdateAccount
from models.store.settings import SetOption
from sync.qt.service.service import MailService
from ui.forms.fields import HintLabel, add_choice, add_field
from ui.settings.account.part import AccountPart
from ui.style.theme import Theme

TYPING_MS = 600  # the name is stored after this pause in typing


class IdentityPart(AccountPart):
    """The name that recipients see, and the account that new mail is sent from."""

    def __init__(
        self, service: MailService, theme: Theme, config: AccountConfig, parent: QWidget
    ) -> None:
        super().__init__(service, theme, config, parent)
        self.name = QLineEdit(config.name, self)
        self.name.setObjectName("name_edit")
        self.name.setPlaceholderText(self.tr("Shown to those you write to"))
        add_field(self.column, self.tr("Your &name"), self.name)
        self.default = QCheckBox(self.tr("Send new mail from this account"), self)
        self.default.setObjectName("default_account_check")
        self._default_hint = HintLabel(theme, "", self)
        add_choice(self.column, self.default, self._default_hint)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self.keep)
        self.refresh(config)
        self.default.toggled.connect(self._save_default)
        self.name.textEdited.connect(self._typing.start)
        self.name.editingFinished.connect(self.keep)

    def refresh(self, config: AccountConfig) -> None:
        """Show what is stored; a name that is being typed stays."""
        is_busy = self.is_storing or self._typing.isActive() or self.name.hasFocus()
        if not is_busy and self.name.text().strip() != config.name:
            self.name.setText(config.name)
        is_default = account.default_id() == config.id
        self.default.blockSignals(True)
        self.default.setChecked(is_default)
        self.default.blockSignals(False)
        self.default.setEnabled(
            not is_default
        )  # it is unticked by choosing another account on that one's page
        if is_default and len(account.configs()) < 2:
            hint = self.tr("It is your only account.")
        elif is_default:
            hint = self.tr("To change that, tick it on the page of another account.")
        else:
            hint = self.tr("An answer goes out from the account that got the mail.")
        self._default_hint.setText(hint)

    @Slot()
    def keep(self) -> None:
        """Store the name if it has changed."""
        self._typing.stop()
        name = self.name.text().strip()
        config = account.config(self.account_id)
        if config is not None and name != config.name:
            self.store(UpdateAccount(self.account_id, {"name": name}))

    @Slot(bool)
    def _save_default(self, is_on: bool) -> None:
        if is_on:
            self.service.run(SetOption(account.DEFAULT, self.account_id))
