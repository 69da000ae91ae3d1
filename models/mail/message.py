"""Messages: one row a mail and account, however many mailboxes hold it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.mail.conversation import IN_ORDER
from models.store import database
from models.store.database import chunks


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message without its body, as readers and the engine need it."""

    id: int
    account_id: int
    conversation_id: int
    identity: bytes
    server_identity: str
    message_id_header: str
    in_reply_to: str
    reference_list: str
    subject: str
    from_name: str
    from_address: str
    recipients: str
    dated_at: int | None
    received_at: int
    size: int
    snippet: str
    is_own: bool
    is_read: bool
    is_draft: bool
    is_past: bool
    attachment_count: int
    body_state: str
    on_junk: bool


_ROW = ", ".join(MessageRow.__dataclass_fields__)
_FIRST_BOOLEAN = list(MessageRow.__dataclass_fields__).index("is_own")


def get(message_id: int) -> MessageRow | None:
    """One message."""
    row = database.row(f"SELECT {_ROW} FROM message WHERE id = ?", (message_id,))
    return _message_row(row) if row else None


def of_conversation(conversation_id: int) -> list[MessageRow]:
    """The messages of a conversation, oldest first."""
    found = database.rows(
        f"SELECT {_ROW} FROM message WHERE conversation_id = ? ORDER BY {IN_ORDER}",
        (conversation_id,),
    )
    return [_message_row(row) for row in found]


def _message_row(row: database.Row) -> MessageRow:
    i = _FIRST_BOOLEAN
    flags = [bool(value) for value in row[i : i + 4]]
    return MessageRow(*[*row[:i], *flags, *row[i + 4 : -1], bool(row[-1])])


def by_identity(account_id: int, identities: Iterable[bytes]) -> dict[bytes, list[int]]:
    """The messages that have these identities; equal mails share one."""
    wanted = list(dict.fromkeys(identities))
    found: dict[bytes, list[int]] = {}
    for part in database.parts(wanted):
        rows = database.rows(
            "SELECT identity, id FROM message WHERE account_id = ? "
            f"AND identity IN ({database.marks(len(part))}) ORDER BY id",
            (account_id, *part),
        )
        for identity, message_id in rows:
            found.setdefault(identity, []).append(message_id)
    return found


def without_body(account_id: int, limit: int) -> list[int]:
    """Messages whose text is not here yet, newest first."""
    found = database.rows(
        "SELECT id FROM message WHERE account_id = ? AND body_state = 'none' "
        "ORDER BY received_at DESC, id DESC LIMIT ?",
        (account_id, limit),
    )
    return [message_id for (message_id,) in found]


def set_junk(message_ids: Iterable[int], on_junk: bool) -> tuple[int, ...]:
    """Mark messages as lying in the server's junk mailbox, or not; those that changed."""
    changed: list[int] = []
    with database.writing(durable=False):
        for chunk in chunks(message_ids):
            found = database.rows(
                "UPDATE message SET on_junk = ? WHERE on_junk <> ? "
                f"AND id IN ({database.marks(len(chunk))}) RETURNING id",
                (on_junk, on_junk, *chunk),
            )
            changed += [message_id for (message_id,) in found]
    return tuple(changed)
