"""The actions on the current mail of a history: "Delete this email" (R5, R6), and unlink."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from models.commands.delete import DeleteMessages, DeletePreview
from models.commands.links import UnlinkConversations, UnlinkPersons
from models.queries.history_pages import MailEntry
from sync.qt.service.requests import Answer, DeletePreviewRequest
from sync.qt.service.service import MailService
from ui.commands.actions import Actions
from ui.commands.command_stack import CommandStack
from ui.commands.confirm_delete import ConfirmDelete
from ui.records import kinds
from ui.records.detail.view import DetailView


class HistoryActions(QObject):
    """Connects `action_delete_email` with the history's current entry.

    Signals:
        failed: A sentence for the user.
        changed: Another entry is the current one, or none is.
    """

    failed = Signal(str)
    changed = Signal()

    def __init__(
        self,
        service: MailService,
        actions: Actions,
        stack: CommandStack,
        detail: DetailView,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._service = service
        self._actions = actions
        self._stack = stack
        self._detail = detail
        self._window = window
        self._asked: dict[int, int] = {}  # message id by ticket
        service.answered.connect(self._on_answered)
        actions["delete_email"].triggered.connect(self.delete_current)
        detail.current_moved.connect(self.refresh)
        model = detail.history.model
        for signal in (model.rowsRemoved, model.rowsInserted, model.modelReset):
            signal.connect(self.refresh)
        self.refresh()

    def current(self) -> MailEntry | None:
        """The mail that the actions act on, or None."""
        if not self._detail.isVisible():
            return None
        entry = self._detail.history.view.current_entry()
        return entry if isinstance(entry, MailEntry) else None

    @Slot()
    def refresh(self) -> None:
        """Enable the actions that the current entry allows."""
        self._actions["delete_email"].setEnabled(self.current() is not None)
        self.changed.emit()

    @Slot()
    def delete_current(self) -> None:
        """Ask the user, then delete this one message everywhere."""
        entry = self.current()
        if entry is not None and not self._asked:
            ticket = self._service.ask(DeletePreviewRequest(message_ids=(entry.message_id,)))
            self._asked[ticket] = entry.message_id

    def can_unlink(self) -> bool:
        """Whether the current mail is here by a link that can be removed."""
        entry = self.current()
        kind = kinds.split_key(self._detail.record_key)[0]
        return entry is not None and (kind == kinds.PERSON or bool(entry.link_key))

    def unlink(self) -> None:
        """Remove the link by which the current mail is in this history."""
        entry = self.current()
        if entry is None:
            return
        kind, record_id = kinds.split_key(self._detail.record_key)
        if kind == kinds.PERSON:
            self._stack.run(UnlinkPersons((entry.message_id,), record_id))
        else:
            self._stack.run(UnlinkConversations((entry.conversation_id,)))

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        if answer.ticket not in self._asked:
            return
        message_id = self._asked[answer.ticket]
        try:
            preview = answer.result
            if not isinstance(preview, DeletePreview):
                self.failed.emit(answer.error)
            elif preview.message_count and ConfirmDelete(preview, self._window).is_agreed():
                self._stack.run(DeleteMessages((message_id,)))
        finally:
            self._asked.pop(answer.ticket, None)
