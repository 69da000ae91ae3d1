"""One cycle over all mailboxes of an account, as steps (docs/sync.md, "A cycle in ten lines")."""

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
from sync.engine.context import Steps, SyncContext, again, now
from sync.engine.incoming import arrivals, flags, stragglers, uidvalidity
from sync.engine.mailboxes import closed, mirrors, reconcile
from sync.engine.mailboxes.seen import SeenMailbox
from sync.engine.vanished import detect, gather
from sync.errors import UNOPENED

UNREAD_TRIES = 3
_KEPT_MS = 90 * 24 * 3600 * 1000  # how long an arrival can explain a vanish


def cycle(context: SyncContext) -> Steps:
    """Take in everything new, once. If nothing is new, one LIST with STATUS is all that is sent."""
    mailboxes = reconcile.refresh(context)
    yield again("cycle")
    yield from _each(context, mailboxes, _was_refused, closed.reopen)
    mailboxes = _reread(context, mailboxes)
    if any(uidvalidity.is_renumbered(seen) for seen in mailboxes):
        yield from _each(context, mailboxes, uidvalidity.is_renumbered, uidvalidity.follow)
        mailboxes = _reread(context, mailboxes)
    yield from _arrivals(context, mailboxes)
    yield from _unread(context, mailboxes)
    located = location.used_mailboxes(context.account.id)
    yield from _flags(context, mailboxes, located)
    yield from _vanishes(context, mailboxes, located)
    if _must_judge(context, mailboxes) or lost_operations.is_any(context.account.id):
        mailboxes = reconcile.refresh(context, ask_all=True)
        yield from _arrivals(context, mailboxes)
        mailboxes = _reread(context, mailboxes)
        context.whole_looks += gather.is_whole(context, mailboxes)
        yield from gather.judge_all(context, mailboxes)
    context.last_success_at = now()
    account.update(context.account.id, last_success_at=context.last_success_at)
    yield again("cycle")


def _each(
    context: SyncContext,
    mailboxes: Iterable[SeenMailbox],
    wanted: Callable[[SeenMailbox], bool],
    act: Callable[[SyncContext, SeenMailbox], Steps],
) -> Steps:
    """Act on each wanted mailbox. A mailbox that the server refuses does not stop the others."""
    for seen in mailboxes:
        if wanted(seen):
            try:
                yield from act(context, seen)
            except UNOPENED as fault:
                closed.refused(context, seen.mailbox, fault)


def _was_refused(seen: SeenMailbox) -> bool:
    return seen.is_there and seen.mailbox.refused_since is not None


def _reread(context: SyncContext, mailboxes: Sequence[SeenMailbox]) -> list[SeenMailbox]:
    """Read the rows again, but keep the earlier numbers."""
    rows = {row.id: row for row in mailbox.of_account(context.account.id)}
    return [SeenMailbox(rows[o.mailbox.id], o.status) for o in mailboxes if o.mailbox.id in rows]


def _arrivals(context: SyncContext, mailboxes: Sequence[SeenMailbox]) -> Steps:
    """Look at unsynced mailboxes first: they explain what is missing in the others."""

    def is_wanted(seen: SeenMailbox) -> bool:
        if seen.status is None or not seen.is_there or uidvalidity.is_renumbered(seen):
            return False
        box, status = seen.mailbox, seen.status
        is_behind = box.watermark < status.uidnext
        is_blind = not status.uidnext and box.message_count != status.messages
        return is_behind or is_blind

    before = [
        seen for seen in mailboxes if is_wanted(seen) and not arrivals.is_synced(seen.mailbox)
    ]
    ordered = sorted(mailboxes, key=lambda seen: arrivals.is_synced(seen.mailbox))
    yield from _each(context, ordered, is_wanted, arrivals.take_in)
    for seen in before:
        mirrors.look(context, seen.mailbox)


