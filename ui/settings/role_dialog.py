"""Asks which label is the Archive or the Trash, if the server does not say so."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from models.accounts.account import AccountConfig
from models.commands.accounts import SetRole
from models.commands.held_deletes import CreateMailbox
from models.server import mailbox
from models.server.mailbox import MailboxState, Role
from sync.qt.probes.probe import Label
from sync.qt.service.service import MailService
from ui.forms.fields import HintLabel, Title, add_field
from ui.settings.account_dialog import AccountDialog
from ui.setup.sign_in import words
from ui.style.theme import Theme
from ui.widgets.still import StillComboBox

# Already have a role, or are no place to move mail to.
_NEW_NAMES = {
    Role.TRASH: "Trash",
    Role.ARCHIVE: "Archive",
    Role.SENT: "Sent",
    Role.DRAFTS: "Drafts",
}
_NO_CHOICE = frozenset({Role.INBOX, Role.SENT, Role.DRAFTS, Role.JUNK, Role.FLAGGED})


class RoleDialog(AccountDialog):
    """Asks for the label of one role. Shown with `open()`."""

    def __init__(
        self,
        service: MailService,
        theme: Theme,
        config: AccountConfig,
        role: Role,
        parent: QWidget | None = None,
        *,
        cancel_text: str = "",
    ) -> None:
        super().__init__(service, theme, config, parent)
        self.setObjectName("role_dialog")
        self._role = role
        self._cancel_text = cancel_text or self.tr("Leave the option off")
        title = (
            self.tr("Which label is the Trash?")
            if role is Role.TRASH
            else self.tr("Which label is the Archive?")
        )
        self.setWindowTitle(title)
        self.combo = StillComboBox(self)
        self.combo.setObjectName("role_combo")
        self.combo.addItem(self.tr("Choose a label…"), 0)  # no label is preselected
        for state in choices(config.id, role):
            self.combo.addItem(mailbox_text(state), state.id)
        self.column.addWidget(Title(title, 17, self))
        text = self.tr("The server of {address} does not say it.").format(address=config.address)
        self.column.addWidget(HintLabel(theme, text, self))
        add_field(self.column, self.tr("&Label"), self.combo)
        self._new_name = new_name(config.id, role)
        can_create = bool(self._new_name) and not (service.is_read_only or config.read_only)
        self.create_button = QPushButton(self)
        self.create_button.setObjectName("role_create_button")
        self.create_button.setAutoDefault(False)
        self.create_button.setText(self.tr("Create “{}”").format(self._new_name))
        self.create_button.setVisible(bool(self._new_name))
        self.create_button.setEnabled(can_create)
        self.create_button.clicked.connect(self._create)
        self.column.addWidget(HintLabel(theme, self._hint(can_create=can_create), self))
        self._add_buttons()
        self.setMinimumWidth(420)

    def _add_buttons(self) -> None:
        cancel = QPushButton(self._cancel_text, self)
        cancel.setObjectName("role_cancel_button")
        cancel.setAutoDefault(False)
        use = QPushButton(self.tr("Use this label"), self)
        use.setObjectName("role_use_button")
        use.setDefault(True)
        use.setEnabled(False)
        self.combo.currentIndexChanged.connect(lambda row: use.setEnabled(row > 0))
        buttons = QHBoxLayout()
        buttons.addWidget(self.create_button)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(use)
        self.column.addSpacing(4)
        self.column.addLayout(buttons)
        cancel.clicked.connect(self.reject)
        use.clicked.connect(self._use)

    def _hint(self, *, can_create: bool) -> str:
        if can_create:
            text = self.tr("“Create” makes the label “{}” on the server and uses it.")
            return text.format(self._new_name)
        if self._new_name:
            return self.tr("In read-only mode no label can be created on the server.")
        return self.tr("A label with that name is there already: choose it above.")

    @Slot()
    def _create(self) -> None:
        self.service.run(CreateMailbox(self.config.id, self._new_name, self._role))
        self.accept()

    @Slot()
    def _use(self) -> None:
        mailbox_id = int(self.combo.currentData())
        self.service.run(SetRole(self.config.id, mailbox_id, self._role))
        self.accept()


def choices(account_id: int, role: Role) -> list[MailboxState]:
    """The mailboxes that can take this role: those without another one."""
    taken = _NO_CHOICE | ({Role.ARCHIVE, Role.TRASH} - {role})
    return [
        state
        for state in mailbox.of_account(account_id)
        if state.is_selectable and state.missing_since is None and state.role not in taken
    ]


def new_name(account_id: int, role: Role) -> str:
    """The name of a label to create for this role; '' if that name is taken.

    Some servers keep everything below INBOX.
    """
    name = _NEW_NAMES.get(role, "")
    known = [state for state in mailbox.of_account(account_id) if state.missing_since is None]
    others = [state for state in known if state.name.upper() != "INBOX"]
    delimiter = known[0].delimiter if known else "/"
    prefix = f"INBOX{delimiter}"
    if others and delimiter and all(state.name.startswith(prefix) for state in others):
        name = f"{prefix}{name}"
    return "" if name.casefold() in {state.name.casefold() for state in known} else name


def mailbox_text(state: MailboxState) -> str:
    """A mailbox's name as the user reads it."""
    return words.label_text(Label(state.name, state.delimiter, state.role))
