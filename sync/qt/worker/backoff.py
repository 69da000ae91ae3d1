"""How long a worker waits before it connects again."""

from __future__ import annotations

import random
import time

from sync.timing import Timing


class Backoff:
    """Waits that double, with jitter. They start again only after a connection has lasted.

    Otherwise a server that accepts a connection and hangs up at once would be tried without end.
    """

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._next = timing.backoff_first
        self._connected_at: float | None = None

    def connected(self) -> None:
        """Note when the connection was made; whether it lasts is not known yet."""
        self._connected_at = time.monotonic()

    def works(self) -> None:
        """The connection was of use: start again if it has lasted `Timing.backoff_reset`."""
        since = self._connected_at
        if since is not None and time.monotonic() - since > self._timing.backoff_reset:
            self.reset()

    def reset(self) -> None:
        """Start again at the first wait: the user asked, or the network changed."""
        self._next = self._timing.backoff_first

    def next_wait(self) -> float:
        """Seconds to wait before the next try."""
        wait = self._next * random.uniform(0.8, 1.2)  # noqa: S311  # jitter, no secret
        self._next = min(self._next * 2, self._timing.backoff_most)
        self._connected_at = None
        return wait
