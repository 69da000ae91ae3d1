"""The state of the reading pane: plain values that both message views draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sync.qt.service.requests import ConversationHead, MessageContent, MessageHead

MOST_CLOSED = 5  # closed cards in a row; of a longer run the middle ones fold into one line
MOST_OPEN_AT_FIRST = 20


@dataclass(frozen=True, slots=True)
class Card:
    """One message.

    Attributes:
        head: Who wrote when to whom.
        content: Its body, or None until it is loaded.
        is_open: Its body shows.
        has_original_colours: The user wants the mail's own colours in the dark theme too.
        error: Why its body could not be read, or ''.
    """

    head: MessageHead
    content: MessageContent | None = None
    is_open: bool = False
    has_original_colours: bool = False
    error: str = ""

    @property
    def message_id(self) -> int:
        """Its message's id."""
        return self.head.message_id


@dataclass(frozen=True, slots=True)
class Fold:
    """Closed cards that show as one line."""

    count: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The open conversation.

    Attributes:
        head: The conversation without bodies.
        cards: Its messages, oldest first.
        is_unfolded: The user wants every closed card listed.
    """

    head: ConversationHead
    cards: tuple[Card, ...]
    is_unfolded: bool = False

    def card(self, message_id: int) -> Card | None:
        """The card of a message, or None."""
        return next((card for card in self.cards if card.message_id == message_id), None)

    def with_card(self, changed: Card) -> Shown:
        """A copy with one card exchanged."""
        cards = (changed if c.message_id == changed.message_id else c for c in self.cards)
        return replace(self, cards=tuple(cards))

    def without(self, message_ids: tuple[int, ...]) -> Shown:
        """A copy without some messages."""
        return replace(self, cards=tuple(c for c in self.cards if c.message_id not in message_ids))

    def open_cards(self) -> tuple[Card, ...]:
        """The cards whose bodies show."""
        return tuple(card for card in self.cards if card.is_open)

    def missing(self) -> tuple[int, ...]:
        """The messages that are open and whose bodies are not loaded yet."""
        return tuple(c.message_id for c in self.open_cards() if c.content is None and not c.error)

    def has_html(self) -> bool:
        """Whether an open card needs a view that draws HTML."""
        return any(c.content is not None and c.content.html is not None for c in self.open_cards())

    def remote_hosts(self) -> Counter[str]:
        """The number of pictures held back in the open cards, by host."""
        hosts: Counter[str] = Counter()
        for card in self.open_cards():
            if card.content is not None and card.content.html is not None:
                hosts.update(card.content.html.remote_hosts)
        return hosts

    def entries(self) -> Iterator[Card | Fold]:
        """What to draw, in order. Of a long run of closed cards, the first and last two stay."""
        run: list[Card] = []
        for card in self.cards:
            if card.is_open:
                yield from self._folded(run)
                run = []
                yield card
            else:
                run.append(card)
        yield from self._folded(run)

    def _folded(self, run: list[Card]) -> Iterator[Card | Fold]:
        if self.is_unfolded or len(run) <= MOST_CLOSED:
            yield from run
            return
        yield run[0]
        yield Fold(len(run) - 3)
        yield from run[-2:]


def opened(head: ConversationHead) -> Shown:
    """A conversation that was just opened. The newest message and the unread ones are open."""
    unread = [m.message_id for m in head.messages if not m.is_read][-MOST_OPEN_AT_FIRST:]
    newest = head.messages[-1].message_id if head.messages else None
    cards = (
        Card(m, is_open=m.message_id in unread or m.message_id == newest) for m in head.messages
    )
    return Shown(head, tuple(cards))


def refreshed(before: Shown, head: ConversationHead) -> Shown:
    """The same conversation after a change. New messages are open."""
    known = {card.message_id: card for card in before.cards}
    cards = []
    for message in head.messages:
        card = known.get(message.message_id)
        cards.append(Card(message, is_open=True) if card is None else replace(card, head=message))
    return replace(before, head=head, cards=tuple(cards))
