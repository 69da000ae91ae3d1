"""Remove an account: asks what becomes of its mail here (S7)."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QRadioButton, QVBoxLayout, QWidget

from models.account import AccountConfig
from models.commands import RemoveAccount
from sync.qt.service import MailService
from ui.setup.fields import GAP, HintLabel, Title, add_choice
from ui.setup.form_style import FormStyle
from ui.theme import Theme


class RemoveAccountDialog(QDialog):
    """Shown with `open()`; the server is never touched."""

    def __init__(
        self,
        service: MailService,
        theme: Theme,
        config: AccountConfig,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("remove_account_dialog")
        FormStyle(self, theme)
        self.setWindowTitle(self.tr("Remove account"))
        self.setModal(True)
        self._service = service
        self._config = config
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(GAP)
        title = self.tr("Remove {address}?").format(address=config.address)
        column.addWidget(Title(title, 17, self))
        column.addWidget(
            HintLabel(
                theme,
                self.tr(
                    "Syncing ends and the password is forgotten. Nothing changes on the mail"
                    " server. What becomes of the mail in Dealpost?"
                ),
                self,
            )
        )
        self.history = self._choice(
            column, theme, "keep_history_radio", self.tr("&Keep the history"),
            self.tr("All mail stays readable here, also in your deals and contacts."),
        )  # fmt: skip
        self.linked = self._choice(
            column, theme, "keep_linked_radio", self.tr("Keep only &linked mail"),
            self.tr("Mail that belongs to a deal, lead, project or contact stays. The rest goes."),
        )  # fmt: skip
        self.nothing = self._choice(
            column, theme, "erase_all_radio", self.tr("&Erase all"),
            self.tr("All mail of this account is erased here, for good."),
        )  # fmt: skip
        self.history.setChecked(True)
        self._add_buttons(column)
        self.setMinimumWidth(480)

    def _choice(
        self, column: QVBoxLayout, theme: Theme, name: str, text: str, hint: str
    ) -> QRadioButton:
        radio = QRadioButton(text, self)
        radio.setObjectName(name)
        add_choice(column, radio, HintLabel(theme, hint, self))
        return radio

    def _add_buttons(self, column: QVBoxLayout) -> None:
        cancel = QPushButton(self.tr("Cancel"), self)
        cancel.setObjectName("remove_cancel_button")
        cancel.setAutoDefault(False)  # Enter does nothing here; Esc cancels
        remove = QPushButton(self.tr("Remove account"), self)
        remove.setObjectName("remove_button")
        remove.setProperty("role", "danger")
        remove.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(remove)
        column.addSpacing(6)
        column.addLayout(buttons)
        cancel.clicked.connect(self.reject)
        remove.clicked.connect(self._remove)

    @Slot()
    def _remove(self) -> None:
        if self.nothing.isChecked():
            command = RemoveAccount(self._config.id, "nothing")
        elif self.linked.isChecked():
            command = RemoveAccount(self._config.id, "linked")
        else:
            command = RemoveAccount(self._config.id, "history")
        self._service.run(command)
        self._service.vault.vault.forget(self._config.id)
        self.accept()
