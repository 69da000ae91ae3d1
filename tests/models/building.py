"""Build accounts, mailboxes and mails for tests of the store."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

from models.accounts import account
from models.accounts.account import NewAccount
from models.commands.execute import execute
from models.events import Event
from models.intake import intake
from models.intake.intake import Incoming
from models.parsed_mail import ParsedAttachment, ParsedMail
from models.server import mailbox, operation
from models.server.mailbox import Role
from models.server.operation import Payload
from models.store import database
from models.store.settings import SetOption

OWN = "me@example.com"
DAY = 24 * 3600 * 1000
START = 1_700_000_000_000
BOXES = (
    ("INBOX", Role.INBOX),
    ("Sent", Role.SENT),
    ("Archive", Role.ARCHIVE),
    ("Trash", Role.TRASH),
    ("Customers", Role.NONE),
    ("Other", Role.NONE),
)


def new_account(address: str = OWN, **columns: Any) -> NewAccount:
    """An account whose servers no test contacts."""
    return NewAccount(
        address, "imap.example.com", 993, "tls", "smtp.example.com", 465, "tls", **columns
    )


@dataclass
class Boxes:
    """An account with its mailboxes by name, and the next free UID in each."""

    account_id: int
    ids: dict[str, int]
    uids: dict[str, int] = field(default_factory=dict)

    def uid(self, name: str, wanted: int | None) -> int:
        uid = wanted or self.uids.get(name, 0) + 1
        self.uids[name] = max(uid, self.uids.get(name, 0))
        return uid

    def take(
        self,
        *mails: Incoming,
        past: bool = False,
        quiet: bool = False,
        bring_back_before: int = 0,
    ) -> list[Event]:
        return intake.take_in(
            self.account_id, mails, past=past, quiet=quiet, bring_back_before=bring_back_before
        )

    def mail(
        self,
        name: str = "a",
        box: str = "INBOX",
        *,
        refs: tuple[str, ...] = (),
        reply_to: tuple[str, ...] = (),
        sender: str = "anna@customer.test",
        to: tuple[str, ...] = (OWN,),
        subject: str | None = None,
        flags: int = 0,
        at: int = START,
        uid: int | None = None,
        uidvalidity: int = 1,
        server_identity: str = "",
        text: str = "Hello there",
        attachments: tuple[ParsedAttachment, ...] = (),
        raw: bytes | None = b"From: x\r\n\r\nHello there",
        **more: Any,
    ) -> Incoming:
        """The mail with this name. The same name always gives the same mail."""
        parsed = ParsedMail(
            subject=f"About {name}" if subject is None else subject,
            from_=(("Anna", sender),),
            to=tuple(("", address) for address in to),
            message_id_header=f"<{name}@test>",
            in_reply_to=tuple(f"<{ref}@test>" for ref in reply_to),
            references=tuple(f"<{ref}@test>" for ref in refs),
            text=text,
            snippet=text[:50],
            attachments=attachments,
        )
        return Incoming(
            mailbox_id=self.ids[box],
            uidvalidity=uidvalidity,
            uid=self.uid(box, uid),
            flags=flags,
            modseq=1,
            received_at=at,
            size=len(raw or b""),
            identity=blake2b(name.encode(), digest_size=16).digest(),
            server_identity=server_identity,
            parsed=parsed,
            raw=raw,
            **more,
        )


def boxes(address: str = OWN, **columns: Any) -> Boxes:
    """An account with the usual mailboxes."""
    account_id = account.create(new_account(address, **columns))
    return Boxes(
        account_id,
        {
            name: mailbox.save(
                account_id,
                name,
                role=role,
                uidvalidity=1,
                is_chosen=name in ("INBOX", "Sent", "Customers"),
            )
            for name, role in BOXES
        },
    )


def conversation_of(name: str) -> int:
    """The conversation of the only message with this name."""
    return int(
        one("SELECT conversation_id FROM message WHERE message_id_header = ?", f"<{name}@test>")
    )


def message_of(name: str) -> int:
    """The only message with this name."""
    return int(one("SELECT id FROM message WHERE message_id_header = ?", f"<{name}@test>"))


def one(sql: str, *parameters: Any) -> Any:
    """The only value that a query returns."""
    found = database.rows(sql, parameters)
    assert len(found) == 1, found
    return found[0][0]


def archived(name: str) -> bool:
    """Whether the conversation of this message is archived."""
    return bool(one("SELECT is_archived FROM conversation WHERE id = ?", conversation_of(name)))


def operations(account_id: int) -> list[tuple[str, str, Any]]:
    """Kind, state and message of every operation, in queue order."""
    return database.rows(
        "SELECT kind, state, message_id FROM operation WHERE account_id = ? ORDER BY id",
        (account_id,),
    )


def option(name: str, value: bool = True) -> None:
    """Turn an option of R1 on or off: `archive` or `delete`."""
    execute(SetOption(f"{name}_on_server", value))


def payloads(kind: str) -> list[Payload]:
    """The payloads of the operations of a kind, oldest first."""
    found = database.rows("SELECT payload FROM operation WHERE kind = ? ORDER BY id", (kind,))
    return [Payload.from_json(text) for (text,) in found]


def begin(operation_id: int) -> None:
    """Mark an operation as begun, as the runner does."""
    row = operation.get(operation_id)
    assert row is not None
    operation.mark_running(row.id, replace(row.payload, mark=(1, 100)))
