"""The interface of the two views that show the messages of a conversation."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QWidget

from ui.reader.message.state import Shown
from ui.style.theme import Theme


class MessageView(QWidget):
    """Draws a `Shown` and emits what the user does with it. Never loads anything by itself.

    Attributes:
        refused: Every address that a mail tried to load and was refused, oldest first.

    Signals:
        card_pressed: Open or close this message id.
        colours_pressed: Switch this message id between its own and dark colours.
        fold_pressed: Show the older messages one by one.
        attachments_pressed: Go to the attachments of this message id.
        why_pressed: The user asks why this message id is here.
        link_pressed: A QUrl, and the link's text if that names another host, else ''.
        link_hovered: The address under the mouse, or ''.
        drawn: The last `Shown` is on the screen.
        height_changed: `natural_height` may have changed.
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
        """Show a conversation, scrolled to where the user starts to read."""

    @abstractmethod
    def update_shown(self, shown: Shown) -> None:
        """Show a changed version of the same conversation. What the user reads does not move."""

    @abstractmethod
    def clear(self) -> None:
        """Forget the conversation."""

    @abstractmethod
    def natural_height(self) -> int:
        """The height that shows everything without scrolling."""

    def close_down(self) -> None:
        """At quit: destroy what must be destroyed in a certain order."""

    @abstractmethod
    def scroll_to(self, message_id: int) -> None:
        """Scroll a card to the top."""


def misleading_text(links: Mapping[str, str], url: QUrl) -> str:
    """The text of a link if that names another host than the link leads to, else ''."""
    for form in (url.toString(), url.toString(QUrl.ComponentFormattingOption.FullyEncoded)):
        if form in links:
            return links[form]
    by_url = {QUrl(address): text for address, text in links.items()}
    return by_url.get(url, "")
