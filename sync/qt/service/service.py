"""The front of everything that runs in threads; the window talks to nothing else.

`MailService` lives in the GUI thread. It owns the reader thread, the command thread and one
worker thread per account, hands requests to them by queued signals, and relays what they tell.
None of its methods blocks, except `close`.
"""

from __future__ import annotations

import itertools
import logging
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import (
    QObject,
    QThread,
    QTimer,
    Signal,
    SignalInstance,
    Slot,
)

from models.accounts import account
from models.commands.accounts import RemoveAccount
from models.commands.execute import Command
from models.events import (
    AccountsChanged,
    Event,
    HeldChanged,
    MailboxesChanged,
    OperationsChanged,
    Phase,
    StatusChanged,
)
from models.server import sync_facts
from sync.qt.probes.browser_sign_in import OpenUrl, open_in_browser
from sync.qt.service.command_thread import CommandDone, Commander
from sync.qt.service.network_watch import Surroundings, SurroundingsWatch
from sync.qt.service.reader import Reader
from sync.qt.service.removals import Removals
from sync.qt.service.requests import Answer, FileRequest, Request
from sync.qt.service.vault import VaultService
from sync.qt.service.vault_change import VaultChange
from sync.qt.service.wipe_schedule import WipeSchedule
from sync.qt.threads import call, inhabited
from sync.qt.worker.worker import AccountWorker
from sync.timing import Timing

log = logging.getLogger(__name__)

_ENDED = (account.STOPPED, account.REMOVED)  # states of an account that has no worker
GRACE_SECONDS = 0.3  # a step that runs may end by itself for so long before its socket is cut
WIPE_LIMIT_SECONDS = 120.0  # at quit the last wipe may take so long; a longer one is done at start


@dataclass(frozen=True, slots=True)
class _Running:
    """A worker and its thread."""

    worker: AccountWorker
    thread: QThread


