"""Blocked addresses and domains: mail with nobody else in it stays out (M15)."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QPushButton, QWidget

from models.intake import blocked_addresses
from models.intake.blocked_addresses import SetBlocked
from sync.qt.service.service import MailService
from ui.forms.fields import HintLabel
from ui.settings.parts import PreferencesPage
from ui.style.theme import Theme

LEAST_HEIGHT = 220


class BlockedPage(PreferencesPage):
    """A list, a field to add to it, a button to remove from it."""

    def __init__(self, service: MailService, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", parent)
        self.setObjectName("blocked_page")
        self._service = service
        self.title.setText(self.tr("Blocked addresses and domains"))
        hint = self.tr(
            "New mail is left out if the only other party is blocked. One party that is not"
            " blocked lets it in. Mail that is here already stays."
        )
        self.column.addWidget(HintLabel(theme, hint, self.body()))
        self._edit = QLineEdit(self.body())
        self._edit.setObjectName("blocked_edit")
        self._edit.setAccessibleName(self.tr("Address or domain to block"))
        self._edit.setPlaceholderText(self.tr("news@shop.example or shop.example"))
        self._add = QPushButton(self.tr("Block"), self.body())
        self._add.setObjectName("block_button")
        self._add.setAutoDefault(False)
        self._list = QListWidget(self.body())
        self._list.setObjectName("blocked_list")
        self._list.setAccessibleName(self.tr("Blocked"))
        self._list.setMinimumHeight(LEAST_HEIGHT)
        self._remove = QPushButton(self.tr("Unblock"), self.body())
        self._remove.setObjectName("unblock_button")
        self._remove.setAutoDefault(False)
        top = QHBoxLayout()
        top.addWidget(self._edit, 1)
        top.addWidget(self._add)
        bottom = QHBoxLayout()
        bottom.addWidget(self._remove)
        bottom.addStretch(1)
        self.column.addLayout(top)
        self.column.addWidget(self._list, 1)
        self.column.addLayout(bottom)
        self._edit.textChanged.connect(self._offer)
        self._edit.returnPressed.connect(self._on_add)
        self._add.clicked.connect(self._on_add)
        self._remove.clicked.connect(self._on_remove)
        self._list.currentRowChanged.connect(self._offer)
        self.refresh()

    def refresh(self) -> None:
        """Show what is stored."""
        stored = self._stored()
        shown = [self._list.item(number).text() for number in range(self._list.count())]
        if shown != stored:
            self._list.clear()
            self._list.addItems(stored)
        self._offer()

    def _stored(self) -> list[str]:
        return sorted(blocked_addresses.entries())

    @Slot()
    def _offer(self) -> None:
        entry = blocked_addresses.normalized(self._edit.text())
        self._add.setEnabled(bool(entry) and entry not in self._stored())
        self._remove.setEnabled(self._list.currentRow() >= 0)

    @Slot()
    def _on_add(self) -> None:
        entry = blocked_addresses.normalized(self._edit.text())
        if entry and entry not in self._stored():
            self._service.run(SetBlocked(entry))
            self._edit.clear()

    @Slot()
    def _on_remove(self) -> None:
        if self._list.currentRow() >= 0:
            gone = self._list.currentItem().text()
            self._service.run(SetBlocked(gone, is_blocked=False))
