"""Mailboxes that show a copy of everything, found out by what they do.

"Copy every mail there" is a rule on many servers. Such a mailbox would explain every delete
away, so it proves nothing (SYNC.md section 2). One with a role of its own, or whose mail is
synced, is never taken for one.
"""

from __future__ import annotations

from models.server import arrival, mailbox
from models.server.mailbox import MailboxState, Role
from models.store import ledger
from sync.engine.context import SyncContext

LEAST = 10  # so many copies tell a rule from chance
SHARE = 0.9  # of what came to INBOX since


def look(context: SyncContext, box: MailboxState) -> None:
    """After mail appeared in a mailbox that is not synced: whether it mirrors INBOX."""
    inbox = mailbox.by_role(context.account.id, Role.INBOX)
    if inbox is None or box.role is not Role.NONE or box.is_mirror or box.is_chosen:
        return
    copies, came = arrival.mirrored(box.id, inbox.id)
    if copies >= LEAST and copies >= SHARE * came:
        mailbox.update(box.id, is_mirror=True)
        evidence = {"mailbox": box.id, "what": "mirror", "copies": copies}
        ledger.write([ledger.Entry("mailbox", ledger.RULE, context.account.id, evidence=evidence)])
