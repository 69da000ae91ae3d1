"""Overlaps writing and fetching: the store writes while the server sends the next step."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class _Fetching(threading.Thread, Generic[Result]):
    """Runs one function. `result` returns what it returned, or raises what it raised."""

    def __init__(self, fetch: Callable[[], Result]) -> None:
        super().__init__(name="ahead", daemon=True)
        self._fetch = fetch
        self._found: list[Result] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._found.append(self._fetch())
        except BaseException as error:  # `result` raises it again
            self._error = error

    def result(self) -> Result:
        self.join()
        if self._error is not None:
            raise self._error
        return self._found[0]


def while_fetching(fetch: Callable[[], Result], write: Callable[[], None]) -> Result:
    """Run `fetch` in another thread while `write` runs in this one. Returns `fetch`'s result.

    `fetch` alone uses the session until this returns, and must not touch the store. SQLite and the
    socket release the GIL, so on two cores this takes as long as the slower of the two. If both
    raise, the exception of `write` is raised.
    """
    fetching = _Fetching(fetch)
    fetching.start()
    try:
        write()
    finally:
        fetching.join()
    return fetching.result()
