"""Which labels are Archive, Trash, Sent and Drafts."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from models import mailbox
from models.account import AccountConfig
from models.commands import SetRole
from models.mailbox import Role
from sync.qt.service import MailService
from ui.settings.account_part import AccountPart
from ui.settings.role_dialog import mailbox_text
from ui.setup import words
from ui.setup.fields import HintLabel
from ui.theme import Theme

ROLES = (Role.ARCHIVE, Role.TRASH, Role.SENT, Role.DRAFTS)


class RolesPart(AccountPart):
    """Which label is what; the server mostly says it, the person may correct it."""

    def __init__(
        self, service: MailService, theme: Theme, config: AccountConfig, parent: QWidget
    ) -> None:
        super().__init__(service, theme, config, parent)
        self._combos: dict[Role, QComboBox] = {}
        grid = QGridLayout()
        self.column.addLayout(grid)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for row, role in enumerate(ROLES):
            combo = QComboBox(self)
            combo.setObjectName(f"role_{role.value}_combo")
            combo.setMinimumWidth(260)
            label = QLabel(words.role_text(role), self)
            label.setBuddy(combo)
            combo.setAccessibleName(words.role_text(role))
            grid.addWidget(label, row, 0)
            grid.addWidget(combo, row, 1)
            combo.activated.connect(self._on_activated)
            self._combos[role] = combo
        grid.setColumnStretch(2, 1)
        self._hint = HintLabel(theme, self.tr("Known after the first sync."), self)
        grid.addWidget(self._hint, len(ROLES), 0, 1, 3)
        self.refresh(config)

    def refresh(self, config: AccountConfig) -> None:
        """Show what is stored."""
        states = [
            state
            for state in mailbox.of_account(config.id)
            if state.is_selectable and state.missing_since is None
        ]
        self._hint.setVisible(not states)
        for role, combo in self._combos.items():
            known = mailbox.by_role(self.account_id, role)
            combo.clear()
            if known is None:
                combo.addItem(self.tr("Not set"), 0)
            for state in states:
                if state.role is not Role.INBOX:
                    combo.addItem(mailbox_text(state), state.id)
            combo.setCurrentIndex(combo.findData(known.id if known else 0))
            combo.setEnabled(combo.count() > 1)

    @Slot()
    def _on_activated(self) -> None:
        for role, combo in self._combos.items():
            known = mailbox.by_role(self.account_id, role)
            wanted = int(combo.currentData() or 0)
            if wanted and (known is None or known.id != wanted):
                self.service.run(SetRole(self.account_id, wanted, role))
