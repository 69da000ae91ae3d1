"""`MailService`: what the window talks to when it needs a thread; it talks to nothing else.

`MailService` lives in the GUI thread. It owns the reader threads, the command thread and one
worker thread per account. It hands them requests by queued signals and passes on what they
report. None of its methods blocks, except `close`.
"""

from __future__ import annotations

import itertools
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal, SignalInstance, Slot

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
from sync.qt.service.workers import Workers
from sync.qt.threads import call, inhabited, join
from sync.timing import Timing

_ENDED = (account.STOPPED, account.REMOVED)  # states of an account that has no worker
WIPE_LIMIT_SECONDS = 120.0  # for the last wipe at quit; a longer one is done at the next start


class MailService(QObject):
    """Everything the window can ask for.

    Attributes:
        folder: The profile's folder.
        timing: The waits of the engine.
        is_read_only: No changing command is sent to any server.
        vault: The secrets.
        open_url: Shows a page in the user's browser.
        vault_change: Changes how the secrets are kept.

    Signals:
        happened: A dataclass of `models.events`, emitted after the change is committed.
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
        self._removals = Removals()
        self._workers = Workers(
            folder,
            vault=self.vault.vault,
            timing=timing,
            read_only=read_only,
            may_start=lambda id_: self._is_open and not self._removals.holds(id_),
            parent=self,
        )
        self._workers.happened.connect(self._on_worker_event)
        self._workers.ended.connect(self._run_what_waited)
        self._statuses: dict[int, StatusChanged] = {}
        self._is_open = False
        self._wipes = WipeSchedule(timing, self._is_syncing, self)
        self._wipes.due.connect(self._wipe)
        self.vault.opened.connect(self._start_accounts)
        self._surroundings = SurroundingsWatch(
            surroundings or Surroundings(), timing, self._workers.running, self
        )

    # --- life ----------------------------------------------------------------------------

    def start(self) -> None:
        """Start the threads; accounts follow as soon as their secrets can be read."""
        self._is_open = True
        self._readers: list[tuple[QThread, Reader]] = []
        self._start_reader("reader", self._to_reader)
        # A second reader for files: a long one must not hold up lists and search.
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
        self._wipe.emit()  # finishes a wipe that a crash cut short
        self.vault.start()
        self._surroundings.start()

    def close(self) -> None:
        """Stop every thread; return when all connections to servers and the store are closed.

        Waits up to `Timing.stop` for the workers, whose sockets are cut after a short grace
        period. Waits longer only for the wipe of mail that was just deleted (R7).
        """
        if not self._is_open:
            return
        self._is_open = False
        self._surroundings.stop()
        self._wipes.stop()
        self._workers.close()
        self._run_what_waited()
        self._stop_reader.emit()
        for thread, _ in self._readers:
            join(thread, self.timing.stop)
        self._wipe.emit()  # after the last reader: an open one would hold up the wipe
        self._stop_commander.emit()
        join(self._commander_thread, WIPE_LIMIT_SECONDS)
        self.vault.close()

    # --- asking --------------------------------------------------------------------------

    def run(self, command: Command) -> int:
        """Carry out a command in the command thread; the ticket comes back in `commanded`."""
        ticket = next(self._tickets)
        self._wipes.postpone()
        if isinstance(command, RemoveAccount):
            is_busy = self._workers.is_busy(command.account_id)
            if not self._removals.begin(ticket, command, is_busy=is_busy):
                self.stop_account(command.account_id)
                return ticket
        self._to_commander.emit(ticket, command)
        return ticket

    def ask(self, request: Request) -> int:
        """Read something in a reader thread; the ticket comes back in `answered`."""
        ticket = next(self._tickets)
        reader = self._to_files if isinstance(request, FileRequest) else self._to_reader
        reader.emit(ticket, request)
        return ticket

    def sync_now(self, account_id: int | None = None) -> None:
        """Start a cycle at once, of one account or of all; ask a locked keychain again."""
        self.vault.retry_if_closed()
        for worker in self._workers.of(account_id):
            call(worker, "sync_now")

    def check_health(self, account_id: int) -> bool:
        """Check an account's servers now. False if it has no worker.

        `HealthChanged` brings the result.
        """
        self.vault.retry_if_closed()
        workers = self._workers.of(account_id)
        for worker in workers:
            call(worker, "check_health")
        return bool(workers)

    def want_body(self, message_id: int) -> None:
        """Fetch this message's body next; `MessagesChanged` follows when it is here."""
        for worker in self._workers.of(sync_facts.account_of_message(message_id) or 0):
            call(worker, "want_body", message_id)

    def want_attachment(self, attachment_id: int) -> None:
        """Fetch this attachment next; `MessagesChanged` follows when it is here."""
        for worker in self._workers.of(sync_facts.account_of_attachment(attachment_id) or 0):
            call(worker, "want_attachment", attachment_id)

    def status(self, account_id: int) -> StatusChanged | None:
        """The last known facts of an account's sync."""
        return self._statuses.get(account_id)

    def statuses(self) -> tuple[StatusChanged, ...]:
        """The last known facts of all accounts."""
        return tuple(self._statuses.values())

    # --- accounts ------------------------------------------------------------------------

    def start_account(self, account_id: int) -> None:
        """Start this account's worker, or restart it if it runs."""
        self._workers.start(account_id)

    def stop_account(self, account_id: int) -> None:
        """End this account's worker. Its work goes on when it is started again."""
        self._workers.stop(account_id)

    @Slot()
    def _start_accounts(self) -> None:
        """The vault is open: start the workers that waited for it, and let the others try again."""
        for config in account.configs():
            workers = self._workers.of(config.id)
            for worker in workers:
                call(worker, "sync_now")
            if not workers and config.state not in _ENDED:
                self.start_account(config.id)

    @Slot()
    def _run_what_waited(self) -> None:
        for waiting in self._removals.take_ready(self._workers.is_busy):
            self._to_commander.emit(*waiting)

    def _start_reader(self, name: str, asked: SignalInstance) -> None:
        reader = Reader()
        thread = inhabited(name, reader, self)
        asked.connect(reader.answer)
        self._stop_reader.connect(reader.stop)
        reader.answered.connect(self._on_answered)
        self._readers.append((thread, reader))
        thread.start()

    # --- what the threads report ---------------------------------------------------------
    # Reports still on their way when the service closes are dropped: the window is gone.

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
            for worker in self._workers.of(event.account_id):
                call(worker, "wake")
        elif isinstance(event, HeldChanged):
            for worker in self._workers.of(event.account_id):
                call(worker, "sync_now")
        elif isinstance(event, AccountsChanged) and not event.is_quiet:
            self._on_accounts_changed(event)
        self._wipes.watch(event)
        self.happened.emit(event)

    def _on_accounts_changed(self, event: AccountsChanged) -> None:
        """The user added, edited, stopped or removed accounts: start and stop their workers."""
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
        if account_id is not None and done.error:  # a full disk, say: the account stays and goes on
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
