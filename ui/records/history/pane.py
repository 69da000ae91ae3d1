"""The history in a detail view: the field for a note, the filter buttons and the list."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from models.events import ConversationsChanged, Event, LinksChanged, MessagesDeleted
from models.queries.history_pages import KINDS, MAIL, PAGE, Cursor, HistoryPage, MailEntry
from models.queries.history_reasons import HistoryReason
from sync.qt.service.requests import Answer, HistoryReasonRequest, HistoryRequest
from sync.qt.service.service import MailService
from ui.records import link_reasons
from ui.records.history.body import MessageBody
from ui.records.history.model import HistoryModel
from ui.records.history.note_edit import NoteEdit
from ui.records.history.view import HistoryView
from ui.style.theme import Theme
from ui.widgets.muted import MutedLabel

GATHER_MS = 40
MOST_READ_ANEW = 2000  # entries; further ones are read again when the user scrolls there


class HistoryPane(QWidget):
    """Shows the history of one record and keeps it up to date with the store.

    Attributes:
        view: The list.

    Signals:
        menu_wanted: An entry, and the global position for its menu.
        note_kept: The text of a new note.
        note_begun: See `begun` of NoteEdit.
        current_moved: Another entry is the current one.
    """

    menu_wanted = Signal(object, QPoint)
    note_kept = Signal(str)
    note_begun = Signal(str, str)
    current_moved = Signal()

    def __init__(
        self,
        service: MailService,
        make_body: Callable[[QWidget], MessageBody],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._key = ""
        self._kinds: tuple[str, ...] = KINDS
        self._ticket = 0
        self._more_ticket = 0
        self._is_stale = False
        self._gone: set[int] = (
            set()
        )  # deleted mail, because a page that was read earlier may still arrive
        self.model = HistoryModel(self)
        self.view = HistoryView(self.model, make_body, theme, self)
        self._note = NoteEdit(self)
        self._chips = QButtonGroup(self)
        self._empty = MutedLabel(theme, "", self, size=13)
        self._lay_out()
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._gather.timeout.connect(self.reload)
        service.answered.connect(self._on_answered)
        service.happened.connect(self._on_event)
        self.model.more_wanted.connect(self._on_more)
        self.view.menu_wanted.connect(self.menu_wanted)
        self.view.current_moved.connect(self.current_moved)
        self.view.reason_wanted.connect(self._ask_reason)
        self._note.kept.connect(self.note_kept)
        self._note.begun.connect(self.note_begun)
        self._chips.idClicked.connect(self._on_chip)

    def _lay_out(self) -> None:
        chips = QHBoxLayout()
        chips.setSpacing(6)
        for number, (name, text) in enumerate(
            (
                ("all", self.tr("All")),
                ("mail", self.tr("Mail")),
                ("notes", self.tr("Notes")),
                ("changes", self.tr("Changes")),
            )
        ):
            chip = QPushButton(text, self)
            chip.setObjectName(f"history_{name}_button")
            chip.setProperty("role", "chip")
            chip.setCheckable(True)
            chip.setChecked(number == 0)
            chip.setAutoDefault(False)
            self._chips.addButton(chip, number)
            chips.addWidget(chip)
        chips.addStretch(1)
        top = QVBoxLayout()
        top.setContentsMargins(16, 12, 14, 8)
        top.setSpacing(10)
        top.addWidget(self._note)
        top.addLayout(chips)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._empty.setWordWrap(True)
        self._empty.set_room(24, 40, 24, 0)
        holder = QWidget(self)
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(holder, 1)

    # --- what it shows -------------------------------------------------------------------

    def show_record(self, record_key: str) -> None:
        """Show the history of a record from its newest entry. '' shows none."""
        if record_key == self._key:
            return
        self._key = record_key
        self._note.show_record(record_key)
        self._ticket = self._more_ticket = 0
        self._gone.clear()
        self.model.clear()
        if record_key:
            self.reload()

    def show_draft(self, record_key: str, text: str) -> None:
        """Show the stored text of an unfinished note."""
        self._note.show_stored(record_key, text)

    def close_down(self) -> None:
        """Store the unfinished note and close the view. Called at quit."""
        self._note.tell()
        self.view.close_down()

    @Slot()
    def reload(self) -> None:
        """Read again what is read so far. If a request is running, repeat it afterwards."""
        if not self._key:
            return
        if self._ticket:
            self._is_stale = True
            return
        self._is_stale = False
        # A page that is still loading is dropped, so its entries are requested with the rest.
        wanted = self.model.rowCount() + (PAGE if self._more_ticket else 0)
        self._more_ticket = 0
        limit = min(MOST_READ_ANEW, max(PAGE, wanted))
        self._ticket = self._service.ask(HistoryRequest(self._key, None, limit, self._kinds))

    @Slot(object)
    def _on_more(self, cursor: Cursor) -> None:
        if self._key and not self._ticket:
            request = HistoryRequest(self._key, cursor, PAGE, self._kinds)
            self._more_ticket = self._service.ask(request)

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        page = answer.result
        if answer.ticket and answer.ticket == self._ticket:
            self._ticket = 0
            if isinstance(page, HistoryPage) and page.record_key == self._key:
                self.model.replace(page)
                self.model.drop_messages(self._gone)
                if self.view.open_id is not None:
                    self._ask_reason(self.view.open_id)
            self._describe(answer.error)
            if self._is_stale:
                self.reload()
        elif answer.ticket and answer.ticket == self._more_ticket:
            self._more_ticket = 0
            if isinstance(page, HistoryPage) and page.record_key == self._key:
                self.model.append(page)
                self.model.drop_messages(self._gone)
        elif isinstance(page, HistoryReason) and page.record_key == self._key:
            self.view.tell_reason(page.message_id, link_reasons.history_sentence(page))

    @Slot(object)
    def _ask_reason(self, message_id: int) -> None:
        self._service.ask(HistoryReasonRequest(self._key, message_id))

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if not self._key:
            return
        match event:
            case MessagesDeleted(message_ids=gone):
                self._gone.update(gone)
                self.model.drop_messages(gone)
                self._describe("")
                self._gather.start()
            case LinksChanged(record_keys=keys) if self._key in keys:
                self._gather.start()
            case ConversationsChanged() if self._shows(event):
                self._gather.start()
            case _:
                pass

    def _shows(self, event: ConversationsChanged) -> bool:
        changed = {*event.conversation_ids, *event.removed_ids}
        entries = (self.model.entry_at(row) for row in range(self.model.rowCount()))
        return any(isinstance(e, MailEntry) and e.conversation_id in changed for e in entries)

    def _describe(self, error: str) -> None:
        if self.model.rowCount():
            self._stack.setCurrentWidget(self.view)
            return
        kinds = {
            KINDS: self.tr("Nothing here yet. Mail appears as soon as it is linked."),
            (MAIL,): self.tr("No mail yet."),
            ("note",): self.tr("No notes yet."),
        }
        self._empty.setText(error or kinds.get(self._kinds, self.tr("No changes yet.")))
        self._stack.setCurrentWidget(self._empty)

    @Slot(int)
    def _on_chip(self, number: int) -> None:
        self._kinds = (KINDS, (MAIL,), ("note",), ("stage", "status"))[number]
        self._ticket = 0
        self.model.clear()
        self.reload()


def heading(text: str, theme: Theme, parent: QWidget) -> MutedLabel:
    """The heading of a part of a detail view."""
    label = MutedLabel(theme, text.upper(), parent, size=11, weight=600)
    label.setAccessibleName(text)
    return label
