"""What shows the messages of a conversation: the interface of its two implementations."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QWidget

from ui.reader.message.state import Shown
from ui.style.theme import Theme


class MessageView(QWidget):
    """Draws a `Shown` and says what the person does with it. Never loads anything by itself.

    Attributes:
        refused: Every address that a mail tried to load and that was refused, oldest first.

    Signals:
        card_pressed: A message id: open it, or close it.
        colours_pressed: A message id: its own colours, or those of the dark theme.
        fold_pressed: Show the older messages one by one.
        attachments_pressed: A message id: go to its attachments.
        why_pressed: A message id: why is it here?
        link_pressed: A QUrl and the text that names another host, or ''.
        link_hovered: The address under the mouse, or ''.
        drawn: What was last given is on the screen.
        height_changed: `natural_height` may be another.
    """

    card_pressed = Signal(object)
    colours_pressed = Signal(object)
    fold_pressed = Signal()
    attachments_pressed = Signal(object)
    why_pressed = Signal(object)
    link_pressed = Signal(QUrl, str)
    link_hovered = Signal(str)
    drawn = Signal()
    height_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.refused: list[str] = []

    @abstractmethod
    def open(self, shown: Shown) -> None:
        """Show a conversation from its newest message on."""

    @abstractmethod
    def update_shown(self, shown: Shown) -> None:
        """Show the same conversation changed, without moving what the person reads."""

    @abstractmethod
    def clear(self) -> None:
        """Forget the conversation."""

    @abstractmethod
    def natural_height(self) -> int:
        """How high it would have to be to show everything without scrolling."""

    def close_down(self) -> None:
        """At quit: let go of what must go in order."""

    @abstractmethod
    def scroll_to(self, message_id: int) -> None:
        """Bring a card to the top."""


def misleading_text(links: Mapping[str, str], url: QUrl) -> str:
    """The text of a link that names another host than it leads to, or ''."""
    for form in (url.toString(), url.toString(QUrl.ComponentFormattingOption.FullyEncoded)):
        if form in links:
            return links[form]
    by_url = {QUrl(address): text for address, text in links.items()}
    return by_url.get(url, "")
