"""Mailboxes at which the connection ends each time: after a few tries they are left out.

A server that hangs up when a certain mailbox is opened, or when a certain mail in it is asked
for, would else end every connection there, and whatever comes after it would wait for good.
What is noted here lives as long as the account's worker, over all its connections.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

from sync.engine.set_aside import SetAside
from sync.session.values import Asked
from sync.timing import Timing

TRIES = 3  # one may be the line, two bad luck


class Part(StrEnum):
    """The work during which it happened: what is left out then."""

    CYCLE = "cycle"  # the mailbox as a whole: it counts as refused
    PAST = "past"  # its past mail


@dataclass(slots=True)
class _Trouble:
    """Ends of the connection at one mailbox, in a row and without progress between them."""

    tries: int = 0
    reached: Hashable = None
    closed_until: float = 0.0  # monotonic
    wait_seconds: float = 0.0


class Hanging:
    """What ended connections, by the mailbox's name and the part of the work.

    Attributes:
        mails: The single mails that did so.
    """

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self.mails = SetAside(timing)
        self._known: dict[tuple[str, Part], _Trouble] = {}

    def happened(
        self, name: str, part: Part, reached: Hashable, asked: Asked | None = None
    ) -> bool:
        """The connection ended at this mailbox; whether it is left out for a while from now on.

        Args:
            reached: How far the work had come. Whoever gets further each time has a bad line.
            asked: The mails that were asked for then. If it is known now which of them it is, the
                mailbox goes on without that one.
        """
        trouble = self._known.setdefault((name, part), _Trouble())
        if trouble.tries and trouble.reached != reached:
            trouble.tries, trouble.wait_seconds = 0, 0.0
            self.mails.forget(name)
        trouble.reached = reached
        trouble.tries += 1
        if asked is not None and self.mails.learn(asked, is_second=trouble.tries > 1):
            del self._known[name, part]
            return False
        if trouble.tries < TRIES:
            return False
        wait = trouble.wait_seconds * 2 or self._timing.hanging_first
        trouble.wait_seconds = min(wait, self._timing.hanging_most)
        trouble.closed_until = time.monotonic() + trouble.wait_seconds
        return True

    def passed(self, name: str, part: Part) -> None:
        """The work at this mailbox went through."""
        if not self.is_closed(name, part):
            self._known.pop((name, part), None)

    def is_closed(self, name: str, part: Part) -> bool:
        """Whether it is left out now."""
        trouble = self._known.get((name, part))
        return trouble is not None and trouble.closed_until > time.monotonic()

    def try_now(self) -> None:
        """The person asks, or the network is another one: nothing waits; one more end is enough."""
        for trouble in self._known.values():
            trouble.closed_until = 0.0
        self.mails.try_now()

    def closed(self) -> frozenset[str]:
        """The mailboxes that are left out as a whole."""
        return frozenset(
            name
            for name, part in self._known
            if part is Part.CYCLE and self.is_closed(name, Part.CYCLE)
        )
