"""Leaves out, for a while, mailboxes and single mails at which the connection ends each time.

A server that hangs up when a certain mailbox is opened, or when a certain mail in it is asked
for, would otherwise end every connection there, and nothing after it would ever sync. So after a
few ends at the same place the mailbox is left out. If the place is a FETCH, every mail of it is
first asked for alone; the one at which the connection ends again is left out, and its mailbox
goes on. If only the text of a mail is dangerous, its header still comes; the text is asked for
when the user opens the mail.

What is noted here lives as long as the account's worker, over all its connections.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sync.session import Asked, expand
from sync.timing import Timing

TRIES = 3  # one may be the connection's fault, two bad luck
ENDS = 2  # ends while it was asked for alone, after two in a group
MAILS_MOST = 8  # per mailbox; with more, the whole mailbox is left out
SUSPECTS_MOST = 1_000

Place = tuple[str, int]


@dataclass(slots=True)
class _MailTrouble:
    """Ends of the connection while one mail was asked for alone."""

    ends: int = 0
    wait_seconds: float = 0.0
    until: float = 0.0  # monotonic seconds; 0: not left out yet


class MailQuarantine:
    """The suspected and the proven mails of one account.

    Attributes:
        suspects: UIDs that a session asks for one by one, by mailbox and UIDVALIDITY.
    """

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self.suspects: dict[Place, set[int]] = {}
        # By UID, and whether the text was asked for or only facts and header.
        self._known: dict[Place, dict[tuple[int, bool], _MailTrouble]] = {}
        self._is_new = False

    def learn(self, asked: Asked, *, is_second: bool) -> bool:
        """Record that the connection ended during this FETCH.

        Returns True once a single mail is identified as the first cause in its mailbox. With more
        such mails the mailbox has to wait, because that may be all of them.
        """
        uids = set(expand(asked.uids.encode()))
        suspects = self.suspects.setdefault(asked.place, set())
        if len(uids) == 1:
            suspects |= uids
            return self._ended_alone(asked, uids.pop())
        if is_second and len(suspects | uids) <= SUSPECTS_MOST:
            suspects |= uids
        return False

    def _ended_alone(self, asked: Asked, uid: int) -> bool:
        known = self._known.setdefault(asked.place, {})
        key = (uid, asked.is_whole)
        if key not in known and len(known) >= MAILS_MOST:
            return False
        trouble = known.setdefault(key, _MailTrouble())
        trouble.ends += 1
        if trouble.ends < ENDS:
            return False
        is_first = not any(one.until for one in known.values())
        self._is_new = self._is_new or not trouble.until
        wait = trouble.wait_seconds * 2 or self._timing.hanging_first
        trouble.wait_seconds = min(wait, self._timing.hanging_most)
        trouble.until = time.monotonic() + trouble.wait_seconds
        return is_first

    def forget(self, name: str) -> None:
        """Drop the suspects of a mailbox: the work got further, so the connection was at fault.

        Mails that were left out stay known.
        """
        for place in [place for place in self.suspects if place[0] == name]:
            known = self._known.get(place, {})
            self._known[place] = {key: one for key, one in known.items() if one.until}
            self.suspects[place] = {uid for uid, _ in self._known[place]}

    def left_out(self, place: Place, uids: Iterable[int], *, whole: bool) -> set[int]:
        """The UIDs that must not be asked for now: at all, or (`whole`) for their text."""
        known = self._known.get(place)
        if not known:
            return set()
        at = time.monotonic()
        now = {
            uid for (uid, words), one in known.items() if one.until > at and words in {False, whole}
        }
        return now.intersection(uids)

    def try_now(self) -> None:
        """Leave nothing out any more, until a connection ends there again."""
        for known in self._known.values():
            for trouble in known.values():
                trouble.until = min(trouble.until, time.monotonic())

    def take_new(self) -> bool:
        """Whether a mail was newly left out since the last call."""
        is_new, self._is_new = self._is_new, False
        return is_new


class SyncPart(StrEnum):
    """The work during which the connection ended, and which is then left out."""

    CYCLE = "cycle"  # the whole mailbox: it counts as refused
    PAST = "past"  # its past mail


@dataclass(slots=True)
class _MailboxTrouble:
    """Ends of the connection at one mailbox, in a row and without progress in between."""

    tries: int = 0
    reached: Hashable = None
    closed_until: float = 0.0  # monotonic seconds
    wait_seconds: float = 0.0


class Quarantine:
    """Remembers where connections ended, by mailbox name and part of the work.

    Attributes:
        mails: The single mails at which they ended.
    """

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self.mails = MailQuarantine(timing)
        self._known: dict[tuple[str, SyncPart], _MailboxTrouble] = {}

    def happened(
        self, name: str, part: SyncPart, reached: Hashable, asked: Asked | None = None
    ) -> bool:
        """The connection ended at this mailbox. Returns whether it is left out from now on.

        Args:
            reached: How far the work had come. If each try gets further, the connection is at fault.
            asked: The mails that were asked for then. Once one of them is identified, the mailbox goes
                on without it.
        """
        trouble = self._known.setdefault((name, part), _MailboxTrouble())
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

    def passed(self, name: str, part: SyncPart) -> None:
        """The work at this mailbox succeeded."""
        if not self.is_closed(name, part):
            self._known.pop((name, part), None)

    def is_closed(self, name: str, part: SyncPart) -> bool:
        """Whether it is left out now."""
        trouble = self._known.get((name, part))
        return trouble is not None and trouble.closed_until > time.monotonic()

    def try_now(self) -> None:
        """Try everything again: the user asked, or the network changed. One more end is enough."""
        for trouble in self._known.values():
            trouble.closed_until = 0.0
        self.mails.try_now()

    def closed(self) -> frozenset[str]:
        """The mailboxes that are left out as a whole."""
        return frozenset(
            name
            for name, part in self._known
            if part is SyncPart.CYCLE and self.is_closed(name, SyncPart.CYCLE)
        )
