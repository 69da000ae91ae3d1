"""How long to wait before the next connection."""

from __future__ import annotations

import random
import time

from sync.timing import Timing


class Backoff:
    """Waits that double, with jitter; they begin anew only after a connection has lived.

    A server that lets us in and hangs up at once would else be asked without end.
    """

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._next = timing.backoff_first
        self._connected_at: float | None = None

    def connected(self) -> None:
        """A connection is there; whether it lives is to be seen."""
        self._connected_at = time.monotonic()

    def works(self) -> None:
        """The connection did something."""
        since = self._connected_at
        if since is not None and time.monotonic() - since > self._timing.backoff_reset:
            self.reset()

    def reset(self) -> None:
        """The person asked, or the network is another one."""
        self._next = self._timing.backoff_first

    def next_wait(self) -> float:
        """Seconds until the next try."""
        wait = self._next * random.uniform(0.8, 1.2)  # noqa: S311  # jitter, no secret
        self._next = min(self._next * 2, self._timing.backoff_most)
        self._connected_at = None
        return wait
