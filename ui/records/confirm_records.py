"""The dialog before records are deleted: mail stays, links go."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from models.records_preview import RecordsPreview
from ui import formatting

MOST_TITLES = 6


class ConfirmRecords(QMessageBox):
    """Asks once; Cancel is what Enter does."""

    def __init__(self, preview: RecordsPreview, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confirm_delete")
        self.setIcon(QMessageBox.Icon.NoIcon)
        self.setWindowTitle(self.tr("Delete"))
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
        """Show it and wait; whether the person pressed "Delete"."""
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
        if preview.conversation_count:
            found.append(
                self.tr("%n conversations are unlinked.", "", preview.conversation_count).replace(
                    str(preview.conversation_count), formatting.number(preview.conversation_count)
                )
            )
        if preview.message_count:
            text = self.tr("{} mails stay, but are in this history no longer.")
            found.append(text.format(formatting.number(preview.message_count)))
        if preview.note_count:
            text = self.tr("{} notes and changes in the history are deleted.")
            found.append(text.format(formatting.number(preview.note_count)))
        if preview.related_titles:
            titles = [formatting.clean(title) for title in preview.related_titles[:MOST_TITLES]]
            text = self.tr("It is also taken out of: {}.")
            found.append(text.format(", ".join(titles)))
        return found