def _unread(context: SyncContext, mailboxes: Sequence[SeenMailbox]) -> Steps:
    """Ask again for mail that could not be read: a few times, then at each full check."""
    waiting = known_uids.unread(context.account.id)
    for seen in mailboxes if waiting else ():
        box, tries = seen.mailbox, context.unread_tries.get(seen.mailbox.id, 0)
        uids = [uid for number, uid, _ in waiting.get(box.id, ()) if number == box.uidvalidity]
        if uids and tries < UNREAD_TRIES and seen.is_there and not uidvalidity.is_renumbered(seen):
            context.unread_tries[box.id] = tries + 1
            try:
                yield from arrivals.read_again(context, box, uids)
            except UNOPENED as fault:
                closed.refused(context, box, fault)


def _flags(context: SyncContext, mailboxes: Sequence[SeenMailbox], located: set[int]) -> Steps:
    def is_wanted(seen: SeenMailbox) -> bool:
        has_mail = seen.mailbox.id in located or arrivals.is_synced(seen.mailbox)
        return seen.is_there and has_mail and not uidvalidity.is_renumbered(seen)

    yield from _each(context, mailboxes, is_wanted, flags.refresh)


def _vanishes(context: SyncContext, mailboxes: Sequence[SeenMailbox], located: set[int]) -> Steps:
    """Check mailboxes whose numbers do not add up, and those where a second check is due."""
    due = _second_checks(context)
    fresh = {seen.mailbox.id: seen for seen in _reread(context, mailboxes)}
    checked = False
    for seen in mailboxes:
        box = seen.mailbox
        if seen.status is None or uidvalidity.is_renumbered(seen):
            continue
        if not (box.id in fresh and fresh[box.id].is_there and fresh[box.id].is_level):
            continue  # refused, or its arrivals are unknown: the earlier numbers stay
        # Also if that time is in the future, because the clock was set back.
        is_old = abs(now() - box.full_check_at) >= context.ms(context.timing.full_check)
        is_stale = is_old and not checked
        is_full = bool(seen.status.messages) and arrivals.is_synced(box)
        if box.id not in located and not (is_stale and is_full):
            _settle_bare(seen)
            continue
        if seen.is_rolled_back:
            mailbox.update(box.id, full_check_at=0, held_reason="lower")
            continue  # the next cycle lists it whole
        suspicious = seen.has_news and detect.is_suspicious(seen)
        if not (suspicious or box.id in due or is_stale):
            detect.settle(seen)
            continue
        checked = checked or is_stale
        if is_stale:
            context.unread_tries.pop(box.id, None)
        try:
            if detect.hunt(context, seen):
                yield from arrivals.take_uids(context, box, stragglers.find(context, box.id))
                if max(context.listed, default=0) >= fresh[box.id].mailbox.watermark:
                    # UIDNEXT proves nothing: it may be old or missing.
                    yield from arrivals.take_in(context, fresh[box.id])
        except UNOPENED as fault:
            closed.refused(context, box, fault)
        yield again("vanishes", box.name)
    if checked:
        _prune()


def _prune() -> None:
    """Delete what is kept only for a time."""
    at = now()
    arrival.prune(at - _KEPT_MS)
    operation.prune(at - _KEPT_MS)
    tombstones.forget_snapshots(at)


def _settle_bare(seen: SeenMailbox) -> None:
    """A mailbox without known mail: store its numbers; nothing can vanish from it."""
    detect.settle(seen)
    status = seen.status
    if status and seen.mailbox.highestmodseq != status.highestmodseq:
        mailbox.update(seen.mailbox.id, highestmodseq=status.highestmodseq)


def _second_checks(context: SyncContext) -> set[int]:
    """The mailboxes with a case whose second check is due."""
    at = now()
    waiting = range(at - context.ms(context.timing.second_sitting) + 1, at + 1)
    return {
        row.mailbox_id
        for row in location.open_cases(context.account.id)
        if row.state == "missing" and row.asks < 2 and (row.missing_since or 0) not in waiting
    }


def _must_judge(context: SyncContext, mailboxes: Sequence[SeenMailbox]) -> bool:
    """Whether cases are open, or known mail lies in Trash and something changed."""
    states = {row.state for row in location.open_cases(context.account.id)}
    if "missing" in states:
        return True
    is_news = context.has_marks or any(seen.has_news for seen in mailboxes)
    context.has_marks = False
    return is_news and ("held" in states or bool(location.in_trash(context.account.id)))
