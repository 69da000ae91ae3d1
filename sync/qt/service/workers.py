"""Starts, restarts and ends the workers of all accounts, and cuts those that end late."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from models.events import Event
from sync.qt.threads import call, inhabited, join
from sync.qt.worker.worker import AccountWorker
from sync.secrets.vault import Vault
from sync.timing import Timing

GRACE_SECONDS = 0.3  # how long a running step may take to end before its socket is cut


@dataclass(frozen=True, slots=True)
class _Running:
    """A worker and its thread."""

    worker: AccountWorker
    thread: QThread


class Workers(QObject):
    """One worker thread per account. Lives in the GUI thread.

    Signals:
        happened: A dataclass of `models.events`, from a worker.
        ended: A worker has ended; what waited for that may go on.
    """

    happened = Signal(object)
    ended = Signal()

    def __init__(
        self,
        folder: Path,
        *,
        vault: Vault,
        timing: Timing,
        read_only: bool,
        may_start: Callable[[int], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._folder = folder
        self._vault = vault
        self._timing = timing
        self._read_only = read_only
        self._may_start = may_start
        self._running: dict[int, _Running] = {}
        self._ending: list[_Running] = []
        self._restart: set[int] = set()

    def start(self, account_id: int) -> None:
        """Start this account's worker, or start it again if it runs."""
        if not self._may_start(account_id):
            return
        if account_id in self._running:
            self._restart.add(account_id)
            self._end(self._running[account_id])
            return
        if self.is_busy(account_id):
            self._restart.add(account_id)
            return
        worker = AccountWorker(
            account_id,
            folder=self._folder,
            vault=self._vault,
            timing=self._timing,
            read_only=self._read_only,
        )
        thread = inhabited(f"account-{account_id}", worker, self)
        worker.happened.connect(self._on_event)
        thread.finished.connect(self._on_finished)
        self._running[account_id] = _Running(worker, thread)
        thread.start()

    def stop(self, account_id: int) -> None:
        """End this account's worker. Its work goes on when it is started again."""
        self._restart.discard(account_id)
        if account_id in self._running:
            self._end(self._running[account_id])

    def close(self) -> None:
        """End all workers; return when their threads have ended."""
        for running in list(self._running.values()):
            self._end(running)
        end = time.monotonic() + GRACE_SECONDS  # for all of them together
        for running in self._ending:
            running.thread.wait(round(max(0.0, end - time.monotonic()) * 1000))
        self._cut_ending()
        for running in self._ending:
            join(running.thread, self._timing.stop, if_late=self._cut_ending)
        self._ending.clear()

    def running(self) -> list[AccountWorker]:
        """The workers that were not asked to end."""
        return [each.worker for each in self._running.values()]

    def of(self, account_id: int | None) -> list[AccountWorker]:
        """The running worker of one account, if there is one; None: those of all accounts."""
        if account_id is None:
            return self.running()
        found = self._running.get(account_id)
        return [found.worker] if found else []

    def is_busy(self, account_id: int) -> bool:
        """Whether a worker of this account still runs, even if it is ending."""
        ending = [each.worker.account_id for each in self._ending]
        return account_id in self._running or account_id in ending

    def _end(self, running: _Running) -> None:
        """Ask a worker to end, and cut its socket if its step does not end soon."""
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

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        self.happened.emit(event)

    @Slot()
    def _on_finished(self) -> None:
        for running in [ending for ending in self._ending if ending.thread.isFinished()]:
            # The thread deletes its worker as it ends; the last reference must not go before that.
            running.thread.wait()
            running.thread.deleteLater()
            self._ending.remove(running)
            account_id = running.worker.account_id
            if account_id in self._restart:
                self._restart.discard(account_id)
                self.start(account_id)
        self.ended.emit()
