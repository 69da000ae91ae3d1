"""Controls the records in the window: navigation, menus, making, merging and deleting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from models.commands.links import LinkPast
from models.commands.records import DeleteNote, DeleteRecords, MergePersons, SaveRecord
from models.queries.history_pages import Entry, MailEntry, NoteEntry
from models.queries.linkable_mail import LinkPreview
from models.queries.record_deletion import RecordsPreview
from models.queries.record_detail import RecordDetail
from models.records.records import Record, key_of
from sync.qt.service.requests import Answer, LinkPreviewRequest, RecordsPreviewRequest
from sync.qt.service.service import MailService
from ui.commands.actions import Actions
from ui.commands.command_stack import CommandStack
from ui.records import kinds
from ui.records.confirm_records import ConfirmRecords
from ui.records.detail.view import DetailView, names_of
from ui.records.form.creating import RecordCreator, preset
from ui.records.form.merge_dialog import MergeDialog
from ui.records.form.picker_field import ManyRecordsField, OneRecordField
from ui.records.history.body import MessageBody
from ui.records.history.note_dialog import NoteDialog
from ui.records.history_actions import HistoryActions
from ui.records.links.link_past_dialog import LinkPastDialog
from ui.records.list.pane import RecordListPane
from ui.records.transfer import Transfer
from ui.style.theme import Theme

RecordsField = OneRecordField | ManyRecordsField


class RecordsController(QObject):
    """Holds the list of records and the detail view, and does what the user wants with records.

    Attributes:
        pane: The list.
        detail: The detail view.
        creator: Makes records.
        history: The actions on a history's entries.

    Signals:
        key_wanted: The key of the sidebar's line to choose, such as `deals`.
        conversation_wanted: The id of a conversation to open.
        detail_changed: Whether the detail view is to show.
        search_ended: The search field is to be cleared.
        board_wanted: Show the deals by stage.
        failed: A sentence for the user.
    """

    key_wanted = Signal(str)
    conversation_wanted = Signal(object)
    detail_changed = Signal(bool)
    search_ended = Signal()
    board_wanted = Signal()
    failed = Signal(str)

    def __init__(
        self,
        service: MailService,
        actions: Actions,
        stack: CommandStack,
        make_body: Callable[[QWidget], MessageBody],
        theme: Theme,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._service = service
        self._actions = actions
        self._stack = stack
        self._theme = theme
        self._window = window
        self._tickets: dict[int, str] = {}
        self._deletes: dict[int, tuple[str, ...]] = {}
        self.pane = RecordListPane(service, theme, window)
        self.detail = DetailView(service, stack, make_body, theme, window)
        self.creator = RecordCreator(service, stack, theme, window)
        self.history = HistoryActions(service, actions, stack, self.detail, window)
        self.transfer = Transfer(service, stack, theme, window)
        service.answered.connect(self._on_answered)
        self._connect()

    def _connect(self) -> None:
        for kind in kinds.KINDS:
            action = self._actions[f"new_{kind}"]
            action.triggered.connect(lambda _checked=False, kind=kind: self.create(kind))
        self.pane.new_wanted.connect(self.create)
        self.pane.import_wanted.connect(self.import_file)
        self.pane.menu_wanted.connect(self._open_list_menu)
        self.pane.context_wanted.connect(self._open_context_menu)
        self.pane.board_wanted.connect(self.board_wanted)
        self.pane.search_ended.connect(self.search_ended)
        self.pane.view.selection_moved.connect(self._on_selection)
        self.pane.view.delete_wanted.connect(self._delete_selected)
        self.detail.opened.connect(self.open_record)
        self.detail.closed.connect(self._on_closed)
        self.detail.gone.connect(self._on_selection)
        self.detail.menu_wanted.connect(self._open_detail_menu)
        self.detail.entry_menu_wanted.connect(self._open_entry_menu)
        self.detail.search_wanted.connect(self.creator.search)
        self.detail.creation_wanted.connect(self._create_for_detail)
        self.creator.open_wanted.connect(self.open_record)
        self.creator.failed.connect(self.failed)
        self.history.failed.connect(self.failed)
        self.transfer.failed.connect(self.failed)

    # --- navigation ----------------------------------------------------------------------

    def show_key(self, key: str) -> None:
        """List the records behind a line of the sidebar."""
        self.pane.show_kind(kinds.KIND_OF_KEY[key])
        self._on_selection()

    def search(self, text: str) -> None:
        """List only records that contain these words."""
        self.pane.search(text)

    @Slot(str)
    def open_record(self, record_key: str) -> None:
        """Go to a record: show its list and select it there."""
        kind, record_id = kinds.split_key(record_key)
        if not kind:
            return
        self.detail.show_record(
            record_key
        )  # first, because a list of 100,000 takes the reader 50 ms
        self.pane.expect(record_id)
        self.key_wanted.emit(kinds.KEY_OF_KIND[kind])
        self.detail_changed.emit(True)
        self.pane.select(record_id)

    @Slot()
    def _on_selection(self) -> None:
        chosen = self.pane.view.selected_ids()
        if len(chosen) == 1:
            self.detail.show_record(f"{self.pane.query.kind}:{chosen[0]}")
        elif not chosen and self.pane.has_left(self.detail.record_key):
            pass  # the user is still working with it
        elif len(chosen) > 1 or not self.pane.is_waiting():
            self.detail.show_record("")
            self.detail.show_many(len(chosen))
        self.detail_changed.emit(bool(chosen) or bool(self.detail.record_key))

    def announce(self) -> None:
        """Emit `detail_changed` again."""
        chosen = bool(self.pane.view.selected_ids()) or bool(self.detail.record_key)
        self.detail_changed.emit(chosen)

    @Slot()
    def _on_closed(self) -> None:
        self.pane.view.clearSelection()
        self.detail.show_record("")
        self.detail_changed.emit(False)
        self.pane.view.setFocus()

    # --- making --------------------------------------------------------------------------

    @Slot(str)
    def create(self, kind: str) -> None:
        """Open the dialog that makes a record."""
        self.creator.open(kind)

    def create_related(self, kind: str, detail: RecordDetail) -> None:
        """Make a record that belongs to another one."""
        names = names_of(detail) | {detail.record_key: detail.title}
        self.creator.open(kind, preset(kind, detail.record), names)

    @Slot(object, str, str)
    def _create_for_detail(self, field: RecordsField, kind: str, name: str) -> None:
        """Make a record and add it to this one, even if another one is shown by then."""
        if self.detail.detail is not None:
            owner = self.detail.detail.record
            self.creator.create_named(kind, name, partial(self._give, owner, field, name))

    def _give(self, owner: Record, field: RecordsField, name: str, id_: int) -> None:
        """Add the new record to its owner.

        While the owner is shown, its field takes it: the field knows what else was chosen since.
        """
        is_one = isinstance(field, OneRecordField)
        shown = self.detail.detail
        if shown is None or shown.record_key != key_of(owner):
            column = "organization_id" if is_one else "person_ids"
            value = id_ if is_one else (*getattr(owner, "person_ids", ()), id_)
            record = replace(owner, **{column: value})  # type: ignore[arg-type]
            self._stack.run(SaveRecord(record, columns=(column,), base=owner))
        elif not is_one or _organization(shown.record) == _organization(owner):
            field.add(id_, name)

    # --- menus ---------------------------------------------------------------------------

    @Slot(str, object)
    def _open_list_menu(self, kind: str, button: QWidget) -> None:
        menu = self._menu()
        menu.addAction(self.tr("Import…"), self.import_file)
        self.transfer.offer(menu, kind)
        if kind == kinds.DEAL:
            menu.addSeparator()
            menu.addAction(self.tr("Edit stages…"), self.transfer.edit_stages)
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    @Slot()
    def import_file(self) -> None:
        """Open the import of the listed kind."""
        self.transfer.open_import(str(self.pane.query.kind))

    @Slot(QPoint)
    def _open_context_menu(self, at: QPoint) -> None:
        menu = self._menu()
        kind, chosen = str(self.pane.query.kind), self.pane.view.selected_ids()
        if kind == kinds.PERSON and len(chosen) > 1:
            menu.addAction(self.tr("Merge…"), lambda: self.merge(chosen))
        self.transfer.offer(menu, kind, chosen)
        menu.addSeparator()
        menu.addAction(self.tr("Delete…"), self._delete_selected)
        menu.popup(at)

    @Slot(object, object)
    def _open_detail_menu(self, detail: RecordDetail, button: QWidget) -> None:
        menu = self._menu()
        kind, record_id = kinds.split_key(detail.record_key)
        if kind in kinds.WORK:
            menu.addAction(self.tr("Link past mail…"), lambda: self.link_past(detail.record_key))
            menu.addSeparator()
        else:
            for other in kinds.WORK:
                text = kinds.words(other).new
                menu.addAction(text, partial(self.create_related, other, detail))
            if kind == kinds.ORGANIZATION:
                text = kinds.words(kinds.PERSON).new
                menu.addAction(text, lambda: self.create_related(kinds.PERSON, detail))
            menu.addSeparator()
        if kind == kinds.PERSON:
            menu.addAction(self.tr("Merge with another person…"), lambda: self.merge((record_id,)))
        self.transfer.offer(menu, kind, (record_id,), detail.title)
        menu.addSeparator()
        menu.addAction(self.tr("Delete…"), lambda: self.delete((detail.record_key,)))
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    @Slot(object, QPoint)
    def _open_entry_menu(self, entry: Entry, at: QPoint) -> None:
        menu = self._menu()
        if isinstance(entry, MailEntry):
            menu.addAction(
                self.tr("Open conversation"),
                lambda: self.conversation_wanted.emit(entry.conversation_id),
            )
            menu.addSeparator()
            menu.addAction(self._actions["link"])
            menu.addAction(self._actions["unlink"])
            menu.addSeparator()
            menu.addAction(self._actions["delete_email"])
        elif entry.kind == "note":
            menu.addAction(self.tr("Edit note…"), lambda: self._edit_note(entry))
            menu.addAction(
                self.tr("Delete note"), lambda: self._stack.run(DeleteNote(entry.entry_id))
            )
        else:
            return
        menu.popup(at)

    def _edit_note(self, entry: NoteEntry) -> None:
        NoteDialog(entry, self._stack, self._window).open()

    def _menu(self) -> QMenu:
        menu = QMenu(self._window)
        menu.setObjectName("records_menu")
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    # --- deleting, merging, past mail ----------------------------------------------------

    @Slot()
    def _delete_selected(self) -> None:
        kind = self.pane.query.kind
        self.delete(tuple(f"{kind}:{id_}" for id_ in self.pane.view.selected_ids()))

    def delete(self, record_keys: tuple[str, ...]) -> None:
        """Ask the store what the delete would do, ask the user, then delete."""
        if record_keys and not self._deletes:
            ticket = self._service.ask(RecordsPreviewRequest(record_keys))
            self._deletes[ticket] = record_keys

    def merge(self, person_ids: tuple[int, ...]) -> None:
        """Ask which person to keep, then merge."""
        dialog = MergeDialog(person_ids, self.creator, self._theme, self._window)
        dialog.agreed.connect(self._on_merge)
        dialog.open()

    @Slot(object, object)
    def _on_merge(self, kept_id: int, gone_ids: tuple[int, ...]) -> None:
        self._stack.run(MergePersons(kept_id, gone_ids))
        self.open_record(f"person:{kept_id}")

    def link_past(self, record_key: str) -> None:
        """Preview what the rules would link with a record, then ask."""
        self._tickets[self._service.ask(LinkPreviewRequest(record_key))] = record_key

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        if answer.ticket in self._deletes:
            self._confirm_delete(answer)
        elif self._tickets.pop(answer.ticket, None) is not None:
            if isinstance(answer.result, LinkPreview):
                self._show_past(answer.result)
            else:
                self.failed.emit(answer.error)

    def _confirm_delete(self, answer: Answer) -> None:
        keys = self._deletes[answer.ticket]
        try:
            if not isinstance(answer.result, RecordsPreview):
                self.failed.emit(answer.error)
            elif answer.result.titles and ConfirmRecords(answer.result, self._window).is_agreed():
                self._stack.run(DeleteRecords(keys))
        finally:
            self._deletes.pop(answer.ticket, None)

    def _show_past(self, preview: LinkPreview) -> None:
        dialog = LinkPastDialog(preview, self._theme, self._window)
        self._service.happened.connect(dialog.follow)
        dialog.agreed.connect(lambda ids: self._stack.run(LinkPast(preview.record_key, ids)))
        dialog.open()


def _organization(record: Record) -> int | None:
    found: int | None = getattr(record, "organization_id", None)
    return found
