"""Lets only one thread at a time renew an account's tokens, and keeps tokens not stored yet."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass(slots=True)
class Rotation:
    """The renewal of one account's tokens.

    Attributes:
        lock: Held while tokens are renewed and stored.
        unsaved: Renewed tokens that the store has not taken yet; the old ones are worthless.
        replaced: The stored tokens that `unsaved` is to replace.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    unsaved: str = field(default="", repr=False)
    replaced: str = field(default="", repr=False)


class Rotations:
    """The renewals of all accounts. Thread-safe."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._known: dict[int, Rotation] = {}

    def of(self, account_id: int) -> Rotation:
        """The renewal of this account."""
        with self._guard:
            return self._known.setdefault(account_id, Rotation())
