"""Commands about accounts: add, edit, remove, and which mailboxes they sync."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from models import (
    account,
    conversation,
    database,
    deletion,
    ledger,
    link,
    mailbox,
    profile,
    secret,
    tombstone,
    wipe,
)
from models.account import NewAccount
from models.events import (
    AccountsChanged,
    ConversationsChanged,
    Event,
    LinksChanged,
    MailboxesChanged,
    MessagesDeleted,
)
from models.mailbox import Role
from models.secret import EncryptedSecrets

Keep = Literal["history", "linked", "nothing"]
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class AddAccount:
    """Make an account with its secrets and the mailboxes chosen in the wizard.

    Attributes:
        mailboxes: Columns of each mailbox by name, as `mailbox.save` takes them.
    """

    new: NewAccount
    secrets: EncryptedSecrets
    mailboxes: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UpdateAccount:
    """Change columns of an account; with `secrets` also how it signs in."""

    account_id: int
    columns: dict[str, Any] = field(default_factory=dict)
    secrets: EncryptedSecrets | None = None
    aliases: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class RemoveAccount:
    """Stop knowing an account; the server is never touched (S7)."""

    account_id: int
    keep: Keep = "history"


@dataclass(frozen=True, slots=True)
class SetRole:
    """The person says which mailbox is Sent, Archive, Trash …"""

    account_id: int
    mailbox_id: int
    role: Role


@dataclass(frozen=True, slots=True)
class ChooseMailboxes:
    """The labels to sync from. Fewer never removes mail that is here (S6)."""

    account_id: int
    mailbox_ids: tuple[int, ...]
    all_labels: bool = False


AccountCommand = AddAccount | UpdateAccount | RemoveAccount | SetRole | ChooseMailboxes


def execute(command: AccountCommand) -> tuple[list[Event], int | None]:
    """Carry it out; the events, and the id of an account that was made."""
    match command:
        case AddAccount():
            account_id = _add(command)
            return [AccountsChanged((account_id,)), MailboxesChanged(account_id)], account_id
        case UpdateAccount(account_id=account_id):
            _update(command)
            return [AccountsChanged((account_id,))], None
        case RemoveAccount(account_id=account_id, keep=keep):
            return remove(account_id, keep), None
        case SetRole(account_id=account_id):
            set_role(account_id, command.mailbox_id, command.role)
            return [MailboxesChanged(account_id)], None
        case ChooseMailboxes(account_id=account_id):
            _choose(command)
            return [MailboxesChanged(account_id), AccountsChanged((account_id,))], None


def _add(command: AddAccount) -> int:
    with database.writing(durable=True):
        account_id = account.create(command.new)
        secret.store(account_id, command.secrets)
        for name, columns in command.mailboxes.items():
            mailbox.save(account_id, name, **columns)
    return account_id


def _update(command: UpdateAccount) -> None:
    with database.writing(durable=True):
        account.update(command.account_id, **command.columns)
        if command.secrets is not None:
            secret.store(command.account_id, command.secrets)
        if command.aliases is not None:
            account.set_aliases(command.account_id, command.aliases)


def set_role(account_id: int, mailbox_id: int, role: Role) -> None:
    """One mailbox has the role from now on, by the person's word, and no other."""
    with database.writing(durable=True):
        database.run(
            "UPDATE mailbox SET role = '', role_source = 'person' "
            "WHERE account_id = ? AND role = ? AND id <> ?",
            (account_id, str(role), mailbox_id),
        )
        mailbox.update(mailbox_id, role=role, role_source="person")


def _choose(command: ChooseMailboxes) -> None:
    with database.writing(durable=True):
        account.update(command.account_id, all_labels=command.all_labels)
        chosen = set(command.mailbox_ids)
        for state in mailbox.of_account(command.account_id):
            if state.is_chosen != (state.id in chosen):
                mailbox.update(state.id, is_chosen=state.id in chosen)


def remove(account_id: int, keep: Keep) -> list[Event]:
    """Remove an account. Tombstones survive all but `nothing`, which erases every trace."""
    events: list[Event] = []
    with database.writing(durable=True):
        account.update(account_id, state=account.REMOVED, set_up=False)
        for table in ("secret", "operation", "mailbox"):
            database.run(f"DELETE FROM {table} WHERE account_id = ?", (account_id,))
    if keep != "history":
        events += _erase_messages(account_id, only_unlinked=keep == "linked")
    if keep == "nothing":
        _erase_traces(account_id)
    return [*events, AccountsChanged((account_id,))]


def _erase_messages(account_id: int, *, only_unlinked: bool) -> list[Event]:
    events: list[Event] = []
    while ids := _doomed(account_id, only_unlinked):
        with database.writing(durable=True):
            events += _erase(account_id, ids)
    return events


def _doomed(account_id: int, only_unlinked: bool) -> list[int]:
    """The next conversations to go; `linked` is also one with a person of the contacts."""
    unlinked = (
        "AND NOT EXISTS (SELECT 1 FROM link WHERE conversation_id = c.id) "
        "AND NOT EXISTS (SELECT 1 FROM message m JOIN message_person p ON p.message_id = m.id "
        "WHERE m.conversation_id = c.id) "
    )
    found = database.rows(
        f"SELECT id FROM conversation c WHERE account_id = ? {unlinked if only_unlinked else ''}"
        f"ORDER BY id LIMIT {_CHUNK}",
        (account_id,),
    )
    return [conversation_id for (conversation_id,) in found]


def _erase(account_id: int, conversation_ids: Sequence[int]) -> list[Event]:
    message_ids = conversation.message_ids(conversation_ids)
    keys = link.affected(conversation_ids, link.persons_of(message_ids))
    ledger.write(
        ledger.Entry("delete", ledger.PERSON, account_id, message_id, evidence={"kind": "account"})
        for message_id in message_ids
    )
    deletion.erase_rows(message_ids)
    removed = conversation.refresh(conversation_ids)
    wipe.mark_due()
    profile.remove_copy_here()
    events: list[Event] = [
        MessagesDeleted(account_id, tuple(message_ids), tuple(conversation_ids)),
        ConversationsChanged(account_id, (), removed),
    ]
    return [*events, LinksChanged(keys, tuple(conversation_ids))] if keys else events


def _erase_traces(account_id: int) -> None:
    with database.writing(durable=True):
        tombstone.erase(account_id)
        database.run("DELETE FROM ledger WHERE account_id = ?", (account_id,))
        database.run("DELETE FROM account WHERE id = ?", (account_id,))
        wipe.mark_due()
