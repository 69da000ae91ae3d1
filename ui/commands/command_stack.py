"""Runs the user's commands, says what they did, and undoes them.

A command runs in the command thread. Once it is done, the stack remembers the command that undoes
it. Views do not wait for the stack: they follow the events.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from models.commands.archive import Archive, Restore
from models.commands.delete import DeleteConversations, DeleteMessages
from models.commands.done import Done
from models.commands.execute import Command
from models.commands.imports import ImportRecords
from models.commands.links import (
    DismissOffers,
    LinkConversations,
    LinkPast,
    LinkPersons,
    UnlinkConversations,
    UnlinkPersons,
)
from models.commands.read_state import MarkRead
from models.commands.records import DeleteRecords, MergePersons
from sync.qt.service.command_thread import CommandDone
from sync.qt.service.service import MailService

MOST_REMEMBERED = 50


@dataclass(frozen=True, slots=True)
class Report:
    """What the window says about a command that is done."""

    sentence: str
    can_undo: bool


class CommandStack(QObject):
    """Runs commands and undoes them, newest first.

    Signals:
        reported: A Report.
        failed: The sentence of a command that failed.
        undo_changed: Whether there is something to undo.
    """

    reported = Signal(object)
    failed = Signal(str)
    undo_changed = Signal(bool)

    def __init__(self, service: MailService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._own: set[int] = set()
        self._undoing: set[int] = set()
        self._undos: list[Command] = []
        service.commanded.connect(self._on_commanded)

    @property
    def can_undo(self) -> bool:
        """Whether `undo` would do something."""
        return bool(self._undos)

    def run(self, command: Command) -> int:
        """Run a command; its report follows. Returns the command's ticket."""
        ticket = self._service.run(command)
        self._own.add(ticket)
        return ticket

    def run_quietly(self, command: Command) -> None:
        """Run a command without report and undo, such as a setting. Failures are still reported."""
        self._service.run(command)

    def undo(self) -> None:
        """Undo the newest command."""
        if self._undos:
            self._undoing.add(self._service.run(self._undos.pop()))
            self.undo_changed.emit(self.can_undo)

    @Slot(object)
    def _on_commanded(self, done: CommandDone) -> None:
        # The import dialog runs its command itself, because it also opens over the wizard.
        is_own = done.ticket in self._own or isinstance(done.command, ImportRecords)
        is_undo = done.ticket in self._undoing
        self._own.discard(done.ticket)
        self._undoing.discard(done.ticket)
        if done.done is None:
            self.failed.emit(done.error)
        elif is_undo:
            self.reported.emit(Report(self.tr("Undone"), can_undo=False))
        elif is_own:
            self._remember(done.command, done.done)

    def _remember(self, command: Command, done: Done[Command]) -> None:
        if done.undo is not None:
            self._undos = [*self._undos, done.undo][-MOST_REMEMBERED:]
            self.undo_changed.emit(True)
        sentence = self._sentence(command, done.count)
        if sentence and done.count:
            self.reported.emit(Report(sentence, can_undo=done.undo is not None))

    def _sentence(self, command: Command, n: int) -> str:
        """The sentence for the toast, or '' where the window shows the result anyway."""
        match command:
            case Archive():
                one, many = self.tr("Archived"), self.tr("%Ln conversations archived", "", n)
            case Restore():
                one = self.tr("Back in Inbox")
                many = self.tr("%Ln conversations back in Inbox", "", n)
            case DeleteConversations() | DeleteMessages():
                one, many = self.tr("Mail deleted"), self.tr("%Ln mails deleted", "", n)
            case MarkRead(read=True):
                one = self.tr("Marked as read")
                many = self.tr("%Ln conversations marked as read", "", n)
            case MarkRead():
                one = self.tr("Marked as unread")
                many = self.tr("%Ln conversations marked as unread", "", n)
            case DeleteRecords():
                one, many = self.tr("Deleted"), self.tr("%Ln records deleted", "", n)
            case ImportRecords():
                one, many = self.tr("1 record imported"), self.tr("%Ln records imported", "", n)
            case MergePersons():
                one, many = self.tr("Merged"), self.tr("%Ln persons merged", "", n)
            case _:
                return self._sentence_of_links(command, n)
        return one if n == 1 else many

    def _sentence_of_links(self, command: Command, n: int) -> str:
        match command:
            case LinkConversations() | LinkPast():
                one, many = self.tr("Linked"), self.tr("%Ln conversations linked", "", n)
            case UnlinkConversations():
                one, many = self.tr("Unlinked"), self.tr("%Ln conversations unlinked", "", n)
            case LinkPersons():
                one, many = self.tr("Linked"), self.tr("%Ln mails linked", "", n)
            case UnlinkPersons():
                one, many = self.tr("Unlinked"), self.tr("%Ln mails unlinked", "", n)
            case DismissOffers():
                one = self.tr("This conversation asks no more")
                many = self.tr("%Ln conversations ask no more", "", n)
            case _:
                return ""
        return one if n == 1 else many
