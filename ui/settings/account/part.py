"""The base of the parts of an account's page."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from models.accounts.account import AccountConfig
from models.commands.accounts import UpdateAccount
from sync.qt.service.command_thread import CommandDone
from sync.qt.service.service import MailService
from ui.style.theme import Theme

GAP = 10  # pixels between two choices of a part


class AccountPart(QWidget):
    """Shows one subject of an account as it is stored, and stores what the user changes.

    Attributes:
        service: Runs the commands.
        theme: The colours.
        account_id: The account whose page it is.
        column: The layout for what the part shows.
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
        """Whether a change is being stored: the stored value is older than the shown one."""
        return self._ticket != 0

    def refresh(self, config: AccountConfig) -> None:
        """Show what is stored; what the user is typing stays."""

    def keep(self) -> None:
        """Store what is typed, because the page is left or the dialog closes."""

    def store(self, command: UpdateAccount) -> None:
        """Run a command; `is_storing` is true until it is done."""
        self._ticket = self.service.run(command)

    def on_stored(self, error: str) -> None:
        """The last change is stored, or `error` says why it is not."""

    @Slot(object)
    def _on_commanded(self, done: CommandDone) -> None:
        if done.ticket == self._ticket:
            self._ticket = 0
            self.on_stored(done.error)
