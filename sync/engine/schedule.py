"""Decides what an account does next, one bounded step at a time (docs/sync.md, "Order of work").

The order: operations, the body that the user is looking at, new mail, past mail, listening. All that
matters is in the store, so after a lost connection a new `AccountSync` continues where the old one
stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from models.accounts import account
from models.accounts.account import AccountConfig
from models.events import Event
from models.server import mailbox, vanish_cases
from models.server.mailbox import Role
from models.store import database
from sync.engine import cycle
from sync.engine.context import Step, Steps, SyncContext, again, now
from sync.engine.incoming.past_mail import Backfill
from sync.engine.mailboxes import closed, reconcile
from sync.engine.on_demand import Demand
from sync.engine.outgoing.runner import Operations
from sync.engine.quarantine import Quarantine, SyncPart
from sync.errors import ProtocolError, ReconnectError, RefusedError
from sync.session import ImapSession
from sync.timing import Timing

__all__ = ["AccountSync", "Step"]


class AccountSync:
    """One account's sync over one connection, called by its worker.

    Errors of `sync.errors` pass through to the worker, which decides what comes next.
    """

    def __init__(
        self,
        account: AccountConfig,
        session: ImapSession,
        timing: Timing,
        *,
        read_only: bool,
        report: Callable[[Event], None],
        should_yield: Callable[[], bool],
        quarantine: Quarantine | None = None,
    ) -> None:
        self._context = SyncContext(account, session, timing, read_only, report, should_yield)
        self._context.quarantine = quarantine or Quarantine(timing)
        session.suspects = self._context.quarantine.mails.suspects
        self._context.last_success_at = account.last_success_at
        self._operations = Operations(self._context)
        self._backfill = Backfill(self._context)
        self._demand = Demand(self._context)
        self._cycle: Steps | None = None
        self._cycle_at = 0.0  # monotonic seconds; the first is due at once
        self._cycle_began_at = 0  # milliseconds UTC
        self._is_news_since = False  # asked for while a cycle ran, which may have looked before
        self._is_backfilled = False
        self._has_hurried = False  # the last cycle was caused by numbers that did not agree

    def connect_done(self) -> None:
        """After sign-in: read mailboxes and roles, and the first time every mailbox's watermark.

        Watermarks are stored before anything else, so that whatever comes later is an arrival.
        """
        context = self._context
        if not context.account.set_up:
            with self._watched(SyncPart.CYCLE):
                mailboxes = reconcile.refresh(context, ask_all=True)
            with database.writing(durable=True):
                reconcile.set_up(context, mailboxes)
                account.update(context.account.id, set_up=True)
            found = account.config(context.account.id)
            if found is not None:
                context.account = found
        self._operations.answered()

    def step(self) -> Step:
        """Do one bounded step, and say what comes next."""
        is_cycle_due = self._cycle is not None or time.monotonic() >= self._cycle_at
        done = self._operations.step(is_cycle_due=is_cycle_due) or self._demand.step()
        if done is not None:
            self._interrupt()
            return done
        with self._watched(SyncPart.CYCLE):
            done = self._sync_step()
        if done is not None:
            self._backfill.forget_fetched()
        if done is None and not self._is_backfilled:
            with self._watched(SyncPart.PAST):
                done = self._backfill.step()
            self._is_backfilled = done is None
        if done is not None:
            return done
        with self._watched(SyncPart.CYCLE):
            return self._rest()

    @contextmanager
    def _watched(self, part: SyncPart) -> Iterator[None]:
        """If the connection ends, note the mailbox that was worked on."""
        try:
            yield
        except (ReconnectError, ProtocolError):
            closed.hung_up(self._context, part)
            raise

    def _interrupt(self) -> None:
        """Other work opened another mailbox: the cycle starts again. What it did is stored."""
        self._backfill.forget_fetched()
        if self._cycle is not None or self._operations.wants_look:
            self._cycle = None
            self._cycle_at = 0.0

    def _sync_step(self) -> Step | None:
        if self._cycle is None:
            if time.monotonic() < self._cycle_at:
                return None
            self._cycle_began_at = now()
            self._is_news_since = False
            self._context.session.worked_in.clear()
            self._cycle = cycle.cycle(self._context)
        try:
            step = next(self._cycle)
        except StopIteration:
            self._cycle = None
            for name in self._context.session.worked_in:
                self._context.quarantine.passed(name, SyncPart.CYCLE)
            self._operations.cycle_done()
            wait_seconds = 0.0 if self._is_news_since else self._context.timing.cycle
            self._cycle_at = time.monotonic() + wait_seconds
            self._is_backfilled = self._is_backfilled and not self._backfill.is_due_again()
            return Step("again", doing="cycle")
        except BaseException:
            self._cycle = None  # a generator that raised is finished; start a new one next time
            raise
        return step

    def _rest(self) -> Step:
        """Nothing to do now: how long to rest at most."""
        waits = [self._cycle_at - time.monotonic()]
        due = self._operations.next_due_at()
        if due is not None:
            waits.append((due - now()) / 1000)
        check_at = vanish_cases.next_sitting_at(
            self._context.account.id, self._context.ms(self._context.timing.second_sitting)
        )
        if check_at is not None and check_at >= self._cycle_began_at:
            # A check that was due in the last cycle could not be done then: the usual pace is enough.
            seconds = (check_at - now()) / 1000
            waits.append(seconds)
            self._cycle_at = min(self._cycle_at, time.monotonic() + max(seconds, 0.0))
        seconds = max(0.0, min(waits))
        is_open = not self._context.quarantine.is_closed(self.idle_mailbox, SyncPart.CYCLE)
        if not (self._context.session.can_idle and is_open):
            return Step("wait", seconds, "idle")
        if not self._listen() and not self._has_hurried:
            # Once only: if a server's numbers never agree, the usual pace is enough.
            self._has_hurried = True
            self._cycle_at = 0.0
            return again("cycle")
        self._has_hurried = False
        return Step("idle", seconds, "idle")

    def _listen(self) -> bool:
        """Open the mailbox for IDLE. False if something came since its numbers were read."""
        session, name = self._context.session, self.idle_mailbox
        is_open = session.selected is not None and session.selected.name == name
        self._context.is_listening = True
        if is_open and session.selected is not None and session.selected.is_read_only:
            return not session.take_events()
        try:
            selected = session.examine(name)
        except RefusedError:
            return True
        session.take_events()
        box = mailbox.by_name(self._context.account.id, name)
        return box is None or selected.exists == box.message_count

    def news(self) -> None:
        """There may be news (IDLE, the time, the user): a cycle now, or after the running one."""
        self._cycle_at = 0.0
        self._is_news_since = self._cycle is not None

    def sync_now(self) -> None:
        """The user wants a cycle now."""
        self.news()
        self._is_backfilled = False

    def wake(self) -> None:
        """Operations were queued, mailboxes chosen, or a question answered."""
        found = account.config(self._context.account.id)
        if found is not None:
            self._context.account = found
        self._operations.answered()
        self._backfill = Backfill(self._context)
        self._is_backfilled = False

    def want_body(self, message_id: int) -> None:
        """The user looks at a message whose body is not here: fetch it next."""
        self._demand.want_body(message_id)

    def want_attachment(self, attachment_id: int) -> None:
        """The user wants an attachment that is not here: fetch it next."""
        self._demand.want_attachment(attachment_id)

    @property
    def idle_mailbox(self) -> str:
        """The mailbox for IDLE."""
        found = mailbox.by_role(self._context.account.id, Role.INBOX)
        return found.name if found else "INBOX"
