"""Counts of past mail in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from sync.engine.count.past_mail import Tally
from ui.style import formatting

translate = QCoreApplication.translate
_CONTEXT = "Counts"


def number(count: int | None, *, is_about: bool) -> str:
    """1,240; about 1,200; … while it is not known."""
    if count is None:
        return "…"
    if not is_about:
        return formatting.number(count)
    return translate(_CONTEXT, "about {}").format(formatting.number(rounded(count)))


def size(count: int, *, is_about: bool) -> str:
    """86 MB; about 80 MB."""
    if not is_about:
        return formatting.size(count)
    return translate(_CONTEXT, "about {}").format(formatting.size(rounded(count)))


def rounded(count: int) -> int:
    """Round to two digits: a sample is not more exact."""
    step = int("1".ljust(len(str(count)) - 1, "0"))
    return round(count / step) * step


def messages(count: int, *, is_about: bool = False) -> str:
    """1 message, 1,240 messages, about 1,200 messages."""
    if count == 1:
        return translate(_CONTEXT, "1 message")
    return translate(_CONTEXT, "{} messages").format(number(count, is_about=is_about))


def sentence(tally: Tally, *, with_contacts: bool) -> str:
    """1,240 messages, 86 MB, 310 from contacts."""
    parts = [
        messages(tally.messages, is_about=tally.is_about),
        size(tally.size, is_about=tally.is_about),
    ]
    if with_contacts and tally.contacts is not None:
        count = number(tally.contacts, is_about=tally.is_contacts_about)
        parts.append(translate(_CONTEXT, "{} from contacts").format(count))
    return ", ".join(parts)
