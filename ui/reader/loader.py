"""Loads the open conversation through the service and updates it on events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from models.events import (
    ConversationsChanged,
    LinksChanged,
    MessagesAdded,
    MessagesChanged,
    MessagesDeleted,
)
from sync.qt.service.requests import (
    Answer,
    ContentRequest,
    ConversationHead,
    ConversationRequest,
    MessageContent,
)
from sync.qt.service.service import MailService
from ui.reader.message import state
from ui.reader.message.state import Card, Shown


class ConversationLoader(QObject):
    """Holds the state of the open conversation. It draws nothing.

    Signals:
        changed: `shown` changed. True if it is another conversation.
        cleared: Nothing is open any more. A sentence for the user if something failed, else ''.
    """

    changed = Signal(bool)
    cleared = Signal(str)

    def __init__(self, service: MailService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self.conversation_id: int | None = None
        self._only: int | None = None  # the only message to show, or None for all
        self.shown: Shown | None = None
        self._head_ticket = 0
        self._is_head_stale = False
        self._asked: dict[int, tuple[int, ...]] = {}  # message ids by ticket
        self._wanted: set[int] = set()  # messages whose bodies were requested from the server
        service.answered.connect(self._on_answer)
        service.happened.connect(self._on_event)

    @property
    def is_late(self) -> bool:
        """Whether the wanted conversation is still being read, and `shown` is another or None."""
        shown = self.shown
        return shown is None or shown.head.conversation_id != self.conversation_id

    def show(self, conversation_id: int | None, message_id: int | None = None) -> None:
        """Read this conversation, or one message of it.

        `shown` keeps what was open until the new conversation is here.
        """
        self.conversation_id = conversation_id
        self._only = message_id
        self._asked.clear()
        self._wanted.clear()
        self._head_ticket = 0
        self._is_head_stale = False
        if conversation_id is None:
            self._clear("")
        else:
            self._ask_head()

    def forget(self) -> None:
        """Drop what was open."""
        self.shown = None

    def change(self, message_id: int, change: Callable[[Card], Card]) -> None:
        """Change one card. Its body is read if the card is now open."""
        card = self.shown.card(message_id) if self.shown else None
        if card is None or self.shown is None:
            return
        self.shown = self.shown.with_card(change(card))
        self._ask_missing()
        self.changed.emit(False)

    def unfold(self) -> None:
        """List every closed card."""
        if self.shown is not None:
            self.shown = replace(self.shown, is_unfolded=True)
            self.changed.emit(False)

    # --- requests --------------------------------------------------------------------------

    def _ask_head(self) -> None:
        """Request the conversation again. If a request is running, repeat it afterwards."""
        if self.conversation_id is None:
            return
        if self._head_ticket:
            self._is_head_stale = True
            return
        self._head_ticket = self._service.ask(ConversationRequest(self.conversation_id))

    def _ask_missing(self) -> None:
        if self.shown is None or self.is_late:
            return
        on_the_way = {one for asked in self._asked.values() for one in asked}
        self._ask_contents(tuple(m for m in self.shown.missing() if m not in on_the_way))

    def _ask_contents(self, message_ids: tuple[int, ...]) -> None:
        if message_ids:
            self._asked[self._service.ask(ContentRequest(message_ids))] = message_ids

    @Slot(object)
    def _on_answer(self, answer: Answer) -> None:
        if answer.ticket == self._head_ticket:
            self._head_ticket = 0
            self._take_head(answer)
        elif answer.ticket in self._asked:
            self._take_contents(answer, self._asked.pop(answer.ticket))

    def _take_head(self, answer: Answer) -> None:
        if self._is_head_stale:
            self._is_head_stale = False
            self._ask_head()
        head = answer.result
        if isinstance(head, ConversationHead) and self._only is not None:
            one = tuple(each for each in head.messages if each.message_id == self._only)
            head = replace(head, messages=one)
        if isinstance(head, ConversationHead) and head.messages:
            self._take(head)
        elif not answer.error or self.is_late:
            self.conversation_id = None
            self._clear(answer.error)

    def _take(self, head: ConversationHead) -> None:
        before = self.shown
        is_new = before is None or self.is_late
        if before is None or is_new:
            self.shown = state.opened(head)
        else:
            self.shown = state.refreshed(before, head)
        self._ask_missing()
        self.changed.emit(is_new)

    def _take_contents(self, answer: Answer, asked: tuple[int, ...]) -> None:
        found: dict[int, MessageContent] = {}
        if isinstance(answer.result, tuple):
            contents = [one for one in answer.result if isinstance(one, MessageContent)]
            found = {one.message_id: one for one in contents}
        for message_id in asked:
            card = self.shown.card(message_id) if self.shown else None
            if card is None or self.shown is None:
                continue
            content = found.get(message_id)
            error = answer.error or self.tr("The text of this mail could not be read.")
            changed = replace(card, content=content, error="" if content else error)
            self.shown = self.shown.with_card(changed)
            if content is not None and content.body_state in ("none", "poison"):
                self._want_body(message_id)
        if self.shown is not None:
            self.changed.emit(False)

    def _want_body(self, message_id: int) -> None:
        """Request a body from the server, once per opening: a damaged mail stays damaged."""
        if message_id not in self._wanted:
            self._wanted.add(message_id)
            self._service.want_body(message_id)

    def _clear(self, error: str) -> None:
        self.shown = None
        self._asked.clear()
        self.cleared.emit(error)

    # --- events ------------------------------------------------------------------------------

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if self.conversation_id is None:
            return
        match event:
            case MessagesDeleted(message_ids=gone):
                self._drop(gone)
            case MessagesChanged(message_ids=changed):
                self._reload(changed)
            case ConversationsChanged(removed_ids=gone) if self.conversation_id in gone:
                self.show(None)
            case (
                ConversationsChanged(conversation_ids=changed)
                | MessagesAdded(conversation_ids=changed)
                | LinksChanged(conversation_ids=changed)
            ):
                if self.conversation_id in changed:
                    self._ask_head()

    def _drop(self, message_ids: tuple[int, ...]) -> None:
        """Remove deleted mail from the screen at once, before anything is read again."""
        if self.shown is None or not any(self.shown.card(one) for one in message_ids):
            return
        self.shown = self.shown.without(message_ids)
        if self.is_late:
            self.changed.emit(False)
        elif self.shown.cards:
            self.changed.emit(False)
            self._ask_head()
        else:
            self.show(None)

    def _reload(self, message_ids: tuple[int, ...]) -> None:
        """Read messages again because a body or attachment came. Until then the old text shows."""
        if self.shown is None or self.is_late:
            return
        cards = [card for one in message_ids if (card := self.shown.card(one)) is not None]
        self._ask_contents(tuple(c.message_id for c in cards if c.content or c.error))
        if cards:
            self._ask_head()
