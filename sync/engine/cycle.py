"""One cycle over all mailboxes of an account, as steps (SYNC.md section 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from models.accounts import account
from models.deletion import tombstones
from models.server import (
    arrival,
    known_uids,
    location,
    lost_operations,
    mailbox,
    operation,
)
from sync.engine.context import Steps, Work, again, now
from sync.engine.incoming import arrivals, flags, stragglers, uidvalidity
from sync.engine.mailboxes import closed, mirrors, reconcile
from sync.engine.mailboxes.seen import Seen
from sync.engine.vanished import detect, gather
from sync.errors import UNOPENED

UNREAD_TRIES = 3
_KEPT_MS = 90 * 24 * 3600 * 1000  # arrivals explain vanishes for so long


def cycle(work: Work) -> Steps:
    """Everything that is new, once. One LIST with STATUS is all that is sent if nothing is."""
    seen = reconcile.refresh(work)
    yield again("cycle")
    yield from _each(work, seen, _was_refused, closed.reopen)
    seen = _reread(work, seen)
    if any(uidvalidity.is_renumbered(one) for one in seen):
        yield from _each(work, seen, uidvalidity.is_renumbered, uidvalidity.follow)
        seen = _reread(work, seen)
    yield from _arrivals(work, seen)
    yield from _unread(work, seen)
    located = location.used_mailboxes(work.account.id)
    yield from _flags(work, seen, located)
    yield from _vanishes(work, seen, located)
    if _must_judge(work, seen) or lost_operations.is_any(work.account.id):
        seen = reconcile.refresh(work, ask_all=True)
        yield from _arrivals(work, seen)
        seen = _reread(work, seen)
        work.whole_looks += gather.is_whole(work, seen)
        yield from gather.judge_all(work, seen)
    work.last_success_at = now()
    account.update(work.account.id, last_success_at=work.last_success_at)
    yield again("cycle")


def _each(
    work: Work,
    seen: Iterable[Seen],
    wanted: Callable[[Seen], bool],
    act: Callable[[Work, Seen], Steps],
) -> Steps:
    """Act on each mailbox that is wanted; one that the server refuses stops no other."""
    for one in seen:
        if wanted(one):
            try:
                yield from act(work, one)
            except UNOPENED as fault:
                closed.refused(work, one.mailbox, fault)


def _was_refused(one: Seen) -> bool:
    return one.is_there and one.mailbox.refused_since is not None


def _reread(work: Work, seen: Sequence[Seen]) -> list[Seen]:
    """The rows as they are by now, with the numbers of before."""
    rows = {row.id: row for row in mailbox.of_account(work.account.id)}
    return [Seen(rows[o.mailbox.id], o.status) for o in seen if o.mailbox.id in rows]


def _arrivals(work: Work, seen: Sequence[Seen]) -> Steps:
    """Unsynced mailboxes first: they explain what the others miss."""

    def is_wanted(one: Seen) -> bool:
        if one.status is None or not one.is_there or uidvalidity.is_renumbered(one):
            return False
        box, status = one.mailbox, one.status
        is_behind = box.watermark < status.uidnext
        is_blind = not status.uidnext and box.message_count != status.messages
        return is_behind or is_blind

    before = [one for one in seen if is_wanted(one) and not arrivals.is_synced(one.mailbox)]
    ordered = sorted(seen, key=lambda one: arrivals.is_synced(one.mailbox))
    yield from _each(work, ordered, is_wanted, arrivals.take_in)
    for one in before:
        mirrors.look(work, one.mailbox)


def _unread(work: Work, seen: Sequence[Seen]) -> Steps:
    """What could not be read is asked for again: a few times, then at each full check."""
    waiting = known_uids.unread(work.account.id)
    for one in seen if waiting else ():
        box, tries = one.mailbox, work.unread_tries.get(one.mailbox.id, 0)
        uids = [uid for number, uid, _ in waiting.get(box.id, ()) if number == box.uidvalidity]
        if uids and tries < UNREAD_TRIES and one.is_there and not uidvalidity.is_renumbered(one):
            work.unread_tries[box.id] = tries + 1
            try:
                yield from arrivals.read_again(work, box, uids)
            except UNOPENED as fault:
                closed.refused(work, box, fault)


def _flags(work: Work, seen: Sequence[Seen], located: set[int]) -> Steps:
    def is_wanted(one: Seen) -> bool:
        has_mail = one.mailbox.id in located or arrivals.is_synced(one.mailbox)
        return one.is_there and has_mail and not uidvalidity.is_renumbered(one)

    yield from _each(work, seen, is_wanted, flags.refresh)


def _vanishes(work: Work, seen: Sequence[Seen], located: set[int]) -> Steps:
    """Mailboxes whose numbers do not add up, and those where a second sitting is due."""
    due = _second_sittings(work)
    fresh = {one.mailbox.id: one for one in _reread(work, seen)}
    checked = False
    for one in seen:
        box = one.mailbox
        if one.status is None or uidvalidity.is_renumbered(one):
            continue
        if not (box.id in fresh and fresh[box.id].is_there and fresh[box.id].is_level):
            continue  # refused, or its arrivals are not known: the numbers of before stay
        # Also if that was in the future: the clock was set back.
        is_old = abs(now() - box.full_check_at) >= work.ms(work.timing.full_check)
        is_stale = is_old and not checked
        is_full = bool(one.status.messages) and arrivals.is_synced(box)
        if box.id not in located and not (is_stale and is_full):
            _settle_bare(one)
            continue
        if one.is_rolled_back:
            mailbox.update(box.id, full_check_at=0, held_reason="lower")
            continue  # the next cycle looks at all of it
        suspicious = one.has_news and detect.is_suspicious(one)
        if not (suspicious or box.id in due or is_stale):
            detect.settle(one)
            continue
        checked = checked or is_stale
        if is_stale:
            work.unread_tries.pop(box.id, None)
        try:
            if detect.hunt(work, one):
                yield from arrivals.take_uids(work, box, stragglers.find(work, box.id))
                if max(work.listed, default=0) >= fresh[box.id].mailbox.watermark:
                    # Its UIDNEXT does not tell: a server's may be old, or missing.
                    yield from arrivals.take_in(work, fresh[box.id])
        except UNOPENED as fault:
            closed.refused(work, box, fault)
        yield again("vanishes", box.name)
    if checked:
        _prune()


def _prune() -> None:
    """Forget what was kept for a time only."""
    at = now()
    arrival.prune(at - _KEPT_MS)
    operation.prune(at - _KEPT_MS)
    tombstones.forget_snapshots(at)


def _settle_bare(one: Seen) -> None:
    """A mailbox without mail of ours: its numbers are kept, nothing can vanish from it."""
    detect.settle(one)
    status = one.status
    if status and one.mailbox.highestmodseq != status.highestmodseq:
        mailbox.update(one.mailbox.id, highestmodseq=status.highestmodseq)


def _second_sittings(work: Work) -> set[int]:
    """Mailboxes with a case whose second sitting is due."""
    at = now()
    waiting = range(at - work.ms(work.timing.second_sitting) + 1, at + 1)
    return {
        row.mailbox_id
        for row in location.open_cases(work.account.id)
        if row.state == "missing" and row.asks < 2 and (row.missing_since or 0) not in waiting
    }


def _must_judge(work: Work, seen: Sequence[Seen]) -> bool:
    """Cases are open; or mail of ours lies in Trash, and something changed."""
    states = {row.state for row in location.open_cases(work.account.id)}
    if "missing" in states:
        return True
    is_news = work.has_marks or any(one.has_news for one in seen)
    work.has_marks = False
    return is_news and ("held" in states or bool(location.in_trash(work.account.id)))
