"""Removed accounts whose history was kept, with a button to erase the rest."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from models.accounts import account
from sync.qt.service.service import MailService
from ui.forms.fields import HintLabel, Title
from ui.settings.remove_dialog import RemoveAccountDialog
from ui.style import icons
from ui.style.theme import Theme

ROW_HEIGHT = 34
ROWS_MOST = 5


class RemovedPart(QWidget):
    """Lists them. Hidden while there are none."""

    def __init__(self, service: MailService, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._service = service
        self._theme = theme
        self.list = QListWidget(self)
        self.list.setObjectName("removed_account_list")
        self.list.setAccessibleName(self.tr("Removed accounts"))
        self.list.setIconSize(QSize(16, 16))
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.erase_button = QPushButton(self.tr("Erase its mail…"), self)
        self.erase_button.setObjectName("erase_removed_button")
        self.erase_button.setAutoDefault(False)
        hint = self.tr(
            "Their mail is in the histories of your deals and contacts, and in search. Add an"
            " account again, and its mail is back in Inbox, Sent and Archive."
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 18, 0, 0)
        column.addWidget(Title(self.tr("Removed accounts"), 14, self))
        column.addWidget(HintLabel(theme, hint, self))
        column.addWidget(self.list)
        row = QHBoxLayout()
        row.addWidget(self.erase_button)
        row.addStretch(1)
        column.addLayout(row)
        self.list.currentRowChanged.connect(self._on_current)
        self.erase_button.clicked.connect(self._erase)
        self.refresh()

    def refresh(self) -> None:
        """Show the removed accounts."""
        configs = [
            config
            for config in account.configs(with_removed=True)
            if config.state == account.REMOVED and not config.removing
        ]
        self.setVisible(bool(configs))
        wanted = [(config.id, config.address) for config in configs]
        items = map(self.list.item, range(self.list.count()))
        if wanted != [(item.data(Qt.ItemDataRole.UserRole), item.text()) for item in items]:
            self.list.clear()
            for account_id, address in wanted:
                item = QListWidgetItem(icons.icon("history"), address)
                item.setData(Qt.ItemDataRole.UserRole, account_id)
                item.setSizeHint(QSize(0, ROW_HEIGHT))
                item.setToolTip(address)
                self.list.addItem(item)
            self.list.setFixedHeight(min(len(wanted), ROWS_MOST) * ROW_HEIGHT + 12)
            self.list.setCurrentRow(0 if wanted else -1)
        self._on_current()

    @Slot()
    def _on_current(self) -> None:
        self.erase_button.setEnabled(self.list.currentRow() >= 0)

    @Slot()
    def _erase(self) -> None:
        row = self.list.currentRow()
        if row < 0:
            return
        config = account.config(self.list.item(row).data(Qt.ItemDataRole.UserRole))
        if config is not None:
            dialog = RemoveAccountDialog(self._service, self._theme, config, self.window())
            dialog.open()
