"""Decides when deleted mail is wiped: as soon as the program has been idle for a while (R7)."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from models.events import Event, MessagesAdded, MessagesDeleted, SecretsChanged
from sync.timing import Timing

PATIENCE = 10  # after this many idle times a due wipe runs, however busy the program is


class WipeSchedule(QObject):
    """Watches events and says when to wipe. Lives in the GUI thread.

    Signals:
        due: The program is idle, or has been busy for too long.
    """

    due = Signal()

    def __init__(self, timing: Timing, is_syncing: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._idle_ms = round(timing.wipe_idle * 1000)
        self._most_seconds = PATIENCE * timing.wipe_idle
        self._is_syncing = is_syncing
        self._due_since: float | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._idle)

    def watch(self, event: Event) -> None:
        """A delete, or a change of how secrets are kept, makes a wipe due."""
        deletes = isinstance(event, MessagesDeleted | SecretsChanged)
        if deletes and self._due_since is None:
            self._begin()
        elif isinstance(event, MessagesAdded | MessagesDeleted):
            self.postpone()

    def postpone(self) -> None:
        """Wait longer: the program is not idle. But steady mail must not delay a wipe for ever."""
        if self._due_since is None:
            return
        if time.monotonic() - self._due_since < self._most_seconds:
            self._timer.start(self._idle_ms)

    def stop(self) -> None:
        """Stop the timer: the program ends, and `MailService.close` wipes."""
        self._timer.stop()

    @Slot(bool)
    def on_wiped(self, is_complete: bool) -> None:  # a Qt slot
        """A wipe that was not complete is due again."""
        if not is_complete:
            self._begin()

    def _begin(self) -> None:
        self._due_since = time.monotonic()
        self._timer.start(self._idle_ms)

    @Slot()
    def _idle(self) -> None:
        if self._is_syncing():
            self.postpone()
            if self._timer.isActive():
                return
        self._due_since = None
        self.due.emit()
