"""A move of ours whose outcome can no longer be seen in its target.

The connection was lost. Before the next look, the target was deleted, or renumbered without our copy
in it, and the mail is not in its source either. The mail is kept here: nothing shows that another
program deleted it.
"""

from __future__ import annotations

from models.events import ConversationsChanged
from models.mail import conversation
from models.server import location, mailbox
from models.server.location import LocationRow
from models.server.mailbox import MailboxState
from models.server.operation import OperationRow
from models.store import database, ledger
from sync.engine.context import SyncContext
from sync.engine.fetch import messages, missing_answers
from sync.errors import RetryError


def keep(
    context: SyncContext, row: OperationRow, source: MailboxState, target: MailboxState
) -> bool:
    """Keep the message without a UID. False if the move can simply start again.

    If the target is gone, the message counts as lying in it, like other mail of a missing label. If
    the target was renumbered, the user is asked.

    Raises: RetryError while it is unknown whether the mail is still in its source.
    """
    place = row.payload.sources[0]
    known = location.at(place[0], place[1], [place[2]]).get(place[2])
    if known is None or source.is_gone or row.payload.mark is None:
        return False
    numbers = 0 if target.is_gone else context.examine(target).uidvalidity
    if numbers == row.payload.mark[0] or _is_in_source(context, row, known, source):
        return False
    # A missing or hidden label may come back with the UIDs that the mail got there.
    _put_aside(context, row, known, target, row.payload.mark[0] if target.is_gone else numbers)
    return True


def _is_in_source(
    context: SyncContext, row: OperationRow, known: LocationRow, source: MailboxState
) -> bool:
    selected = context.examine(source)
    if selected.uidvalidity not in {0, known.uidvalidity}:
        if selected.uidvalidity != source.uidvalidity:
            raise RetryError("The label has new numbers; the mail is looked for first.")
        return False  # its UIDs were mapped, and the mail was not found
    read = missing_answers.headers(context, [known.uid])
    if read.unread or read.bare:
        raise RetryError("The server does not tell whether the mail is still where it was.")
    found = read.found.get(known.uid)
    return found is not None and messages.identity_of(found) == row.identity


def _put_aside(
    context: SyncContext, row: OperationRow, known: LocationRow, target: MailboxState, numbers: int
) -> None:
    is_asked = not target.is_gone
    evidence: dict[str, object] = {
        "operation": row.id,
        "kind": row.kind,
        "from": [known.mailbox_id, known.uid],
        "to": [target.id],
    }
    if is_asked:
        evidence["held"] = "outcome"
    with database.writing(durable=True):
        location.put_aside(known.id, target.id, numbers, is_held=is_asked)
        mailbox.lower_count(known.mailbox_id, 1)
        entry = ledger.Entry(
            "hold" if is_asked else "move",
            ledger.SERVER if is_asked else ledger.PERSON,
            context.account.id,
            known.message_id,
            evidence=evidence,
        )
        ledger.write([entry])
    owners = tuple(conversation.of_messages([known.message_id]))
    context.report(ConversationsChanged(context.account.id, owners))
