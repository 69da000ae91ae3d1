"""Fields that name other records. The user finds them while typing, or makes new ones."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QCompleter,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.records.form.fields import set_inline
from ui.style import formatting, icons
from ui.widgets.elided import ElidedButton, ElidedEdit

Choice = tuple[int, str, str]  # id, title, detail that distinguishes it from others
ID = int(Qt.ItemDataRole.UserRole)
CREATE = -1
SEARCH_MS = 120


class PickEdit(ElidedEdit):
    """A line edit that completes with records.

    Signals:
        search_wanted: The typed text. Answer with `show_choices`.
        picked: The user picked the record with this id and title.
        creation_wanted: The name of a record to make.
        cleared: The user emptied the line.
    """

    search_wanted = Signal(str)
    picked = Signal(object, str)
    creation_wanted = Signal(str)
    cleared = Signal()

    def __init__(
        self, name: str, label: str, parent: QWidget | None = None, *, can_create: bool = False
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self._can_create = can_create
        self._title = ""
        self._choices = QStandardItemModel(self)
        self._completer = QCompleter(self._choices, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setMaxVisibleItems(10)
        self._completer.setWidget(self)
        activated = self._completer.activated[QModelIndex]  # type: ignore[index]
        activated.connect(self._on_activated)
        self._timer = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._timer.timeout.connect(self._search)
        self.textEdited.connect(self._on_edited)

    def show_title(self, title: str) -> None:
        """Show the chosen record's title, unless the user is typing."""
        if self.hasFocus() and self.text() != self._title:
            return
        self._title = title
        self.setText(title)
        self.setCursorPosition(0)

    def show_choices(self, choices: Sequence[Choice]) -> None:
        """Offer these records, and to make a new one."""
        text = self.text().strip()
        self._choices.clear()
        for id_, title, detail in choices:
            shown = f"{title}  ·  {detail}" if detail else title
            item = QStandardItem(formatting.clean(shown))
            item.setData(id_, ID)
            item.setData(title, ID + 1)
            self._choices.appendRow(item)
        is_known = any(title.casefold() == text.casefold() for _, title, _ in choices)
        if self._can_create and text and not is_known:
            item = QStandardItem(self.tr("Create “{}”").format(text))
            item.setData(CREATE, ID)
            item.setData(text, ID + 1)
            self._choices.appendRow(item)
        if self.hasFocus() and self._choices.rowCount():
            self._completer.complete()
        else:
            self._hide_choices()

    def _hide_choices(self) -> None:
        popup = self._completer.popup()
        if popup is not None:
            popup.hide()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.PopupFocusReason:
            return
        if not self.text().strip() and self._title:
            self._title = ""
            self.cleared.emit()
        elif self.text() != self._title:
            self.setText(self._title)

    @Slot()
    def _on_edited(self) -> None:
        self._timer.start()

    @Slot()
    def _search(self) -> None:
        self.search_wanted.emit(self.text().strip())

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        id_, title = index.data(ID), str(index.data(ID + 1))
        self._title = title
        self.setText(title)
        if id_ == CREATE:
            self.creation_wanted.emit(title)
        else:
            self.picked.emit(id_, title)


