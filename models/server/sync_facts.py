"""Count the facts of an account's sync that the user sees, from the rows themselves (M22)."""

from __future__ import annotations

from dataclasses import dataclass

from models.server import mailbox, operation
from models.store import database


@dataclass(frozen=True, slots=True)
class SyncFacts:
    """What waits and what went wrong, counted. Times are milliseconds UTC.

    Attributes:
        pending: Operations that still have to be carried out on the server.
        refused: Operations that the server refused for good.
        checking: Messages that vanished from a mailbox and whose case is open.
        held: Messages whose external delete the brake holds back.
        last_success_at: End of the last complete cycle, or None.
        questions: Questions to the user that operations wait for: trash, archive.
        closed: Mailboxes that the server does not open. They hold up every delete elsewhere.
    """

    pending: int = 0
    refused: int = 0
    checking: int = 0
    held: int = 0
    last_success_at: int | None = None
    questions: tuple[str, ...] = ()
    closed: int = 0


def of_account(account_id: int) -> SyncFacts:
    """Count the facts; thanks to partial indexes, each count reads only the rows that match."""
    pending = database.value(
        "SELECT count(*) FROM operation WHERE account_id = ? "
        "AND state IN ('pending', 'running', 'waiting')",
        (account_id,),
    )
    refused = database.value(
        "SELECT count(*) FROM operation WHERE account_id = ? AND state = 'refused'",
        (account_id,),
    )
    cases: dict[str, int] = dict(
        database.rows(
            "SELECT location.state, count(DISTINCT location.message_id) FROM mailbox "
            "JOIN location ON location.mailbox_id = mailbox.id "
            "WHERE mailbox.account_id = ? AND location.state <> 'live' GROUP BY location.state",
            (account_id,),
        )
    )
    last = database.value("SELECT last_success_at FROM account WHERE id = ?", (account_id,))
    asked = operation.asked_words(account_id) if pending else set()
    questions = tuple(name for name, words in operation.QUESTIONS.items() if words in asked)
    return SyncFacts(
        pending=pending,
        refused=refused,
        checking=cases.get("missing", 0),
        held=cases.get("held", 0),
        last_success_at=last,
        questions=questions,
        closed=mailbox.count_closed(account_id),
    )


def account_of_message(message_id: int) -> int | None:
    """The account of a message, or None if the message is gone."""
    found: int | None = database.value("SELECT account_id FROM message WHERE id = ?", (message_id,))
    return found


def account_of_attachment(attachment_id: int) -> int | None:
    """The account of an attachment's message, or None if it is gone."""
    found: int | None = database.value(
        "SELECT message.account_id FROM attachment JOIN message ON message.id = message_id "
        "WHERE attachment.id = ?",
        (attachment_id,),
    )
    return found
