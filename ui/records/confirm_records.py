"""The question before records are deleted. It says that mail stays and links go."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from models.queries.record_deletion import RecordsPreview
from ui.style import formatting

MOST_TITLES = 6


class ConfirmRecords(QMessageBox):
    """Asks once. Enter means Cancel."""

    def __init__(self, preview: RecordsPreview, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confirm_delete")
        self.setIcon(QMessageBox.Icon.NoIcon)
        self.setWindowTitle(self.tr("Delete"))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(self._question(preview))
        self.setInformativeText("\n\n".join(self._explanations(preview)))
        self._delete = QPushButton(self.tr("Delete"), self)
        self._delete.setObjectName("confirm_delete_button")
        self._delete.setProperty("role", "danger")
        self.addButton(self._delete, QMessageBox.ButtonRole.DestructiveRole)
        cancel = self.addButton(QMessageBox.StandardButton.Cancel)
        self.setDefaultButton(cancel)
        self.setEscapeButton(cancel)

    def is_agreed(self) -> bool:
        """Show the question and wait. True if the user pressed "Delete"."""
        self.exec()
        is_agreed = self.clickedButton() is self._delete
        self.deleteLater()
        return is_agreed

    def _question(self, preview: RecordsPreview) -> str:
        if len(preview.titles) == 1:
            return self.tr("Delete “{}”?").format(formatting.clean(preview.titles[0]))
        return self.tr("Delete {} records?").format(formatting.number(len(preview.titles)))

    def _explanations(self, preview: RecordsPreview) -> list[str]:
        found = [self.tr("Mail stays where it is; only its links to this go.")]
        one = self.tr("1 conversation is unlinked.")
        many = self.tr("{} conversations are unlinked.")
        found += _counted(preview.conversation_count, one, many)
        one = self.tr("1 mail stays, but is in this history no longer.")
        many = self.tr("{} mails stay, but are in this history no longer.")
        found += _counted(preview.message_count, one, many)
        one = self.tr("1 note or change in the history is deleted.")
        many = self.tr("{} notes and changes in the history are deleted.")
        found += _counted(preview.note_count, one, many)
        if preview.related_titles:
            titles = [formatting.clean(title) for title in preview.related_titles[:MOST_TITLES]]
            text = self.tr("It is also taken out of: {}.")
            found.append(text.format(", ".join(titles)))
        return found


def _counted(count: int, one: str, many: str) -> list[str]:
    if not count:
        return []
    return [one if count == 1 else many.format(formatting.number(count))]
