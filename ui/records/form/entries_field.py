"""The field for several addresses, phones or domains of one record, each with a label."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.records.form.fields import ChoiceField, LineField, set_inline
from ui.style import icons

Entry = tuple[str, str]  # the text, and its label or ''


class _Row(QWidget):
    """One entry."""

    changed = Signal()
    removed = Signal(object)

    def __init__(self, name: str, label: str, labels: dict[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self.edit = LineField(name, label, self)
        self.label: ChoiceField | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.edit, 1)
        if labels:
            self.label = ChoiceField(f"{name}_label", self.tr("Label"), self)
            self.label.offer(labels)
            self.label.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            self.label.committed.connect(self.changed)
            row.addWidget(self.label)
        self._remove = QToolButton(self)
        self._remove.setIcon(icons.icon("x"))
        self._remove.setIconSize(QSize(14, 14))
        self._remove.setAccessibleName(self.tr("Remove"))
        self._remove.setToolTip(self.tr("Remove"))
        self._remove.clicked.connect(self._on_remove)
        row.addWidget(self._remove)
        self.edit.committed.connect(self.changed)

    def in_tab_order(self) -> list[QWidget]:
        return [self.edit, *([self.label] if self.label is not None else []), self._remove]

    def entry(self) -> Entry:
        label = str(self.label.currentData() or "") if self.label is not None else ""
        return self.edit.text().strip(), label

    def show_entry(self, entry: Entry) -> None:
        self.edit.show_value(entry[0])
        if self.label is not None:
            if entry[1] and self.label.findData(entry[1]) < 0:
                self.label.addItem(entry[1], entry[1])
            self.label.show_value(entry[1])

    @Slot()
    def _on_remove(self) -> None:
        self.removed.emit(self)


class EntriesField(QWidget):
    """A column of entries with a button that adds one.

    Signals:
        committed: All entries, as a tuple of (text, label).
    """

    committed = Signal(object)

    def __init__(
        self,
        name: str,
        label: str,
        add_text: str,
        labels: dict[str, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name, self._label, self._labels = name, label, labels
        self._is_inline = False
        self._rows: list[_Row] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._add = QPushButton(add_text, self)
        self._add.setObjectName(f"add_{name}_button")
        self._add.setProperty("role", "quiet")
        self._add.setAutoDefault(False)
        self._add.clicked.connect(self._on_add)
        self._column.addWidget(self._add)

    def set_inline(self, is_inline: bool) -> None:  # a plain setter
        """Set whether the field looks like text until the user uses it."""
        self._is_inline = is_inline

    def show_value(self, entries: Sequence[Entry]) -> None:
        """Show the stored entries. A row that the user is typing in stays."""
        wanted = list(entries)
        if any(row.edit.hasFocus() for row in self._rows) and self.value() != tuple(wanted):
            return
        while len(self._rows) > len(wanted):
            self._drop(self._rows[-1])
        while len(self._rows) < len(wanted):
            self._append()
        for row, entry in zip(self._rows, wanted, strict=True):
            row.show_entry(entry)

    def value(self) -> tuple[Entry, ...]:
        """The entries as typed, without empty ones."""
        return tuple(entry for row in self._rows if (entry := row.entry())[0])

    def add_line(self) -> None:
        """Add an empty line, for a form that starts empty."""
        self._append()

    def _append(self) -> _Row:
        number = len(self._rows)
        row = _Row(
            self._name if number == 0 else f"{self._name}_{number + 1}",
            self._label,
            self._labels,
            self,
        )
        set_inline(row.edit, self._is_inline)
        if row.label is not None:
            set_inline(row.label, self._is_inline)
        row.changed.connect(self._commit)
        row.removed.connect(self._on_removed)
        self._rows.append(row)
        self._column.insertWidget(self._column.count() - 1, row)
        self._put_in_tab_order(row)
        return row

    def _put_in_tab_order(self, row: _Row) -> None:
        """Put a row before the button. By default a new widget is last in its window."""
        before = self._add.previousInFocusChain()
        while before is not None and before.focusPolicy() == Qt.FocusPolicy.NoFocus:
            before = before.previousInFocusChain()
        for widget in row.in_tab_order():
            if before is not None:
                QWidget.setTabOrder(before, widget)
            before = widget

    def _drop(self, row: _Row) -> None:
        self._rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    @Slot()
    def _on_add(self) -> None:
        self._append().edit.setFocus()

    @Slot(object)
    def _on_removed(self, row: _Row) -> None:
        self._drop(row)
        self._commit()

    @Slot()
    def _commit(self) -> None:
        self.committed.emit(self.value())
