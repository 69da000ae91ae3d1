"""Counts mails that were deleted here and that the server still has in a range (R8).

Mail that is kept out is known with its UID. Mail that only a tombstone remembers (the account was
added again, or the range was never looked at) is found by reading identities on the server.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeVar

from models.deletion import bringing_back
from models.server import arrival, known_uids
from models.server.mailbox import MailboxState
from sync.engine.fetch.messages import identity_of
from sync.errors import RefusedError
from sync.session import ImapSession

IDENTITIES_MOST = 20_000  # the most messages whose identity is read
BATCH = 500
READ_MOST = 2_000  # UIDs per question to the store, so that a cancel does not wait long

Told = TypeVar("Told")


class Reading(Protocol):
    """Reads from the store in the way that the calling thread is allowed to."""

    def __call__(self, work: Callable[[], Told], /) -> Told:
        """Return what `work` returns."""


@dataclass(frozen=True, slots=True)
class DeletedMail:
    """When each mail was received, in rising order. `is_whole`: there are no others."""

    times: tuple[int, ...] = ()
    is_whole: bool = True

    def since(self, at: int) -> int:
        """How many were received from then on."""
        return sum(1 for time in self.times if time >= at)


@dataclass(slots=True)
class _Look:
    """What was found so far: when each copy was received, by identity and mailbox."""

    copies: Mapping[bytes, int]
    found: dict[bytes, dict[int, list[int]]] = field(default_factory=dict)
    unknown: dict[int, list[int]] = field(default_factory=dict)
    is_whole: bool = True

    def add(self, identity: bytes, mailbox_id: int, received_at: int) -> None:
        self.found.setdefault(identity, {}).setdefault(mailbox_id, []).append(received_at)

    def mails(self) -> list[int]:
        """One time per mail; copies under several labels are one mail."""
        times: list[int] = []
        for identity, by_mailbox in self.found.items():
            most = max(by_mailbox.values(), key=len)
            times += sorted(most, reverse=True)[: self.copies[identity]]
        return times

    def is_all_found(self) -> bool:
        """Whether every tombstone is accounted for."""
        return all(
            max((len(times) for times in self.found.get(identity, {}).values()), default=0) >= count
            for identity, count in self.copies.items()
        )


def find(
    session: ImapSession,
    account_id: int,
    boxes: Sequence[MailboxState],
    since: int,
    read: Reading,
) -> DeletedMail:
    """Look through the chosen labels. If nothing was deleted here, the server is not asked."""
    copies = read(lambda: bringing_back.deleted_mails(account_id))
    if not copies:
        return DeletedMail()
    look = _Look(copies)
    for box in boxes:
        try:
            _look_at_known(session, box, since, look, read)
        except RefusedError:
            look.is_whole = False
    left = IDENTITIES_MOST
    for box in boxes if not look.is_all_found() else ():
        uids = look.unknown.get(box.id, [])
        look.is_whole = look.is_whole and len(uids) <= left
        left -= _read_identities(session, box, uids[: max(left, 0)], look)
    return DeletedMail(tuple(sorted(look.mails())), look.is_whole)


def _look_at_known(
    session: ImapSession, box: MailboxState, since: int, look: _Look, read: Reading
) -> None:
    """Count the known UIDs that are kept out. UIDs that are unknown here are read later."""
    uidvalidity = session.examine(box.name).uidvalidity
    listing = session.search_since(since)
    look.is_whole = look.is_whole and listing.is_complete
    here: set[int] = set()
    kept_out: dict[int, bytes] = {}
    for part in _parts(listing.uids, READ_MOST):
        here |= read(partial(known_uids.located, box.id, uidvalidity, part))
        kept_out |= read(partial(arrival.kept_out_at, box.id, uidvalidity, part))
    asked = [uid for uid, identity in kept_out.items() if identity in look.copies]
    for part in _parts(asked):
        for uid, facts in session.fetch_facts(part).items():
            if uid in kept_out:
                look.add(kept_out[uid], box.id, facts.received_at or since)
    look.unknown[box.id] = sorted({*listing.uids} - here - kept_out.keys(), reverse=True)


def _read_identities(
    session: ImapSession, box: MailboxState, uids: Sequence[int], look: _Look
) -> int:
    if uids:
        session.examine(box.name)
    for part in _parts(uids):
        for fetched in session.fetch_identity(part).values():
            identity = identity_of(fetched) if fetched.raw else b""
            if identity in look.copies:
                look.add(identity, box.id, fetched.facts.received_at)
    return len(uids)


def known(
    box: MailboxState, uidvalidity: int, uids: Sequence[int], read: Reading
) -> Collection[int]:
    """The UIDs that are here or kept out, so that they need not be fetched."""
    found: set[int] = set()
    for part in _parts(uids, READ_MOST):
        found |= read(partial(known_uids.known_at, box.id, uidvalidity, part))
    return found


def _parts(uids: Sequence[int], size: int = BATCH) -> list[Sequence[int]]:
    return [uids[start : start + size] for start in range(0, len(uids), size)]
