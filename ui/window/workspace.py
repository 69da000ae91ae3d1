"""The space beside the sidebar: lists in the middle, the open mail or record on the right.

The panes of mail and of records do not know each other. The workspace shows one or the other.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QStackedWidget, QWidget

from models.commands.read_state import MarkMessagesRead
from models.events import Event, SettingsChanged
from models.store import settings
from models.store.settings import SetOption
from sync.qt.service.service import MailService
from ui.commands.actions import Actions
from ui.commands.command_stack import CommandStack
from ui.conversations.pane import ConversationPane
from ui.reader.view import ConversationView
from ui.records import kinds
from ui.records.beside.reading_area import ReadingArea
from ui.records.board.board import BoardView
from ui.records.controller import RecordsController
from ui.records.link_actions import LinkActions
from ui.style.theme import Theme
from ui.widgets.empty_state import EmptyState

SIDE_PANEL = "side_panel"  # the setting, and the action


class MessagePart(ConversationView):
    """The reading pane inside a history, showing one mail."""

    def __init__(self, service: MailService, theme: Theme, parent: QWidget) -> None:
        super().__init__(service, theme, parent, is_part=True)

    def widget(self) -> QWidget:
        """The pane as a widget."""
        return self


class Workspace(QObject):
    """Holds the panes of mail and of records and shows one or the other.

    Attributes:
        middle, right: What the window lays out.
        records: The controller of the records: their list and detail view.
        area: The reading pane with what records know of its conversation.

    Signals:
        key_wanted: The key of the sidebar's line to choose.
        conversation_wanted: The id of a conversation to open.
        records_shown: Whether records are shown, not mail.
        search_ended: The search field is to be cleared.
        failed: A sentence for the user.
    """

    key_wanted = Signal(str)
    conversation_wanted = Signal(object)
    records_shown = Signal(bool)
    search_ended = Signal()
    failed = Signal(str)

    def __init__(
        self,
        service: MailService,
        actions: Actions,
        stack: CommandStack,
        theme: Theme,
        pane: ConversationPane,
        reader: ConversationView,
        many: EmptyState,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._service = service
        self._stack = stack
        self._theme = theme
        self._reader = reader
        self._pane = pane
        self._many = many
        self._actions = actions
        self.shows_records = False
        self.records = RecordsController(service, actions, stack, self._make_body, theme, window)
        self.area = ReadingArea(service, theme, reader, window)
        self.board = BoardView(service, stack, theme, window)
        self.middle = QStackedWidget(window)
        self.right = QStackedWidget(window)
        self.right.setBackgroundRole(QPalette.ColorRole.Base)
        self.right.setAutoFillBackground(True)
        for left in (pane, self.records.pane, self.board):
            self.middle.addWidget(left)
        for right in (self.area, many, self.records.detail):
            self.right.addWidget(right)
        self.links = LinkActions(
            service, actions, stack, self.records, self.area, theme, window,
            selected=pane.view.selected_ids, open_messages=self._open_messages,
        )  # fmt: skip
        self._connect()
        self._read_side_panel()

    def _connect(self) -> None:
        records = self.records
        records.key_wanted.connect(self._on_key_wanted)
        records.conversation_wanted.connect(self.conversation_wanted)
        records.detail_changed.connect(self._on_detail)
        records.search_ended.connect(self.search_ended)
        records.failed.connect(self.failed)
        records.board_wanted.connect(self._show_board)
        self.links.failed.connect(self.failed)
        self.board.list_wanted.connect(self._show_list)
        self.board.record_wanted.connect(records.open_record)
        self.board.new_wanted.connect(lambda: records.create(kinds.DEAL))
        self.area.side.conversation_wanted.connect(self.conversation_wanted)
        self.area.side.closed.connect(self._hide_side)
        self.area.side_moved.connect(self._say_side)
        self._actions[SIDE_PANEL].triggered.connect(self._set_side)
        self._pane.view.selection_moved.connect(self.links.refresh)
        self._service.happened.connect(self._on_event)

    def _make_body(self, parent: QWidget) -> MessagePart:
        body = MessagePart(self._service, self._theme, parent)
        body.messages_shown.connect(self._on_messages_shown)
        return body

    @Slot(object)
    def _on_messages_shown(self, message_ids: tuple[int, ...]) -> None:
        self._stack.run_quietly(MarkMessagesRead(tuple(message_ids)))

    def _open_messages(self) -> tuple[int, ...]:
        shown = self._reader.shown
        return tuple(card.message_id for card in shown.cards) if shown is not None else ()

    # --- mail or records -----------------------------------------------------------------

    def show_key(self, key: str) -> bool:
        """Show the records behind a line of the sidebar. False if the line is about mail."""
        is_records = key in kinds.KIND_OF_KEY
        if is_records:
            self.records.show_key(key)
        self._show(is_records=is_records)
        return is_records

    def search_records(self, text: str) -> bool:
        """Search the records that are shown. False if mail is shown."""
        if self.shows_records:
            self.records.search(text)
            self.board.search(text)
        return self.shows_records

    def show_mail(self, *, many: bool) -> None:
        """Show the open conversation, or the note that several are selected."""
        self.area.show_conversation(None if many else self._reader.conversation_id)
        if not self.shows_records:
            self.right.setCurrentWidget(self._many if many else self.area)
        self.links.refresh()

    def close_down(self) -> None:
        """At quit."""
        self.records.detail.close_down()

    def _show(self, *, is_records: bool) -> None:
        self.shows_records = is_records
        if is_records:
            is_board = self.middle.currentWidget() is self.board
            if not is_board or str(self.records.pane.query.kind) != kinds.DEAL:
                self.middle.setCurrentWidget(self.records.pane)
            self.right.setCurrentWidget(self.records.detail)
            self.records.announce()
        else:
            self.middle.setCurrentWidget(self._pane)
            self.right.setCurrentWidget(self.area)
            self.right.show()
        self.records.history.refresh()
        self.links.refresh()
        self.records_shown.emit(is_records)

    @Slot(bool)
    def _on_detail(self, is_wanted: bool) -> None:  # a Qt slot
        """While no record is open, the list takes the whole width."""
        if self.shows_records:
            self.right.setVisible(is_wanted)
            self.records.history.refresh()

    @Slot(str)
    def _on_key_wanted(self, key: str) -> None:
        if self.middle.currentWidget() is self.board and key == "deals":
            return  # the deal opens beside the board
        self.key_wanted.emit(key)

    @Slot()
    def _show_board(self) -> None:
        self.board.refresh()
        self.middle.setCurrentWidget(self.board)

    @Slot()
    def _show_list(self) -> None:
        self.middle.setCurrentWidget(self.records.pane)

    # --- the side panel ------------------------------------------------------------------

    @Slot(bool)
    def _set_side(self, is_wanted: bool) -> None:  # a Qt slot
        if self.area.has_room:
            self._stack.run_quietly(SetOption(SIDE_PANEL, is_wanted))
        else:
            self.area.show_over(is_over=is_wanted)

    @Slot()
    def _say_side(self) -> None:
        action = self._actions[SIDE_PANEL]
        action.setChecked(self.area.is_side_on)
        action.setEnabled(self.area.has_room or self.area.conversation_id is not None)

    @Slot()
    def _hide_side(self) -> None:
        self._set_side(False)

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if isinstance(event, SettingsChanged) and event.name == SIDE_PANEL:
            self._read_side_panel()

    def _read_side_panel(self) -> None:
        self.area.set_side_wanted(settings.is_on(SIDE_PANEL))
