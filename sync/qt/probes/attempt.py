"""A try in a thread of its own, and how to end it from another."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Try:
    """What runs, and how to end it from another thread."""

    def __init__(self, ticket: int) -> None:
        self.ticket = ticket
        self.cancelled = threading.Event()
        self.enough = threading.Event()
        self._guard = threading.Lock()
        self._aborts: list[Callable[[], None]] = []

    def on_cancel(self, abort: Callable[[], None]) -> None:
        """Register what cuts a connection; at once if it is too late already."""
        with self._guard:
            self._aborts.append(abort)
        if self.cancelled.is_set():
            abort()

    def tell(self, emit: Callable[[], None]) -> None:
        """Emit, unless it was cancelled: the window may be gone then, and who asked with it."""
        with self._guard:
            if not self.cancelled.is_set():
                emit()

    def cancel(self) -> None:
        """End it; when this returns, nothing is told any more."""
        with self._guard:
            self.cancelled.set()
            aborts = list(self._aborts)
        for abort in aborts:
            abort()
