"""Mailboxes that the server does not open: it refuses them, or hangs up there each time.

The others go on. What vanished elsewhere may lie in such a mailbox, so deletes may have to wait.
"""

from __future__ import annotations

from models.events import MailboxesChanged
from models.server import mailbox
from models.server.mailbox import NEVER_OPEN_MS, MailboxState
from models.store import database, ledger
from sync.engine.context import Steps, SyncContext, again, now
from sync.engine.judge import Home
from sync.engine.mailboxes.seen import SeenMailbox
from sync.engine.quarantine import SyncPart
from sync.errors import SyncError, ThrottledError


def refused(context: SyncContext, row: MailboxState, fault: SyncError) -> None:
    """The server does not open this mailbox: it is left out of this cycle, and that is told.

    One that is broken says "try again" for good; it must not keep the others waiting either.

    Raises: the fault, if the whole server asks for patience.
    """
    if isinstance(fault, ThrottledError):
        raise fault
    _close(context, row, "refused")


def _close(context: SyncContext, row: MailboxState, what: str) -> None:
    at = now()
    mailbox.update(row.id, missing_since=at)
    known = mailbox.get(row.id)
    if known is not None and known.refused_since is None:
        mailbox.update(row.id, refused_since=at)
        write_ledger(context, row, what)
        context.report(MailboxesChanged(context.account.id))


def hung_up(context: SyncContext, part: SyncPart) -> None:
    """The connection ended. If that is so at this mailbox each time, it counts as refused."""
    name = context.session.working_in
    if not name or context.session.is_aborted:
        return  # of no mailbox, or it was us
    row = mailbox.by_name(context.account.id, name)
    is_closed = context.quarantine.happened(name, part, _reached(row, part), context.session.asking)
    if context.quarantine.mails.take_new() and row is not None:
        write_ledger(context, row, "mail_hung_up")
    if is_closed and row is not None and part is SyncPart.CYCLE:
        _close(context, row, "hung_up")
    elif is_closed and row is not None:
        write_ledger(context, row, "past_hung_up")


def _reached(row: MailboxState | None, part: SyncPart) -> tuple[int, ...]:
    if row is None:
        return ()
    if part is SyncPart.PAST:
        return (row.uidvalidity, row.backfill_uid, row.past_done)
    return (row.uidvalidity, row.watermark, row.highestmodseq, row.full_check_at)


def reopen(context: SyncContext, seen: SeenMailbox) -> Steps:
    """Try a mailbox that was refused, also if nothing is new in it: deletes wait for it."""
    context.examine(seen.mailbox)
    yield again("cycle", seen.mailbox.name)


def may_hide_mail(context: SyncContext, row: MailboxState) -> bool:
    """Whether what vanished elsewhere may lie in this mailbox, which the server refuses.

    One that could be read before keeps every case open until it can be read again. One that
    never could (a label of somebody else) does so for a day.
    """
    if row.refused_since is None or not row.is_selectable or context.home(row) is Home.MIRROR:
        return False
    return row.was_open or row.refused_since > now() - NEVER_OPEN_MS


def has_grown_unseen(context: SyncContext, seen: SeenMailbox) -> bool:
    """Whether mail came into a mailbox that never was open, as far as its numbers are told.

    It may be what vanished elsewhere, so the person is asked instead.
    """
    row, status = seen.mailbox, seen.status
    if row.refused_since is None or row.was_open or not row.is_selectable or status is None:
        return False
    is_more = status.uidnext > row.watermark or status.messages > row.message_count
    return is_more and context.home(row) is not Home.MIRROR


def write_ledger(context: SyncContext, row: MailboxState, what: str) -> None:
    """What happened to a mailbox, for whoever asks later."""
    evidence = {"mailbox": row.id, "what": what}
    with database.writing(durable=False):
        ledger.write(
            [ledger.Entry("mailbox", ledger.SERVER, context.account.id, evidence=evidence)]
        )
