"""Waiting for a server's news without blocking the worker's thread (RFC 2177)."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal, Slot

from sync.errors import SyncError
from sync.session import ImapSession

# Who hangs up on IDLE earlier than the 29 minutes that everybody has to allow.
_SHORTER = (("yahoo.com", 170.0), ("aol.com", 170.0), ("rambler.ru", 50.0))
_BURST = 40  # news in a row that are taken at once; one more for every `_LONGEST_SECONDS` of quiet
_LONGEST_SECONDS = 2.5


def renewal(host: str, seconds: float) -> float:
    """After how long IDLE begins anew at this server."""
    name = f".{host.lower()}"
    return min([seconds, *(most for end, most in _SHORTER if name.endswith(f".{end}"))])


class Settling:
    """How long news are collected before a cycle.

    Mail that comes one by one is shown at once. Who tells more than `_BURST` news without a pause
    is listened to every few seconds: some servers never stop talking.
    """

    def __init__(self, first: float) -> None:
        self._first = first
        self._credit = float(_BURST)
        self._last = time.monotonic()

    def seconds(self) -> float:
        """For the news that came now."""
        now = time.monotonic()
        self._credit = min(_BURST, self._credit + (now - self._last) / _LONGEST_SECONDS)
        self._last = now
        if self._credit < 1:
            return _LONGEST_SECONDS
        self._credit -= 1
        return self._first


class IdleWatch(QObject):
    """Runs IDLE on a session; lives in the worker's thread, and is made before that begins.

    One notifier serves every connection: no signal is connected in the worker's thread (see
    `AccountWorker`).

    Signals:
        spoke: The server told something.
        settled: So long ago that what belongs together is here.
        renewal_due: IDLE has run for so long that it has to begin anew.
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
            # Bytes that came with the continuation are in a buffer; the socket stays silent.
            self._read()

    def end(self) -> None:
        """Leave IDLE, if it runs. Raises what the session raises."""
        session = self._session
        self.forget()
        if session is not None:
            session.idle_end()

    def forget(self) -> None:
        """Stop watching a connection that is not to be talked to any more."""
        self._settle.stop()
        self._stop_watching()

    def _stop_watching(self) -> None:
        self._renewal.stop()
        self._session = None
        self._notifier.setEnabled(False)

    @Slot()
    def _read(self) -> None:
        if self._session is None:
            return  # the notifier's last word came after the end
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
            # Some end it at once, time and again: the next cycle begins it again. What it told
            # before settles as ever.
            self._stop_watching()
