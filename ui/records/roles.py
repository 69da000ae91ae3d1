"""The roles that the models of record lists and histories provide in column 0, besides text."""

from __future__ import annotations

from PySide6.QtCore import Qt

ID = int(Qt.ItemDataRole.UserRole)
KIND = ID + 1  # `deal`, `person`, …; in a history `mail`, `note`, …
UNREAD = ID + 2  # False for records; the same number as in conversation lists
ARCHIVED = ID + 3  # of a mail in a history
LINK_KEY = ID + 4  # the record's own key: `deal:12`
LINE = ID + 5  # what the delegate paints, or None while its block is not loaded
