"""An attempt that runs in its own thread and can be cancelled from another."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Try:
    """One attempt. Thread-safe.

    Attributes:
        cancelled: Set by `cancel`; the attempt's thread looks at it.
        enough: Set to end a search with what is known by then.
    """

    def __init__(self, ticket: int) -> None:
        self.ticket = ticket
        self.cancelled = threading.Event()
        self.enough = threading.Event()
        self._guard = threading.Lock()
        self._aborts: list[Callable[[], None]] = []

    def on_cancel(self, abort: Callable[[], None]) -> None:
        """Register a function that cuts a connection; call it at once if already cancelled."""
        with self._guard:
            self._aborts.append(abort)
        if self.cancelled.is_set():
            abort()

    def tell(self, emit: Callable[[], None]) -> None:
        """Emit unless cancelled: after that the window, and whatever asked, may be gone."""
        with self._guard:
            if not self.cancelled.is_set():
                emit()

    def cancel(self) -> None:
        """End the attempt; once this returns, `tell` emits nothing more."""
        with self._guard:
            self.cancelled.set()
            aborts = list(self._aborts)
        for abort in aborts:
            abort()
