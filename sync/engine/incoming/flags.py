"""Reads flags: what changed (CONDSTORE), or the newest often and all now and then."""

from __future__ import annotations

from collections.abc import Mapping

from models.events import ConversationsChanged
from models.flags import Flag
from models.server import arrival, known_uids, location, mailbox
from models.server.mailbox import MailboxState
from models.store import database
from sync.engine.context import Steps, SyncContext, again, now
from sync.engine.incoming import arrivals
from sync.engine.mailboxes.seen import SeenMailbox
from sync.session import Facts

NEWEST = 200
WINDOW = 2000  # UIDs per read


def refresh(context: SyncContext, seen: SeenMailbox) -> Steps:
    """Bring a mailbox's flags up to date. Nothing is sent if its numbers say that none changed."""
    box, status = seen.mailbox, seen.status
    if status is None:
        return
    if status.highestmodseq and box.highestmodseq:
        if status.highestmodseq > box.highestmodseq:
            context.examine(box)
            news = context.session.fetch_flags(changed_since=box.highestmodseq)
            yield from _apply(context, box, news, highestmodseq=status.highestmodseq)
            return
        if status.highestmodseq == box.highestmodseq:
            return
        # A HIGHESTMODSEQ that fell is not to be trusted.
        yield from _read_all(context, box, status.highestmodseq)
    elif is_reading_all_due(context, box):
        yield from _read_all(context, box, status.highestmodseq)
    elif arrivals.is_synced(box):
        context.examine(box)
        newest = known_uids.newest(box.id, box.uidvalidity, NEWEST)
        if newest:
            yield from _apply(context, box, context.session.fetch_flags(newest))


def is_reading_all_due(context: SyncContext, box: MailboxState) -> bool:
    """Whether all flags are due to be read, in a mailbox without CONDSTORE."""
    last = context.read_everything_at.get(box.id, 0)
    # The distance, not the direction: the clock may have been set back.
    return abs(now() - last) >= context.ms(context.timing.flags_all)


def _read_all(context: SyncContext, box: MailboxState, highestmodseq: int) -> Steps:
    """Read the flags of every UID with a location, in windows."""
    context.examine(box)
    uids = [row.uid for row in location.locations(box.id, box.uidvalidity)]
    uids += [row.uid for row in arrival.deleted_flagged(box.id, box.uidvalidity)]
    for start in range(0, len(uids), WINDOW):
        news = context.session.fetch_flags(uids[start : start + WINDOW])
        yield from _apply(context, box, news)
    context.read_everything_at[box.id] = now()
    mailbox.update(box.id, highestmodseq=highestmodseq)


def _apply(
    context: SyncContext,
    box: MailboxState,
    news: Mapping[int, Facts],
    *,
    highestmodseq: int | None = None,
) -> Steps:
    """Store flags, and in the same transaction the modseq up to which they are known."""
    told = {uid: (facts.flags or 0, facts.modseq) for uid, facts in news.items()}
    waiting = {row.uid for row in arrival.deleted_flagged(box.id, box.uidvalidity)}
    known = location.at(box.id, box.uidvalidity, told)
    if any((told[uid][0] ^ row.flags) & Flag.DELETED for uid, row in known.items()):
        context.has_marks = True
    with database.writing(durable=False):
        changed = location.set_flags(box.id, box.uidvalidity, told)
        if highestmodseq is not None:
            mailbox.update(box.id, highestmodseq=highestmodseq)
    if changed:
        context.report(ConversationsChanged(context.account.id, tuple(changed)))
    yield again("flags", box.name)
    freed = [uid for uid in waiting if uid in told and not told[uid][0] & Flag.DELETED]
    if freed and arrivals.is_synced(box):
        yield from arrivals.take_uids(context, box, freed)
    elif freed:
        arrivals.note(context.account.id, box, context.session.fetch_identity(freed).values())
