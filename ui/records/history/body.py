"""The interface of what shows a mail's text in a history.

The window provides it: panes do not import one another.
"""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget


class MessageBody(Protocol):
    """The reading pane as a part of another pane.

    Attributes:
        height_changed: `natural_height` may have changed.
        messages_shown: The ids of unread messages that the user can now read.
    """

    @property
    def height_changed(self) -> SignalInstance: ...

    @property
    def messages_shown(self) -> SignalInstance: ...

    def show_message(self, conversation_id: int, message_id: int) -> None:
        """Show one message."""

    def show_conversation(self, conversation_id: int | None) -> None:
        """Show a conversation, or with None nothing."""

    def natural_height(self) -> int:
        """The height that shows everything without scrolling."""

    def close_down(self) -> None:
        """Release what it holds. Called at quit."""

    def widget(self) -> QWidget:
        """The widget itself."""
