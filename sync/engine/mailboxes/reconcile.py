"""Keeps an account's mailboxes in step with LIST: new, renamed, vanished."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from models.events import ConversationsChanged, HeldChanged, MailboxesChanged
from models.mail import conversation
from models.server import known_uids, mailbox, vanish_cases
from models.server.mailbox import NEVER_SYNCED, MailboxState, Role
from models.store import database, ledger
from sync.engine import judge
from sync.engine.context import SyncContext, now
from sync.engine.fetch.messages import identity_of
from sync.engine.mailboxes.closed import refused, write_ledger
from sync.engine.mailboxes.roles import roles
from sync.engine.mailboxes.seen import SeenMailbox
from sync.errors import UNOPENED, RefusedError
from sync.session import Listed, Status

IN_TURN = 10  # mailboxes asked by STATUS in one cycle, where LIST returns no status
SAMPLE = 50  # identities that are compared to recognize a renamed mailbox


def refresh(context: SyncContext, *, ask_all: bool = False) -> list[SeenMailbox]:
    """Send LIST (with STATUS), update the rows, and pair the two.

    `ask_all` asks every mailbox by STATUS if LIST cannot return it: before anything is judged, the
    arrivals of all mailboxes have to be known.
    """
    rows = {row.name: row for row in mailbox.of_account(context.account.id)}
    is_all = ask_all or not context.account.set_up or context.session.can_list_status
    names = None if is_all else _in_turn(context, rows)
    if context.session.selected is not None and not context.is_listening:
        # For the open mailbox STATUS returns old numbers, but not after IDLE.
        context.session.noop()
    context.is_listening = False
    context.session.take_events()
    closed = context.quarantine.closed()
    listed = context.session.list_mailboxes(names=names, without=closed)
    if _differs(rows, listed, closed):
        _update(context, rows, {entry.name: entry for entry in listed})
        rows = {row.name: row for row in mailbox.of_account(context.account.id)}
    status = {entry.name: entry.status for entry in listed}
    if ask_all:
        silent = [e.name for e in listed if e.is_selectable and not e.status]
        status |= _asked(context, [rows[name] for name in silent if name not in closed])
    return [SeenMailbox(row, status.get(name)) for name, row in rows.items()]


def _asked(context: SyncContext, silent: Iterable[MailboxState]) -> dict[str, Status | None]:
    """Ask for numbers that LIST left out, as it does for mailboxes that cannot be read."""
    found: dict[str, Status | None] = {}
    for row in silent:
        try:
            found[row.name] = context.session.status(row.name)
        except UNOPENED as fault:
            refused(context, row, fault)
    return found


def _in_turn(context: SyncContext, rows: dict[str, MailboxState]) -> set[str]:
    """The mailboxes to ask in this cycle, where each costs a round trip."""
    always = {name for name, row in rows.items() if _is_asked_always(row)}
    others = [name for name in rows if name not in always]
    start = context.asked_in_turn % len(others) if others else 0
    turn = (others[start:] + others[:start])[:IN_TURN]
    context.asked_in_turn = start + len(turn)
    return always | set(turn)


def _is_asked_always(row: MailboxState) -> bool:
    return row.is_chosen or row.role in {Role.INBOX, Role.TRASH, Role.ARCHIVE, Role.ALL}


def _differs(
    rows: dict[str, MailboxState], listed: Sequence[Listed], closed: Collection[str]
) -> bool:
    found = roles(listed)
    if rows.keys() != {entry.name for entry in listed}:
        return True
    return any(
        (rows[entry.name].missing_since is None) is (entry.name in closed)
        or rows[entry.name].is_selectable != entry.is_selectable
        or not _role_is(rows[entry.name], *found.get(entry.name, (Role.NONE, "")))
        for entry in listed
    )


def _role_is(row: MailboxState, role: Role, source: str) -> bool:
    return row.role_source == "person" or (row.role, row.role_source) == (role, source)


def _update(context: SyncContext, rows: dict[str, MailboxState], found: dict[str, Listed]) -> None:
    appeared = [entry for name, entry in found.items() if name not in rows]
    for row in [row for name, row in rows.items() if name not in found]:
        entry = _renamed_to(context, row, appeared)
        if entry:
            appeared.remove(entry)
            _follow(context, row, entry)
        else:
            _miss(row)
    known_roles = roles(list(found.values()))
    held: list[int] = []
    with database.writing(durable=False):
        for name, entry in found.items():
            role, source = known_roles.get(name, (Role.NONE, ""))
            known = mailbox.by_name(context.account.id, name)
            _save(context, known, entry, role, source)
            if known is not None and _becomes_trash(known, role):
                held += vanish_cases.hold_new_trash(context.account.id, known.id, ledger.SERVER)
        owners = tuple(conversation.of_messages(held))
    context.report(MailboxesChanged(context.account.id))
    if owners:
        context.report(ConversationsChanged(context.account.id, owners))
        context.report(HeldChanged(context.account.id))


def _becomes_trash(row: MailboxState, role: Role) -> bool:
    """Whether the server now calls a known mailbox its Trash; the user's own choice stays."""
    return role is Role.TRASH and row.role is not role and row.role_source != "person"


