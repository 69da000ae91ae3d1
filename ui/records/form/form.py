"""The form with a record's fields, for creating it in a dialog and for editing it in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from models.records.records import (
    LABELS,
    Deal,
    Labelled,
    Lead,
    Organization,
    Person,
    Project,
    Record,
    Stage,
)
from ui.records import kinds
from ui.records.form.entries_field import EntriesField
from ui.records.form.fields import (
    ChoiceField,
    DayField,
    LineField,
    MoneyField,
    TextField,
    set_inline,
)
from ui.records.form.picker_field import ManyRecordsField, OneRecordField
from ui.style.theme import Theme
from ui.widgets.muted import MutedLabel

NEW: dict[str, type[Record]] = {
    kinds.DEAL: Deal,
    kinds.LEAD: Lead,
    kinds.PROJECT: Project,
    kinds.PERSON: Person,
    kinds.ORGANIZATION: Organization,
}


class RecordForm(QWidget):
    """One row per field. In place, the form emits a change when the user leaves its field.

    Attributes:
        record: The stored record. `edited` has what the user typed.

    Signals:
        changed: A mapping of the record's columns that the user changed.
        search_wanted: The picker that searches, the kind it looks for, and the text.
        creation_wanted: The picker, and the kind and name of the record to make.
        open_wanted: The key of a record to open.
    """

    changed = Signal(object)
    search_wanted = Signal(object, str, str)
    creation_wanted = Signal(object, str, str)
    open_wanted = Signal(str)

    def __init__(
        self,
        kind: str,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        is_inline: bool,
        has_title: bool = True,
    ) -> None:
        super().__init__(parent)
        self.kind = kind
        self.record: Record = NEW[kind]()
        self._theme = theme
        self._is_inline = is_inline
        self._names: Mapping[str, str] = {}
        self._fields: dict[str, QWidget] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(3 if is_inline else 10)
        self._grid.setColumnStretch(1, 1)
        self._build(has_title=has_title)

    # --- building ------------------------------------------------------------------------

    def _build(self, *, has_title: bool) -> None:
        is_contact = self.kind in {kinds.PERSON, kinds.ORGANIZATION}
        if has_title:
            name = "name" if is_contact else "title"
            self._line(name, f"{name}_edit", self.tr("Name") if is_contact else self.tr("Title"))
        if self.kind in {kinds.DEAL, kinds.LEAD}:
            self._money()
        if self.kind == kinds.DEAL:
            self._choice("stage_id", "stage_combo", self.tr("Stage"))
        if self.kind in kinds.WORK:
            self._choice("status", "status_combo", self.tr("Status"))
            self._fields["status"].offer(kinds.statuses(self.kind))  # type: ignore[attr-defined]
        if self.kind == kinds.DEAL:
            self._day()
        if self.kind == kinds.PERSON:
            self._line("title", "job_edit", self.tr("Job title"))
            self._entries(
                "addresses", "address_edit", self.tr("Email"), self.tr("Add email address")
            )
            self._entries("phones", "phone_edit", self.tr("Phone"), self.tr("Add phone number"))
        if self.kind == kinds.ORGANIZATION:
            self._entries("domains", "domain_edit", self.tr("Mail domains"), self.tr("Add domain"))
        else:
            self._organization()
        if self.kind in kinds.WORK:
            self._persons()
        self._note()

    def _put(self, column: str, label: str, field: QWidget, inner: QWidget | None = None) -> None:
        row = len(self._fields)
        self._fields[column] = field
        caption = MutedLabel(self._theme, label, self)
        caption.setBuddy(inner or field)
        caption.set_room(0, 6 if self._is_inline else 8, 0, 0)
        self._grid.addWidget(caption, 2 * row, 0, Qt.AlignmentFlag.AlignTop)
        if self._is_inline and isinstance(field, EntriesField):
            self._grid.addWidget(field, 2 * row + 1, 0, 1, 2)  # it is long and has buttons
        else:
            self._grid.addWidget(field, 2 * row, 1)

    def _line(self, column: str, name: str, label: str) -> None:
        field = LineField(name, label, self)
        set_inline(field, self._is_inline)
        field.committed.connect(lambda text: self._tell({column: text}))
        self._put(column, label, field)

    def _choice(self, column: str, name: str, label: str) -> None:
        field = ChoiceField(name, label, self)
        set_inline(field, self._is_inline)
        field.committed.connect(lambda value: self._tell({column: value}))
        self._put(column, label, field)

    def _money(self) -> None:
        label = self.tr("Value")
        field = MoneyField(label, self)
        field.set_inline(self._is_inline)
        field.committed.connect(
            lambda pair: self._tell({"value_cents": pair[0], "currency": pair[1]})
        )
        self._put("value_cents", label, field, field.amount)

    def _day(self) -> None:
        label = self.tr("Expected close")
        field = DayField("close_edit", label, self)
        field.set_inline(self._is_inline)
        field.committed.connect(lambda iso: self._tell({"expected_close": iso}))
        self._put("expected_close", label, field, field.edit)

    def _entries(self, column: str, name: str, label: str, add: str) -> None:
        labels = {} if column == "domains" else self._labels()
        field = EntriesField(name, label, add, labels, self)
        field.set_inline(self._is_inline)
        field.committed.connect(lambda entries: self._tell({column: _typed(column, entries)}))
        self._put(column, label, field)

    def _labels(self) -> dict[str, str]:
        words = {
            "": self.tr("No label"),
            "work": self.tr("Work"),
            "home": self.tr("Home"),
            "mobile": self.tr("Mobile"),
            "other": self.tr("Other"),
        }
        return {code: words.get(code, code) for code in LABELS}

    def _organization(self) -> None:
        label = kinds.words(kinds.ORGANIZATION).one
        field = OneRecordField("organization_edit", label, self)
        field.set_inline(self._is_inline)
        field.committed.connect(lambda id_: self._tell({"organization_id": id_}))
        self._wire(field, kinds.ORGANIZATION)
        self._put("organization_id", label, field, field.edit)

    def _persons(self) -> None:
        label = kinds.words(kinds.PERSON).many
        field = ManyRecordsField("persons_edit", label, self.tr("Add person"), self)
        field.set_inline(self._is_inline)
        field.committed.connect(lambda ids: self._tell({"person_ids": ids}))
        self._wire(field, kinds.PERSON)
        self._put("person_ids", label, field, field.edit)

    def _wire(self, field: OneRecordField | ManyRecordsField, kind: str) -> None:
        field.search_wanted.connect(lambda text: self.search_wanted.emit(field.edit, kind, text))
        field.creation_wanted.connect(lambda name: self.creation_wanted.emit(field, kind, name))
        field.open_wanted.connect(lambda id_: self.open_wanted.emit(f"{kind}:{id_}"))

    def _note(self) -> None:
        label = self.tr("Note")
        field = TextField("record_note_edit", label, self)
        set_inline(field, self._is_inline)
        field.setPlaceholderText(self.tr("Anything worth knowing"))
        field.committed.connect(lambda text: self._tell({"note": text}))
        self._put("note", label, field)

    # --- values --------------------------------------------------------------------------

    def offer_stages(self, stages: Sequence[Stage]) -> None:
        """Offer the stages of the pipeline, in their order."""
        field = self._fields.get("stage_id")
        if isinstance(field, ChoiceField):
            field.offer({stage.id: stage.name for stage in stages})
            field.show_value(getattr(self.record, "stage_id", None))

    def show_record(self, record: Record, names: Mapping[str, str]) -> None:
        """Show the stored record. `names` has the titles of the records that it names, by key."""
        self.record, self._names = record, names
        for column, field in self._fields.items():
            self._show(column, field, getattr(record, column))

    def _show(self, column: str, field: QWidget, value: Any) -> None:
        match field:
            case MoneyField():
                field.show_value(value, getattr(self.record, "currency", ""))
            case OneRecordField():
                field.show_value(value, self._names.get(f"organization:{value}", ""))
            case ManyRecordsField():
                field.show_value([(id_, self._names.get(f"person:{id_}", "")) for id_ in value])
            case EntriesField():
                entries = [
                    (one, "") if isinstance(one, str) else (one.value, one.label) for one in value
                ]
                field.show_value(entries)
                if not entries and not self._is_inline:
                    field.add_line()
            case LineField() | ChoiceField() | TextField() | DayField():
                field.show_value(value)
            case _:
                pass

    def edited(self) -> Record:
        """The record with everything that the user typed."""
        typed: dict[str, Any] = {}
        for column, field in self._fields.items():
            match field:
                case MoneyField():
                    typed["value_cents"], typed["currency"] = field.value()
                    if typed["value_cents"] is None:
                        typed["currency"] = getattr(self.record, "currency", "")
                case OneRecordField() | ManyRecordsField() | DayField():
                    typed[column] = field.value()
                case EntriesField():
                    typed[column] = _typed(column, field.value())
                case ChoiceField():
                    typed[column] = field.currentData()
                case TextField():
                    typed[column] = field.toPlainText().strip()
                case LineField():
                    typed[column] = field.text().strip()
                case _:
                    pass
        return replace(self.record, **typed)

    def new_organization(self) -> str:
        """The name of the organization to make with the record, or ''."""
        field = self._fields.get("organization_id")
        return field.new_name if isinstance(field, OneRecordField) else ""

    def propose_organization(self, name: str) -> None:
        """Fill in the name of an organization to make with the record."""
        field = self._fields.get("organization_id")
        if isinstance(field, OneRecordField):
            field.propose(name)

    def wrong_field(self) -> QWidget | None:
        """The first field whose text is not understood, or None."""
        for field in self._fields.values():
            if isinstance(field, MoneyField) and not field.is_right():
                return field.amount
            if isinstance(field, DayField) and not field.is_right():
                return field.edit
        return None

    def field(self, column: str) -> QWidget | None:
        """The field of a column, or None."""
        return self._fields.get(column)

    def _tell(self, change: dict[str, Any]) -> None:
        if not self._is_inline:
            return
        self.record = replace(self.record, **change)
        self.changed.emit(change)


def _typed(column: str, entries: Sequence[tuple[str, str]]) -> tuple[Any, ...]:
    if column == "domains":
        return tuple(text for text, _ in entries)
    return tuple(Labelled(text, label) for text, label in entries)
