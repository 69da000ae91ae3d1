"""How fast past mail comes in, and how long the rest takes at that pace."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WARM_UP = 4.0  # seconds before anything is said: the first steps tell nothing
WINDOW = 30.0  # seconds that are looked back on
GAP = 10.0  # seconds without a step: something else was done, or the line was away


class Pace:
    """Measured, never guessed: without enough to go by there is no answer."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, done: int) -> None:
        """So many messages are behind us by now."""
        at = self._clock()
        if self._seen and (at - self._seen[-1][0] > GAP or done < self._seen[-1][1]):
            self._seen.clear()
        self._seen.append((at, done))
        while len(self._seen) > 2 and at - self._seen[1][0] >= WINDOW:
            self._seen.popleft()

    def seconds_left(self, left: int) -> float | None:
        """For so many messages more; None while it is not known."""
        if len(self._seen) < 2:
            return None
        (first_at, first), (last_at, last) = self._seen[0], self._seen[-1]
        if last_at - first_at < WARM_UP or last <= first:
            return None
        return left * (last_at - first_at) / (last - first)
