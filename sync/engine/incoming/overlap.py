"""Two things at once: the store writes while the server sends what comes next."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class _Fetching(threading.Thread, Generic[Result]):
    """Runs one function; `result` gives what it returned, or raises what it raised."""

    def __init__(self, fetch: Callable[[], Result]) -> None:
        super().__init__(name="ahead", daemon=True)
        self._fetch = fetch
        self._found: list[Result] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._found.append(self._fetch())
        except BaseException as error:  # it is raised again by `result`
            self._error = error

    def result(self) -> Result:
        self.join()
        if self._error is not None:
            raise self._error
        return self._found[0]


def while_fetching(fetch: Callable[[], Result], write: Callable[[], None]) -> Result:
    """Run `fetch` in a thread of its own while `write` runs in this one; what `fetch` returned.

    `fetch` has the session for itself until this returns, and must not touch the store. SQLite
    and the socket both let other threads of Python run, so on two cores the longer of the two
    decides. What `write` raises goes before what `fetch` raises.
    """
    fetching = _Fetching(fetch)
    fetching.start()
    try:
        write()
    finally:
        fetching.join()
    return fetching.result()
