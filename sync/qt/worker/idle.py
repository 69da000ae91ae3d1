"""Waits for news from the server with IDLE (RFC 2177), without blocking the worker's thread."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal, Slot

from sync.errors import SyncError
from sync.session import ImapSession

# Servers that end IDLE before the 29 minutes that every server has to allow.
_SHORTER = (("yahoo.com", 170.0), ("aol.com", 170.0), ("rambler.ru", 50.0))
_BURST = 40  # events in a row that are taken at once; one more per `_LONGEST_SECONDS` of quiet
_LONGEST_SECONDS = 2.5


def renewal(host: str, seconds: float) -> float:
    """After how many seconds IDLE has to be renewed at this server."""
    name = f".{host.lower()}"
    return min([seconds, *(most for end, most in _SHORTER if name.endswith(f".{end}"))])


class Settling:
    """How long events are collected before a cycle starts.

    Single mails are shown at once. After more than `_BURST` events without a pause the worker
    reads only every few seconds, because some servers never stop sending.
    """

    def __init__(self, first: float) -> None:
        self._first = first
        self._credit = float(_BURST)
        self._last = time.monotonic()

    def seconds(self) -> float:
        """How many seconds to collect after the event that came now."""
        now = time.monotonic()
        self._credit = min(_BURST, self._credit + (now - self._last) / _LONGEST_SECONDS)
        self._last = now
        if self._credit < 1:
            return _LONGEST_SECONDS
        self._credit -= 1
        return self._first


class IdleWatch(QObject):
    """Runs IDLE on a session. Lives in the worker's thread and is made before that thread starts.

    One notifier serves every connection, because no signal may be connected in the worker's
    thread (see `AccountWorker`).

    Signals:
        spoke: The server sent news.
        settled: Enough time has passed since then for what belongs together to arrive.
        renewal_due: IDLE has to be renewed.
        lost: The connection ended; a SyncError.
    """

    spoke = Signal()
    settled = Signal()
    renewal_due = Signal()
    lost = Signal(object)

    def __init__(self, parent: QObject, *, settle_seconds: float) -> None:
        super().__init__(parent)
        self._settling = Settling(settle_seconds)
        self._session: ImapSession | None = None
        self._notifier = QSocketNotifier(QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        self._renewal = QTimer(self, singleShot=True)
        self._renewal.timeout.connect(self.renewal_due)
        self._settle = QTimer(self, singleShot=True)
        self._settle.timeout.connect(self.settled)

    def begin(self, session: ImapSession, *, renew_seconds: float) -> None:
        """Start IDLE. Raises what the session raises."""
        session.idle_begin()
        self._session = session
        self._notifier.setSocket(session.fileno())
        self._notifier.setEnabled(True)
        seconds = renewal(session.server.host, renew_seconds)
        self._renewal.start(max(1, round(seconds * 1000)))
        if session.idle_pending():
            # Bytes that came with the continuation are in a buffer; no notifier fires for them.
            self._read()

    def end(self) -> None:
        """End IDLE if it runs. Raises what the session raises."""
        session = self._session
        self.forget()
        if session is not None:
            session.idle_end()

    def forget(self) -> None:
        """Stop watching, and drop news that has not settled. Sends nothing."""
        self._settle.stop()
        self._stop_watching()

    def _stop_watching(self) -> None:
        self._renewal.stop()
        self._session = None
        self._notifier.setEnabled(False)

    @Slot()
    def _read(self) -> None:
        if self._session is None:
            return  # the notifier fired once more after the end
        try:
            news = self._session.idle_events()
        except SyncError as error:
            self.forget()
            self.lost.emit(error)
            return
        if news:
            self.spoke.emit()
            if not self._settle.isActive():
                self._settle.start(max(0, round(self._settling.seconds() * 1000)))
        elif not self._session.is_idling:
            # Some servers end IDLE at once, every time. The next cycle starts it again, and news
            # that came before still settle.
            self._stop_watching()
