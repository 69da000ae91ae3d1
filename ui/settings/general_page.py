"""General settings of email sync: what all personal accounts share (R1, S8)."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from models.accounts import account
from models.store.settings import SetOption
from sync.qt.service.service import MailService
from ui.forms.fields import HintLabel, add_field
from ui.settings.parts import PreferencesPage, ServerOptions
from ui.style.theme import Theme
from ui.widgets.still import StillComboBox

WIDTH = 480


class GeneralPage(PreferencesPage):
    """The two options, both off at first, and the account that new mail is sent from."""

    def __init__(self, service: MailService, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", parent)
        self.setObjectName("general_page")
        self.title.setText(self.tr("General settings"))
        self._service = service
        section = self.add_section(
            self.tr("Archiving and deleting"),
            self.tr("For your personal accounts. Each team account has its own, on its page."),
        )
        self.options = ServerOptions(service, theme, parent=self.body())
        section.addWidget(self.options)
        self.default = StillComboBox(self.body())
        self.default.setObjectName("default_account_combo")
        self.default.setMaximumWidth(WIDTH)
        hint = HintLabel(
            theme, self.tr("An answer goes out from the account that got the mail."), self.body()
        )
        section = self.add_section(self.tr("Writing"))
        add_field(section, self.tr("&Send new mail from"), self.default, hint)
        self.column.addStretch(1)
        self.refresh()
        self.default.activated.connect(self._save_default)

    def refresh(self) -> None:
        """Show what is stored."""
        self.options.refresh()
        entries = [(config.address, config.id) for config in account.configs()]
        combo = self.default
        shown = [(combo.itemText(row), combo.itemData(row)) for row in range(combo.count())]
        if shown != entries:
            combo.clear()
            for address, account_id in entries:
                combo.addItem(address, account_id)
        combo.setCurrentIndex(combo.findData(account.default_id()))
        combo.setEnabled(len(entries) > 1)
        if not entries:
            combo.setPlaceholderText(self.tr("No account yet"))

    @Slot()
    def _save_default(self) -> None:
        account_id = self.default.currentData()
        if account_id is not None and account_id != account.default_id():
            self._service.run(SetOption(account.DEFAULT, int(account_id)))
