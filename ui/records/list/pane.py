"""The pane that lists the records of one kind: heading, filter, column headers and list."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from models.events import Event, LinksChanged, RecordsChanged, StagesChanged
from models.queries import record_list
from models.queries.record_list import SORTS, RecordQuery
from models.records.records import Kind
from models.store.list_ids import ListIds, from_pairs
from sync.qt.service.requests import Answer, RecordListRequest
from sync.qt.service.service import MailService
from ui.forms.style import InlineStyle
from ui.records import kinds
from ui.records.list import columns
from ui.records.list.empty import RecordsEmpty
from ui.records.list.header import ColumnHeads
from ui.records.list.heading import ListHeading, StatusFilter
from ui.records.list.model import RecordModel
from ui.records.list.view import RecordListView
from ui.style.theme import Theme

GATHER_MS = 60  # how long events are collected before the list is read again
NARROW = 380  # pixels; up to that width there is no room for the number of records
DESCENDING_FIRST = frozenset({"value", "changed_at", "created_at", "last_mail_at"})


class RecordListPane(QWidget):
    """Shows one list of records and keeps it up to date with the store.

    Attributes:
        view: The list view.
        query: What the list shows.

    Signals:
        new_wanted: Make a record of this kind.
        import_wanted: The user pressed Import in the empty state.
        menu_wanted: The kind, and the button under which to open the pane's menu.
        context_wanted: Open a menu for the selected records at this global position.
        board_wanted: Show the deals by stage.
        search_ended: The search field is to be cleared.
    """

    new_wanted = Signal(str)
    import_wanted = Signal()
    menu_wanted = Signal(str, object)
    context_wanted = Signal(QPoint)
    board_wanted = Signal()
    search_ended = Signal()

    def __init__(self, service: MailService, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._theme = theme
        self.query = RecordQuery(Kind.DEAL)
        self._left = (self.query, "")
        self._ticket = 0
        self._is_stale = False
        self._has_kind = False
        self._is_loaded = False
        self._pending_id: int | None = None
        self._has_looked = False  # a list without the pending record came; it may have been older
        self._changed: set[int] = set()
        self._is_all_changed = False
        self.model = RecordModel(self)
        self.view = RecordListView(self.model, theme, self)
        self.heads = ColumnHeads(theme, self)
        self.empty = RecordsEmpty(theme, self)
        self._heading = ListHeading(theme, self)
        self._filter = StatusFilter(self)
        InlineStyle(self, theme)
        self._lay_out()
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._connect()

    # --- building ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        body = QWidget(self)
        listing = QVBoxLayout(body)
        listing.setContentsMargins(0, 0, 0, 0)
        listing.setSpacing(0)
        listing.addWidget(self.heads)
        listing.addWidget(self.view, 1)
        self._stack_holder = QWidget(self)
        self._stack = QStackedLayout(self._stack_holder)
        self._stack.addWidget(body)
        self._stack.addWidget(self.empty)
        self._body = body
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._heading)
        column.addLayout(self._filter)
        column.addWidget(self._stack_holder, 1)

    def _connect(self) -> None:
        self._service.answered.connect(self._on_answered)
        self._service.happened.connect(self._on_event)
        self._gather.timeout.connect(self._ask)
        self._heading.new_button.clicked.connect(self._on_new)
        self._heading.board_button.clicked.connect(self.board_wanted)
        self._heading.more_button.clicked.connect(self._on_menu)
        self.heads.sort_wanted.connect(self._on_sort)
        self.view.resized.connect(self._fit_heads)
        self.view.customContextMenuRequested.connect(self._on_context)
        self.view.verticalScrollBar().rangeChanged.connect(self._fit_heads)
        self.empty.new_pressed.connect(self._on_new)
        self.empty.import_pressed.connect(self.import_wanted)
        self.empty.clear_pressed.connect(self._on_clear)
        self._filter.chosen.connect(self._on_filter)
        self._theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(420, 600)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(260, 200)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._heading.show_count(is_shown=self.width() > NARROW)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("base"))
        painter.end()

    # --- what it shows -------------------------------------------------------------------

    def show_kind(self, kind: str) -> None:
        """List the records of a kind, from the top."""
        if Kind(kind) == self.query.kind and self._has_kind:
            return
        self._has_kind = True
        sort = "changed_at" if kind in kinds.WORK else "name"
        status = "open" if kind in kinds.WORK else ""
        self.query = RecordQuery(
            Kind(kind), sort=sort, descending=sort in DESCENDING_FIRST, status=status
        )
        self.model.kind = Kind(kind)
        self._is_loaded = False
        self._changed.clear()
        self.model.reset_ids(from_pairs(()))
        self.view.setAccessibleName(kinds.words(kind).many)
        shown = columns.of_kind(kind)
        self.view.painter_of_rows.columns = shown
        self.heads.set_columns(shown)
        self.heads.set_sort(sort, is_descending=self.query.descending)
        self._filter.offer(kinds.statuses(kind), self.query.status)
        self._heading.board_button.setVisible(kind == kinds.DEAL)
        self._heading.new_button.setText(kinds.words(kind).new)
        self._ask_now()
        self._describe()

    def search(self, text: str) -> None:
        """Show only records that contain these words."""
        if text != self.query.text:
            self.query = replace(self.query, text=text)
            self._ask_now()

    def expect(self, record_id: int) -> None:
        """Announce that `select` follows for this record. Until then no other one is shown."""
        self._pending_id = record_id
        self._has_looked = False

    def select(self, record_id: int) -> None:
        """Select a record as soon as it is listed. A filter that hides it is removed."""
        if self._is_loaded and not self._ticket and self.view.select_id(record_id):
            self._pending_id = None
            return
        self.expect(record_id)
        if not self._ticket:
            self._ask_now()

    def is_waiting(self) -> bool:
        """Whether a record waits to be selected."""
        return self._pending_id is not None

    def has_left(self, record_key: str) -> bool:
        """Whether the selected record left this list because it changed: a deal was won, say."""
        return self._left == (self.query, record_key)

    # --- reading -------------------------------------------------------------------------

    @Slot()
    def _ask(self) -> None:
        """Request the ids. If a request is running, repeat it afterwards."""
        if self._ticket:
            self._is_stale = True
            return
        self._ask_now()

    def _ask_now(self) -> None:
        self._is_stale = False
        self._ticket = self._service.ask(RecordListRequest(self.query))

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        if answer.ticket != self._ticket:
            return
        self._ticket = 0
        if isinstance(answer.result, ListIds):
            self._take(answer.result)
        elif answer.error:
            self.empty.say_error(answer.error)
            self._stack.setCurrentWidget(self.empty)
        if self._is_stale:
            self._ask_now()

    def _take(self, found: ListIds) -> None:
        changed, self._changed = self._changed, set()
        is_all_changed, self._is_all_changed = self._is_all_changed, False
        if (chosen := self.view.open_id()) in changed and chosen not in found.ids:
            self._left = (self.query, f"{self.query.kind}:{chosen}")
        self.model.set_ids(found)
        if is_all_changed:
            self.model.read_all_again()
        elif changed:
            self.model.read_again(changed)
        self._is_loaded = True
        self._describe()
        self._fit_heads()
        if self._pending_id is not None and not self._is_stale:
            wanted, self._pending_id = self._pending_id, None
            if not self.view.select_id(wanted):
                self._look_again(wanted)
        self.view.selection_moved.emit()

    def _look_again(self, wanted: int) -> None:
        """Read again: the record may be newer than this answer. If not, lift the filter."""
        if not self._has_looked:
            self._has_looked = True
            self._pending_id = wanted
            self._ask()
        elif self.query.status or self.query.text:
            self._lift_filter(wanted)

    def _lift_filter(self, wanted: int) -> None:
        self._pending_id = wanted
        self.query = replace(self.query, status="", text="")
        self.search_ended.emit()
        self._filter.choose("")
        self._ask()

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if not self._has_kind:
            return
        match event:
            case RecordsChanged():
                keys = (*event.record_keys, *event.removed_keys)
                own = [kinds.split_key(key) for key in keys]
                ids = {id_ for kind, id_ in own if kind == self.query.kind}
                self._changed |= ids
                if any(kind == kinds.ORGANIZATION for kind, _ in own):
                    self._is_all_changed = True  # rows show names of organizations
            case StagesChanged():
                self._is_all_changed = True
            case LinksChanged() if self.query.kind == Kind.PERSON:
                own = [kinds.split_key(key) for key in event.record_keys]
                self._changed |= {id_ for kind, id_ in own if kind == kinds.PERSON}
            case _:
                return
        if (self._changed or self._is_all_changed) and not self._gather.isActive():
            self._gather.start()

    # --- what the user does --------------------------------------------------------------

    @Slot(str)
    def _on_sort(self, name: str) -> None:
        if name not in SORTS[self.query.kind]:
            return
        if name == self.query.sort:
            descending = not self.query.descending
        else:
            descending = name in DESCENDING_FIRST
        self.query = replace(self.query, sort=name, descending=descending)
        self.heads.set_sort(name, is_descending=descending)
        self._ask_now()

    @Slot(str)
    def _on_filter(self, status: str) -> None:
        self.query = replace(self.query, status=status)
        self._ask_now()

    @Slot()
    def _on_new(self) -> None:
        self.new_wanted.emit(str(self.query.kind))

    @Slot()
    def _on_menu(self) -> None:
        self.menu_wanted.emit(str(self.query.kind), self._heading.more_button)

    @Slot()
    def _on_clear(self) -> None:
        self.search_ended.emit()
        if self.query.status:
            self.query = replace(self.query, status="")
            self._filter.choose("")
            self._ask_now()

    @Slot(QPoint)
    def _on_context(self, at: QPoint) -> None:
        if self.view.selected_ids():
            self.context_wanted.emit(self.view.viewport().mapToGlobal(at))

    # --- texts ---------------------------------------------------------------------------

    def _describe(self) -> None:
        kind, count = str(self.query.kind), self.model.rowCount()
        self._heading.say(kinds.words(kind).many, count)
        if self._is_loaded and not count:
            is_narrow = bool(self.query.text or self.query.status)
            self.empty.say_kind(kind, is_filtered=is_narrow and record_list.has_any(kind))
            self._stack.setCurrentWidget(self.empty)
        else:
            self._stack.setCurrentWidget(self._body)

    @Slot()
    def _fit_heads(self) -> None:
        bar = self.view.verticalScrollBar()
        self.heads.set_scroll_bar(bar.width() if bar.maximum() > 0 else 0)
