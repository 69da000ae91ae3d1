"""The counts beside the folders: asked for after events, with a pause between two reads."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from models.queries.conversation_list import Counts
from sync.qt.service.requests import Answer, CountsRequest
from sync.qt.service.service import MailService

WAIT_MS = 120  # the least pause between two reads


class MailCounts(QObject):
    """Reads the counts through the reader thread, one request at a time.

    Signals:
        counted: The `Counts` of all accounts.
    """

    counted = Signal(object)

    def __init__(self, service: MailService, parent: QObject) -> None:
        super().__init__(parent)
        self._service = service
        self._ticket = 0
        self._is_stale = False
        self._is_over = False
        self._timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._timer.timeout.connect(self.ask)
        service.answered.connect(self._on_answered)

    def ask_soon(self) -> None:
        """Something has changed: ask after a moment, unless a read is waiting already."""
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def ask(self) -> None:
        """Ask now; while an answer is still on its way, ask once more after it."""
        if self._ticket:
            self._is_stale = True
        elif not self._is_over:
            self._is_stale = False
            self._ticket = self._service.ask(CountsRequest())

    def end(self) -> None:
        """Stop asking, because the window closes."""
        self._is_over = True

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        if answer.ticket == self._ticket:
            self._ticket = 0
            if isinstance(answer.result, Counts):
                self.counted.emit(answer.result)
            if self._is_stale:
                self.ask_soon()
