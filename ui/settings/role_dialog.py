"""Asks which label is the Archive or the Trash, where the server doesn't say it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from models import mailbox
from models.account import AccountConfig
from models.commands import SetRole
from models.mailbox import MailboxState, Role
from sync.qt.probe import Label
from sync.qt.service import MailService
from ui.setup import words
from ui.setup.fields import GAP, HintLabel, Title, add_field
from ui.setup.form_style import FormStyle
from ui.theme import Theme

# Taken already, or no place to move mail to.
_NO_CHOICE = frozenset({Role.INBOX, Role.SENT, Role.DRAFTS, Role.JUNK, Role.FLAGGED})


class RoleDialog(QDialog):
    """One question; shown with `open()`."""

    def __init__(
        self,
        service: MailService,
        theme: Theme,
        config: AccountConfig,
        role: Role,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("role_dialog")
        FormStyle(self, theme)
        self.setModal(True)
        self._service = service
        self._account_id = config.id
        self._role = role
        title = (
            self.tr("Which label is the Trash?")
            if role is Role.TRASH
            else self.tr("Which label is the Archive?")
        )
        self.setWindowTitle(title)
        self.combo = QComboBox(self)
        self.combo.setObjectName("role_combo")
        for state in choices(config.id):
            self.combo.addItem(mailbox_text(state), state.id)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(GAP)
        column.addWidget(Title(title, 17, self))
        text = self.tr("The server of {address} does not say it.").format(address=config.address)
        column.addWidget(HintLabel(theme, text, self))
        add_field(column, self.tr("&Label"), self.combo)
        if not self.combo.count():
            text = self.tr(
                "There is no label to choose. Make one in your other mail program, then try again."
            )
            column.addWidget(HintLabel(theme, text, self))
        self._add_buttons(column)
        self.setMinimumWidth(420)

    def _add_buttons(self, column: QVBoxLayout) -> None:
        cancel = QPushButton(self.tr("Leave the option off"), self)
        cancel.setObjectName("role_cancel_button")
        cancel.setAutoDefault(False)
        use = QPushButton(self.tr("Use this label"), self)
        use.setObjectName("role_use_button")
        use.setDefault(True)
        use.setEnabled(self.combo.count() > 0)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(use)
        column.addSpacing(4)
        column.addLayout(buttons)
        cancel.clicked.connect(self.reject)
        use.clicked.connect(self._use)

    @Slot()
    def _use(self) -> None:
        mailbox_id = int(self.combo.currentData())
        self._service.run(SetRole(self._account_id, mailbox_id, self._role))
        self.accept()


def choices(account_id: int) -> list[MailboxState]:
    """The mailboxes that could be an archive or a trash."""
    return [
        state
        for state in mailbox.of_account(account_id)
        if state.is_selectable and state.missing_since is None and state.role not in _NO_CHOICE
    ]


def mailbox_text(state: MailboxState) -> str:
    """A mailbox as the person reads it."""
    return words.label_text(Label(state.name, state.delimiter, state.role))
