"""What a part of an account's page has in common with the others."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from models.account import AccountConfig
from sync.qt.service import MailService
from ui.theme import Theme

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
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GAP)

    def refresh(self, config: AccountConfig) -> None:
        """Show what is stored; what the person is typing stays."""

    def keep(self) -> None:
        """Store what is typed and not stored yet: the page is left, or the dialog closes."""
