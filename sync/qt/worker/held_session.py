"""The worker's connection, within reach of the threads that may have to cut it."""

from __future__ import annotations

import logging
import threading

from sync.errors import SyncError
from sync.session import ImapSession

log = logging.getLogger(__name__)


class HeldSession:
    """One session or none; only the worker's thread sets it. Thread-safe where it says so."""

    def __init__(self, account_id: int) -> None:
        self._account_id = account_id
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._session: ImapSession | None = None

    @property
    def session(self) -> ImapSession | None:
        """The connection, for the worker's thread."""
        return self._session

    def is_stopping(self) -> bool:
        """Whether the worker is to end (any thread)."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """No step is to begin any more (any thread)."""
        self._stopping.set()

    def abort(self) -> None:
        """Stop, and cut the connection so that a blocking read ends at once (any thread)."""
        self._stopping.set()
        with self._lock:
            if self._session is not None:
                self._session.abort()

    def cut_if_dead(self, addresses: frozenset[str] | None) -> bool:
        """Cut a connection from an address that is gone; None: each is dead (any thread)."""
        with self._lock:
            session = self._session
            if session is None or (addresses is not None and session.local_address in addresses):
                return addresses is None
            session.abort()
            return True

    def hold(self, session: ImapSession) -> None:
        """A session that is about to connect."""
        with self._lock:
            self._session = session
            if self._stopping.is_set():
                session.abort()  # a second try, begun after the first was cut

    def drop(self, *, politely: bool) -> None:
        """Close the session; what matters is in the store."""
        session = self._session
        if session is None:
            return
        try:
            if not politely:
                session.abort()
            session.close()  # `abort` can still reach it if the server does not answer
        except SyncError:
            log.info("the connection of account %d was already lost", self._account_id)
        with self._lock:
            self._session = None
