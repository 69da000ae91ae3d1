"""The model of the conversation list: rows for the view and text for screen readers."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt

from models.queries import conversation_list
from models.queries.conversation_list import ConversationRow
from models.store import clock
from ui.conversations import roles
from ui.conversations.delegate import subject_of
from ui.style import formatting
from ui.widgets.windowed_model import WindowedTableModel


class ConversationModel(WindowedTableModel[ConversationRow]):
    """Provides the roles of `ui.conversations.roles` in column 0."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(conversation_list.rows, parent)

    def role_value(self, row: ConversationRow, role: int) -> Any:
        """The value of a role for one conversation."""
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return subject_of(row)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._words(row)
            case roles.KIND:
                return "conversation"
            case roles.UNREAD:
                return row.unread_count > 0
            case roles.ARCHIVED:
                return row.is_archived
            case roles.LINK_KEY:
                return row.link_key
            case roles.ROW:
                return row
            case _:
                return None

    def _words(self, row: ConversationRow) -> str:
        """Unread, Ann Lee, 3 messages, Re: Proposal, Thanks for…, attachment, Deal, 10:42."""
        parts = [
            self.tr("Unread") if row.unread_count else "",
            formatting.parties_text(row.parties),
            subject_of(row),
            formatting.clean(row.snippet),
            self.tr("{} messages").format(row.message_count) if row.message_count > 1 else "",
            self.tr("attachment") if row.has_attachment else "",
            self.tr("draft") if row.draft_count else "",
            self.tr("archived") if row.is_archived else "",
            self.tr("deleted on the server") if row.is_held else "",
            formatting.clean(row.link_title),
            formatting.relative_date(row.newest_at, clock.now_ms()),
        ]
        return ", ".join(part for part in parts if part)
