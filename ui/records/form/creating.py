"""Makes records: opens the dialog, and searches and creates records for its pickers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from models.commands.execute import Command
from models.commands.records import SaveRecord
from models.queries import record_list
from models.queries.record_list import ItemRow, OrganizationRow, PersonRow, RecordQuery, Row
from models.records.records import Deal, Kind, Lead, Organization, Person, Project, Record, stages
from models.store.list_ids import ListIds
from sync.qt.service.command_thread import CommandDone
from sync.qt.service.requests import Answer, RecordListRequest
from sync.qt.service.service import MailService
from ui.commands.command_stack import CommandStack
from ui.records import kinds
from ui.records.form.form import NEW, RecordForm
from ui.records.form.picker_field import Choice, ManyRecordsField, PickEdit
from ui.records.form.record_dialog import RecordDialog
from ui.style.theme import Theme

MOST_CHOICES = 8


class RecordCreator(QObject):
    """Opens the dialog for a kind of record and saves what the user enters.

    Signals:
        created: The key of a record that was made in the dialog.
        open_wanted: The same key, if the window is to go to the record.
        failed: A sentence for the user.
    """

    created = Signal(str)
    open_wanted = Signal(str)
    failed = Signal(str)

    def __init__(
        self, service: MailService, stack: CommandStack, theme: Theme, window: QWidget
    ) -> None:
        super().__init__(window)
        self._service = service
        self._stack = stack
        self._theme = theme
        self._window = window
        self._dialog: RecordDialog | None = None
        self._stays = False
        self._searches: dict[int, tuple[PickEdit, str]] = {}
        self._then: dict[int, Callable[[CommandDone], None]] = {}
        service.answered.connect(self._on_answered)
        service.commanded.connect(self._on_commanded)

    def open(
        self,
        kind: str,
        record: Record | None = None,
        names: Mapping[str, str] | None = None,
        *,
        stays: bool = False,
    ) -> RecordDialog:
        """Show the dialog, with known values filled in.

        Args:
            stays: Stay where the user is. Otherwise the window goes to the new record.
        """
        if self._dialog is not None:
            self._dialog.close()
        self._stays = stays
        record = record or NEW[kind]()
        dialog = RecordDialog(record, names or {}, stages(), kind, self._theme, self._window)
        self._dialog = dialog
        self.serve(dialog.form)
        dialog.save_wanted.connect(self._on_save)
        dialog.finished.connect(self._on_finished)
        dialog.open()
        return dialog

    def serve(self, form: RecordForm) -> None:
        """Search and create for the pickers of a form. A picker then chooses what was created."""
        form.search_wanted.connect(self.search)
        form.creation_wanted.connect(self._create_for_dialog)

    @Slot(object, str, str)
    def search(self, edit: PickEdit, kind: str, text: str) -> None:
        """Find records for a picker."""
        ticket = self._service.ask(
            RecordListRequest(RecordQuery(Kind(kind), text), limit=MOST_CHOICES)
        )
        self._searches = {t: known for t, known in self._searches.items() if known[0] is not edit}
        self._searches[ticket] = (edit, kind)

    def run(self, command: Command, then: Callable[[CommandDone], None]) -> None:
        """Run a command, and call `then` when it is done."""
        self._then[self._stack.run(command)] = then

    # --- answers of the service ----------------------------------------------------------

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        found = self._searches.pop(answer.ticket, None)
        if found is None or not isinstance(answer.result, ListIds):
            return
        edit, kind = found
        rows = record_list.rows(Kind(kind), answer.result.ids.tolist())
        try:
            edit.show_choices([choice_of(row) for row in rows])
        except RuntimeError:
            return  # its dialog has been closed since

    @Slot(object)
    def _on_commanded(self, done: CommandDone) -> None:
        then = self._then.pop(done.ticket, None)
        if then is not None:
            then(done)

    # --- saving --------------------------------------------------------------------------

    @Slot(object, str)
    def _on_save(self, record: Record, organization: str) -> None:
        if organization:
            made = Organization(name=organization)
            self.run(SaveRecord(made), lambda done: self._save_with(record, done))
        else:
            self.run(SaveRecord(record), self._on_saved)

    def _save_with(self, record: Record, done: CommandDone) -> None:
        """Save a new record with the organization that was just made for it."""
        if done.done is None or isinstance(record, Organization):
            self._say(done.error)
            return
        organization_id = kinds.split_key(done.done.record_key)[1]
        self.run(SaveRecord(replace(record, organization_id=organization_id)), self._on_saved)

    def _on_saved(self, done: CommandDone) -> None:
        if done.done is None:
            self._say(done.error)
            return
        if self._dialog is not None:
            self._dialog.accept()
        self.created.emit(done.done.record_key)
        if not self._stays:
            self.open_wanted.emit(done.done.record_key)

    def _say(self, sentence: str) -> None:
        if self._dialog is not None:
            self._dialog.say(sentence)
        else:
            self.failed.emit(sentence)

    @Slot()
    def _on_finished(self) -> None:
        self._dialog = None

    @Slot(object, str, str)
    def _create_for_dialog(self, field: QWidget, kind: str, name: str) -> None:
        """Make a person for a deal at once. An organization is made when the record is saved."""
        if isinstance(field, ManyRecordsField):
            self.create_named(kind, name, partial(_choose, field, name))

    def create_named(self, kind: str, name: str, then: Callable[[int], None]) -> None:
        """Make an organization or a person with this name. `then` gets its id."""
        record = Organization(name=name) if kind == kinds.ORGANIZATION else Person(name=name)
        self.run(SaveRecord(record), partial(_tell_id, then))


def _tell_id(then: Callable[[int], None], done: CommandDone) -> None:
    if done.done is not None:
        then(kinds.split_key(done.done.record_key)[1])


def _choose(field: ManyRecordsField, name: str, id_: int) -> None:
    try:
        field.add(id_, name)
    except RuntimeError:
        return  # its dialog has been closed since


def choice_of(row: Row) -> Choice:
    """A record as a picker lists it."""
    match row:
        case PersonRow():
            return row.id, row.name, row.address or row.organization_name
        case OrganizationRow():
            return row.id, row.name, ", ".join(row.domains[:2])
        case ItemRow():
            status = kinds.statuses(row.kind).get(row.status, "")
            return row.id, row.title, row.organization_name or status


def preset(kind: str, owner: Record) -> Record:
    """A new record that belongs to another one, such as a deal of a person."""
    known: dict[str, Any] = {}
    if isinstance(owner, Organization):
        known["organization_id"] = owner.id
    elif isinstance(owner, Person):
        known["organization_id"] = owner.organization_id
        if kind in kinds.WORK:
            known["person_ids"] = (owner.id,)
    elif isinstance(owner, Deal | Lead | Project):
        known["organization_id"] = owner.organization_id
        if kind in kinds.WORK:
            known["person_ids"] = owner.person_ids
    if kind == kinds.ORGANIZATION:
        known = {}
    return replace(NEW[kind](), **known)
