"""The middle pane: the heading, the conversation list and its empty state."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from models.accounts import account
from models.events import (
    AccountsChanged,
    ConversationsChanged,
    Event,
    LinksChanged,
    MessagesAdded,
    MessagesDeleted,
    Phase,
    StatusChanged,
)
from models.queries import conversation_list
from models.queries.conversation_list import ListQuery, View
from models.store.list_ids import ListIds, from_pairs
from sync.qt.service.requests import Answer, ListRequest
from sync.qt.service.service import MailService
from ui.conversations.model import ConversationModel
from ui.conversations.view import ConversationListView
from ui.style import formatting
from ui.style.theme import Theme
from ui.widgets.empty_state import EmptyState

FIRST = 200  # rows requested first; the whole list follows
FEW = 24  # up to this many changed conversations are placed one by one; more reload the list
GATHER_MS = 30  # how long events are collected before they are applied
RELOAD_MS = 300  # shortest time between two reloads
FILLING = (
    Phase.STARTING,
    Phase.CONNECTING,
    Phase.SYNCING,
)  # phases of an account whose first sync is not done
SEARCH_MOST = 500  # a search shows this many conversations, newest first


class ConversationPane(QWidget):
    """Shows one list of conversations and keeps it up to date with the store.

    Attributes:
        view: The list view.
        query: What the list shows.

    Signals:
        empty_pressed: The user pressed the button of the empty state.
        query_changed: The pane shows another list.
        menu_requested: The user wants a context menu at this global position.
    """

    empty_pressed = Signal()
    query_changed = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, service: MailService, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._theme = theme
        self.query = ListQuery(View.INBOX)
        self._has_account = True
        self._filling: set[int] = set()  # accounts whose first sync is running
        self._tickets: dict[
            int, bool
        ] = {}  # requests of the current query; True for the whole list
        self._is_loaded = False
        self._pending_id: int | None = None  # select it as soon as it is listed
        self._changed: set[int] = set()
        self._removed: set[int] = set()
        self._needs_reload = False
        self._since_asked: list[tuple[dict[int, int], set[int]]] = []
        self.model = ConversationModel(self)
        self.view = ConversationListView(self.model, theme, self)
        self.empty = EmptyState(theme, self)
        self._title = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self._detail = QLabel(self)
        self._lay_out()
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._gather.timeout.connect(self._apply_events)
        self._pace = QTimer(self, singleShot=True, interval=RELOAD_MS)
        self._pace.timeout.connect(self._reload_if_needed)
        self._connect()
        self._recolor()

    def _connect(self) -> None:
        self._service.answered.connect(self._on_answered)
        self._service.happened.connect(self._on_event)
        self.model.reload_wanted.connect(self.reload)
        self.empty.pressed.connect(self.empty_pressed)
        self.view.customContextMenuRequested.connect(self._ask_for_menu)
        self.view.selection_moved.connect(self._describe)
        self._theme.changed.connect(self._recolor)

    def _lay_out(self) -> None:
        self._detail.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        heading = QHBoxLayout()
        heading.setContentsMargins(16, 10, 14, 9)
        heading.addWidget(self._title, 1)
        heading.addWidget(self._detail)
        self._holder = QWidget(self)
        self._stack = QStackedLayout(self._holder)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        self.empty.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(heading)
        column.addWidget(self._holder, 1)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(420, 600)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(260, 200)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("base"))
        painter.setPen(self._theme.color("line"))
        bottom = self._holder.geometry().top() - 1
        painter.drawLine(0, bottom, self.width(), bottom)
        painter.end()

    # --- what it shows ---------------------------------------------------------------------

    def show_query(self, query: ListQuery) -> None:
        """Show another list, from the top."""
        if query == self.query and self._is_loaded:
            return
        is_other_view = (query.view, query.account_id) != (self.query.view, self.query.account_id)
        self.query = query
        self._tickets.clear()
        self._changed.clear()
        self._removed.clear()
        self._needs_reload = False
        if is_other_view and not query.text:
            self._is_loaded = False
            self.model.reset_ids(from_pairs(()))
            self.view.scrollToTop()
        self._ask()
        self._describe()
        self.query_changed.emit()

    def select_when_listed(self, conversation_id: int) -> None:
        """Select a conversation now, or as soon as a list that contains it is loaded."""
        self._pending_id = None
        if self._tickets or not self.view.select_id(conversation_id):
            self._pending_id = conversation_id

    @property
    def is_current(self) -> bool:
        """True if every event is applied and no request or reload is pending."""
        return not (self._tickets or self._needs_reload or self._gather.isActive())

    def set_has_account(self, has_account: bool) -> None:  # a plain setter
        """Set whether any account exists. The empty state says if there is none."""
        self._has_account = has_account
        self._describe()

    def reload(self) -> None:
        """Read the list again. Selection and scroll position stay."""
        if self._pace.isActive() or self._tickets:
            self._needs_reload = True
            return
        self._needs_reload = False
        self._ask(is_reload=True)

    def _ask(self, *, is_reload: bool = False) -> None:
        self._since_asked.clear()
        if self.query.text:
            self._tickets[self._service.ask(ListRequest(self.query, SEARCH_MOST))] = True
            return
        if not is_reload:
            self._tickets[self._service.ask(ListRequest(self.query, FIRST))] = False
        self._tickets[self._service.ask(ListRequest(self.query))] = True

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        is_whole = self._tickets.pop(answer.ticket, None)
        if is_whole is None:
            return
        if isinstance(answer.result, ListIds):
            self._take(answer.result, is_whole=is_whole)
        elif answer.error:
            self.empty.say("circle-alert", self.tr("This list could not be read"), answer.error)
            self._stack.setCurrentWidget(self.empty)
        if is_whole:
            self._pace.start()

    def _take(self, found: ListIds, *, is_whole: bool) -> None:
        """Show the ids that were read, then apply the changes since the request."""
        with self.view.in_place():
            self.model.set_ids(found)
            for places, gone in self._since_asked:
                self.model.apply_changes(places, gone)
        if is_whole:
            self._since_asked.clear()
        self._is_loaded = True
        if self._pending_id is not None and self.view.select_id(self._pending_id):
            self._pending_id = None
        self._describe()

    # --- events ----------------------------------------------------------------------------

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        match event:
            case ConversationsChanged():
                self._changed.update(event.conversation_ids)
                self._removed.update(event.removed_ids)
            case MessagesAdded() | MessagesDeleted() | LinksChanged():
                self._changed.update(event.conversation_ids)
            case AccountsChanged():
                self.reload()  # the lists of all accounts leave out mail of a removed account
                return
            case StatusChanged():
                self._note_status(event)
                return
            case _:
                return
        if not self._gather.isActive():
            self._gather.start()

    def _note_status(self, status: StatusChanged) -> None:
        """Note whether a first sync is running: then an empty list is still being filled."""
        is_filling = status.last_success_at is None and status.phase in FILLING
        if is_filling != (status.account_id in self._filling):
            (self._filling.add if is_filling else self._filling.discard)(status.account_id)
            self._describe()

    @Slot()
    def _apply_events(self) -> None:
        """Apply the collected changes: a few one by one, many by a reload."""
        changed, removed = self._changed, self._removed
        self._changed, self._removed = set(), set()
        if len(changed) > FEW or self.query.text:
            # Many changes, or a search: only the reader thread can tell what matches a search.
            self.model.read_again(changed)
            self.model.apply_changes({}, removed)
            self.reload()
            return
        places = conversation_list.places(self.query, tuple(changed - removed))
        gone = removed | (changed - places.keys())
        if self._tickets:
            self._since_asked.append((places, gone))
        self.model.apply_changes(places, gone)
        self._describe()

    @Slot()
    def _reload_if_needed(self) -> None:
        if self._needs_reload:
            self.reload()

    # --- texts -----------------------------------------------------------------------------

    def _ask_for_menu(self, at: QPoint) -> None:
        if self.view.selected_count():
            self.menu_requested.emit(self.view.viewport().mapToGlobal(at))

    def _describe(self) -> None:
        """Update the heading and the empty state from the list and the selection."""
        count = self.model.rowCount()
        self._title.setText(self._heading())
        self._title.setToolTip(formatting.tool_tip(self._heading()))
        selected = self.view.selected_count()
        if selected > 1:
            self._detail.setText(self.tr("{} selected").format(formatting.number(selected)))
        else:
            self._detail.setText(formatting.number(count) if count else "")
        if self._is_loaded and count == 0:
            self._say_empty()
            self._show(self.empty)
        else:
            self._show(self.view)

    def _show(self, widget: QWidget) -> None:
        """Show the list or the empty state. The focus moves along, if it was here."""
        if widget is self._stack.currentWidget():
            return
        had_focus = self._stack.currentWidget() is self.window().focusWidget()
        self._stack.setCurrentWidget(widget)
        if had_focus:
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _heading(self) -> str:
        if self.query.text:
            return self.tr("Search results")
        if self.query.view == View.SEARCH and self.query.account_id is not None:
            config = account.config(self.query.account_id)
            return self.tr("Mail of {}").format(config.address if config is not None else "…")
        return {
            str(View.INBOX): self.tr("Inbox"),
            str(View.SENT): self.tr("Sent"),
            str(View.ARCHIVE): self.tr("Archive"),
            str(View.HELD): self.tr("Deleted on the server"),
        }.get(str(self.query.view), self.tr("All mail"))

    def _say_empty(self) -> None:
        if self.query.text:
            hint = self.tr("Try fewer or other words. Search looks at subjects, people and texts.")
            self.empty.say("search", self.tr("Nothing found"), hint, self.tr("Clear search"))
        elif not self._has_account:
            hint = self.tr("Add a mail account, and your mail appears here.")
            self.empty.say("mail-plus", self.tr("No account yet"), hint, self.tr("Add account"))
        elif self._filling:
            hint = self.tr("The newest comes first. You can begin as soon as it is here.")
            self.empty.say("refresh-cw", self.tr("Your mail is on its way"), hint)
        elif self.query.view == View.SENT:
            hint = self.tr("Conversations that you wrote in are listed here.")
            self.empty.say("send", self.tr("Nothing in Sent"), hint)
        elif self.query.view == View.ARCHIVE:
            hint = self.tr("Press E on a conversation to put it here.")
            self.empty.say("archive", self.tr("Nothing in Archive"), hint)
        else:
            self.empty.say("inbox", self.tr("Nothing in Inbox"), self.tr("All done."))

    def _recolor(self) -> None:
        self._title.setFont(self._theme.font(size=15, weight=600))
        self._detail.setFont(self._theme.font(size=12))
        self._detail.setStyleSheet(f"color: {self._theme.color('muted').name()}")
        self.update()
