"""What the sidebar lists: folders of all accounts, records, then each account's Inbox and state."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from models.accounts.account import AccountConfig
from models.events import StatusChanged
from models.queries.conversation_list import Counts, View
from ui.status.status_text import NEEDS_PERSON
from ui.style import formatting

KEY = int(
    Qt.ItemDataRole.UserRole
)  # `inbox`, `sent`, `archive`, `deals`, …, `inbox:<account id>`; '' for a heading
COUNT = KEY + 1  # unread conversations; 0 shows no number
ICON = KEY + 2
TROUBLE = KEY + 3  # True if the account needs the user
READ_ONLY = KEY + 4  # True if Dealpost changes nothing on the account's server


class SidebarModel(QStandardItemModel):
    """A flat list. Headings are items that cannot be selected. Changed in place, never reset."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._accounts: dict[int, QStandardItem] = {}
        self._counts = Counts()
        self._statuses: dict[int, StatusChanged] = {}
        self._heading(self.tr("All accounts"))
        self._folders = {
            View.INBOX: self._add(View.INBOX, self.tr("Inbox"), "inbox"),
            View.SENT: self._add(View.SENT, self.tr("Sent"), "send"),
            View.ARCHIVE: self._add(View.ARCHIVE, self.tr("Archive"), "archive"),
        }
        self._heading(self.tr("Records"))
        self._add("deals", self.tr("Deals"), "handshake")
        self._add("leads", self.tr("Leads"), "target")
        self._add("projects", self.tr("Projects"), "folder-kanban")
        self._add("persons", self.tr("Persons"), "user")
        self._add("organizations", self.tr("Organizations"), "building-2")
        self._accounts_heading = -1

    def set_accounts(
        self, configs: Iterable[AccountConfig], read_only_ids: Collection[int] = ()
    ) -> None:
        """Show these accounts, in this order. An existing line may then show another account."""
        wanted = {config.id: config for config in configs}
        lines = list(self._accounts.values())
        if wanted and self._accounts_heading < 0:
            self._accounts_heading = self.rowCount()
            self._heading(self.tr("Accounts"))
        if not wanted and self._accounts_heading >= 0:
            self.removeRow(self._accounts_heading)
            self._accounts_heading = -1
        while len(lines) < len(wanted):
            lines.append(self._add("inbox", "", "mail"))
        self._accounts = dict(zip(wanted, lines, strict=False))
        for config in wanted.values():
            item = self._accounts[config.id]
            item.setData(f"inbox:{config.id}", KEY)
            item.setText(config.address)
            item.setData("users" if config.kind == "team" else "mail", ICON)
            item.setData(config.id in read_only_ids, READ_ONLY)
            self._describe(config.id)
        for line in lines[len(wanted) :]:  # last, because the chosen line may be among them
            self.removeRow(line.row())
        self.set_counts(self._counts)

    def set_counts(self, counts: Counts) -> None:
        """Show the numbers of unread conversations."""
        self._counts = counts
        self._put_count(self._folders[View.INBOX], counts.total.inbox_unread)
        for account_id, item in self._accounts.items():
            self._put_count(item, counts.of(account_id).inbox_unread)

    def set_status(self, status: StatusChanged) -> None:
        """Mark the account if it needs the user."""
        self._statuses[status.account_id] = status
        self._describe(status.account_id)

    def item_of(self, key: str) -> QStandardItem | None:
        """The item with this key, or None."""
        for number in range(self.rowCount()):
            item = self.item(number)
            if item.data(KEY) == key:
                return item
        return None

    def _heading(self, text: str) -> None:
        item = QStandardItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setData("", KEY)
        self.appendRow(item)

    def _add(self, key: str, text: str, icon: str) -> QStandardItem:
        item = QStandardItem(text)
        item.setEditable(False)
        item.setData(str(key), KEY)
        item.setData(0, COUNT)
        item.setData(icon, ICON)
        item.setData(False, TROUBLE)  # a Qt call
        item.setAccessibleText(text)
        self.appendRow(item)
        return item

    def _put_count(self, item: QStandardItem, count: int) -> None:
        item.setData(count, COUNT)
        self._speak(item)

    def _describe(self, account_id: int) -> None:
        """Show an account's state in its tool tip, its mark and its accessible text."""
        item = self._accounts.get(account_id)
        if item is None:
            return
        status = self._statuses.get(account_id)
        in_trouble = status is not None and (status.phase in NEEDS_PERSON or status.refused > 0)
        item.setData(in_trouble, TROUBLE)
        error = status.error if status is not None else ""
        note = (
            self.tr("Read-only: nothing is changed on its server") if item.data(READ_ONLY) else ""
        )
        tip = "\n".join(part for part in (item.text(), note, error) if part)
        item.setToolTip(formatting.tool_tip(tip))
        self._speak(item)

    def _speak(self, item: QStandardItem) -> None:
        parts = [item.text()]
        count = item.data(COUNT)
        if count:
            parts.append(self.tr("{} unread").format(formatting.number(count)))
        if item.data(READ_ONLY):
            parts.append(self.tr("read-only"))
        if item.data(TROUBLE):
            parts.append(self.tr("needs your attention"))
        item.setAccessibleText(", ".join(parts))
