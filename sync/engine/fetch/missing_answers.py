"""Asks again for what a server left out of an answer, and proves what is gone.

Yahoo drops FETCH lines; other servers send a flag update where a header was asked for. What is
missing is asked for once more, then one by one. Mail that exists but cannot be read is kept apart
from mail that is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from sync.engine.context import SyncContext
from sync.session import Facts, Fetched

_Found = TypeVar("_Found")
SINGLY = 100  # the most UIDs that are asked for one by one; the rest waits for the next time


@dataclass(frozen=True, slots=True)
class Headers:
    """Header fields of some UIDs of the open mailbox.

    Attributes:
        found: The answers by UID, with header fields.
        bare: UIDs that exist, with their facts, but without a readable header.
        unread: UIDs that exist as far as is known, but of which nothing can be read now.
    """

    found: dict[int, Fetched] = field(default_factory=dict)
    bare: dict[int, Facts] = field(default_factory=dict)
    unread: frozenset[int] = frozenset()


def gone(context: SyncContext, uids: Iterable[int]) -> set[int]:
    """The UIDs that are proven gone from the open mailbox."""
    return told_apart(context, uids)[1]


def told_apart(context: SyncContext, uids: Iterable[int]) -> tuple[set[int], set[int]]:
    """Sort UIDs into those that the open mailbox has and those that are gone; others are unknown.

    A UID is gone if neither FETCH nor a complete SEARCH names it.
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
    """Read identity fields (or what `ask` reads) of UIDs of the open mailbox."""
    read = ask or context.session.fetch_identity

    def with_header(wanted: Collection[int]) -> dict[int, Fetched]:
        return {uid: fetched for uid, fetched in read(wanted).items() if fetched.raw}

    found, lacking = _all(context, uids, with_header)
    if not lacking:
        return Headers(found)
    bare, unread = _all(context, lacking, lambda wanted: _whole_facts(context, wanted))
    return Headers(found, bare, frozenset(unread))


def facts(context: SyncContext, uids: Collection[int]) -> tuple[dict[int, Facts], set[int]]:
    """The facts of UIDs of the open mailbox, and the UIDs that exist but cannot be read."""
    return _all(context, uids, lambda wanted: _whole_facts(context, wanted))


def _whole_facts(context: SyncContext, uids: Collection[int]) -> dict[int, Facts]:
    """Keep complete answers: a mere flag update has neither size nor date."""
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
