"""The model of one record's history: the pages read so far, newest entry first."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from models.queries.history_pages import Cursor, Entry, HistoryPage, MailEntry
from models.store import clock
from ui.records import roles
from ui.records.history import words as history_words
from ui.style import formatting

Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractTableModel):
    """Keeps the selection and the opened mail when pages are read again.

    Signals:
        more_wanted: Read the page at this cursor: the view is near the end.
    """

    more_wanted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []
        self._next: Cursor | None = None
        self._is_asked = False

    # --- what views call -----------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's name
        """The number of entries read so far."""
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's name
        """One column, painted by a delegate."""
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The value of a role for one entry."""
        if not index.isValid() or not 0 <= index.row() < len(self._entries):
            return None
        entry = self._entries[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return history_words.title(entry)
            case Qt.ItemDataRole.AccessibleTextRole:
                return history_words.words(entry, clock.now_ms())
            case Qt.ItemDataRole.ToolTipRole:
                return formatting.full_date(entry.at)
            case roles.ID:
                return entry.cursor.id
            case roles.KIND:
                return entry.kind
            case roles.UNREAD:
                return isinstance(entry, MailEntry) and not entry.is_read
            case roles.ARCHIVED:
                return isinstance(entry, MailEntry) and entry.is_archived
            case roles.LINK_KEY:
                return entry.link_key if isinstance(entry, MailEntry) else entry.record_key
            case roles.LINE:
                return entry
            case _:
                return None

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802  # Qt's name
        """Whether there are older entries."""
        return not parent.isValid() and self._next is not None

    def fetchMore(self, parent: Index) -> None:  # noqa: N802  # Qt's name
        """Ask for the next page, once."""
        if self._next is not None and not self._is_asked:
            self._is_asked = True
            self.more_wanted.emit(self._next)

    def entry_at(self, row: int) -> Entry | None:
        """The entry in a row, or None."""
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def row_of_message(self, message_id: int) -> int:
        """The row of a mail, or -1."""
        for row, entry in enumerate(self._entries):
            if isinstance(entry, MailEntry) and entry.message_id == message_id:
                return row
        return -1

    def message_ids(self) -> set[int]:
        """The ids of the messages read so far."""
        return {entry.message_id for entry in self._entries if isinstance(entry, MailEntry)}

    # --- pages ---------------------------------------------------------------------------

    def clear(self) -> None:
        """Remove all entries: another record is shown, or none."""
        self.beginResetModel()
        self._entries, self._next, self._is_asked = [], None, False
        self.endResetModel()

    def append(self, page: HistoryPage) -> None:
        """Add the next page at the end."""
        self._is_asked = False
        self._next = page.next
        known = {entry.cursor for entry in self._entries}
        added = [entry for entry in page.entries if entry.cursor not in known]
        if added:
            first = len(self._entries)
            self.beginInsertRows(QModelIndex(), first, first + len(added) - 1)
            self._entries += added
            self.endInsertRows()

    def replace(self, page: HistoryPage) -> None:
        """Exchange all entries for a page that was read again."""
        self._is_asked = False
        self._next = page.next
        wanted = list(page.entries)
        kept = {entry.cursor for entry in wanted}
        for row in range(len(self._entries) - 1, -1, -1):
            if self._entries[row].cursor not in kept:
                self._remove(row)
        if self._entries:
            self._merge(wanted)
        elif wanted:
            self.beginInsertRows(QModelIndex(), 0, len(wanted) - 1)
            self._entries = wanted
            self.endInsertRows()

    def drop_messages(self, message_ids: Collection[int]) -> None:
        """Remove deleted mail at once, before anything is read again."""
        gone = self.message_ids().intersection(message_ids)
        for message_id in gone:
            self._remove(self.row_of_message(message_id))

    def _merge(self, wanted: list[Entry]) -> None:
        """Insert what is missing. Rows keep their order, so what is left is `wanted` with gaps."""
        for row, entry in enumerate(wanted):
            known = self._entries[row] if row < len(self._entries) else None
            if known is not None and known.cursor == entry.cursor:
                if known != entry:
                    self._entries[row] = entry
                    self.dataChanged.emit(self.index(row, 0), self.index(row, 0))
                continue
            self.beginInsertRows(QModelIndex(), row, row)
            self._entries.insert(row, entry)
            self.endInsertRows()

    def _remove(self, row: int) -> None:
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._entries[row]
        self.endRemoveRows()
