"""Commands about accounts: add, edit, convert, remove, and choose which mailboxes to sync."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from models.accounts import account, certificates
from models.accounts import secrets as secret
from models.accounts.account import NewAccount
from models.accounts.secrets import EncryptedSecrets
from models.commands import account_jobs, security
from models.commands.account_jobs import Keep
from models.commands.security import TrustCertificate
from models.events import (
    AccountsChanged,
    ConversationsChanged,
    Event,
    HeldChanged,
    MailboxesChanged,
)
from models.mail import conversation
from models.server import mailbox, past_sync, vanish_cases
from models.server.mailbox import NEVER_SYNCED, Role
from models.server.past_sync import BeginPastSync
from models.store import database, ledger, settings


@dataclass(frozen=True, slots=True)
class AddAccount:
    """Create an account with its secrets and the mailboxes chosen in the wizard.

    Attributes:
        mailboxes: Columns of each mailbox by name, as `mailbox.save` takes them.
        trusted: Certificates that the user accepted in the wizard.
    """

    new: NewAccount
    secrets: EncryptedSecrets
    mailboxes: dict[str, dict[str, Any]] = field(default_factory=dict)
    trusted: tuple[TrustCertificate, ...] = ()


@dataclass(frozen=True, slots=True)
class UpdateAccount:
    """Change columns of an account; with `secrets`, also how it signs in."""

    account_id: int
    columns: dict[str, Any] = field(default_factory=dict)
    secrets: EncryptedSecrets | None = None
    aliases: tuple[str, ...] | None = None
    trusted: tuple[TrustCertificate, ...] = ()


@dataclass(frozen=True, slots=True)
class ConvertAccount:
    """Make an account personal or team, which decides whose options count from now on (S8)."""

    account_id: int
    kind: Literal["personal", "team"]


@dataclass(frozen=True, slots=True)
class RemoveAccount:
    """Remove an account from Dealpost; the server is never touched (S7).

    The account disappears at once; `account_jobs` then deletes its mail.
    """

    account_id: int
    keep: Keep = "history"


@dataclass(frozen=True, slots=True)
class SetRole:
    """The user says which mailbox is Sent, Archive, Trash …"""

    account_id: int
    mailbox_id: int
    role: Role


@dataclass(frozen=True, slots=True)
class ChooseMailboxes:
    """Choose the labels to sync. Choosing fewer never removes mail that is here (S6)."""

    account_id: int
    mailbox_ids: tuple[int, ...]
    all_labels: bool = False


# Columns that a running sync ignores, or reads again each time.
_QUIET = frozenset(
    {
        "name",
        "signature",
        "track_receipts",
        "track_delivery",
        "archive_on_server",
        "delete_on_server",
    }
)

AccountCommand = (
    AddAccount
    | UpdateAccount
    | ConvertAccount
    | RemoveAccount
    | SetRole
    | ChooseMailboxes
    | BeginPastSync
)


def execute(command: AccountCommand) -> tuple[list[Event], int | None]:
    """Carry out the command; return the events, and the id of a newly added account."""
    match command:
        case AddAccount():
            known = account.by_address(command.new.address)
            events = account_jobs.finish(known) if known is not None else []
            account_id = _add(command)
            events += [AccountsChanged((account_id,)), MailboxesChanged(account_id)]
            return events, account_id
        case UpdateAccount(account_id=account_id):
            _update(command)
            return [AccountsChanged((account_id,), is_quiet=_is_quiet(command))], None
        case ConvertAccount(account_id=account_id, kind=kind):
            _convert(account_id, kind)
            return [AccountsChanged((account_id,), is_quiet=True)], None
        case RemoveAccount(account_id=account_id, keep=keep):
            return account_jobs.begin_removal(account_id, keep), None
        case SetRole(account_id=account_id):
            owners = set_role(account_id, command.mailbox_id, command.role)
            events = [MailboxesChanged(account_id)]
            if owners:
                events += [ConversationsChanged(account_id, owners), HeldChanged(account_id)]
            return events, None
        case BeginPastSync():
            return past_sync.execute(command), None
        case ChooseMailboxes(account_id=account_id):
            _choose(command)
            return [MailboxesChanged(account_id), AccountsChanged((account_id,))], None


def _is_quiet(command: UpdateAccount) -> bool:
    others = command.secrets is not None or command.aliases is not None or command.trusted
    return not others and command.columns.keys() <= _QUIET


def _add(command: AddAccount) -> int:
    with database.writing(durable=True):
        account_id = account.create(command.new)
        secret.store(account_id, command.secrets)
        for name, columns in command.mailboxes.items():
            mailbox.save(account_id, name, **columns)
        for each in command.trusted:
            security.trust(each)
    return account_id


def _update(command: UpdateAccount) -> None:
    """Change an account. A page left open changes nothing of an account removed meanwhile."""
    with database.writing(durable=True):
        config = account.config(command.account_id)
        if config is None or config.state == account.REMOVED:
            return
        account.update(command.account_id, **command.columns)
        if command.secrets is not None:
            secret.store(command.account_id, command.secrets)
        if command.aliases is not None:
            account_jobs.set_aliases(command.account_id, command.aliases)
        for each in command.trusted:
            security.trust(each)
        certificates.forget_unused()


def _convert(account_id: int, kind: str) -> None:
    """A team account begins with the options that applied until now; past actions stay (R2)."""
    with database.writing(durable=True):
        config = account.config(account_id)
        if config is None or config.kind == kind:
            return
        options = {}
        if kind == "team":
            names = ("archive_on_server", "delete_on_server")
            options = {name: settings.is_on(name) for name in names}
        account.update(account_id, kind=kind, **options)


def set_role(account_id: int, mailbox_id: int, role: Role) -> tuple[int, ...]:
    """Give one mailbox a role because the user said so; no other mailbox keeps it.

    When a mailbox becomes the Trash, mail that lies only there was not moved there by a delete. It
    is held like unusually many deletes (X3); the ids of its conversations are returned.
    """
    with database.writing(durable=True):
        state = mailbox.get(mailbox_id)
        is_new_trash = role is Role.TRASH and state is not None and state.role is not role
        database.run(
            "UPDATE mailbox SET role = '', role_source = 'person' "
            "WHERE account_id = ? AND role = ? AND id <> ?",
            (account_id, str(role), mailbox_id),
        )
        mailbox.update(mailbox_id, role=role, role_source="person")
        if not is_new_trash:
            return ()
        held = vanish_cases.hold_new_trash(account_id, mailbox_id, ledger.PERSON)
        return tuple(conversation.of_messages(held))


def _choose(command: ChooseMailboxes) -> None:
    """A newly chosen mailbox begins its past mail; one no longer chosen keeps its mail (S6)."""
    with database.writing(durable=True):
        account.update(command.account_id, all_labels=command.all_labels)
        chosen = set(command.mailbox_ids)
        states = mailbox.of_account(command.account_id)
        if command.all_labels:
            chosen |= {state.id for state in states if state.role not in NEVER_SYNCED}
        added = [state.id for state in states if state.id in chosen and not state.is_chosen]
        past_sync.add_mailboxes(command.account_id, added)
        for state in states:
            if state.is_chosen and state.id not in chosen:
                mailbox.update(state.id, is_chosen=False)
