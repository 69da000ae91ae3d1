"""Counts on the server what past mail would come, before the user asks for it.

The count is exact up to 20,000 messages, and estimated from samples beyond. Only sizes, dates and
address fields are read, with EXAMINE, SEARCH and FETCH of IMAP4rev1. Nothing is stored.
"""

from __future__ import annotations

import random
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise

from sync.engine.fetch.scope import Contacts
from sync.errors import RefusedError
from sync.session import ImapSession, Selected

EXACT_MOST = 20_000  # the most messages whose sizes and dates are read, over all labels
SAMPLE = 1_000  # per label, once those are used up
HEADERS_MOST = 4_000  # the most messages whose addresses are read, over all labels
HEADERS_SAMPLE = 400
BATCH = 1_000
ADDRESS_FIELDS = ("FROM", "TO", "CC", "BCC")

Leave = Callable[[Selected, Sequence[int]], Collection[int]]


@dataclass(frozen=True, slots=True)
class Tally:
    """What one choice would bring.

    Attributes:
        size: In bytes.
        contacts, contacts_size: The part from or to contacts; None while it is not known.
        is_about: Whether it is estimated from a sample; `is_contacts_about` likewise.
    """

    messages: int = 0
    size: int = 0
    contacts: int | None = None
    contacts_size: int = 0
    is_about: bool = False
    is_contacts_about: bool = False

    def __add__(self, other: Tally) -> Tally:
        knows = self.contacts is not None and other.contacts is not None
        return Tally(
            self.messages + other.messages,
            self.size + other.size,
            (self.contacts or 0) + (other.contacts or 0) if knows else None,
            self.contacts_size + other.contacts_size,
            self.is_about or other.is_about,
            self.is_contacts_about or other.is_contacts_about,
        )


@dataclass(frozen=True, slots=True)
class Moments:
    """Messages by the time they were received. Each stands for `weight` messages."""

    times: array[int] = field(default_factory=lambda: array("q"))
    sums: array[int] = field(default_factory=lambda: array("q", [0]))  # running sums of the sizes
    weight: float = 1.0

    @classmethod
    def of(cls, found: Iterable[tuple[int, int]], weight: float = 1.0) -> Moments:
        """Build it from pairs of time received and size."""
        ordered = sorted(found)
        sums = array("q", accumulate((size for _, size in ordered), initial=0))
        return cls(array("q", (at for at, _ in ordered)), sums, weight)

    def since(self, at: int) -> tuple[int, int]:
        """The number of messages from then on, and their bytes."""
        first = bisect_left(self.times, at)
        count, size = len(self.times) - first, self.sums[-1] - self.sums[first]
        return round(count * self.weight), round(size * self.weight)


@dataclass(frozen=True, slots=True)
class LabelCount:
    """The counts of one label. `is_known` is false if the server does not open it."""

    name: str
    all: Moments
    contacts: Moments | None = None
    is_known: bool = True
    is_about: bool = False

    def tally(self, since: int) -> Tally:
        """Its mail received from then on."""
        messages, size = self.all.since(since)
        about = self.is_about or self.all.weight > 1
        if self.contacts is None:
            return Tally(messages, size, is_about=about)
        count, contacts_size = self.contacts.since(since)
        contacts_about = about or self.contacts.weight > 1
        return Tally(
            messages, size, min(count, messages), min(contacts_size, size), about, contacts_about
        )


def total(counts: Iterable[LabelCount], names: Collection[str], since: int) -> Tally | None:
    """The sum over the chosen labels; None while one of them is not counted yet."""
    chosen = [each for each in counts if each.name in names]
    if len(chosen) < len(set(names)) or not chosen:
        return None
    tally = chosen[0].tally(since)
    for each in chosen[1:]:
        tally += each.tally(since)
    return tally


@dataclass(slots=True)
class _Counted:
    """What was read of one label so far."""

    uids: list[int]
    weight: float
    facts: dict[int, tuple[int, int]]


def nothing(_selected: Selected, _uids: Sequence[int]) -> Collection[int]:
    """By default, all of it would come."""
    return ()


def count(
    session: ImapSession,
    names: Sequence[str],
    since: int,
    contacts: Contacts | None,
    leave: Leave = nothing,
) -> Iterator[LabelCount]:
    """Count label by label, then again with the part that is from or to contacts.

    Args:
        leave: Returns the UIDs of the open mailbox that need not come, because they are here.
    """
    counted: dict[str, _Counted] = {}
    counts: dict[str, LabelCount] = {}
    left = EXACT_MOST
    for name in names:
        try:
            counted[name], counts[name] = _count_label(session, name, since, left, leave)
            left -= len(counted[name].facts)
        except RefusedError:
            counts[name] = LabelCount(name, Moments(), Moments(), is_known=False)
        yield counts[name]
    if contacts is None:
        return
    left = HEADERS_MOST
    for name, one in counted.items():
        try:
            found = _of_contacts(session, name, one, contacts, left)
        except RefusedError:
            continue
        left -= min(len(one.facts), left)
        yield replace(counts[name], contacts=found)


def _count_label(
    session: ImapSession, name: str, since: int, left: int, leave: Leave
) -> tuple[_Counted, LabelCount]:
    selected = session.examine(name)
    listing = session.search_since(since)
    here = set(leave(selected, listing.uids))
    uids = [uid for uid in reversed(listing.uids) if uid not in here]
    wanted = uids if len(uids) <= max(left, 0) else _sample(uids, SAMPLE)
    weight = len(uids) / len(wanted) if wanted else 1.0
    facts: dict[int, tuple[int, int]] = {}
    for start in range(0, len(wanted), BATCH):
        for uid, told in session.fetch_facts(wanted[start : start + BATCH]).items():
            if told.size or told.received_at:
                facts[uid] = (told.received_at or since, told.size)
    is_about = not listing.is_complete
    moments = Moments.of(facts.values(), weight)
    return _Counted(wanted, weight, facts), LabelCount(name, moments, is_about=is_about)


def _of_contacts(
    session: ImapSession, name: str, one: _Counted, contacts: Contacts, left: int
) -> Moments:
    uids = [uid for uid in one.uids if uid in one.facts]
    asked = uids if len(uids) <= left else _sample(uids, min(HEADERS_SAMPLE, len(uids)))
    session.examine(name)
    found: list[tuple[int, int]] = []
    for start in range(0, len(asked), BATCH):
        headers = session.fetch_headers(asked[start : start + BATCH], ADDRESS_FIELDS)
        found += [
            one.facts[uid]
            for uid, fetched in headers.items()
            if uid in one.facts and contacts.has(fetched.raw)
        ]
    return Moments.of(found, one.weight * (len(uids) / len(asked) if asked else 1.0))


def _sample(uids: Sequence[int], count: int) -> list[int]:
    """An even sample: one UID at random from each of equal parts, because mail comes in rhythms."""
    if count >= len(uids):
        return list(uids)
    bounds = [place * len(uids) // count for place in range(count + 1)]
    chance = random.Random(len(uids))  # noqa: S311  # a sample, no secret
    return [uids[chance.randrange(low, high)] for low, high in pairwise(bounds)]
