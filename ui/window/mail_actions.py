"""Archive, restore, delete, read and unread, for the selection or for one row."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from models.commands.archive import Archive, Restore
from models.commands.delete import DeleteMessages, DeletePreview
from models.commands.read_state import MarkRead
from models.queries.conversation_list import View
from sync.qt.service.requests import Answer, DeletePreviewRequest
from sync.qt.service.service import MailService
from ui.commands.actions import Actions
from ui.commands.command_stack import CommandStack
from ui.commands.confirm_delete import ConfirmDelete
from ui.conversations.pane import ConversationPane

LOOKED_AT = 200  # rows that decide which actions apply; a larger selection gets all actions
GATHER_MS = 40  # after rows change, wait this long before looking at them again
MAIL_BUTTONS = frozenset({"archive", "restore", "delete", "mark_read", "mark_unread"})


class MailActions(QObject):
    """Connects the window's mail actions with the list they act on.

    Signals:
        failed: The sentence for the user about what could not be done.
        buttons_changed: The names of the buttons that apply now.
    """

    failed = Signal(str)
    buttons_changed = Signal(object)

    def __init__(
        self,
        service: MailService,
        actions: Actions,
        stack: CommandStack,
        pane: ConversationPane,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._service = service
        self._actions = actions
        self._stack = stack
        self._pane = pane
        self._window = window
        self._is_active = True
        self._previews: dict[int, tuple[int, ...]] = {}
        service.answered.connect(self._on_answered)
        pane.view.selection_moved.connect(self.refresh)
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._gather.timeout.connect(self.refresh)
        pane.model.dataChanged.connect(self._on_data_changed)
        pane.view.action_requested.connect(self._on_row_button)
        actions["archive"].triggered.connect(lambda: self.archive(self._selected()))
        actions["restore"].triggered.connect(lambda: self.restore(self._selected()))
        actions["delete"].triggered.connect(lambda: self.delete(self._selected()))
        actions["mark_read"].triggered.connect(lambda: self.mark(read=True))
        actions["mark_unread"].triggered.connect(lambda: self.mark(read=False))
        actions["toggle_read"].triggered.connect(self._toggle_read)
        actions["undo"].triggered.connect(stack.undo)
        stack.undo_changed.connect(actions["undo"].setEnabled)
        actions["undo"].setEnabled(stack.can_undo)
        self.refresh()

    def archive(self, conversation_ids: tuple[int, ...]) -> None:
        """Put conversations into Archive."""
        self._send_away(conversation_ids)
        if conversation_ids:
            self._stack.run(Archive(conversation_ids))

    def restore(self, conversation_ids: tuple[int, ...]) -> None:
        """Put archived conversations back into Inbox."""
        self._send_away(conversation_ids)
        if conversation_ids:
            self._stack.run(Restore(conversation_ids))

    def delete(self, conversation_ids: tuple[int, ...]) -> None:
        """Ask the store what a delete would do, ask the user, then delete."""
        if conversation_ids and not self._previews:
            ticket = self._service.ask(DeletePreviewRequest(conversation_ids=conversation_ids))
            self._previews[ticket] = conversation_ids

    def mark(self, *, read: bool) -> None:
        """Mark the selection as read or unread."""
        chosen = self._selected()
        if chosen:
            self._stack.run(MarkRead(chosen, read))

    def set_active(self, is_active: bool) -> None:  # a plain setter
        """Disable the actions while another pane takes the list's place."""
        self._is_active = is_active
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Offer what the selection allows."""
        count = self._pane.view.selected_count() if self._is_active else 0
        rows = self._pane.view.selected_rows(LOOKED_AT)
        is_known = (
            len(rows) == count
        )  # every selected row was read; else offer what the list allows
        view = self._pane.query.view
        allowed = {
            "archive": any(not row.is_archived and row.incoming_count for row in rows)
            or (not is_known and view != View.ARCHIVE),
            "restore": any(row.is_archived for row in rows)
            or (not is_known and view != View.INBOX),
            "delete": True,
            "mark_read": any(row.unread_count for row in rows) or not is_known,
            "mark_unread": any(not row.unread_count for row in rows) or not is_known,
            "toggle_read": True,
        }
        for name, is_allowed in allowed.items():
            self._actions[name].setEnabled(count > 0 and is_allowed)
        self.buttons_changed.emit(self._buttons())

    @Slot()
    def _on_data_changed(self) -> None:
        if not self._gather.isActive():
            self._gather.start()

    def _buttons(self) -> frozenset[str]:
        """The buttons that apply: one of archive and restore, one of read and unread."""
        enabled = {name for name in MAIL_BUTTONS if self._actions[name].isEnabled()}
        is_archive = self._pane.query.view == View.ARCHIVE
        first = (
            "restore"
            if is_archive or enabled & {"archive", "restore"} == {"restore"}
            else "archive"
        )
        mark = (
            "mark_unread"
            if "mark_read" not in enabled and "mark_unread" in enabled
            else "mark_read"
        )
        return frozenset({first, "delete", mark})

    def _selected(self) -> tuple[int, ...]:
        return self._pane.view.selected_ids()

    def _send_away(self, conversation_ids: tuple[int, ...]) -> None:
        if set(conversation_ids) >= set(self._selected()):
            self._pane.view.advance_after()

    def _toggle_read(self) -> None:
        rows = self._pane.view.selected_rows(LOOKED_AT)
        self.mark(read=any(row.unread_count for row in rows))

    @Slot(str, object)
    def _on_row_button(self, name: str, conversation_id: int) -> None:
        act = {"archive": self.archive, "restore": self.restore, "delete": self.delete}[name]
        act((conversation_id,))

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        if answer.ticket not in self._previews:
            return
        chosen = self._previews[answer.ticket]
        try:
            if not isinstance(answer.result, DeletePreview):
                self.failed.emit(answer.error)
            elif (
                answer.result.message_count
                and ConfirmDelete(answer.result, self._window).is_agreed()
            ):
                self._send_away(chosen)
                self._stack.run(DeleteMessages(answer.result.message_ids))
        finally:
            self._previews.pop(answer.ticket, None)
