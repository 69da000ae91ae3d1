"""Asked again: what a server left out of an answer, and what is gone for certain.

Yahoo drops FETCH lines, others answer a flag update where a header was asked for. What lacks is
asked for once more, then alone; what exists and still cannot be read is told apart from what is
gone, so that nobody takes the one for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from sync.engine.context import SyncContext
from sync.session import Facts, Fetched

_Found = TypeVar("_Found")
SINGLY = 100  # so many at most are asked for one by one; the rest waits for another time


@dataclass(frozen=True, slots=True)
class Headers:
    """Header fields of some UIDs of the open mailbox.

    Attributes:
        found: By UID, with header fields.
        bare: Those that exist with their facts, but their header is not to be had.
        unread: Those that exist as far as is known, and nothing of them is to be had now.
    """

    found: dict[int, Fetched] = field(default_factory=dict)
    bare: dict[int, Facts] = field(default_factory=dict)
    unread: frozenset[int] = frozenset()


def gone(context: SyncContext, uids: Iterable[int]) -> set[int]:
    """Those that the open mailbox has no longer, proven."""
    return told_apart(context, uids)[1]


def told_apart(context: SyncContext, uids: Iterable[int]) -> tuple[set[int], set[int]]:
    """Those that the open mailbox has, and those that it has no longer; others are not known.

    Gone is what neither FETCH nor a whole SEARCH names.
    """
    asked = {uid for uid in uids if uid > 0}
    there = context.session.existing(asked) if asked else set()
    lacking = asked - there
    if not lacking:
        return there, set()
    listing = context.session.all_uids(min(lacking), max(lacking))
    there |= lacking & set(listing.uids)
    return there, lacking - there if listing.is_complete else set()


def headers(
    context: SyncContext,
    uids: Collection[int],
    ask: Callable[[Collection[int]], dict[int, Fetched]] | None = None,
) -> Headers:
    """Identity fields (or what `ask` reads) of UIDs of the open mailbox."""
    read = ask or context.session.fetch_identity

    def with_header(wanted: Collection[int]) -> dict[int, Fetched]:
        return {uid: fetched for uid, fetched in read(wanted).items() if fetched.raw}

    found, lacking = _all(context, uids, with_header)
    if not lacking:
        return Headers(found)
    bare, unread = _all(context, lacking, lambda wanted: _whole_facts(context, wanted))
    return Headers(found, bare, frozenset(unread))


def facts(context: SyncContext, uids: Collection[int]) -> tuple[dict[int, Facts], set[int]]:
    """Facts of UIDs of the open mailbox; and those that exist, of which nothing is to be had."""
    return _all(context, uids, lambda wanted: _whole_facts(context, wanted))


def _whole_facts(context: SyncContext, uids: Collection[int]) -> dict[int, Facts]:
    """A mere flag update has neither size nor date: it answers nothing."""
    found = context.session.fetch_facts(uids)
    return {uid: got for uid, got in found.items() if got.size or got.received_at}


def _all(
    context: SyncContext, uids: Collection[int], ask: Callable[[Collection[int]], dict[int, _Found]]
) -> tuple[dict[int, _Found], set[int]]:
    aside = context.left_out(uids)
    asked = [uid for uid in uids if uid not in aside] if aside else uids
    found = ask(asked) if asked else {}
    lacking = {uid for uid in asked if uid not in found}
    if not lacking:
        return found, aside
    lacking -= gone(context, lacking)
    if lacking:
        found |= ask(lacking)
        lacking -= found.keys()
    for uid in sorted(lacking)[:SINGLY]:
        found |= ask([uid])
    return found, (lacking - found.keys()) | aside
