"""The dialog that adds an unknown address to a contact of the user's choice."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.forms.style import InlineStyle
from ui.records import kinds
from ui.records.form.creating import RecordCreator
from ui.records.form.picker_field import PickEdit
from ui.style.theme import Theme


class AddToDialog(QDialog):
    """A dialog with one field that finds persons.

    Signals:
        chosen: The id of the chosen person.
    """

    chosen = Signal(object)

    def __init__(self, address: str, creator: RecordCreator, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("add_to_dialog")
        self.setWindowTitle(self.tr("Add to existing contact"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(420)
        InlineStyle(self, theme)
        self._id: int | None = None
        label = QLabel(self.tr("{} belongs to:").format(address), self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        self._pick = PickEdit("contact_search_edit", self.tr("Find a person"), self)
        self._pick.setPlaceholderText(self.tr("Name, address or organization"))
        self._pick.search_wanted.connect(
            lambda text: creator.search(self._pick, kinds.PERSON, text)
        )
        self._pick.picked.connect(self._on_picked)
        self._add = QPushButton(self.tr("Add"), self)
        self._add.setObjectName("add_button")
        self._add.setDefault(True)
        self._add.setEnabled(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        buttons.addButton(self._add, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._on_add)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label)
        column.addWidget(self._pick)
        column.addStretch(1)
        column.addWidget(buttons)

    @Slot(object, str)
    def _on_picked(self, person_id: int, _name: str) -> None:
        self._id = person_id
        self._add.setEnabled(True)

    @Slot()
    def _on_add(self) -> None:
        if self._id is not None:
            self.chosen.emit(self._id)
        self.accept()
