"""The dialog that changes the text of a note."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from models.commands.records import EditNote
from models.queries.history_pages import NoteEntry
from ui.commands.command_stack import CommandStack


class NoteDialog(QDialog):
    """A text field and two buttons."""

    def __init__(self, entry: NoteEntry, stack: CommandStack, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("note_dialog")
        self.setWindowTitle(self.tr("Edit note"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(420, 260)
        self._entry = entry
        self._stack = stack
        self._edit = QPlainTextEdit(entry.text, self)
        self._edit.setAccessibleName(self.tr("Note"))
        self._edit.setTabChangesFocus(True)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel, self
        )
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 18, 18, 14)
        column.addWidget(self._edit)
        column.addWidget(buttons)

    @Slot()
    def _save(self) -> None:
        text = self._edit.toPlainText().strip()
        if text and text != self._entry.text:
            self._stack.run(EditNote(self._entry.entry_id, text))
        self.accept()
