"""The actions that link and unlink by hand: in a conversation, the list or a history (M14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from models.commands.links import DismissOffers, LinkConversations, LinkPersons, UnlinkConversations
from models.commands.records import SaveRecord
from models.queries.side_panel import UnknownAddress
from models.records import records
from models.records.records import Deal, Labelled, Lead, Organization, Person, Project
from sync.qt.service.command_thread import CommandDone
from sync.qt.service.service import MailService
from ui.commands.actions import Actions
from ui.commands.command_stack import CommandStack
from ui.records import kinds
from ui.records.beside.reading_area import ReadingArea
from ui.records.controller import RecordsController
from ui.records.form.form import NEW
from ui.records.links.add_to_dialog import AddToDialog
from ui.records.links.link_dialog import LinkDialog
from ui.style import formatting
from ui.style.theme import Theme


class LinkActions(QObject):
    """Connects `action_link` and `action_unlink` with what they act on.

    Signals:
        failed: A sentence for the user.
    """

    failed = Signal(str)

    def __init__(
        self,
        service: MailService,
        actions: Actions,
        stack: CommandStack,
        controller: RecordsController,
        area: ReadingArea,
        theme: Theme,
        window: QWidget,
        *,
        selected: Callable[[], tuple[int, ...]],
        open_messages: Callable[[], tuple[int, ...]],
    ) -> None:
        super().__init__(window)
        self._service = service
        self._actions = actions
        self._stack = stack
        self._controller = controller
        self._area = area
        self._theme = theme
        self._window = window
        self._selected = selected
        self._open_messages = open_messages
        self._waiting: tuple[
            int, ...
        ] = ()  # conversations to link with the record that is being made
        actions["link"].triggered.connect(self.link)
        actions["unlink"].triggered.connect(self.unlink)
        bar, side = area.link_bar, area.side
        bar.record_wanted.connect(controller.open_record)
        bar.choice_made.connect(self._on_choice)
        bar.dialog_wanted.connect(self.link)
        bar.unlink_wanted.connect(self.unlink)
        bar.dismiss_wanted.connect(self._on_dismiss)
        side.record_wanted.connect(controller.open_record)
        side.create_wanted.connect(self._on_create)
        side.add_wanted.connect(self._on_add)
        controller.creator.created.connect(self._on_created)
        controller.history.changed.connect(self.refresh)
        area.panel_changed.connect(self.refresh)

    # --- what the actions act on ---------------------------------------------------------

    def _targets(self) -> tuple[int, ...]:
        """The conversations to act on: that of the history's current mail, or the selected ones."""
        if self._controller.detail.isVisible():
            entry = self._controller.history.current()
            return (entry.conversation_id,) if entry is not None else ()
        return self._selected()

    @Slot()
    def refresh(self) -> None:
        """Enable the actions that have something to do."""
        targets = self._targets()
        self._actions["link"].setEnabled(bool(targets))
        if self._controller.detail.isVisible():
            can_unlink = self._controller.history.can_unlink()
        elif len(targets) == 1 and self._area.conversation_id == targets[0]:
            panel = self._area.panel
            can_unlink = panel is not None and panel.link is not None
        else:
            can_unlink = bool(targets)
        self._actions["unlink"].setEnabled(can_unlink)

    # --- linking -------------------------------------------------------------------------

    @Slot()
    def link(self) -> None:
        """Ask which record to link the conversations with."""
        targets = self._targets()
        if not targets:
            return
        messages = self._messages(targets)
        count = len(targets)
        title = (
            self.tr("Link this conversation with")
            if count == 1
            else self.tr("Link {} conversations with").format(formatting.number(count))
        )
        dialog = LinkDialog(
            self._service, self._theme, title, self._window,
            has_persons=bool(messages), current_key=self._current_key(targets),
        )  # fmt: skip
        dialog.chosen.connect(lambda key: self._link(targets, messages, key))
        dialog.new_wanted.connect(lambda kind, title: self._link_with_new(targets, kind, title))
        dialog.open()

    def _messages(self, targets: tuple[int, ...]) -> tuple[int, ...]:
        """The messages that can be linked with a person by hand. () for several conversations."""
        if self._controller.detail.isVisible():
            entry = self._controller.history.current()
            return (entry.message_id,) if entry is not None else ()
        is_open = len(targets) == 1 and targets[0] == self._area.conversation_id
        return self._open_messages() if is_open else ()

    def _current_key(self, targets: tuple[int, ...]) -> str:
        entry = self._controller.history.current()
        if entry is not None:
            return entry.link_key
        panel = self._area.panel
        is_open = len(targets) == 1 and panel is not None and panel.conversation_id == targets[0]
        return panel.link.item.key if is_open and panel is not None and panel.link else ""

    def _link(self, targets: tuple[int, ...], messages: tuple[int, ...], key: str) -> None:
        kind, record_id = kinds.split_key(key)
        if kind == kinds.PERSON:
            self._stack.run(LinkPersons(messages, record_id))
        else:
            self._stack.run(LinkConversations(targets, key))

    @Slot()
    def unlink(self) -> None:
        """Remove the link."""
        if self._controller.detail.isVisible():
            self._controller.history.unlink()
        elif self._targets():
            self._stack.run(UnlinkConversations(self._targets()))

    @Slot(str)
    def _on_choice(self, record_key: str) -> None:
        if self._area.conversation_id is not None:
            self._stack.run(LinkConversations((self._area.conversation_id,), record_key))

    @Slot()
    def _on_dismiss(self) -> None:
        if self._area.conversation_id is not None:
            self._stack.run(DismissOffers((self._area.conversation_id,)))

    # --- new records for a conversation --------------------------------------------------

    def _link_with_new(self, targets: tuple[int, ...], kind: str, title: str) -> None:
        """Make a record with the persons of the open conversation, and link with it."""
        panel = self._area.panel
        names: dict[str, str] = {}
        record = NEW[kind]()
        if isinstance(record, Deal | Lead | Project):
            record = replace(record, title=title)
        if panel is not None and targets == (panel.conversation_id,) and panel.persons:
            names = {person.row.key: person.row.name for person in panel.persons}
            person_ids = tuple(person.row.id for person in panel.persons)
            organization = next((p.organization for p in panel.persons if p.organization), None)
            if organization is not None:
                names[organization.key] = organization.name
            organization_id = organization.id if organization is not None else None
            if not isinstance(record, Person | Organization):
                record = replace(record, person_ids=person_ids, organization_id=organization_id)
        dialog = self._controller.creator.open(kind, record, names, stays=True)
        self._waiting = targets
        dialog.rejected.connect(self._forget)

    @Slot()
    def _forget(self) -> None:
        self._waiting = ()

    @Slot(str)
    def _on_created(self, record_key: str) -> None:
        targets, self._waiting = self._waiting, ()
        if targets and kinds.split_key(record_key)[0] in kinds.WORK:
            self._stack.run(LinkConversations(targets, record_key))

    @Slot(object)
    def _on_create(self, unknown: UnknownAddress) -> None:
        """Make a new contact, filled in with what the mail says about them."""
        names = {}
        if unknown.organization_id is not None:
            names[f"organization:{unknown.organization_id}"] = unknown.organization_name
        phones = (Labelled(unknown.phone, "work"),) if unknown.phone else ()
        person = Person(
            name=unknown.name,
            organization_id=unknown.organization_id,
            title=unknown.title,
            addresses=(Labelled(unknown.address, "work"),),
            phones=phones,
        )
        dialog = self._controller.creator.open(kinds.PERSON, person, names, stays=True)
        if unknown.organization_id is None and unknown.organization_name:
            dialog.form.propose_organization(unknown.organization_name)

    @Slot(object)
    def _on_add(self, unknown: UnknownAddress) -> None:
        """Add the address to an existing contact."""
        dialog = AddToDialog(unknown.address, self._controller.creator, self._theme, self._window)
        dialog.chosen.connect(lambda id_: self._add(unknown.address, id_))
        dialog.open()

    def _add(self, address: str, person_id: int) -> None:
        person = records.get(f"person:{person_id}")
        if isinstance(person, Person):
            addresses = (*person.addresses, Labelled(address))
            command = SaveRecord(replace(person, addresses=addresses), columns=("addresses",))
            self._controller.creator.run(command, self._on_added)

    def _on_added(self, done: CommandDone) -> None:
        if done.done is None:
            self.failed.emit(done.error)
