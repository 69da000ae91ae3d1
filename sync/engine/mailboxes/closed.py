"""Handles mailboxes that the server refuses, or at which it hangs up each time.

The other mailboxes go on. Mail that vanished elsewhere may lie in such a mailbox, so deletes may have
to wait.
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
    """The server refused this mailbox: leave it out of this cycle, and report that.

    A broken mailbox may say "try again" for ever; it must not make the others wait.

    Raises: the fault itself, if the whole server asks us to wait.
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
    """The connection ended. If it ends at this mailbox each time, the mailbox counts as refused."""
    name = context.session.working_in
    if not name or context.session.is_aborted:
        return  # at no mailbox, or we ended it ourselves
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
    """Try a refused mailbox again, even if nothing in it is new: deletes wait for it."""
    context.examine(seen.mailbox)
    yield again("cycle", seen.mailbox.name)


def may_hide_mail(context: SyncContext, row: MailboxState) -> bool:
    """Whether mail that vanished elsewhere may lie in this refused mailbox.

    A mailbox that could be read before keeps every case open until it can be read again. A mailbox
    that has never opened (someone else's, or damaged) does so for one day only.
    """
    if row.refused_since is None or not row.is_selectable or context.home(row) is Home.MIRROR:
        return False
    return row.was_open or row.refused_since > now() - NEVER_OPEN_MS


def has_grown_unseen(context: SyncContext, seen: SeenMailbox) -> bool:
    """Whether mail came into a mailbox that has never opened, by the numbers the server returns.

    It may be the mail that vanished elsewhere, so the user is asked.
    """
    row, status = seen.mailbox, seen.status
    if row.refused_since is None or row.was_open or not row.is_selectable or status is None:
        return False
    is_more = status.uidnext > row.watermark or status.messages > row.message_count
    return is_more and context.home(row) is not Home.MIRROR


def write_ledger(context: SyncContext, row: MailboxState, what: str) -> None:
    """Write to the ledger what happened to a mailbox."""
    evidence = {"mailbox": row.id, "what": what}
    with database.writing(durable=False):
        ledger.write(
            [ledger.Entry("mailbox", ledger.SERVER, context.account.id, evidence=evidence)]
        )
