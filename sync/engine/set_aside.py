"""Single mails at which the connection ends each time: found by asking alone, then left out.

A server may die of one broken mail whenever that is asked for. Its mailbox would never be
through, so after a second end at the same place every mail of that FETCH is asked for alone, and
the one at which the connection ends again and again is left out for a while. Of a mail whose words
alone are dangerous the header comes; the rest when the person opens it.
What is noted here lives as long as the account's worker, over all its connections.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from sync.session.commands import expand
from sync.session.values import Asked
from sync.timing import Timing

ENDS = 2  # while it was asked for alone, after two in a group
MAILS_MOST = 8  # of one mailbox; with more of them the mailbox itself is left out
SUSPECTS_MOST = 1_000

Place = tuple[str, int]


@dataclass(slots=True)
class _Trouble:
    """Ends of the connection while one mail was asked for alone."""

    ends: int = 0
    wait_seconds: float = 0.0
    until: float = 0.0  # monotonic; 0: not left out yet


class SetAside:
    """The suspects and the culprits of one account.

    Attributes:
        suspects: UIDs that a session asks for one by one, by mailbox and UIDVALIDITY.
    """

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self.suspects: dict[Place, set[int]] = {}
        # By UID and whether its words were asked for, or its facts and header alone.
        self._known: dict[Place, dict[tuple[int, bool], _Trouble]] = {}
        self._is_new = False

    def learn(self, asked: Asked, *, is_second: bool) -> bool:
        """The connection ended at this FETCH; whether it is known for the first time here at which
        mail. Of more such mails the mailbox has to wait: that may be all of them.
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
        trouble = known.setdefault(key, _Trouble())
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
        """The work in this mailbox got further: it was the line. Who was left out stays known."""
        for place in [place for place in self.suspects if place[0] == name]:
            known = self._known.get(place, {})
            self._known[place] = {key: one for key, one in known.items() if one.until}
            self.suspects[place] = {uid for uid, _ in self._known[place]}

    def left_out(self, place: Place, uids: Iterable[int], *, whole: bool) -> set[int]:
        """Those that are not to be asked for now: at all, or (`whole`) for their words."""
        known = self._known.get(place)
        if not known:
            return set()
        at = time.monotonic()
        now = {
            uid for (uid, words), one in known.items() if one.until > at and words in {False, whole}
        }
        return now.intersection(uids)

    def try_now(self) -> None:
        """Nobody is left out any more, until a connection ends there again."""
        for known in self._known.values():
            for trouble in known.values():
                trouble.until = min(trouble.until, time.monotonic())

    def take_new(self) -> bool:
        """Whether a mail was left out for the first time since the last call."""
        is_new, self._is_new = self._is_new, False
        return is_new
