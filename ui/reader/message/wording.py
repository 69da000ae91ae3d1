"""The texts on a message's card, for both message views. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from sync.qt.service.requests import Address, MessageHead
from ui.reader.message.state import Card
from ui.style import formatting

MOST_NAMED = 2  # recipients shown by name; the rest is a number
MOST_HOSTS = 3


def sender(head: MessageHead) -> str:
    """Ann Lee, or You."""
    if head.is_own:
        return formatting.display_name(formatting.OWN)
    return formatting.display_name(head.from_)


def recipients(head: MessageHead, own_address: str) -> str:
    """To you, Bob +3."""
    everyone = (*head.to, *head.cc, *head.bcc)
    if not everyone:
        return QCoreApplication.translate("Reader", "to nobody named")
    ordered = sorted(everyone, key=lambda who: who[1].lower() != own_address.lower())
    named = [_short(who, own_address) for who in ordered[:MOST_NAMED]]
    text = QCoreApplication.translate("Reader", "to {names}").format(names=", ".join(named))
    rest = len(everyone) - len(named)
    return f"{text} +{rest}" if rest else text


def _short(who: Address, own_address: str) -> str:
    if who[1].lower() == own_address.lower():
        return QCoreApplication.translate("Reader", "you")
    return formatting.first_name(who) if who[0] else formatting.clean(who[1])


def tags(head: MessageHead) -> list[str]:
    """Tags that say what is special about a message."""
    found = []
    if head.is_draft:
        found.append(QCoreApplication.translate("Reader", "Draft"))
    if head.on_junk:
        found.append(QCoreApplication.translate("Reader", "Junk on the server"))
    if head.is_held:
        found.append(QCoreApplication.translate("Reader", "Deleted on the server"))
    return found


def detail_rows(head: MessageHead) -> list[tuple[str, str]]:
    """From, To, Cc … with full names and addresses, for the details of a card."""
    reply_to = head.reply_to if head.reply_to != (head.from_,) else ()
    rows = (
        (QCoreApplication.translate("Reader", "From"), (head.from_,)),
        (QCoreApplication.translate("Reader", "Reply to"), reply_to),
        (QCoreApplication.translate("Reader", "To"), head.to),
        (QCoreApplication.translate("Reader", "Cc"), head.cc),
        (QCoreApplication.translate("Reader", "Bcc"), head.bcc),
    )
    named = [(name, full_addresses(people)) for name, people in rows if people]
    return [*named, *_dates(head)]


def why_note() -> str:
    """The text of the link that explains why the message is here."""
    return QCoreApplication.translate("Reader", "Why is this here?")


def _dates(head: MessageHead) -> list[tuple[str, str]]:
    arrived = formatting.full_date(head.received_at)
    rows = [(QCoreApplication.translate("Reader", "Arrived"), arrived)]
    if head.dated_at is not None and abs(head.dated_at - head.received_at) > 60_000:
        dated = formatting.full_date(head.dated_at)
        rows.insert(0, (QCoreApplication.translate("Reader", "Dated"), dated))
    return rows


def full_addresses(people: Sequence[Address]) -> str:
    """Ann Lee <ann@example.com>, Bob <bob@example.com>."""
    return ", ".join(full_address(who) for who in people)


def full_address(who: Address) -> str:
    """Ann Lee <ann@example.com>."""
    name, address = formatting.clean(who[0]), formatting.clean(who[1])
    return f"{name} <{address}>" if name and name != address else address or name


def card_in_words(head: MessageHead, now: int) -> str:
    """A closed card as text for screen readers."""
    parts = [sender(head), formatting.since(head.received_at, now), formatting.clean(head.snippet)]
    if not head.is_read:
        parts.insert(0, QCoreApplication.translate("Reader", "Unread"))
    if head.is_draft:
        parts.insert(0, QCoreApplication.translate("Reader", "Draft"))
    return ", ".join(part for part in parts if part)


def body_note(card: Card) -> str:
    """What to show in place of the body, or '' if there is one."""
    if card.error:
        return card.error
    if card.content is None:
        return QCoreApplication.translate("Reader", "Loading…")
    state = card.content.body_state
    if card.content.html is not None or card.content.text.strip():
        return ""
    if state == "none":
        return QCoreApplication.translate(
            "Reader",
            "The text of this mail is still on the server. "
            "It is fetched as soon as the account is connected.",
        )
    if state == "lost":
        return QCoreApplication.translate(
            "Reader",
            "The text of this mail was not fetched before its account was removed. "
            "Add the account again to fetch it.",
        )
    if state == "poison":
        return QCoreApplication.translate(
            "Reader",
            "This mail is damaged, or the server cannot hand it over. "
            "What is known about it is shown here; it is asked for again at times.",
        )
    if state == "partial" and card.head.attachments:
        return QCoreApplication.translate(
            "Reader", "This mail has no text. Its attachments are fetched when you open them."
        )
    return QCoreApplication.translate("Reader", "This mail has no text")


def cut_note(card: Card, *, is_cut: bool = False) -> str:
    """What to show below a body whose end is missing, or ''."""
    content = card.content
    if is_cut or (content is not None and content.html is not None and content.html.was_cut):
        return QCoreApplication.translate(
            "Reader", "This mail is very long or unusually built. Only its beginning is shown."
        )
    return ""


def remote_note(hosts: Counter[str]) -> str:
    """How many remote pictures are held back, and from which hosts. '' if none are."""
    count = sum(hosts.values())
    if not count:
        return ""
    named = [f"{host} ({number})" for host, number in hosts.most_common(MOST_HOSTS)]
    rest = len(hosts) - len(named)
    if rest:
        named.append(QCoreApplication.translate("Reader", "{} more").format(rest))
    if count == 1:
        text = QCoreApplication.translate("Reader", "1 remote image held back, from {hosts}")
    else:
        text = QCoreApplication.translate(
            "Reader", "%Ln remote images held back, from {hosts}", "", count
        )
    return text.format(hosts=", ".join(named))


def folded_note(count: int) -> str:
    """The line that stands for closed cards."""
    return QCoreApplication.translate("Reader", "%Ln older messages", "", count)  # never only one


def attachments_note(count: int) -> str:
    """The number of attachments, as text."""
    if count == 1:
        return QCoreApplication.translate("Reader", "1 attachment")
    return QCoreApplication.translate("Reader", "%Ln attachments", "", count)
