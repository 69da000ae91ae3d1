"""What shows the text of one mail in a history; the window brings it (panes do not mix)."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget


class MessageBody(Protocol):
    """The reading pane as a part of another pane.

    Attributes:
        height_changed: `natural_height` may be another.
        messages_shown: Ids of unread messages that can be read now.
    """

    @property
    def height_changed(self) -> SignalInstance: ...

    @property
    def messages_shown(self) -> SignalInstance: ...

    def show_message(self, conversation_id: int, message_id: int) -> None:
        """Show one message."""

    def show_conversation(self, conversation_id: int | None) -> None:
        """With None: show nothing."""

    def natural_height(self) -> int:
        """How high it would be without scrolling."""

    def close_down(self) -> None:
        """At quit."""

    def widget(self) -> QWidget:
        """The widget itself."""
