"""The command thread: what the person does is carried out here, one command after another."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMetaObject, QObject, Qt, Signal, Slot

from models import account_jobs, commands, database, opened, profile, wipe
from models.database import StoreError
from models.events import Event, MessagesDeleted

log = logging.getLogger(__name__)

BUG_SENTENCE = "This could not be done because of a fault in Dealpost; nothing was changed."


@dataclass(frozen=True, slots=True)
class CommandDone:
    """A command ended. `done` is None and `error` the person's sentence if it failed."""

    ticket: int
    command: commands.Command
    done: commands.Done | None
    error: str = ""


class Commander(QObject):
    """Runs commands in its own QThread, each with its local effect and its operations.

    Signals:
        happened: Each event of a command, after it is committed.
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

    @Slot()
    def start(self) -> None:
        """First code to run in the thread: the connection belongs to it."""
        database.open_for_thread()
        self._work_soon()  # what the last run did not end

    @Slot(int, object)
    def run(self, ticket: int, command: commands.Command) -> None:
        """Carry out one command; never raises."""
        try:
            with database.told_plainly():
                done = commands.execute(command)
        except StoreError as error:
            self.commanded.emit(CommandDone(ticket, command, None, str(error)))
        except Exception:
            log.exception("a %s failed", type(command).__name__)
            self.commanded.emit(CommandDone(ticket, command, None, BUG_SENTENCE))
        else:
            self._tell(done.events)
            finished = None if done.error else done
            self.commanded.emit(CommandDone(ticket, command, finished, done.error))
        self._work_soon()

    def _tell(self, events: Iterable[Event]) -> None:
        for event in events:
            clear_opened(self._folder, event)
            self.happened.emit(event)

    def _work_soon(self) -> None:
        """Go on with what takes long, after the commands that wait."""
        if not self._is_working and account_jobs.is_due():
            self._is_working = True
            QMetaObject.invokeMethod(self, "work", Qt.ConnectionType.QueuedConnection)

    @Slot()
    def work(self) -> None:
        """One step; if it fails (a full disk) the next command or the next start tries again."""
        self._is_working = False
        try:
            with database.told_plainly():
                events = account_jobs.step()
        except Exception:
            log.exception("a step of removing an account or marking its mail failed")
            return
        if events is not None:
            self._tell(events)
            self._work_soon()

    @Slot()
    def wipe(self) -> None:
        """Make the bytes of what was deleted unreadable, if that is due (R7)."""
        try:
            complete = not wipe.is_due() or _wiped()
            complete = opened.remove_left_over(self._folder) and complete
        except Exception:
            log.exception("the wipe failed; it stays due")
            complete = False
        self.wiped.emit(complete)

    @Slot()
    def stop(self) -> None:
        """Close the connection and end the thread."""
        database.close_for_thread()
        self.thread().quit()


def clear_opened(folder: Path, event: Event) -> None:
    """Remove the opened attachments of deleted mail, in the thread that deleted it (R7)."""
    if isinstance(event, MessagesDeleted):
        opened.remove(folder, event.message_ids)


def _wiped() -> bool:
    """A copy from before a migration may hold what was deleted: it goes with it."""
    is_done = wipe.wipe()
    if is_done:
        profile.remove_copy_here()
    return is_done
