"""Syncs one account. Only this worker talks to its IMAP server and stores what the server reports.

The worker performs one bounded step of `sync.engine.schedule` at a time and then returns to its
thread's event loop. So `stop`, `wake` and a body that the user is looking at are served between
two steps. While there is nothing to do it waits for the server in IDLE, with a QSocketNotifier
that does not block the thread.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from models.accounts import account
from models.accounts.account import AccountConfig
from models.deletion.deletion import clear_opened
from models.events import AccountsChanged, Event, Phase
from models.store import database
from models.store.database import BusyStoreError, StoreError
from sync.connecting import connect
from sync.engine.quarantine import Quarantine
from sync.engine.schedule import AccountSync, Step
from sync.errors import (
    CertificateError,
    ProtocolError,
    ReconnectError,
    RefusedError,
    RetryError,
    SecretLockedError,
    SignInError,
    SyncError,
    ThrottledError,
)
from sync.health.keeper import HealthKeeper
from sync.qt.worker.backoff import Backoff
from sync.qt.worker.held_session import HeldSession
from sync.qt.worker.idle import IdleWatch
from sync.qt.worker.status import StatusReporter
from sync.secrets.vault import Vault
from sync.timing import Timing

log = logging.getLogger(__name__)

STORE_RETRY_SECONDS = 30.0
BUG_SENTENCE = "Dealpost met a fault of its own and paused this account. Nothing was lost; choose “Sync now” to go on."


class AccountWorker(QObject):
    """Syncs one account in its own QThread; nothing else uses its session.

    Signals:
        happened: A dataclass of `models.events`, emitted after the change is committed.
    """

    happened = Signal(object)

    def __init__(
        self,
        account_id: int,
        *,
        folder: Path,
        vault: Vault,
        timing: Timing,
        read_only: bool,
    ) -> None:
        super().__init__()  # no parent: an object with a parent cannot change its thread
        self.account_id = account_id
        self._folder = folder
        self._vault = vault
        self._timing = timing
        self._read_only = read_only
        self._held = HeldSession(account_id)
        self._sync: AccountSync | None = None
        self._status = StatusReporter(account_id, timing, self.happened.emit)
        self._health = HealthKeeper(account_id, self.happened.emit, read_only=read_only)
        self._backoff = Backoff(timing)
        self._quarantine = Quarantine(timing)
        # Children, connected before the thread starts. `connect` holds the GIL while it waits for
        # a Qt mutex; the GUI thread, when it deletes a widget, holds that mutex and waits for the
        # GIL. That would be a deadlock.
        self._step_timer = _timer(self, self._advance)
        self._cycle_timer = _timer(self, self._settled)
        self._idle = IdleWatch(self, settle_seconds=timing.idle_settle)
        self._idle.spoke.connect(self._idle_spoke)
        self._idle.settled.connect(self._settled)
        self._idle.renewal_due.connect(self._renew_idle)
        self._idle.lost.connect(self._lost)

    # --- what other threads may call -----------------------------------------------------

    def hurry(self) -> None:
        """Ask the running step to end early (any thread)."""
        self._held.stop()

    def abort(self) -> None:
        """Cut the connection so that a blocking read ends at once (any thread)."""
        self._held.abort()

    def cut_if_dead(self, addresses: frozenset[str] | None) -> bool:
        """Cut a connection whose address is gone; see `HeldSession.cut_if_dead` (any thread)."""
        return self._held.cut_if_dead(addresses)

    # --- slots, in the worker's thread ---------------------------------------------------

    @Slot()
    def start(self) -> None:
        """Open the thread's connection to the store; the first code to run in the thread."""
        database.open_for_thread()
        self._step_timer.start(0)

    @Slot()
    def wake(self) -> None:
        """Take the next step now: there are operations to perform."""
        if self._sync is not None:
            self._sync.wake()
            self._resume()

    @Slot()
    def sync_now(self) -> None:
        """Start a cycle because the user asked; this also ends a back-off or a pause."""
        self._backoff.reset()
        self._quarantine.try_now()
        if self._sync is not None:
            self._sync.sync_now()
            self._resume()
        elif not self._held.is_stopping():
            self._step_timer.start(0)

    @Slot()
    def check_health(self) -> None:
        """Make a new report on the servers for the user, and run a cycle."""
        self._health.want()
        self.sync_now()

    @Slot()
    def connect_anew(self) -> None:
        """The connection is dead: reconnect at once, unless the account waits for the user."""
        is_at_work = self._held.session is not None or self._step_timer.isActive()
        self._drop_session()
        if is_at_work:
            self._hasten()

    @Slot()
    def try_now(self) -> None:
        """The network changed: if a next try is scheduled, make it now."""
        if self._held.session is None and self._step_timer.isActive():
            self._hasten()

    def _hasten(self) -> None:
        self._backoff.reset()
        self._quarantine.try_now()
        if not self._held.is_stopping():
            self._step_timer.start(0)

    @Slot(int)
    def want_body(self, message_id: int) -> None:
        """Fetch this message's body next: the user is looking at it."""
        if self._sync is not None:
            self._sync.want_body(message_id)
            self._resume()

    @Slot(int)
    def want_attachment(self, attachment_id: int) -> None:
        """Fetch this attachment next: the user wants it."""
        if self._sync is not None:
            self._sync.want_attachment(attachment_id)
            self._resume()

    @Slot()
    def stop(self) -> None:
        """End IDLE, close the session and the store, end the thread."""
        self._held.stop()
        self._step_timer.stop()
        self._drop_session(politely=True)
        self._status.report(Phase.STOPPED, error="", retry_at=None, at_once=True)
        database.close_for_thread()
        self.thread().quit()

    # --- steps ---------------------------------------------------------------------------

    @Slot()
    def _advance(self) -> None:
        """Run one step; the one place where errors are sorted by what to do next."""
        if self._held.is_stopping():
            return
        try:
            with database.told_plainly(), self._health.watching():
                step = self._perform()
        except SecretLockedError as error:
            self._drop_session()
            self._status.report(Phase.NEEDS_SIGN_IN, error=error.sentence, at_once=True)
        except SignInError as error:
            self._drop_session()
            account.change_state(self.account_id, account.ACTIVE, account.NEEDS_SIGN_IN)
            self._report(AccountsChanged((self.account_id,)))
            self._status.report(Phase.NEEDS_SIGN_IN, error=error.sentence, at_once=True)
        except (ReconnectError, RetryError, ProtocolError) as error:
            self._lost(error)
        except SyncError as error:
            self._drop_session()
            shown = error.shown if isinstance(error, CertificateError) else None
            self._status.report(
                Phase.NEEDS_ANSWER, error=error.sentence, certificate=shown, at_once=True
            )
            self._step_timer.start(_milliseconds(self._timing.backoff_most))
        except BusyStoreError as error:
            self._drop_session()
            self._retry_in(self._timing.backoff_first, str(error))
        except StoreError as error:
            self._drop_session()
            self._status.report(Phase.NEEDS_ANSWER, error=str(error), at_once=True)
            self._step_timer.start(_milliseconds(STORE_RETRY_SECONDS))
        except Exception:
            log.exception("the worker of account %d met a fault", self.account_id)
            self._drop_session()
            self._status.report(Phase.PAUSED, error=BUG_SENTENCE, at_once=True)
        else:
            self._follow(step)

    def _perform(self) -> Step | None:
        """Connect if needed and run one step of the schedule; None: the account is stopped."""
        if self._sync is None:
            config = account.config(self.account_id)
            if config is None or config.state in (account.STOPPED, account.REMOVED):
                self._status.report(Phase.STOPPED, error="", at_once=True)
                return None
            self._connect(config)
        assert self._sync is not None
        self._health.look_if_due(self._held.session)
        step = self._sync.step()
        if step.kind != "again":
            self._health.rested()
        return step

    def _connect(self, config: AccountConfig) -> None:
        self._status.report(Phase.CONNECTING, retry_at=None, at_once=True)
        session = connect(
            config, self._vault, self._timing, read_only=self._read_only, hold=self._held.hold,
            is_stopped=self._held.is_stopping,
        )  # fmt: skip
        if account.change_state(config.id, account.NEEDS_SIGN_IN, account.ACTIVE):
            self._report(AccountsChanged((config.id,)))
        self._backoff.connected()
        self._sync = AccountSync(
            config,
            session,
            self._timing,
            read_only=self._read_only or config.read_only,
            report=self._report,
            should_yield=self._held.is_stopping,
            quarantine=self._quarantine,
        )
        self._sync.connect_done()

    def _follow(self, step: Step | None) -> None:
        """Report a step, then schedule the next one, wait, or enter IDLE."""
        if step is None or self._held.is_stopping():
            return
        self._backoff.works()
        busy = step.kind == "again"
        phase = Phase.SYNCING if busy else Phase.IDLE
        self._status.report(
            phase, mailbox=step.mailbox, done=step.done, total=step.total, error="", retry_at=None,
            past=step.past, at_once=phase is not self._status.phase,
        )  # fmt: skip
        if busy:
            self._step_timer.start(0)
            return
        self._cycle_timer.start(_milliseconds(step.wait_seconds))
        if step.kind == "idle":
            self._enter_idle()

    # --- IDLE ----------------------------------------------------------------------------

    def _enter_idle(self) -> None:
        assert self._held.session is not None
        try:
            self._idle.begin(self._held.session, renew_seconds=self._timing.idle_renew)
        except RefusedError:
            log.info("the server of account %d offers IDLE and refuses it", self.account_id)
        except SyncError as error:
            self._lost(error)

    @Slot()
    def _idle_spoke(self) -> None:
        self._health.spoke()

    @Slot(object)
    def _lost(self, error: SyncError) -> None:
        self._drop_session()
        seconds = self._backoff.next_wait()
        if isinstance(error, ThrottledError):
            seconds = max(seconds, error.wait_seconds)  # a server may ask for 0 seconds
        self._retry_in(seconds, error.sentence)

    @Slot()
    def _settled(self) -> None:
        """Go on: the news have settled, or the wait is over."""
        if self._sync is not None:
            self._sync.news()
            self._resume()

    @Slot()
    def _renew_idle(self) -> None:
        if self._leave_idle():
            self._enter_idle()

    def _leave_idle(self) -> bool:
        """End IDLE if it runs; False if the connection was lost."""
        try:
            self._idle.end()
        except SyncError as error:
            self._lost(error)
            return False
        return True

    def _resume(self) -> None:
        """End IDLE or a wait, and schedule the next step."""
        if self._held.is_stopping() or self._held.session is None:
            return
        self._cycle_timer.stop()
        if self._leave_idle():
            self._step_timer.start(0)

    # --- ends of a connection ------------------------------------------------------------

    def _drop_session(self, *, politely: bool = False) -> None:
        """Close the session. The store has all that matters."""
        self._cycle_timer.stop()
        self._idle.forget()
        self._sync = None
        self._held.drop(politely=politely)

    def _retry_in(self, wait_seconds: float, sentence: str) -> None:
        retry_at = int((time.time() + wait_seconds) * 1000)
        self._status.report(Phase.WAITING, error=sentence, retry_at=retry_at, at_once=True)
        if not self._held.is_stopping():
            self._step_timer.start(_milliseconds(wait_seconds))

    # --- reporting -----------------------------------------------------------------------

    def _report(self, event: Event) -> None:
        clear_opened(self._folder, event)
        self._health.heard(event)
        self.happened.emit(event)


def _timer(worker: AccountWorker, slot: Callable[[], None]) -> QTimer:
    """A single-shot timer for one of the worker's slots; it moves with the worker to its thread."""
    timer = QTimer(worker, singleShot=True)
    timer.timeout.connect(slot)
    return timer


def _milliseconds(seconds: float) -> int:
    return max(0, round(seconds * 1000))