def _save(
    context: SyncContext, row: MailboxState | None, entry: Listed, role: Role, source: str
) -> None:
    is_closed = entry.name in context.quarantine.closed()
    columns: dict[str, object] = {
        "delimiter": entry.delimiter,
        "is_selectable": entry.is_selectable,
        "missing_since": now() if is_closed else None,
        "missing_asks": 0,
    }
    if is_closed:
        columns["refused_since"] = (row and row.refused_since) or now()
    if row is None or row.role_source != "person":
        columns |= {"role": role, "role_source": source}
        is_known = row is not None and row.is_mirror  # also a detected one
        columns["is_mirror"] = not context.is_gmail and (
            is_known or role in {Role.ALL, Role.FLAGGED}
        )
    if entry.status and entry.status.mailbox_id:
        columns["mailbox_id_server"] = entry.status.mailbox_id
    if row is None:
        columns |= _first_numbers(context, role, entry)
    mailbox.save(context.account.id, entry.name, **columns)


def _first_numbers(context: SyncContext, role: Role, entry: Listed) -> dict[str, object]:
    """The numbers of a mailbox that appears after set-up: all its mail counts as new."""
    syncable = role not in NEVER_SYNCED
    numbers: dict[str, object] = {"full_check_at": now()}
    if context.account.all_labels and syncable and entry.is_selectable:
        numbers["is_chosen"] = True
    if context.account.set_up and entry.status:
        uidvalidity = entry.status.uidvalidity
        numbers |= {"uidvalidity": uidvalidity, "uidnext": 1, "watermark": 1}
        # Its mail comes in as arrivals, without notification if it is old.
        numbers["backfill_done"] = True
    return numbers


def _miss(row: MailboxState) -> None:
    """A mailbox is missing from LIST: its messages keep their state; nothing in it is judged."""
    mailbox.update(
        row.id,
        missing_since=row.missing_since or now(),
        missing_asks=row.missing_asks + 1,
        refused_since=None,
    )


def _renamed_to(
    context: SyncContext, row: MailboxState, appeared: Sequence[Listed]
) -> Listed | None:
    """The new mailbox that this one became, recognized by its numbers or its mail."""
    with_numbers = [entry for entry in appeared if entry.is_selectable and _numbers(context, entry)]
    facts = {entry.name: _facts(entry.name, _numbers(context, entry)) for entry in with_numbers}
    gone = judge.MailboxFacts(
        row.name, row.mailbox_id_server, row.uidvalidity, row.uidnext, row.message_count
    )
    same = judge.renamed(gone, list(facts.values()))
    if same:
        return next(entry for entry in appeared if entry.name == same.name)
    if row.mailbox_id_server and any(f.mailbox_id_server for f in facts.values()):
        return None  # the server gives mailbox ids: another id is another mailbox
    known = known_uids.identities_in(row.id, row.uidvalidity)
    newest = {uid: known[uid] for uid in sorted(known)[-SAMPLE:]}
    for entry in with_numbers:
        if newest and judge.same_mail(newest, _sample(context, entry, len(newest))):
            return entry
    return None


def _numbers(context: SyncContext, entry: Listed) -> Status | None:
    try:
        return entry.status or context.session.status(entry.name)
    except RefusedError:
        return None


def _facts(name: str, status: Status | None) -> judge.MailboxFacts:
    if status is None:
        return judge.MailboxFacts(name, "", 0, 0, 0)
    return judge.MailboxFacts(
        name, status.mailbox_id, status.uidvalidity, status.uidnext, status.messages
    )


def _sample(context: SyncContext, entry: Listed, count: int) -> dict[int, bytes]:
    try:
        context.session.examine(entry.name)
        uids = context.session.all_uids().uids[-2 * count :]
        found = context.session.fetch_identity(uids)
    except RefusedError:
        return {}
    return {uid: identity_of(got) for uid, got in found.items()}


def _follow(context: SyncContext, row: MailboxState, entry: Listed) -> None:
    with database.writing(durable=False):
        mailbox.update(row.id, name=entry.name, missing_since=None, missing_asks=0)
        write_ledger(context, row, "renamed")


def set_up(context: SyncContext, mailboxes: Iterable[SeenMailbox]) -> None:
    """Store every mailbox's watermark before anything else: what comes later is an arrival."""
    with database.writing(durable=True):
        for seen in mailboxes:
            if seen.status is None or seen.mailbox.uidvalidity == seen.status.uidvalidity:
                continue  # a mailbox that was known before keeps its numbers
            mailbox.update(
                seen.mailbox.id,
                uidvalidity=seen.status.uidvalidity,
                uidnext=seen.status.uidnext,
                watermark=seen.status.uidnext,
                message_count=seen.status.messages,
                highestmodseq=seen.status.highestmodseq,
                full_check_at=now(),
            )
