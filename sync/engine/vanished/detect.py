"""Detects vanishes: which known UIDs a mailbox no longer has, and how well that is proven.

A case is opened by a complete listing and an exact question, never by an EXPUNGE line. This module
only establishes the absence; `gather` judges what it means.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.server import arrival, location, mailbox, vanish_cases
from models.server.location import LocationRow
from models.server.mailbox import MailboxState
from models.store import database
from sync.engine import judge
from sync.engine.context import SyncContext, now
from sync.engine.judge import Absence, Comparison, Listing
from sync.engine.mailboxes.seen import SeenMailbox

TRIES = 3  # tries of a listing whose numbers do not agree, since mail comes and goes meanwhile


def is_suspicious(seen: SeenMailbox) -> bool:
    """Whether a mailbox's numbers say that something vanished."""
    box, status = seen.mailbox, seen.status
    if status is None:
        return False
    high = status.uidnext or box.watermark
    arrived = arrival.count_between(box.id, box.uidvalidity, box.uidnext, high)
    return not judge.adds_up(
        count_before=box.message_count, arrived=arrived, count_now=status.messages
    )


def settle(seen: SeenMailbox) -> None:
    """Nothing vanished: store the numbers that the next cycle compares with."""
    box, status = seen.mailbox, seen.status
    if status and (box.uidnext, box.message_count) != (status.uidnext, status.messages):
        mailbox.update(box.id, uidnext=status.uidnext, message_count=status.messages)


def hunt(context: SyncContext, seen: SeenMailbox) -> bool:
    """List a mailbox, and note what is missing and what is back. False if inconclusive.

    Rows are read before the listing, so that a stale listing never ends a fresh location.
    """
    box = seen.mailbox
    rows = location.locations(box.id, box.uidvalidity)
    void = [row for row in rows if row.uid < 0]  # a new UIDVALIDITY made their UIDs meaningless
    appeared = {row.uid for row in arrival.of_mailbox(box.id, box.uidvalidity)}
    found = _compare(context, box, [row for row in rows if row.uid > 0])
    if found.absence in {Absence.INCOMPLETE, Absence.UIDVALIDITY}:
        return False
    still = context.session.existing(found.absent) if found.absent else set()
    absent = [row for row in rows if row.uid in found.absent - still]
    if found.absence is Absence.PROVEN:
        absent += void
    _store(context, seen, found, rows, absent)
    went = appeared - {row.uid for row in rows} - _listed(context, appeared)
    if went and found.absence is Absence.PROVEN:
        arrival.gone(box.id, box.uidvalidity, went)
    return True


def _compare(context: SyncContext, box: MailboxState, rows: Sequence[LocationRow]) -> Comparison:
    known = [row.uid for row in rows]
    found = Comparison(Absence.INCOMPLETE)
    for _ in range(TRIES):
        selected = context.examine(box)
        told = context.session.all_uids()
        context.listed = frozenset(told.uids)
        exists = len(told.uids) if told.is_complete else selected.exists
        listing = Listing(selected.uidvalidity, context.listed, exists, told.is_complete)
        found = judge.compare(known, box.uidvalidity, listing)
        if found.absence is not Absence.INCOMPLETE:
            return found
    return found


def _listed(context: SyncContext, uids: Iterable[int]) -> set[int]:
    return {uid for uid in uids if uid in context.listed}


def _store(
    context: SyncContext,
    seen: SeenMailbox,
    found: Comparison,
    rows: Sequence[LocationRow],
    absent: Sequence[LocationRow],
) -> None:
    """Store the marks, and the snapshot that they belong to, in one transaction."""
    box, at = seen.mailbox, now()
    gone = {row.id for row in absent}
    back = [r.id for r in rows if _is_back(r) and r.id not in gone and r.uid in found.present]
    is_held = found.absence is Absence.EMPTIED and not _is_hold_over(context, box, at)
    with database.writing(durable=False):
        vanish_cases.set_live(back)
        if found.absence is Absence.CAPPED:
            vanish_cases.set_hidden(row.id for row in absent if row.state == "live")
        else:
            counted = [row.id for row in absent if _counts(context, row, at, is_held=is_held)]
            # The clock was set back since the first check, so this one counts as the first.
            vanish_cases.set_live(row.id for row in absent if _is_ahead(row, at))
            vanish_cases.set_missing(counted, at)
        columns: dict[str, object] = {"held_reason": "emptied" if is_held else ""}
        if not (is_held and box.held_reason):
            columns["full_check_at"] = at
        if seen.status:
            columns |= {"uidnext": seen.status.uidnext, "message_count": seen.status.messages}
        mailbox.update(box.id, **columns)


def _is_back(row: LocationRow) -> bool:
    """Whether a UID that was thought gone is back. A held copy that exists is not released."""
    return row.state != "live" and not (row.state == "held" and not row.asks)


def _is_hold_over(context: SyncContext, box: MailboxState, at: int) -> bool:
    """Whether a mailbox that was suddenly empty has waited long enough to count as empty."""
    is_old = abs(at - box.full_check_at) >= context.ms(context.timing.full_check)
    return box.held_reason == "emptied" and is_old


def _is_ahead(row: LocationRow, at: int) -> bool:
    return row.state == "missing" and (row.missing_since or 0) > at


def _counts(context: SyncContext, row: LocationRow, at: int, *, is_held: bool) -> bool:
    """Whether this check counts: as the first, or as a second one late enough after it."""
    if row.state == "held":
        return False
    if row.state in {"live", "hidden"} or row.missing_since is None or _is_ahead(row, at):
        return True
    since = at - row.missing_since
    return row.asks < 2 and not is_held and since >= context.ms(context.timing.second_sitting)
