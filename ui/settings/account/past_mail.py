"""How far back an account's mail goes, and the button to fetch more."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from models.accounts.account import AccountConfig
from models.store.clock import now_ms
from sync.qt.service.service import MailService
from ui.forms.fields import HintLabel
from ui.records.imports.importing import open_import
from ui.settings.account.part import AccountPart
from ui.setup.past_mail.past_dialog import PastSyncDialog
from ui.style import formatting
from ui.style.theme import Theme


class PastPart(AccountPart):
    """Shows what was asked for last, and "Sync past emails"."""

    def __init__(
        self, service: MailService, theme: Theme, config: AccountConfig, parent: QWidget
    ) -> None:
        super().__init__(service, theme, config, parent)
        self._text = HintLabel(theme, "", self)
        self._text.set_tone("text")
        self._text.setObjectName("past_text")
        self.button = QPushButton(self.tr("Sync past emails…"), self)
        self.button.setObjectName("sync_past_button")
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._open)
        self.column.addWidget(self._text)
        self.column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.refresh(config)

    def refresh(self, config: AccountConfig) -> None:
        """Show what was asked for."""
        self._text.setText(self._sentence(config))

    @Slot()
    def _open(self) -> None:
        open_past_sync(self.service, self.theme, self.account_id, self.window())

    def _sentence(self, config: AccountConfig) -> str:
        day = formatting.relative_date(config.start_at, now_ms())
        if config.start == "now":
            return self.tr("No past mail was asked for; new mail comes in since {}.").format(day)
        if not config.start_at:
            return self.tr("All past mail was asked for.")
        if config.scope == "contacts":
            return self.tr("Past mail with your contacts was asked for since {}.").format(day)
        return self.tr("Past mail was asked for since {}.").format(day)


def open_past_sync(
    service: MailService, theme: Theme, account_id: int | None, parent: QWidget
) -> PastSyncDialog:
    """Open the dialog for this account, or for the first one."""
    dialog = PastSyncDialog(service, theme, account_id, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.import_wanted.connect(lambda: open_import(service, theme, dialog))
    dialog.open()
    return dialog
