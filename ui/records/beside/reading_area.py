"""The reading pane with the link bar above it and the side panel beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from models.events import ConversationsChanged, Event, LinksChanged, RecordsChanged
from models.queries.side_panel import Panel
from sync.qt.service.requests import Answer, PanelRequest
from sync.qt.service.service import MailService
from ui.records.beside.link_bar import LinkBar
from ui.records.beside.side_panel import WIDTH, SidePanel
from ui.style.theme import Theme

GATHER_MS = 50
LEAST_READING = 360  # pixels; if the mail had less, the panel covers it, and only on request


class ReadingArea(QWidget):
    """Lays out the reader, the bar and the panel, and keeps bar and panel up to date.

    Attributes:
        conversation_id: The open conversation, or None.
        panel: What the records know about it, or None while that is loading.

    Signals:
        panel_changed: `panel` changed.
        side_moved: `is_side_on` may have changed.
    """

    panel_changed = Signal()
    side_moved = Signal()

    def __init__(
        self, service: MailService, theme: Theme, reader: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._service = service
        self.conversation_id: int | None = None
        self.panel: Panel | None = None
        self._wants_side = True
        self._is_over = False
        self._ticket = 0
        self.link_bar = LinkBar(theme, self)
        self.side = SidePanel(theme, self)
        self.side.setFixedWidth(WIDTH)
        self._away = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.side)
        self._away.activated.connect(self._on_away)
        self._row = row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(reader, 1)
        row.addWidget(self.side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.link_bar)
        column.addLayout(row, 1)
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._gather.timeout.connect(self._ask)
        service.answered.connect(self._on_answered)
        service.happened.connect(self._on_event)
        self._show_side()

    def show_conversation(self, conversation_id: int | None) -> None:
        """Note that another conversation is open, or none."""
        if conversation_id == self.conversation_id:
            return
        self.conversation_id = conversation_id
        self._is_over = False  # it would hide mail that the user has not seen yet
        self._show_side()
        self._ticket = 0
        if conversation_id is None:
            self._take(None)
        else:
            self._ask()

    def set_side_wanted(self, is_wanted: bool) -> None:  # a plain setter
        """Set whether the user wants the panel."""
        self._wants_side = is_wanted
        self._show_side()

    @property
    def has_room(self) -> bool:
        """Whether there is room for the panel beside the mail."""
        return self.width() >= LEAST_READING + WIDTH

    @property
    def is_side_on(self) -> bool:
        """Whether the panel shows when there is something in it."""
        return self._wants_side if self.has_room else self._is_over

    def show_over(self, *, is_over: bool) -> None:
        """In a narrow window, lay the panel over this conversation's mail or take it away."""
        self._is_over = is_over
        self._show_side()

    @Slot()
    def _on_away(self) -> None:
        self.show_over(is_over=False)

    @Slot()
    def _ask(self) -> None:
        if self.conversation_id is not None:
            self._ticket = self._service.ask(PanelRequest(self.conversation_id))

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        if not answer.ticket or answer.ticket != self._ticket:
            return
        self._ticket = 0
        found = answer.result if isinstance(answer.result, Panel) else None
        self._take(found)

    def _take(self, panel: Panel | None) -> None:
        self.panel = panel
        self.link_bar.show_panel(panel)
        self.side.show_panel(panel)
        self._show_side()
        self.panel_changed.emit()

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if self.conversation_id is None:
            return
        match event:
            case RecordsChanged():
                self._gather.start()
            case LinksChanged() if self._is_about(event):
                self._gather.start()
            case ConversationsChanged(conversation_ids=ids) if self.conversation_id in ids:
                self._gather.start()
            case _:
                pass

    def _is_about(self, event: LinksChanged) -> bool:
        if self.conversation_id in event.conversation_ids or self.panel is None:
            return True
        shown = {person.row.key for person in self.panel.persons}
        return bool(shown & set(event.record_keys))

    def _show_side(self) -> None:
        if self.has_room:
            self._is_over = False
            self._row.addWidget(self.side)
        else:
            self._row.removeWidget(self.side)
            column = self.layout()
            if column is not None:
                column.activate()  # the bar may just have appeared or disappeared
            place = self._row.geometry()
            self.side.setGeometry(place.right() + 1 - WIDTH, place.top(), WIDTH, place.height())
            self.side.raise_()
        self._away.setEnabled(not self.has_room)
        self.side.setVisible(self.is_side_on and self.panel is not None)
        self.side_moved.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._show_side()
