"""The reader thread: answers the window's requests for lists, searches, bodies and files."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Signal, Slot

from models.store import database
from sync.qt.service import reading
from sync.qt.service.requests import Answer, Request

log = logging.getLogger(__name__)


class Reader(QObject):
    """Answers requests in the order they came, on a connection to the store that cannot write.

    Lives in its own QThread, so it has no parent.

    Signals:
        answered: An `Answer`; after a failure its `error` is the sentence for the user.
    """

    answered = Signal(object)

    @Slot()
    def start(self) -> None:
        """Open the connection; the first code to run in the thread, which owns the connection."""
        database.open_for_thread(read_only=True)

    @Slot(int, object)
    def answer(self, ticket: int, request: Request) -> None:
        """Answer one request; never raises."""
        try:
            reply = Answer(ticket, request, reading.answer(request))
        except Exception:
            log.exception("a %s could not be answered", type(request).__name__)
            reply = Answer(ticket, request, None, "This could not be read from the database.")
        self.answered.emit(reply)

    @Slot()
    def stop(self) -> None:
        """Close the connection and end the thread."""
        database.close_for_thread()
        self.thread().quit()
