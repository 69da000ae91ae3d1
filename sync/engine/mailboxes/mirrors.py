"""Detects mirrors: mailboxes that get a copy of everything.

"Copy every mail there" is a common rule on servers. A copy in such a mailbox would explain away
every delete, so it proves nothing (docs/sync.md, "What a mailbox proves"). A mailbox that has a role
or is synced is never taken for a mirror.
"""

from __future__ import annotations

from models.server import arrival, mailbox
from models.server.mailbox import MailboxState, Role
from models.store import ledger
from sync.engine.context import SyncContext

LEAST = 10  # this many copies are a rule, not chance
SHARE = 0.9  # the part of INBOX's arrivals that must be copied


def look(context: SyncContext, box: MailboxState) -> None:
    """Check whether an unsynced mailbox in which mail appeared mirrors INBOX."""
    inbox = mailbox.by_role(context.account.id, Role.INBOX)
    if inbox is None or box.role is not Role.NONE or box.is_mirror or box.is_chosen:
        return
    copies, came = arrival.mirrored(box.id, inbox.id)
    if copies >= LEAST and copies >= SHARE * came:
        mailbox.update(box.id, is_mirror=True)
        evidence = {"mailbox": box.id, "what": "mirror", "copies": copies}
        ledger.write([ledger.Entry("mailbox", ledger.RULE, context.account.id, evidence=evidence)])
