"""Mailboxes that the server does not open: it refuses them, or hangs up there each time.

The others go on. What vanished elsewhere may lie in such a mailbox, so deletes may have to wait.
"""

from __future__ import annotations

from models.events import MailboxesChanged
from models.server import mailbox
from models.server.mailbox import NEVER_OPEN_MS, MailboxState
from models.store import database, ledger
from sync.engine.context import Steps, Work, again, now
from sync.engine.judge import Home
from sync.engine.mailboxes.seen import Seen
from sync.engine.quarantine import Part
from sync.errors import SyncError, ThrottledError


def refused(work: Work, row: MailboxState, fault: SyncError) -> None:
    """The server does not open this mailbox: it is left out of this cycle, and that is told.

    One that is broken says "try again" for good; it must not keep the others waiting either.

    Raises: the fault, if the whole server asks for patience.
    """
    if isinstance(fault, ThrottledError):
        raise fault
    _close(work, row, "refused")


def _close(work: Work, row: MailboxState, what: str) -> None:
    at = now()
    mailbox.update(row.id, missing_since=at)
    known = mailbox.get(row.id)
    if known is not None and known.refused_since is None:
        mailbox.update(row.id, refused_since=at)
        write_ledger(work, row, what)
        work.report(MailboxesChanged(work.account.id))


def hung_up(work: Work, part: Part) -> None:
    """The connection ended. If that is so at this mailbox each time, it counts as refused."""
    name = work.session.working_in
    if not name or work.session.is_aborted:
        return  # of no mailbox, or it was us
    row = mailbox.by_name(work.account.id, name)
    is_closed = work.hanging.happened(name, part, _reached(row, part), work.session.asking)
    if work.hanging.mails.take_new() and row is not None:
        write_ledger(work, row, "mail_hung_up")
    if is_closed and row is not None and part is Part.CYCLE:
        _close(work, row, "hung_up")
    elif is_closed and row is not None:
        write_ledger(work, row, "past_hung_up")


def _reached(row: MailboxState | None, part: Part) -> tuple[int, ...]:
    if row is None:
        return ()
    if part is Part.PAST:
        return (row.uidvalidity, row.backfill_uid, row.past_done)
    return (row.uidvalidity, row.watermark, row.highestmodseq, row.full_check_at)


def reopen(work: Work, one: Seen) -> Steps:
    """Try a mailbox that was refused, also if nothing is new in it: deletes wait for it."""
    work.examine(one.mailbox)
    yield again("cycle", one.mailbox.name)


def may_hide_mail(work: Work, row: MailboxState) -> bool:
    """Whether what vanished elsewhere may lie in this mailbox, which the server refuses.

    One that could be read before keeps every case open until it can be read again. One that
    never could (a label of somebody else) does so for a day.
    """
    if row.refused_since is None or not row.is_selectable or work.home(row) is Home.MIRROR:
        return False
    return row.was_open or row.refused_since > now() - NEVER_OPEN_MS


def has_grown_unseen(work: Work, one: Seen) -> bool:
    """Whether mail came into a mailbox that never was open, as far as its numbers are told.

    It may be what vanished elsewhere, so the person is asked instead.
    """
    row, status = one.mailbox, one.status
    if row.refused_since is None or row.was_open or not row.is_selectable or status is None:
        return False
    is_more = status.uidnext > row.watermark or status.messages > row.message_count
    return is_more and work.home(row) is not Home.MIRROR


def write_ledger(work: Work, row: MailboxState, what: str) -> None:
    """What happened to a mailbox, for whoever asks later."""
    evidence = {"mailbox": row.id, "what": what}
    with database.writing(durable=False):
        ledger.write([ledger.Entry("mailbox", ledger.SERVER, work.account.id, evidence=evidence)])
