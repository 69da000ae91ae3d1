"""The kind of thread that everything with a database connection lives in."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import Q_ARG, QMetaObject, QObject, Qt, QThread

log = logging.getLogger(__name__)


class EventThread(QThread):
    """A QThread with an event loop and one Python thread state for its whole life.

    A plain QThread enters Python anew for every slot, with a fresh thread state that is thrown
    away when the slot returns. `threading.local` dies with it, and with that peewee's connection
    of this thread: apsw then crashes while it closes the connection without a thread state. A
    `run` in Python stays on the stack until the loop ends, so all slots share its state.

    `started` is emitted before `run`, so the first slot of an inhabitant is queued instead.
    """

    def run(self) -> None:
        """Run the event loop until `quit`."""
        self.exec()


def call(inhabitant: QObject, slot: str, *numbers: int) -> None:
    """Call a slot in the thread that its object lives in, after what is queued there already."""
    arguments = [Q_ARG(int, number) for number in numbers]
    QMetaObject.invokeMethod(inhabitant, slot, Qt.ConnectionType.QueuedConnection, *arguments)


def inhabited(name: str, inhabitant: QObject, parent: QObject) -> EventThread:
    """A thread in which the inhabitant's `start` is the first slot: it is queued before any other."""
    thread = EventThread(parent)
    thread.setObjectName(name)
    inhabitant.moveToThread(thread)
    call(inhabitant, "start")
    thread.finished.connect(inhabitant.deleteLater)
    return thread


def join(thread: QThread, seconds: float, *, if_late: Callable[[], None] = lambda: None) -> None:
    """Wait for a thread's end, also after `seconds`: one destroyed while it runs aborts the process."""
    if thread.wait(round(seconds * 1000)):
        return
    log.warning("the thread %s ends late", thread.objectName())
    if_late()
    thread.wait()
