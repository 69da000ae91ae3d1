"""The tracking signals that an account requests with each mail it sends (M20)."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from models.accounts.account import AccountConfig
from models.commands.accounts import UpdateAccount
from sync.qt.service.service import MailService
from ui.forms.fields import add_choice
from ui.settings.account.part import AccountPart
from ui.style.theme import Theme


class TrackingPart(AccountPart):
    """Two ticks: read receipts and delivery reports."""

    def __init__(
        self, service: MailService, theme: Theme, config: AccountConfig, parent: QWidget
    ) -> None:
        super().__init__(service, theme, config, parent)
        self.receipts = QCheckBox(self.tr("Ask for read receipts"), self)
        self.receipts.setObjectName("track_receipts_check")
        self.delivery = QCheckBox(self.tr("Ask for delivery reports"), self)
        self.delivery.setObjectName("track_delivery_check")
        add_choice(self.column, self.receipts)
        add_choice(self.column, self.delivery)
        self.refresh(config)
        self.receipts.toggled.connect(self._save_receipts)
        self.delivery.toggled.connect(self._save_delivery)

    def refresh(self, config: AccountConfig) -> None:
        """Show what is stored."""
        for check, is_on in (
            (self.receipts, config.track_receipts),
            (self.delivery, config.track_delivery),
        ):
            check.blockSignals(True)
            check.setChecked(is_on)
            check.blockSignals(False)

    @Slot(bool)
    def _save_receipts(self, is_on: bool) -> None:
        self.service.run(UpdateAccount(self.account_id, {"track_receipts": is_on}))

    @Slot(bool)
    def _save_delivery(self, is_on: bool) -> None:
        self.service.run(UpdateAccount(self.account_id, {"track_delivery": is_on}))
