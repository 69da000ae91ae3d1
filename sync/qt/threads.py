"""Starts and joins the threads with an event loop; each object with a store connection has one."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import Q_ARG, QMetaObject, QObject, Qt, QThread

log = logging.getLogger(__name__)


class EventThread(QThread):
    """A QThread with an event loop and one Python thread state for its whole life.

    A plain QThread enters Python again for every slot, with a fresh thread state that it throws
    away when the slot returns. `threading.local` dies with that state, and so does peewee's
    connection of this thread: apsw then closes the connection without a thread state and crashes.
    A `run` in Python stays on the stack until the loop ends, so all slots share its state.

    Qt emits `started` before `run`, so `inhabited` queues an object's first slot instead.
    """

    def run(self) -> None:
        """Run the event loop until `quit`."""
        self.exec()


def call(inhabitant: QObject, slot: str, *numbers: int) -> None:
    """Call a slot in the thread that its object lives in, after the calls already queued there."""
    arguments = [Q_ARG(int, number) for number in numbers]
    QMetaObject.invokeMethod(inhabitant, slot, Qt.ConnectionType.QueuedConnection, *arguments)


def inhabited(name: str, inhabitant: QObject, parent: QObject) -> EventThread:
    """Make a thread for an object, and queue the object's `start` before any other slot."""
    thread = EventThread(parent)
    thread.setObjectName(name)
    inhabitant.moveToThread(thread)
    call(inhabitant, "start")
    thread.finished.connect(inhabitant.deleteLater)
    return thread


def join(thread: QThread, seconds: float, *, if_late: Callable[[], None] = lambda: None) -> None:
    """Wait until a thread ends; after `seconds` call `if_late` and go on waiting.

    To destroy a QThread that still runs would abort the process.
    """
    if thread.wait(round(seconds * 1000)):
        return
    log.warning("the thread %s ends late", thread.objectName())
    if_late()
    thread.wait()
