"""The reading pane: opens a conversation, keeps it current, and emits what the user does there."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from models.events import SettingsChanged
from models.store import settings
from sync.qt.service.service import MailService
from ui.reader import links
from ui.reader.attachment_actions import AttachmentActions
from ui.reader.attachments import AttachmentPanel
from ui.reader.bars import LinkHint, RemoteBar
from ui.reader.header import ConversationHeader
from ui.reader.loader import ConversationLoader
from ui.reader.message import wording
from ui.reader.message.message_view import MessageView
from ui.reader.message.state import Shown
from ui.reader.views import MessageViews
from ui.style.theme import Theme
from ui.widgets.empty_state import EmptyState

LATE = 150  # milliseconds that the previous conversation stays while the next one is read


class ConversationView(QWidget):
    """Shows a whole conversation or, as part of another pane, one message of it.

    Attributes:
        views: The views that draw the messages.

    Signals:
        height_changed: `natural_height` may have changed.
        messages_shown: The ids of unread messages whose text is on the screen.
        archive_requested, restore_requested, delete_requested: The user pressed that button.
        mark_read_requested: True to mark the conversation as read.
        why_requested: The user asks why a message is here: its id and subject.
    """

    messages_shown = Signal(object)
    archive_requested = Signal()
    restore_requested = Signal()
    delete_requested = Signal()
    mark_read_requested = Signal(bool)
    why_requested = Signal(object, str)
    height_changed = Signal()

    def __init__(
        self,
        service: MailService,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        is_part: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("message_body" if is_part else "conversation_view")
        self.setAccessibleName(self.tr("Message") if is_part else self.tr("Conversation"))
        self._is_part = is_part
        self._service = service
        self._theme = theme
        self._told: set[int] = set()
        self._loader = ConversationLoader(service, self)
        self.header = ConversationHeader(theme, self)
        self.remote_bar = RemoteBar(theme, self)
        self.attachments = AttachmentPanel(theme, self)
        self.attachment_actions = AttachmentActions(service, self)
        is_simple = bool(settings.get("simple_html"))
        self.views = MessageViews(theme, self._connect_view, self, is_simple=is_simple)
        self._empty = EmptyState(theme, self)
        self._hint = LinkHint(theme, self)
        self._late = QTimer(self, singleShot=True, interval=LATE)
        self._build()
        self._connect()
        self._show_empty("")

    # --- what the window calls -----------------------------------------------------------

    @property
    def conversation_id(self) -> int | None:
        """The open conversation, even while it is still loading."""
        return self._loader.conversation_id

    @property
    def shown(self) -> Shown | None:
        """What is on the screen, or None."""
        return self._loader.shown

    def show_conversation(self, conversation_id: int | None) -> None:
        """Open a conversation, or none. It appears as soon as it is read."""
        if conversation_id == self.conversation_id:
            return
        self._told.clear()
        if conversation_id is not None:
            self._late.start()  # the open one stays for a moment, to avoid flicker
        self._loader.show(conversation_id)

    def show_message(self, conversation_id: int, message_id: int) -> None:
        """Open one message of a conversation."""
        self._told.clear()
        self._loader.forget()
        self._show_empty("")
        self._empty.hide()
        self._loader.show(conversation_id, message_id)

    def natural_height(self) -> int:
        """The height that shows everything without scrolling."""
        shown = (self.header, self.remote_bar, self.attachments)
        parts = [part.sizeHint().height() for part in shown if not part.isHidden()]
        return sum(parts) + self.views.current.natural_height()

    def set_simple_html(self, is_simple: bool) -> None:
        """Set whether the user wants HTML mail shown without QtWebEngine."""
        if is_simple != self.views.is_simple:
            self.views.is_simple = is_simple
            self._draw(is_new=True)

    @Slot()
    def close_down(self) -> None:
        """At quit: remove opened files, and destroy the pages before their profile."""
        self.show_conversation(None)
        self.attachment_actions.close_down()
        self.views.close_down()

    # --- building ------------------------------------------------------------------------

    def _build(self) -> None:
        self._empty.say("mail-open", self.tr("Select a conversation"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.remote_bar)
        column.addWidget(self.views, 1)
        column.addWidget(self.attachments)
        column.addWidget(self._empty, 1)
        self.setMinimumWidth(320)

    def _connect(self) -> None:
        self._service.happened.connect(self._on_event)
        self._loader.changed.connect(self._on_changed)
        self._loader.cleared.connect(self._show_empty)
        self._late.timeout.connect(self._on_late)
        self.header.archive_pressed.connect(self.archive_requested)
        self.header.restore_pressed.connect(self.restore_requested)
        self.header.delete_pressed.connect(self.delete_requested)
        self.header.read_pressed.connect(self._on_read)
        self.attachments.open_pressed.connect(self.attachment_actions.open)
        self.attachments.save_pressed.connect(self.attachment_actions.save)
        self.attachment_actions.busy_changed.connect(self._list_attachments)
        self._connect_view(self.views.current)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.close_down)

    def _connect_view(self, view: MessageView) -> None:
        view.card_pressed.connect(self._on_card)
        view.colours_pressed.connect(self._on_colours)
        view.fold_pressed.connect(self._loader.unfold)
        view.attachments_pressed.connect(self.attachments.select_message)
        view.link_pressed.connect(self._on_link)
        view.why_pressed.connect(self._on_why)
        view.link_hovered.connect(self._hint.say)
        view.drawn.connect(self._tell_shown)
        view.height_changed.connect(self.height_changed)

    # --- drawing -------------------------------------------------------------------------

    @Slot(bool)
    def _on_changed(self, is_new: bool) -> None:
        if not self._loader.is_late:
            self._late.stop()
        self._draw(is_new=is_new)

    def _draw(self, *, is_new: bool) -> None:
        shown = self.shown
        if shown is None or not shown.cards:
            self._show_empty("")
            return
        self.header.show_head(shown.head)
        self.remote_bar.say(wording.remote_note(shown.remote_hosts()))
        self._list_attachments()
        is_other = self.views.choose(shown)
        self._empty.hide()
        self.header.setVisible(not self._is_part)
        self.views.show()
        if is_new or is_other:
            self.views.current.open(shown)
        else:
            self.views.current.update_shown(shown)

    @Slot()
    def _list_attachments(self) -> None:
        cards = self.shown.open_cards() if self.shown else ()
        heads = [one for card in cards for one in card.head.attachments if not one.is_inline]
        self.attachments.set_attachments(heads, self.attachment_actions.busy)

    @Slot(str)
    def _show_empty(self, error: str) -> None:
        self._late.stop()
        self.views.current.clear()
        self._hint.say("")
        for widget in (self.header, self.remote_bar, self.views, self.attachments):
            widget.hide()
        if error:
            self._empty.say("circle-alert", error)
        else:
            self._empty.say("mail-open", self.tr("Select a conversation"))
        self._empty.show()

    @Slot()
    def _on_late(self) -> None:
        """Loading takes long: show "Loading…" instead of the previous conversation."""
        if self._loader.is_late:
            self._loader.forget()
            self._show_empty("")
            self._empty.say("loader-circle", self.tr("Loading…"))

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, SettingsChanged) and event.name == "simple_html":
            self.set_simple_html(bool(settings.get("simple_html")))

    # --- what the user does --------------------------------------------------------------

    @Slot(object)
    def _on_card(self, message_id: int) -> None:
        self._loader.change(
            message_id, lambda card: replace(card, is_open=not card.is_open, error="")
        )

    @Slot(object)
    def _on_colours(self, message_id: int) -> None:
        self._loader.change(
            message_id,
            lambda card: replace(card, has_original_colours=not card.has_original_colours),
        )

    @Slot(object)
    def _on_why(self, message_id: int) -> None:
        for card in self.shown.cards if self.shown is not None else ():
            if card.message_id == message_id:
                self.why_requested.emit(message_id, card.head.subject)

    @Slot(QUrl, str)
    def _on_link(self, url: QUrl, shown_text: str) -> None:
        links.open_link(url, shown_text, self)

    @Slot(bool)
    def _on_read(self, is_read: bool) -> None:
        if not is_read and self.shown is not None:
            # What the user marks as unread stays unread while it is open.
            self._told.update(card.message_id for card in self.shown.cards)
        self.mark_read_requested.emit(is_read)

    # --- read state ----------------------------------------------------------------------

    @Slot()
    def _tell_shown(self) -> None:
        """Report the unread messages that the user can now read, each one once."""
        if (
            self.shown is None
            or self._loader.is_late
            or not self.isVisible()
            or self.window().isMinimized()
        ):
            return
        ids = tuple(
            card.message_id
            for card in self.shown.open_cards()
            if card.content is not None
            and not card.head.is_read
            and card.message_id not in self._told
        )
        if ids:
            self._told.update(ids)
            self.messages_shown.emit(ids)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        super().showEvent(event)
        QTimer.singleShot(0, self, self._tell_shown)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  # Qt's name
        super().hideEvent(event)
        self._hint.say("")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        QPainter(self).fillRect(self.rect(), self._theme.color("base"))