class OneRecordField(QWidget):
    """A field for one other record: an organization.

    Signals:
        committed: Its id, or None.
        creation_wanted: The name of a record to make.
        search_wanted: The typed text.
        open_wanted: The id of the record to open.
    """

    committed = Signal(object)
    creation_wanted = Signal(str)
    search_wanted = Signal(str)
    open_wanted = Signal(object)

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._id: int | None = None
        self.new_name = ""
        self.edit = PickEdit(name, label, self, can_create=True)
        self.edit.setPlaceholderText(self.tr("None"))
        self._open = QToolButton(self)
        self._open.setIcon(icons.icon("chevron-right"))
        self._open.setIconSize(QSize(16, 16))
        self._open.setAccessibleName(self.tr("Open {}").format(label))
        self._open.setToolTip(self.tr("Open {}").format(label))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.edit, 1)
        row.addWidget(self._open)
        self._open.clicked.connect(self._on_open)
        self.edit.picked.connect(self._on_picked)
        self.edit.cleared.connect(self._on_cleared)
        self.edit.creation_wanted.connect(self._on_creation)
        self.edit.search_wanted.connect(self.search_wanted)
        self._open.hide()

    def set_inline(self, is_inline: bool) -> None:  # a plain setter
        """Set whether the field looks like text until the user uses it."""
        set_inline(self.edit, is_inline)

    def show_value(self, id_: int | None, title: str) -> None:
        """Show what is stored."""
        self._id = id_
        self.new_name = ""
        self.edit.show_title(title)
        self._open.setVisible(id_ is not None)

    def propose(self, name: str) -> None:
        """Fill in the name of a record to make."""
        self._id, self.new_name = None, name
        self.edit.show_title(name)

    def value(self) -> int | None:
        """The id of the chosen record, or None."""
        return self._id

    def add(self, id_: int, title: str) -> None:
        """Choose the record that was made for this field."""
        self.edit.show_title(title)
        self._on_picked(id_, title)

    @Slot(object, str)
    def _on_picked(self, id_: int, _title: str) -> None:
        self._id, self.new_name = id_, ""
        self._open.setVisible(True)
        self.committed.emit(id_)

    @Slot()
    def _on_cleared(self) -> None:
        self._id, self.new_name = None, ""
        self._open.setVisible(False)
        self.committed.emit(None)

    @Slot(str)
    def _on_creation(self, name: str) -> None:
        self._id, self.new_name = None, name
        self.creation_wanted.emit(name)

    @Slot()
    def _on_open(self) -> None:
        if self._id is not None:
            self.open_wanted.emit(self._id)


class ManyRecordsField(QWidget):
    """A field for several other records: the persons of a deal.

    Signals:
        committed: A tuple of ids.
        creation_wanted: The name of a record to make and add.
        search_wanted: The typed text.
        open_wanted: The id of the record to open.
    """

    committed = Signal(object)
    creation_wanted = Signal(str)
    search_wanted = Signal(str)
    open_wanted = Signal(object)

    def __init__(self, name: str, label: str, add_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen: dict[int, str] = {}
        self._lines: list[QWidget] = []
        self.edit = PickEdit(name, label, self, can_create=True)
        self.edit.setPlaceholderText(add_text)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self._column.addWidget(self.edit)
        self.edit.picked.connect(self._on_picked)
        self.edit.creation_wanted.connect(self._on_creation)
        self.edit.search_wanted.connect(self.search_wanted)

    def set_inline(self, is_inline: bool) -> None:  # a plain setter
        """Set whether the field looks like text until the user uses it."""
        set_inline(self.edit, is_inline)

    def show_value(self, chosen: Sequence[tuple[int, str]]) -> None:
        """Show what is stored."""
        if dict(chosen) != self._chosen:
            self._chosen = dict(chosen)
            self._draw()

    def value(self) -> tuple[int, ...]:
        """The ids of the chosen records."""
        return tuple(self._chosen)

    def _draw(self) -> None:
        for line in self._lines:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = [self._line(id_, title) for id_, title in self._chosen.items()]
        for number, line in enumerate(self._lines):
            self._column.insertWidget(number, line)

    def _line(self, id_: int, title: str) -> QWidget:
        line = QWidget(self)
        name = ElidedButton(formatting.clean(title), line)
        name.setProperty("role", "quiet")
        name.setAutoDefault(False)
        name.setToolTip(formatting.tool_tip(self.tr("Open {}").format(formatting.clean(title))))
        remove = QToolButton(line)
        remove.setIcon(icons.icon("x"))
        remove.setIconSize(QSize(14, 14))
        remove.setAccessibleName(self.tr("Remove {}").format(formatting.clean(title)))
        remove.setToolTip(formatting.tool_tip(remove.accessibleName()))
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(name)
        row.addStretch(1)
        row.addWidget(remove)
        name.clicked.connect(lambda: self.open_wanted.emit(id_))
        remove.clicked.connect(lambda: self._remove(id_))
        return line

    def _remove(self, id_: int) -> None:
        self._chosen.pop(id_, None)
        self._draw()
        self.committed.emit(self.value())

    @Slot(object, str)
    def _on_picked(self, id_: int, title: str) -> None:
        self.edit.show_title("")
        self.edit.clear()
        self.add(id_, title)

    def add(self, id_: int, title: str) -> None:
        """Choose one more record. What the user is typing stays."""
        if id_ not in self._chosen:
            self._chosen[id_] = title
            self._draw()
            self.committed.emit(self.value())

    @Slot(str)
    def _on_creation(self, name: str) -> None:
        self.edit.clear()
        self.creation_wanted.emit(name)
