"""What a part of an account's page has in common with the others."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from models.accounts.account import AccountConfig
from models.commands.accounts import UpdateAccount
from sync.qt.service.command_thread import CommandDone
from sync.qt.service.service import MailService
from ui.style.theme import Theme

GAP = 10  # between two choices of one part


class AccountPart(QWidget):
    """One subject of an account: shows what is stored, and stores what the person changes.

    Attributes:
        service: What commands are given to.
        theme: The colours.
        account_id: Whose page it is on.
        column: Where what the part shows goes.
    """

    def __init__(
        self, service: MailService, theme: Theme, config: AccountConfig, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.service = service
        self.theme = theme
        self.account_id = config.id
        self._ticket = 0
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GAP)
        service.commanded.connect(self._on_commanded)

    @property
    def is_storing(self) -> bool:
        """A change is on its way: what is stored is older than what is shown."""
        return self._ticket != 0

    def refresh(self, config: AccountConfig) -> None:
        """Show what is stored; what the person is typing stays."""

    def keep(self) -> None:
        """Store what is typed and not stored yet: the page is left, or the dialog closes."""

    def store(self, command: UpdateAccount) -> None:
        """Store a change; until it is stored, `is_storing`."""
        self._ticket = self.service.run(command)

    def on_stored(self, error: str) -> None:
        """The last change is stored, or `error` says why not."""

    @Slot(object)
    def _on_commanded(self, done: CommandDone) -> None:
        if done.ticket == self._ticket:
            self._ticket = 0
            self.on_stored(done.error)
