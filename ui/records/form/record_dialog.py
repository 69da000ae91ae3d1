"""The dialog that makes a record. What is already known is filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from models.records.records import Record, Stage
from ui.forms.style import InlineStyle
from ui.records import kinds
from ui.records.form.form import RecordForm
from ui.style.theme import Theme

WIDTH, HEIGHT = 460, 560


class RecordDialog(QDialog):
    """Asks for the fields of a new record.

    Signals:
        save_wanted: The record, and the name of an organization to make with it, or ''.
    """

    save_wanted = Signal(object, str)

    def __init__(
        self,
        record: Record,
        names: Mapping[str, str],
        stages: Sequence[Stage],
        kind: str,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("record_dialog")
        self.setWindowTitle(kinds.words(kind).new)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        InlineStyle(self, theme)
        self.form = RecordForm(kind, theme, self, is_inline=False)
        self.form.setObjectName("record_form")
        self.form.setAccessibleName(kinds.words(kind).new)
        self.form.offer_stages(stages)
        self.form.show_record(record, names)
        self._error = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._error.setObjectName("record_error")
        self._error.setStyleSheet(f"color: {theme.color('danger').name()}")
        self._error.hide()
        self._lay_out()
        self.resize(WIDTH, HEIGHT if kind in {kinds.DEAL, kinds.PERSON} else HEIGHT - 110)
        first = self.form.field("name") or self.form.field("title")
        if first is not None:
            first.setFocus()

    def _lay_out(self) -> None:
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = QWidget(area)
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.addWidget(self.form)
        inside.addStretch(1)
        area.setWidget(holder)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self._save = QPushButton(self.tr("Save"), self)
        self._save.setObjectName("save_button")
        self._save.setDefault(True)
        buttons.addButton(self._save, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._on_save)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 16, 16)
        column.setSpacing(12)
        column.addWidget(area, 1)
        column.addWidget(self._error)
        column.addWidget(buttons)

    def say(self, sentence: str) -> None:
        """Show why the record could not be saved."""
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        self._save.setEnabled(True)

    @Slot()
    def _on_save(self) -> None:
        wrong = self.form.wrong_field()
        if wrong is not None:
            wrong.setFocus()
            self.say(self.tr("This can't be understood: {}").format(wrong.accessibleName()))
            return
        self._save.setEnabled(False)
        self.say_nothing()
        self.save_wanted.emit(self.form.edited(), self.form.new_organization())

    def say_nothing(self) -> None:
        """Hide the error."""
        self._error.hide()
