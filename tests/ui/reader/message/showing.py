"""What a message view is given, made by hand, for tests that need no store."""

from __future__ import annotations

from sync.html.sanitize import CleanedHtml
from sync.qt.service.requests import (
    AttachmentHead,
    ConversationHead,
    InlinePart,
    MessageContent,
    MessageHead,
)
from ui.reader.message.state import Card, Shown

START = 1_790_000_000_000


def a_head(message_id: int = 1, **changes: object) -> MessageHead:
    """The head of a message from Ann."""
    values: dict[str, object] = {
        "message_id": message_id,
        "conversation_id": 1,
        "account_id": 1,
        "subject": "Offer",
        "from_": ("Ann Lee", "ann@customer.test"),
        "to": (("", "me@example.com"),),
        "cc": (),
        "bcc": (),
        "reply_to": (),
        "dated_at": START,
        "received_at": START + message_id * 60_000,
        "snippet": f"Snippet {message_id}",
        "is_own": False,
        "is_read": True,
        "is_draft": False,
        "on_junk": False,
        "body_state": "full",
        "attachments": (),
    }
    return MessageHead(**(values | changes))  # type: ignore[arg-type]  # fields by name


def an_attachment(
    attachment_id: int = 1, name: str = "offer.pdf", size: int = 1000
) -> AttachmentHead:
    """A PDF."""
    return AttachmentHead(attachment_id, 1, 0, name, "application/pdf", size, False, True)


def a_card(
    message_id: int = 1,
    *,
    text: str = "",
    html: CleanedHtml | None = None,
    inline: tuple[InlinePart, ...] = (),
    state: str = "full",
    **changes: object,
) -> Card:
    """An open card with its body."""
    content = MessageContent(message_id, html, text, inline, state)
    return Card(a_head(message_id, **changes), content, is_open=True)


def a_shown(*cards: Card, html: CleanedHtml | None = None, text: str = "") -> Shown:
    """A conversation of these cards, or of one with this body."""
    made = cards or (a_card(html=html, text=text),)
    heads = tuple(card.head for card in made)
    head = ConversationHead(1, 1, "me@example.com", "Offer", False, "", "", heads)
    return Shown(head, made)
