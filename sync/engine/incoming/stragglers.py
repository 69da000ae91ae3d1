"""Takes in stragglers: mail that a complete listing names and the store does not know.

Servers leave lines out of their answers and return wrong numbers. What slipped past the watermark
and the past sync is found here, so that a passing fault never loses a mail for good.
"""

from __future__ import annotations

from models.server import known_uids, mailbox
from models.server.mailbox import MailboxState
from sync.engine.context import SyncContext
from sync.engine.fetch import missing_answers, scope
from sync.engine.incoming import arrivals
from sync.engine.incoming.past_mail import WINDOW


def find(context: SyncContext, mailbox_id: int) -> list[int]:
    """The UIDs of the last listing that are in the user's range and unknown here."""
    box = mailbox.get(mailbox_id)
    if box is None or not arrivals.is_synced(box):
        return []
    low = _lowest(context, box)
    known = known_uids.of_mailbox(box.id, box.uidvalidity)
    unknown = sorted(uid for uid in context.listed - known if low <= uid < box.watermark)
    if not unknown:
        return []
    since = scope.since(context, box)
    if since:
        listing = context.session.search_since(since)
        unknown = sorted(set(unknown) & set(listing.uids)) if listing.is_complete else unknown
    found: list[int] = []
    for start in range(0, len(unknown), WINDOW):
        facts, unread = missing_answers.facts(context, unknown[start : start + WINDOW])
        found += [uid for uid, told in facts.items() if not 0 < told.received_at < since]
        known_uids.note_unread(context.account.id, box.id, box.uidvalidity, unread)
    return sorted(found)


def _lowest(context: SyncContext, box: MailboxState) -> int:
    """The lowest UID to look at; the past sync still takes care of those below."""
    if box.backfill_done:
        return 1
    return box.backfill_uid or box.watermark
