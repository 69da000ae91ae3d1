"""The roles that the conversation list's model provides in column 0, besides text."""

from __future__ import annotations

from PySide6.QtCore import Qt

ID = int(Qt.ItemDataRole.UserRole)
KIND = ID + 1  # always "conversation"
UNREAD = ID + 2
ARCHIVED = ID + 3
LINK_KEY = ID + 4  # `deal:12` or ''
ROW = ID + 5  # the ConversationRow, or None while its block is not loaded