class MailService(QObject):
    """Everything the window can ask for.

    Attributes:
        folder: The profile's folder.
        timing: The waits of the engine.
        is_read_only: No changing command is sent to any server.
        vault: The secrets.
        open_url: Shows a page in the person's browser.
        vault_change: Changes how they are kept.

    Signals:
        happened: A dataclass of `models.events`; committed before it is told.
        commanded: A `CommandDone` for each `run`, after the command's events.
        answered: An `Answer` for each `ask`.
    """

    happened = Signal(object)
    commanded = Signal(object)
    answered = Signal(object)

    _to_reader = Signal(int, object)
    _to_files = Signal(int, object)
    _to_commander = Signal(int, object)
    _stop_reader = Signal()
    _stop_commander = Signal()
    _wipe = Signal()

    def __init__(
        self,
        folder: Path,
        *,
        timing: Timing,
        read_only: bool = False,
        surroundings: Surroundings | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.folder = folder
        self.timing = timing
        self.is_read_only = read_only
        self.vault = VaultService(parent=self)
        self.open_url: OpenUrl = open_in_browser
        self._tickets = itertools.count(1)
        self.vault_change = VaultChange(self.vault, self.run, parent=self)
        self.commanded.connect(self.vault_change.on_commanded)
        self._running: dict[int, _Running] = {}
        self._ending: list[_Running] = []
        self._restart: set[int] = set()
        self._removals = Removals()
        self._statuses: dict[int, StatusChanged] = {}
        self._is_open = False
        self._wipes = WipeSchedule(timing, self._is_syncing, self)
        self._wipes.due.connect(self._wipe)
        self.vault.opened.connect(self._start_accounts)
        self._surroundings = SurroundingsWatch(
            surroundings or Surroundings(),
            timing,
            lambda: [each.worker for each in self._running.values()],
            self,
        )

    # --- life ----------------------------------------------------------------------------

    def start(self) -> None:
        """Start the threads; accounts follow as soon as their secrets can be read."""
        self._is_open = True
        self._readers: list[tuple[QThread, Reader]] = []
        self._start_reader("reader", self._to_reader)
        # Files of any length are read and written here, while lists and search go on there.
        self._start_reader("files", self._to_files)
        self._commander = Commander(self.folder)
        self._commander_thread = inhabited("commands", self._commander, self)
        self._to_commander.connect(self._commander.run)
        self._stop_commander.connect(self._commander.stop)
        self._wipe.connect(self._commander.wipe)
        self._commander.happened.connect(self._on_command_event)
        self._commander.commanded.connect(self._on_commanded)
        self._commander.wiped.connect(self._on_wiped)
        self._commander_thread.start()
        self._wipe.emit()  # one that a crash cut short, if it is still due
        self.vault.start()
        self._surroundings.start()

    def close(self) -> None:
        """Stop every thread; returns when all connections to servers and store are closed.

        Waits `Timing.stop` for the workers (after a short grace their sockets are cut), and
        longer only for the wipe of mail that was deleted just now (R7).
        """
        if not self._is_open:
            return
        self._is_open = False
        self._surroundings.stop()
        self._wipes.stop()
        for running in list(self._running.values()):
            self._end(running)
        self._wait_for_workers()
        self._run_what_waited()
        self._stop_reader.emit()
        for thread, _ in self._readers:
            self._wait(thread, self.timing.stop)
        self._wipe.emit()  # after the last reader: one that is open would hold it up
        self._stop_commander.emit()
        self._wait(self._commander_thread, WIPE_LIMIT_SECONDS)
        self.vault.close()

    # --- asking --------------------------------------------------------------------------

    def run(self, command: Command) -> int:
        """Carry out a command in the command thread; its ticket comes back in `commanded`."""
        ticket = next(self._tickets)
        self._wipes.postpone()
        if isinstance(command, RemoveAccount):
            is_busy = self._is_busy(command.account_id)
            if not self._removals.begin(ticket, command, is_busy=is_busy):
                self.stop_account(command.account_id)
                return ticket
        self._to_commander.emit(ticket, command)
        return ticket

    def ask(self, request: Request) -> int:
        """Read something in a reader thread; its ticket comes back in `answered`."""
        ticket = next(self._tickets)
        reader = self._to_files if isinstance(request, FileRequest) else self._to_reader
        reader.emit(ticket, request)
        return ticket

    def sync_now(self, account_id: int | None = None) -> None:
        """Start a cycle at once, of one account or of all; a keychain that was shut is asked again."""
        self.vault.retry_if_closed()
        for running in self._workers(account_id):
            call(running.worker, "sync_now")

    def check_health(self, account_id: int) -> bool:
        """Look at an account's servers now; `HealthChanged` tells. False if nothing runs for it."""
        self.vault.retry_if_closed()
        running = self._running.get(account_id)
        if running is not None:
            call(running.worker, "check_health")
        return running is not None

    def want_body(self, message_id: int) -> None:
        """Fetch this message's body next; `MessagesChanged` tells when it is here."""
        running = self._running.get(sync_facts.account_of_message(message_id) or 0)
        if running is not None:
            call(running.worker, "want_body", message_id)

    def want_attachment(self, attachment_id: int) -> None:
        """Fetch this attachment next; `MessagesChanged` tells when it is here."""
        running = self._running.get(sync_facts.account_of_attachment(attachment_id) or 0)
        if running is not None:
            call(running.worker, "want_attachment", attachment_id)

    def status(self, account_id: int) -> StatusChanged | None:
        """The last known facts of an account's sync."""
        return self._statuses.get(account_id)

    def statuses(self) -> tuple[StatusChanged, ...]:
        """The last known facts of all accounts."""
        return tuple(self._statuses.values())

    # --- accounts ------------------------------------------------------------------------

    def start_account(self, account_id: int) -> None:
        """Start this account's worker, or start it anew if it runs."""
        if not self._is_open or self._removals.holds(account_id):
            return
        if account_id in self._running:
            self._restart.add(account_id)
            self._end(self._running[account_id])
            return
        if self._is_busy(account_id):
            self._restart.add(account_id)
            return
        worker = AccountWorker(
            account_id,
            folder=self.folder,
            vault=self.vault.vault,
            timing=self.timing,
            read_only=self.is_read_only,
        )
        thread = inhabited(f"account-{account_id}", worker, self)
        worker.happened.connect(self._on_worker_event)
        thread.finished.connect(self._on_worker_finished)
        self._running[account_id] = _Running(worker, thread)
        thread.start()

    def stop_account(self, account_id: int) -> None:
        """End this account's worker; what it was doing goes on when it is started again."""
        self._restart.discard(account_id)
        if account_id in self._running:
            self._end(self._running[account_id])

    @Slot()
    def _start_accounts(self) -> None:
        """The vault is open: start what waited for it, and let the others try again."""
        for config in account.configs():
            if config.id in self._running:
                call(self._running[config.id].worker, "sync_now")
            elif config.state not in _ENDED:
                self.start_account(config.id)

    def _end(self, running: _Running) -> None:
        """Ask a worker to end; if its step does not end soon, its socket is cut."""
        self._running.pop(running.worker.account_id, None)
        self._ending.append(running)
        running.worker.hurry()
        call(running.worker, "stop")
        QTimer.singleShot(round(GRACE_SECONDS * 1000), self._cut_ending)

    @Slot()
    def _cut_ending(self) -> None:
        """Cut the sockets of workers whose step did not end by itself."""
        for running in self._ending:
            running.worker.abort()

    def _is_busy(self, account_id: int) -> bool:
        """Whether a worker of this account still runs, if only to its end."""
        ending = [each.worker.account_id for each in self._ending]
        return account_id in self._running or account_id in ending

    @Slot()
    def _on_worker_finished(self) -> None:
        for running in [ending for ending in self._ending if ending.thread.isFinished()]:
            # The thread deletes its worker on the way out; the last reference must not go before.
            running.thread.wait()
            running.thread.deleteLater()
            self._ending.remove(running)
            account_id = running.worker.account_id
            if account_id in self._restart and self._is_open:
                self._restart.discard(account_id)
                self.start_account(account_id)
        self._run_what_waited()

    def _run_what_waited(self) -> None:
        for waiting in self._removals.take_ready(self._is_busy):
            self._to_commander.emit(*waiting)

    def _wait_for_workers(self) -> None:
        end = time.monotonic() + GRACE_SECONDS  # for all of them together
        for running in self._ending:
            self._wait(running.thread, max(0.0, end - time.monotonic()), is_last_try=False)
        self._cut_ending()
        for running in self._ending:
            self._wait(running.thread, self.timing.stop)
        self._ending.clear()

    def _wait(self, thread: QThread, seconds: float, *, is_last_try: bool = True) -> None:
        """Wait for a thread's end; a thread destroyed while it runs would abort the process."""
        if thread.wait(round(seconds * 1000)) or not is_last_try:
            return
        log.warning("the thread %s ends late", thread.objectName())
        self._cut_ending()
        thread.wait()

    def _start_reader(self, name: str, asked: SignalInstance) -> None:
        reader = Reader()
        thread = inhabited(name, reader, self)
        asked.connect(reader.answer)
        self._stop_reader.connect(reader.stop)
        reader.answered.connect(self._on_answered)
        self._readers.append((thread, reader))
        thread.start()

    def _workers(self, account_id: int | None) -> list[_Running]:
        if account_id is None:
            return list(self._running.values())
        found = self._running.get(account_id)
        return [found] if found else []

    # --- what the threads tell -----------------------------------------------------------
    # What is still on its way when the service closes is dropped: the window is gone.

    @Slot(object)
    def _on_worker_event(self, event: Event) -> None:
        if not self._is_open:
            return
        if isinstance(event, StatusChanged):
            self._statuses[event.account_id] = event
        self._wipes.watch(event)
        self.happened.emit(event)

    @Slot(object)
    def _on_command_event(self, event: Event) -> None:
        if not self._is_open:
            return
        if isinstance(event, OperationsChanged | MailboxesChanged):
            for running in self._workers(event.account_id):
                call(running.worker, "wake")
        elif isinstance(event, HeldChanged):
            for running in self._workers(event.account_id):
                call(running.worker, "sync_now")
        elif isinstance(event, AccountsChanged) and not event.is_quiet:
            self._on_accounts_changed(event)
        self._wipes.watch(event)
        self.happened.emit(event)

    def _on_accounts_changed(self, event: AccountsChanged) -> None:
        """The person added, edited, stopped or removed accounts: the workers follow."""
        states = {config.id: config.state for config in account.configs()}
        for account_id in event.account_ids:
            if states.get(account_id, account.REMOVED) in _ENDED:
                self.stop_account(account_id)
                if account_id not in states:
                    self._statuses.pop(account_id, None)
            else:
                self.start_account(account_id)

    @Slot(object)
    def _on_commanded(self, done: CommandDone) -> None:
        if not self._is_open:
            return
        account_id = self._removals.end(done.ticket)
        if account_id is not None and done.error:  # a full disk: it stays, and goes on
            self._on_accounts_changed(AccountsChanged((account_id,)))
        self.commanded.emit(done)

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        if self._is_open:
            self.answered.emit(answer)

    @Slot(bool)
    def _on_wiped(self, is_complete: bool) -> None:  # a Qt slot
        if self._is_open:
            self._wipes.on_wiped(is_complete)

    def _is_syncing(self) -> bool:
        return any(status.phase is Phase.SYNCING for status in self._statuses.values())
