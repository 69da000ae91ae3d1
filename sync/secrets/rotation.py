"""One renewal of an account's tokens at a time, and what could not be stored after one."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass(slots=True)
class Rotation:
    """Of one account.

    Attributes:
        lock: Held while tokens are renewed and stored.
        unsaved: Renewed tokens that the store did not take; the old ones are worth nothing then.
        replaced: The stored tokens that `unsaved` is to replace.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    unsaved: str = field(default="", repr=False)
    replaced: str = field(default="", repr=False)


class Rotations:
    """Of every account. Thread-safe."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._known: dict[int, Rotation] = {}

    def of(self, account_id: int) -> Rotation:
        """The one of this account."""
        with self._guard:
            return self._known.setdefault(account_id, Rotation())
