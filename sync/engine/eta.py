"""Measures how fast past mail comes in, and estimates how long the rest takes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WARM_UP = 4.0  # seconds before the first estimate: the first steps are not typical
WINDOW = 30.0  # seconds of the past that the estimate uses
GAP = 10.0  # a longer pause between steps was other work or a lost connection


class Pace:
    """Estimates only from what it measured: without enough steps there is no estimate."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, done: int) -> None:
        """Note how many messages are done by now."""
        at = self._clock()
        if self._seen and (at - self._seen[-1][0] > GAP or done < self._seen[-1][1]):
            self._seen.clear()
        self._seen.append((at, done))
        while len(self._seen) > 2 and at - self._seen[1][0] >= WINDOW:
            self._seen.popleft()

    def seconds_left(self, left: int) -> float | None:
        """The seconds that this many messages will take; None while it is not known."""
        if len(self._seen) < 2:
            return None
        (first_at, first), (last_at, last) = self._seen[0], self._seen[-1]
        if last_at - first_at < WARM_UP or last <= first:
            return None
        return left * (last_at - first_at) / (last - first)
