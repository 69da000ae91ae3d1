"""The base of the dialogs that ask one question about an account."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from models.accounts.account import AccountConfig
from sync.qt.service.service import MailService
from ui.forms.fields import GAP
from ui.forms.style import DialogStyle
from ui.style.theme import Theme


class AccountDialog(QDialog):
    """A dialog that is deleted once it is answered. Shown with `open()`.

    Attributes:
        service: Runs the command of the answer.
        config: The account.
        column: The layout for the question.
    """

    def __init__(
        self,
        service: MailService,
        theme: Theme,
        config: AccountConfig,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        DialogStyle(self, theme)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.service = service
        self.config = config
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(28, 24, 28, 20)
        self.column.setSpacing(GAP)
