"""The reader thread: lists, searches, bodies taken apart and cleaned, off the GUI thread."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Signal, Slot

from models.store import database
from sync.qt.service import reading
from sync.qt.service.requests import Answer, Request

log = logging.getLogger(__name__)


class Reader(QObject):
    """Answers requests in the order in which they came, on a connection that cannot write.

    Lives in its own QThread, no parent.

    Signals:
        answered: An `Answer`; a request that failed has the person's sentence in `error`.
    """

    answered = Signal(object)

    @Slot()
    def start(self) -> None:
        """First code to run in the thread: the connection belongs to it."""
        database.open_for_thread(read_only=True)

    @Slot(int, object)
    def answer(self, ticket: int, request: Request) -> None:
        """Read what is asked for; never raises."""
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
