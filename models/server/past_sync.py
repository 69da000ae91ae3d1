"""Past syncs: begin one when the user asks for it, and keep how far each label is.

An account stores what was asked for last (`start`, `start_at`, `scope`); each mailbox stores how
far it is. Only the first past sync has a scope (S5). Nothing here removes mail: a later start
only means that the next past sync looks less far back (S6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from models.accounts import account
from models.accounts.account import AccountConfig
from models.events import AccountsChanged, Event, LabelProgress, MailboxesChanged
from models.server import mailbox
from models.server.mailbox import MailboxState
from models.store import database
from models.store.clock import now_ms
from models.store.database import StoreError

Scope = Literal["everyone", "contacts"]


@dataclass(frozen=True, slots=True)
class BeginPastSync:
    """Sync past emails from `start_at` on, ms UTC (R8, S5).

    Attributes:
        start: The choice as in the wizard: `1m 3m 6m 1y`, or `date`.
        scope: Whose mail; only the first past sync of an account has this choice.
        bring_back: Mail in the range that was deleted here until now comes back as new mail.
    """

    account_id: int
    start: str
    start_at: int
    scope: Scope = "everyone"
    bring_back: bool = False


def execute(command: BeginPastSync) -> list[Event]:
    """Store the request durably; the account's worker carries it out as soon as it can.

    Raises: StoreError if there is no such account or the start is not in the past.
    """
    now = now_ms()
    with database.writing(durable=True):
        config = account.config(command.account_id)
        if config is None or config.state == account.REMOVED:
            raise StoreError("This account is not here any more.")
        if command.start == "now" or command.start_at >= now:
            raise StoreError("Choose a start in the past to sync past emails.")
        is_stopped = config.state == account.STOPPED
        _settle(config, command, is_stopped=is_stopped)
        for box in mailbox.of_account(config.id):
            if box.is_synced:
                _begin(box, bring_back_before=now if command.bring_back else 0)
    events: list[Event] = [MailboxesChanged(config.id)]
    return [*events, AccountsChanged((config.id,))] if is_stopped else events


def _settle(config: AccountConfig, command: BeginPastSync, *, is_stopped: bool) -> None:
    """Store the request. Only the first past sync has a scope; later ones take everyone's mail."""
    scope = "everyone" if config.past_started else command.scope
    whole_since = config.whole_since
    if scope == "everyone":
        whole_since = min(whole_since, command.start_at)
    account.update(
        config.id,
        start=command.start,
        start_at=command.start_at,
        scope=scope,
        whole_since=whole_since,
        past_started=True,
        past_run=config.past_run + 1,
        state=account.ACTIVE if is_stopped else config.state,
    )


def _begin(box: MailboxState, *, bring_back_before: int = 0, is_whole: bool = False) -> None:
    mailbox.update(
        box.id,
        is_chosen=True,
        is_whole=is_whole,
        backfill_uid=0,
        backfill_floor=0,
        backfill_done=False,
        bring_back_before=bring_back_before,
        past_done=0,
        past_total=0,
    )


def add_mailboxes(account_id: int, mailbox_ids: Sequence[int]) -> None:
    """Choose these labels from now on: their mail since the start date comes in too.

    While the first past sync runs or is stopped, they become part of it, with its scope. After
    that, all their mail comes (S5). What was deleted here stays away, because the user was not
    asked (R8).
    """
    config = account.config(account_id)
    if config is None or not mailbox_ids:
        return
    boxes = mailbox.of_account(account_id)
    chosen = [box for box in boxes if box.is_synced]
    is_over = config.past_started and bool(chosen) and all(box.backfill_done for box in chosen)
    with database.writing(durable=False):
        account.update(account_id, past_run=config.past_run + 1)
        for box in chosen:
            if box.backfill_done:  # progress counts only what is still to come
                mailbox.update(box.id, past_done=0, past_total=0)
        for box in boxes:
            if box.id in set(mailbox_ids):
                _begin(box, is_whole=is_over)


def advance(box: MailboxState, run: int, **columns: int) -> bool:
    """Store progress of past sync `run`; False if the user has begun another one meanwhile."""
    with database.writing(durable=False):
        current = database.value("SELECT past_run FROM account WHERE id = ?", (box.account_id,))
        if current != run:
            return False
        mailbox.update(box.id, **columns)
    return True


def progress(account_id: int) -> tuple[LabelProgress, ...]:
    """How far the past sync is, label by label; also if it is stopped or was cut off."""
    return tuple(label_progress(box) for box in mailbox.of_account(account_id) if is_underway(box))


def is_underway(box: MailboxState) -> bool:
    """Whether the mailbox is part of the past sync that runs, or that ran last."""
    is_there = box.is_selectable and box.missing_since is None
    return box.is_synced and is_there and (box.past_total > 0 or not box.backfill_done)


def label_progress(box: MailboxState) -> LabelProgress:
    """The stored progress of one mailbox."""
    return LabelProgress(
        box.name, box.delimiter, str(box.role), box.past_done, box.past_total, box.backfill_done
    )


def is_over(account_id: int) -> bool:
    """Whether nothing of the past sync is left to do."""
    return not any(
        not box.backfill_done
        for box in mailbox.of_account(account_id)
        if box.is_synced and box.is_selectable and box.missing_since is None
    )
