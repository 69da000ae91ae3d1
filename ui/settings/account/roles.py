"""Which labels are Archive, Trash, Sent and Drafts."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QPushButton, QWidget

from models.accounts.account import AccountConfig
from models.commands.accounts import SetRole
from models.commands.held_deletes import CreateMailbox
from models.server import mailbox
from models.server.mailbox import MailboxState, Role
from sync.qt.service.service import MailService
from ui.forms.fields import HintLabel
from ui.settings.account.part import AccountPart
from ui.settings.role_dialog import mailbox_text, new_name
from ui.setup.sign_in import words
from ui.style.theme import Theme
from ui.widgets.still import StillComboBox

ROLES = (Role.ARCHIVE, Role.TRASH, Role.SENT, Role.DRAFTS)
WIDTH = 230


@dataclass(frozen=True, slots=True)
class _Row:
    """The widgets of one role: its label, how that is known, and a button to create one."""

    combo: QComboBox
    source: HintLabel
    create: QPushButton


class RolesPart(AccountPart):
    """Shows which label has which role. Mostly the server says so; the user can correct it."""

    def __init__(
        self, service: MailService, theme: Theme, config: AccountConfig, parent: QWidget
    ) -> None:
        super().__init__(service, theme, config, parent)
        self._rows: dict[Role, _Row] = {}
        self._names: dict[Role, str] = {}
        self._asked: set[Role] = set()  # the server was asked to create a label for these
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        self.column.addLayout(grid)
        for number, role in enumerate(ROLES):
            self._rows[role] = self._add_row(grid, number, role)
        grid.setColumnStretch(2, 1)
        self._hint = HintLabel(theme, self.tr("Known after the first sync."), self)
        self.column.addWidget(self._hint)
        self.refresh(config)

    def _add_row(self, grid: QGridLayout, number: int, role: Role) -> _Row:
        combo = StillComboBox(self)
        combo.setObjectName(f"role_{role.value}_combo")
        combo.setAccessibleName(words.role_text(role))
        combo.setFixedWidth(WIDTH)
        combo.activated.connect(self._on_activated)
        label = QLabel(words.role_text(role), self)
        label.setBuddy(combo)
        source = HintLabel(self.theme, "", self)
        source.setObjectName(f"role_{role.value}_source")
        create = QPushButton(self)
        create.setObjectName(f"role_{role.value}_create_button")
        create.setAutoDefault(False)
        create.clicked.connect(lambda: self._create(role))
        grid.addWidget(label, number, 0)
        grid.addWidget(combo, number, 1)
        grid.addWidget(source, number, 2)
        grid.addWidget(create, number, 2, Qt.AlignmentFlag.AlignLeft)
        return _Row(combo, source, create)

    def refresh(self, config: AccountConfig) -> None:
        """Show what is stored."""
        states = [
            state
            for state in mailbox.of_account(config.id)
            if state.is_selectable and state.missing_since is None
        ]
        self._hint.setVisible(not states)
        others = [each for each in states if each.role is not Role.INBOX]
        for role, row in self._rows.items():
            known = mailbox.by_role(config.id, role)
            self._fill(row.combo, known, others)
            row.source.setText(self._source(role, known))
            row.combo.setAccessibleDescription(row.source.text())
            self._names[role] = new_name(config.id, role) if states and known is None else ""
            row.create.setText(self.tr("Create “{}”").format(self._names[role]))
            is_wanted = bool(self._names[role]) and role not in self._asked
            row.create.setVisible(is_wanted)
            row.create.setEnabled(not (self.service.is_read_only or config.read_only))
            row.source.setVisible(not is_wanted)

    def _source(self, role: Role, known: MailboxState | None) -> str:
        """How a role is known, in words."""
        if known is None:
            return self.tr("Is being created on the server") if role in self._asked else ""
        if known.role_source == "person":
            return self.tr("Chosen by you")
        if known.role_source == "name":
            return self.tr("Recognized by its name")
        return self.tr("Named by the server")

    def _fill(
        self, combo: QComboBox, known: MailboxState | None, states: list[MailboxState]
    ) -> None:
        """Fill the list of labels, unless it already holds the same ones."""
        entries = [] if known is not None else [(self.tr("Not set"), 0)]
        entries += [(mailbox_text(state), state.id) for state in states]
        shown = [(combo.itemText(row), combo.itemData(row)) for row in range(combo.count())]
        if shown != entries:
            combo.clear()
            for text, value in entries:
                combo.addItem(text, value)
        combo.setCurrentIndex(combo.findData(known.id if known else 0))
        combo.setEnabled(combo.count() > 1)

    def _create(self, role: Role) -> None:
        if self._names[role]:
            self.service.run(CreateMailbox(self.account_id, self._names[role], role))
            self._asked.add(role)
            self._rows[role].create.hide()
            self._rows[role].source.setText(self._source(role, None))
            self._rows[role].source.show()

    @Slot()
    def _on_activated(self) -> None:
        for role, row in self._rows.items():
            known = mailbox.by_role(self.account_id, role)
            wanted = int(row.combo.currentData() or 0)
            if wanted and (known is None or known.id != wanted):
                self.service.run(SetRole(self.account_id, wanted, role))
