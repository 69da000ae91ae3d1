"""The dialog that merges persons: it asks which one stays."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from models.queries import record_list
from models.queries.record_list import PersonRow
from models.records.records import Kind
from ui.forms.style import InlineStyle
from ui.records import kinds
from ui.records.form.creating import RecordCreator
from ui.records.form.picker_field import PickEdit
from ui.style import formatting
from ui.style.theme import Theme
from ui.widgets.muted import MutedLabel

WIDTH = 540


class MergeDialog(QDialog):
    """Lists the persons and lets the user choose the one to keep.

    Signals:
        agreed: The id of the person to keep, and the ids of those to merge into it.
    """

    agreed = Signal(object, object)

    def __init__(
        self, person_ids: tuple[int, ...], creator: RecordCreator, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("merge_dialog")
        self.setWindowTitle(self.tr("Merge persons"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(WIDTH)
        InlineStyle(self, theme)
        self._choices = QButtonGroup(self)
        self._column = QVBoxLayout()
        self._pick = PickEdit("merge_search_edit", self.tr("Find a person"), self)
        self._pick.setPlaceholderText(self.tr("Find another person"))
        self._pick.search_wanted.connect(lambda text: creator.search(self._pick, "person", text))
        self._pick.picked.connect(self._on_picked)
        self._merge = QPushButton(self.tr("Merge"), self)
        self._merge.setObjectName("merge_button")
        self._merge.setDefault(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        buttons.addButton(self._merge, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._on_merge)
        buttons.rejected.connect(self.reject)
        hint = MutedLabel(
            theme,
            self.tr(
                "The person that is kept gets all addresses, phones, deals, notes and mail of the"
                " others. You can undo it."
            ),
            self,
        )
        hint.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(QLabel(self.tr("Keep this one:"), self))
        column.addLayout(self._column)
        column.addWidget(self._pick)
        column.addWidget(hint)
        column.addWidget(buttons)
        for row in record_list.rows(Kind.PERSON, person_ids):
            if isinstance(row, PersonRow):
                self._add(row)
        self._refresh()

    def _add(self, row: PersonRow) -> None:
        if self._choices.button(row.id) is not None:
            return
        name = formatting.clean(row.name) or kinds.words(kinds.PERSON).untitled
        parts = [name, row.address, row.organization_name]
        text = "  ·  ".join(part for part in parts if part)
        room = WIDTH - 90
        shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
        radio = QRadioButton(shown.replace("&", "&&"), self)
        radio.setToolTip(formatting.tool_tip(text))
        radio.setAccessibleName(text)
        radio.setChecked(not self._choices.buttons())
        self._choices.addButton(radio, row.id)
        self._column.addWidget(radio)

    @Slot(object, str)
    def _on_picked(self, person_id: int, _name: str) -> None:
        for row in record_list.rows(Kind.PERSON, (person_id,)):
            if isinstance(row, PersonRow):
                self._add(row)
        self._pick.show_title("")
        self._pick.clear()
        self._refresh()

    def _refresh(self) -> None:
        self._merge.setEnabled(len(self._choices.buttons()) > 1)

    @Slot()
    def _on_merge(self) -> None:
        kept = self._choices.checkedId()
        ids = [self._choices.id(button) for button in self._choices.buttons()]
        self.agreed.emit(kept, tuple(id_ for id_ in ids if id_ != kept))
        self.accept()
