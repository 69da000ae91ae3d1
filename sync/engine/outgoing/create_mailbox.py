"""Creates a mailbox that the server lacks, after the user agreed."""

from __future__ import annotations

from models.commands.accounts import set_role
from models.events import ConversationsChanged, MailboxesChanged
from models.server import mailbox, operation
from models.server.mailbox import Role
from models.server.operation import OperationRow
from models.store import database, ledger
from sync.engine.context import SyncContext
from sync.engine.mailboxes import reconcile
from sync.errors import RefusedError, RetryError


def create(context: SyncContext, row: OperationRow) -> str:
    """Create it and give it its role; returns its name. Doing it twice changes nothing.

    Raises: RetryError if the server does not list it yet.
    """
    name, role = row.payload.name, Role(row.payload.role)
    refusal: RefusedError | None = None
    try:
        context.session.create(name)
    except RefusedError as error:
        refusal = error  # it may exist: another program created it, or we did before a crash
    reconcile.refresh(context, ask_all=True)
    made = mailbox.by_name(context.account.id, name)
    if made is None or not made.is_selectable or made.missing_since is not None:
        if refusal is None:
            raise RetryError("The server does not list the new label yet.")
        operation.mark_refused(row.id, refusal.server_words or refusal.sentence)
        return name
    with database.writing(durable=True):
        owners = set_role(context.account.id, made.id, role)
        operation.mark_done([row.id])
        evidence = {"mailbox": made.id, "what": "created"}
        ledger.write(
            [ledger.Entry("mailbox", ledger.PERSON, context.account.id, evidence=evidence)]
        )
    context.report(MailboxesChanged(context.account.id))
    if owners:
        context.report(ConversationsChanged(context.account.id, owners))
    return name
