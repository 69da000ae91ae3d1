"""The detail view of a record: fields to edit in place, related records and history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from models.commands.records import AddNote, KeepDraft, SaveRecord
from models.events import Event, LinksChanged, RecordsChanged, StagesChanged
from models.queries.record_detail import RecordDetail
from sync.qt.service.requests import Answer, RecordRequest
from sync.qt.service.service import MailService
from ui.commands.command_stack import CommandStack
from ui.forms.style import InlineStyle
from ui.records import kinds
from ui.records.detail.head import DetailHead
from ui.records.detail.related import RelatedRecords
from ui.records.form.form import RecordForm
from ui.records.history.body import MessageBody
from ui.records.history.pane import HistoryPane
from ui.style.theme import Theme
from ui.widgets.empty_state import EmptyState

FIELDS_WIDTH = 310
NARROW = 620  # pixels; below that, the fields are above the history


class DetailView(QWidget):
    """Shows one record and keeps it up to date with the store.

    Attributes:
        head: The title and the buttons.
        history: The history.

    Signals:
        opened: Open another record, by its key.
        closed: Go back to the list.
        menu_wanted: The record's detail, and the button under which to open its menu.
        entry_menu_wanted: An entry of the history, and the global position for its menu.
        current_moved: Another entry of the history is the current one.
        search_wanted, creation_wanted: See RecordForm.
        gone: The shown record was deleted.
    """

    opened = Signal(str)
    closed = Signal()
    menu_wanted = Signal(object, object)
    entry_menu_wanted = Signal(object, QPoint)
    current_moved = Signal()
    search_wanted = Signal(object, str, str)
    creation_wanted = Signal(object, str, str)
    gone = Signal()

    def __init__(
        self,
        service: MailService,
        stack: CommandStack,
        make_body: Callable[[QWidget], MessageBody],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("detail_view")
        self.setAccessibleName(self.tr("Record"))
        self._service = service
        self._stack = stack
        self._theme = theme
        self.record_key = ""
        self.detail: RecordDetail | None = None
        self._ticket = 0
        self._is_stale = False
        self._forms: dict[str, RecordForm] = {}
        self.head = DetailHead(theme, self)
        self.related = RelatedRecords(theme, self)
        self.history = HistoryPane(service, make_body, theme, self)
        self._empty = EmptyState(theme, self)
        InlineStyle(self, theme)
        self._lay_out()
        service.answered.connect(self._on_answered)
        service.happened.connect(self._on_event)
        self.head.changed.connect(self._save)
        self.head.closed.connect(self.closed)
        self.head.menu_wanted.connect(self._on_menu)
        self.related.opened.connect(self.opened)
        self.history.menu_wanted.connect(self.entry_menu_wanted)
        self.history.note_kept.connect(self._on_note)
        self.history.note_begun.connect(self._on_note_begun)
        self.history.current_moved.connect(self.current_moved)

    def _lay_out(self) -> None:
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._side = QWidget(area)
        self._side_column = QVBoxLayout(self._side)
        self._side_column.setContentsMargins(16, 12, 12, 16)
        self._side_column.setSpacing(6)
        self._side_column.addWidget(self.related)
        self._side_column.addStretch(1)
        area.setWidget(self._side)
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(area)
        self._split.addWidget(self.history)
        self._split.setStretchFactor(1, 1)
        self._split.setSizes([FIELDS_WIDTH, 420])
        self._shown = QWidget(self)
        shown = QVBoxLayout(self._shown)
        shown.setContentsMargins(0, 0, 0, 0)
        shown.setSpacing(0)
        shown.addWidget(self.head)
        shown.addWidget(self._split, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._shown)
        self._pages.addWidget(self._empty)
        self.setMinimumWidth(320)
        self.show_many(0)

    # --- what it shows -------------------------------------------------------------------

    def show_record(self, record_key: str) -> None:
        """Show a record. '' shows none."""
        if record_key == self.record_key:
            return
        self._finish_edit()
        self.record_key = record_key
        self.detail = None
        self._ticket = 0
        self.history.show_record(record_key)
        if record_key:
            self._ask()
        else:
            self.show_many(0)

    def _finish_edit(self) -> None:
        """Save what is being typed in a field: not every button takes the focus from it."""
        field = QApplication.focusWidget()
        if field is not None and (self.head.isAncestorOf(field) or self._side.isAncestorOf(field)):
            field.clearFocus()

    def show_many(self, count: int) -> None:
        """Show that several records are selected, or none."""
        text = self.tr("{} records selected").format(count) if count > 1 else ""
        self._empty.say("list", text or self.tr("Select a record"))
        self._pages.setCurrentWidget(self._empty)

    def close_down(self) -> None:
        """Close the history. Called at quit."""
        self.history.close_down()

    def _ask(self) -> None:
        if self._ticket:
            self._is_stale = True
            return
        self._is_stale = False
        self._ticket = self._service.ask(RecordRequest(self.record_key))

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        if not answer.ticket or answer.ticket != self._ticket:
            return
        self._ticket = 0
        if self._is_stale:
            self._ask()
        elif isinstance(answer.result, RecordDetail):
            if answer.result.record_key == self.record_key:
                self._show(answer.result)
        elif answer.error:
            self._empty.say("circle-alert", answer.error)
            self._pages.setCurrentWidget(self._empty)
        else:
            self._leave()

    def _show(self, detail: RecordDetail) -> None:
        self.detail = detail
        self.head.show_detail(detail)
        kind = kinds.split_key(detail.record_key)[0]
        form = self._form(kind)
        for other in self._forms.values():
            other.setVisible(other is form)
        form.offer_stages(detail.stages)
        form.show_record(detail.record, names_of(detail))
        self.related.show_detail(detail)
        self.history.show_draft(detail.record_key, detail.draft)
        self.setAccessibleName(f"{kinds.words(kind).one}: {detail.title}")
        self._pages.setCurrentWidget(self._shown)

    def _form(self, kind: str) -> RecordForm:
        known = self._forms.get(kind)
        if known is not None:
            return known
        form = RecordForm(kind, self._theme, self._side, is_inline=True, has_title=False)
        form.setObjectName(f"{kind}_fields")
        form.changed.connect(self._save)
        form.search_wanted.connect(self.search_wanted)
        form.creation_wanted.connect(self.creation_wanted)
        form.open_wanted.connect(self.opened)
        self._side_column.insertWidget(0, form)
        self._forms[kind] = form
        return form

    # --- events --------------------------------------------------------------------------

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if not self.record_key:
            return
        match event:
            case RecordsChanged(removed_keys=gone) if self.record_key in gone:
                self._leave()
            case RecordsChanged(record_keys=keys) | LinksChanged(record_keys=keys):
                if self.record_key in keys or self._names(keys):
                    self._ask()
            case StagesChanged():
                self._ask()
            case _:
                pass

    def _names(self, keys: tuple[str, ...]) -> bool:
        """Whether the view names one of these records."""
        if self.detail is None:
            return False
        shown = {row.key for row in self.detail.persons} | {row.key for row in self.detail.items}
        if self.detail.organization is not None:
            shown.add(self.detail.organization.key)
        return bool(shown & set(keys))

    def _leave(self) -> None:
        self.detail = None  # what was being typed is lost with it
        self.show_record("")
        self.gone.emit()

    # --- what the user does --------------------------------------------------------------

    @Slot(object)
    def _save(self, change: Mapping[str, Any]) -> None:
        if self.detail is not None:
            base = self.detail.record
            record = replace(base, **change)
            self.detail = replace(self.detail, record=record)
            self._stack.run(SaveRecord(record, columns=tuple(change), base=base))

    @Slot(str)
    def _on_note(self, text: str) -> None:
        if self.record_key:
            self._stack.run(AddNote(self.record_key, text))

    @Slot(str, str)
    def _on_note_begun(self, record_key: str, text: str) -> None:
        self._stack.run_quietly(KeepDraft(record_key, text))

    @Slot(object)
    def _on_menu(self, button: QWidget) -> None:
        if self.detail is not None:
            self.menu_wanted.emit(self.detail, button)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        wanted = Qt.Orientation.Vertical if self.width() < NARROW else Qt.Orientation.Horizontal
        if self._split.orientation() != wanted:
            self._split.setOrientation(wanted)
            is_wide = wanted == Qt.Orientation.Horizontal
            if is_wide:
                self._split.setSizes([FIELDS_WIDTH, max(1, self.width() - FIELDS_WIDTH)])
            else:
                self._split.setSizes([400, 600])  # shares of a height that is not known yet
            for place, share in enumerate((0, 1) if is_wide else (2, 3)):
                self._split.setStretchFactor(place, share)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  # Qt's name
        if not event.spontaneous():  # spontaneous: the window was only minimized
            self._finish_edit()
        super().hideEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        QPainter(self).fillRect(self.rect(), self._theme.color("base"))


def names_of(detail: RecordDetail) -> dict[str, str]:
    """The titles of the records that a record names, by key."""
    names = {row.key: row.name for row in detail.persons}
    if detail.organization is not None:
        names[detail.organization.key] = detail.organization.name
    return names
