"""The command thread: carries out what the user does, one command after another.

A long command runs in steps, so that other commands can run in between.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMetaObject, QObject, Qt, Signal, Slot

from models.commands import account_jobs, import_undo
from models.commands.done import Done
from models.commands.execute import Command, execute
from models.commands.imports import LongCommand, Step, steps
from models.deletion.deletion import clear_opened
from models.events import Event
from models.files import unfinished_import
from models.store import database, opened_files, profile, wipe
from models.store.database import StoreError

log = logging.getLogger(__name__)

LONG_SECONDS = 20.0  # at quit, for commands that run in steps
BUG_SENTENCE = "This could not be done because of a fault in Dealpost; nothing was changed."


@dataclass(frozen=True, slots=True)
class CommandDone:
    """A command ended. If it failed, `done` is None and `error` the sentence for the user."""

    ticket: int
    command: Command
    done: Done[Command] | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class _Long:
    """A command that runs in steps. It is running, or waits for the long one before it."""

    ticket: int
    command: LongCommand
    steps: Iterator[Step]


class Commander(QObject):
    """Runs commands in its own QThread: each changes the store and may queue operations.

    Signals:
        happened: Each event of a command, emitted after the commit.
        commanded: A `CommandDone`, after the command's events.
        wiped: Whether a wipe was complete.
    """

    happened = Signal(object)
    commanded = Signal(object)
    wiped = Signal(bool)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._is_working = False
        self._is_over = False
        self._long: deque[_Long] = deque()

    @Slot()
    def start(self) -> None:
        """Open the connection; the first code to run in the thread, which owns the connection."""
        database.open_for_thread()
        self._work_soon()  # long work that the last run of the program did not finish

    @Slot(int, object)
    def run(self, ticket: int, command: Command) -> None:
        """Carry out one command, or queue a long one; never raises."""
        if isinstance(command, LongCommand):
            self._long.append(_Long(ticket, command, steps(command)))
        else:
            self._run_whole(ticket, command)
        self._work_soon()

    def _run_whole(self, ticket: int, command: Command) -> None:
        try:
            with database.told_plainly():
                done = execute(command)
        except Exception as error:
            self._fail(ticket, command, error)
        else:
            self._report(done.events)
            finished = None if done.error else done
            self.commanded.emit(CommandDone(ticket, command, finished, done.error))

    def _fail(self, ticket: int, command: Command, error: Exception) -> None:
        sentence = str(error)
        if not isinstance(error, StoreError):
            log.error("a %s failed", type(command).__name__, exc_info=error)
            sentence = BUG_SENTENCE
        self.commanded.emit(CommandDone(ticket, command, None, sentence))

    def _step(self, long: _Long) -> None:
        """Run one step of the first long command; on a failure the command ends with an error."""
        try:
            with database.told_plainly():
                step = next(long.steps)
        except Exception as error:
            self._long.popleft()
            self._fail(long.ticket, long.command, error)
            return
        self._report(step.events)
        done = step.done
        if done is not None:
            self._long.popleft()
            self._report(done.events)
            self.commanded.emit(CommandDone(long.ticket, long.command, done))

    def _report(self, events: Iterable[Event]) -> None:
        for event in events:
            clear_opened(self._folder, event)
            self.happened.emit(event)

    def _work_soon(self) -> None:
        """Schedule the next step of long work, after the commands that wait."""
        is_due = self._long or unfinished_import.is_due() or account_jobs.is_due()
        if is_due and not self._is_working:
            self._is_working = True
            QMetaObject.invokeMethod(self, "work", Qt.ConnectionType.QueuedConnection)

    @Slot()
    def work(self) -> None:
        """Run one step of long work.

        If it fails (a full disk, say), the next command or the next start tries again.
        """
        if self._is_over:
            return  # queued before `stop`: it would open a connection that nothing closes
        self._is_working = False
        if self._long:
            self._step(self._long[0])
            self._work_soon()
            return
        try:
            with database.told_plainly():
                events = import_undo.step() if unfinished_import.is_due() else account_jobs.step()
        except Exception:
            log.exception("a step of what takes long failed")
            return
        if events is not None:
            self._report(events)
            self._work_soon()

    @Slot()
    def wipe(self) -> None:
        """Make the bytes of deleted mail unreadable, if that is due (R7)."""
        try:
            complete = not wipe.is_due() or _wiped()
            complete = opened_files.remove_left_over(self._folder) and complete
        except Exception:
            log.exception("the wipe failed; it stays due")
            complete = False
        self.wiped.emit(complete)

    @Slot()
    def stop(self) -> None:
        """Close the connection and end the thread.

        A running import gets `LONG_SECONDS` to end; otherwise the next start takes it back.
        """
        last = time.monotonic() + LONG_SECONDS
        while self._long and time.monotonic() < last:
            self._step(self._long[0])
        self._is_over = True
        database.close_for_thread()
        self.thread().quit()


def _wiped() -> bool:
    """Wipe; then remove a copy from before a migration too, since it may hold deleted mail."""
    is_done = wipe.wipe()
    if is_done:
        profile.remove_copy_here()
    return is_done
