"""Read-only mode of an account (X2)."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from models.accounts.account import AccountConfig
from models.commands.accounts import UpdateAccount
from sync.qt.service.service import MailService
from ui.forms.fields import add_choice
from ui.settings.account.part import AccountPart
from ui.style.theme import Theme


class ReadOnlyPart(AccountPart):
    """While it is on, what the user does stays here and waits."""

    def __init__(
        self, service: MailService, theme: Theme, config: AccountConfig, parent: QWidget
    ) -> None:
        super().__init__(service, theme, config, parent)
        self.check = QCheckBox(self.tr("Only read from the server"), self)
        self.check.setObjectName("read_only_check")
        if service.is_read_only:
            self.check.setEnabled(False)
            self.check.setToolTip(self.tr("Dealpost was started in read-only mode."))
        add_choice(self.column, self.check)
        self.refresh(config)
        self.check.toggled.connect(self._save)

    def refresh(self, config: AccountConfig) -> None:
        """Show what is stored."""
        self.check.blockSignals(True)
        self.check.setChecked(config.read_only or self.service.is_read_only)
        self.check.blockSignals(False)

    @Slot(bool)
    def _save(self, is_on: bool) -> None:
        self.service.run(UpdateAccount(self.account_id, {"read_only": is_on}))
