"""What the toast says: what a command did, while it can be undone, or why it failed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from sync.qt.service.service import MailService
from ui.commands.command_stack import CommandStack, Report
from ui.window.undo_toast import UndoToast

SECONDS = 5.0  # for a sentence without "Undo"


class Reports(QObject):
    """Ties the toast to the commands; its button undoes the newest."""

    def __init__(
        self, service: MailService, stack: CommandStack, toast: UndoToast, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._stack = stack
        self._toast = toast
        stack.reported.connect(self._on_report)
        stack.failed.connect(self.say_failure)
        toast.undo_requested.connect(self._undo)

    @Slot(str)
    def say_failure(self, sentence: str) -> None:
        """Say why something failed. It stays longer, because the user did not expect it."""
        self._toast.say(sentence, SECONDS * 2, can_undo=False)

    @Slot(object)
    def _on_report(self, report: Report) -> None:
        seconds = self._service.timing.undo if report.can_undo else SECONDS
        self._toast.say(report.sentence, seconds, can_undo=report.can_undo)

    @Slot()
    def _undo(self) -> None:
        self._toast.hide()
        self._stack.undo()
