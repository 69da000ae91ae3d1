"""Holds the worker's session so that other threads can cut its connection."""

from __future__ import annotations

import logging
import threading

from sync.errors import SyncError
from sync.session import ImapSession

log = logging.getLogger(__name__)


class HeldSession:
    """One session or none. Only the worker's thread sets it.

    Methods marked (any thread) are thread-safe; the others belong to the worker's thread.
    """

    def __init__(self, account_id: int) -> None:
        self._account_id = account_id
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._session: ImapSession | None = None

    @property
    def session(self) -> ImapSession | None:
        """The session, for the worker's thread."""
        return self._session

    def is_stopping(self) -> bool:
        """Whether the worker is to end (any thread)."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Let no further step begin (any thread)."""
        self._stopping.set()

    def abort(self) -> None:
        """Stop, and cut the connection so that a blocking read ends at once (any thread)."""
        self._stopping.set()
        with self._lock:
            if self._session is not None:
                self._session.abort()

    def cut_if_dead(self, addresses: frozenset[str] | None) -> bool:
        """Cut the connection if this computer no longer has its address (any thread).

        Args:
            addresses: Those the computer has now; None if every connection is dead.

        Returns: whether the worker has to connect again.
        """
        with self._lock:
            session = self._session
            if session is None or (addresses is not None and session.local_address in addresses):
                return addresses is None
            session.abort()
            return True

    def hold(self, session: ImapSession) -> None:
        """Keep a session that is about to connect; cut it if the worker is to end."""
        with self._lock:
            self._session = session
            if self._stopping.is_set():
                session.abort()  # a second try, which began after the first was cut

    def drop(self, *, politely: bool) -> None:
        """Close the session, with a goodbye if `politely`. The store has all that matters."""
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
