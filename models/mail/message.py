"""Read messages: one row per mail and account, however many mailboxes hold the mail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from models.mail.conversation import IN_ORDER
from models.store import database


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
    """One message, or None if it is gone."""
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


def exists(message_id: int) -> bool:
    """Whether the message is still here."""
    return database.value("SELECT 1 FROM message WHERE id = ?", (message_id,)) is not None


def identity_of(message_id: int) -> tuple[bytes, str, str] | None:
    """Identity, server identity and Message-ID header of a message, or None if it is gone."""
    row = database.row(
        "SELECT identity, server_identity, message_id_header FROM message WHERE id = ?",
        (message_id,),
    )
    return None if row is None else (row[0], row[1], row[2])


def by_identity(account_id: int, identities: Iterable[bytes]) -> dict[bytes, list[int]]:
    """The messages of an account by identity, oldest first; equal mails share an identity."""
    return _by(account_id, "identity", identities)


def by_server_identity(account_id: int, identities: Iterable[str]) -> dict[str, list[int]]:
    """The messages of an account by X-GM-MSGID. EMAILID is passed over: it names only content."""
    wanted = (identity for identity in identities if identity.startswith("gm:"))
    return _by(account_id, "server_identity", wanted)


_Identity = TypeVar("_Identity", bound=bytes | str)


def _by(
    account_id: int, column: str, identities: Iterable[_Identity]
) -> dict[_Identity, list[int]]:
    found: dict[_Identity, list[int]] = {}
    wanted = list(dict.fromkeys(identities))
    for chunk in database.parts(wanted):
        rows = database.rows(
            f"SELECT {column}, id FROM message WHERE account_id = ? "
            f"AND {column} IN ({database.marks(len(chunk))}) ORDER BY id",
            (account_id, *chunk),
        )
        for identity, message_id in rows:
            found.setdefault(identity, []).append(message_id)
    return found


def mark_junk(states: Mapping[int, bool]) -> list[int]:
    """Store whether messages lie in the server's Junk; return those for which it changed."""
    return [
        message_id
        for message_id, is_junk in states.items()
        if database.run(
            "UPDATE message SET on_junk = ? WHERE id = ? AND on_junk <> ?",
            (is_junk, message_id, is_junk),
        )
    ]


def by_account(message_ids: Iterable[int]) -> dict[int, list[int]]:
    """The messages that still exist, by their account."""
    found: dict[int, list[int]] = {}
    for chunk in database.chunks(message_ids):
        rows = database.rows(
            f"SELECT account_id, id FROM message WHERE id IN ({database.marks(len(chunk))})", chunk
        )
        for account_id, message_id in rows:
            found.setdefault(account_id, []).append(message_id)
    return found
