"""Formats and parses the values of deals, and dates, as the user writes them. Pure."""

from __future__ import annotations

import re
from datetime import date

from PySide6.QtCore import QDate, QLocale

from models.files.csv_drafts import MOST_CENTS
from ui.style import formatting

CURRENCIES = ("EUR", "USD", "GBP", "PLN", "SEK", "NOK", "DKK", "CHF", "CZK", "UAH", "JPY", "CAD")

_WORDS = frozenset((*CURRENCIES, "ZŁ", "KR", "KČ"))


def shown(cents: int | None, currency: str) -> str:
    """12,500 EUR. Cents show only if there are any. '' for no value."""
    if cents is None:
        return ""
    amount = formatting.number(cents // 100)
    if cents % 100:
        amount = QLocale().toString(cents / 100, "f", 2)
    return f"{amount} {currency}".strip()


def short(cents: int, currency: str) -> str:
    """12.5k EUR, for the heads of the board's columns."""
    amount = cents / 100
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if amount >= size * 10:
            return f"{QLocale().toString(amount / size, 'f', 0 if amount >= size * 100 else 1)}{unit} {currency}".strip()
    return shown(cents, currency)


def parsed(text: str) -> int | None:
    """The cents of a typed amount: 12500, 12 500,50, 12,500.00, 12.500 EUR. None for no amount.

    A word that is not a currency is not ignored: otherwise 12k would become twelve.
    """
    kept = re.sub(r"[^\d.,\-]", "", text)
    words = re.findall(r"[^\W\d_]+", text)
    if not re.search(r"\d", kept) or any(word.upper() not in _WORDS for word in words):
        return None
    whole, _, cents = _split(kept)
    digits = re.sub(r"\D", "", whole) or "0"
    value = int(digits) * 100 + int((cents + "00")[:2] or 0)
    if value > MOST_CENTS:
        return None
    return -value if kept.startswith("-") else value


def _split(text: str) -> tuple[str, str, str]:
    """Split at the decimal sign, which is the last separator if one or two digits follow it."""
    found = re.search(r"[.,](\d{1,2})$", text)
    if found is None:
        return text, "", ""
    return text[: found.start()], text[found.start()], found[1]


def day(iso: str) -> str:
    """14 Nov 2026 for an ISO date. Any other text stays as it is."""
    try:
        moment = date.fromisoformat(iso)
    except ValueError:
        return iso
    name = QLocale().monthName(moment.month, QLocale.FormatType.ShortFormat)
    return f"{moment.day} {name} {moment.year}"


def parsed_day(text: str) -> str | None:
    """The ISO date of a typed date. '' if nothing was typed, None if it is not a date."""
    words = text.strip()
    if not words:
        return ""
    locale = QLocale()
    formats = ("yyyy-MM-dd", "d MMM yyyy", "d.M.yyyy", "d/M/yyyy", "d MMMM yyyy")
    for layout in formats:
        found = locale.toDate(words, layout)
        if found.isValid():
            return found.toString("yyyy-MM-dd")
    for kind in (QLocale.FormatType.ShortFormat, QLocale.FormatType.LongFormat):
        found = locale.toDate(words, kind)
        if found.isValid():
            year = found.year() if found.year() > 1999 else found.year() + 100
            return QDate(year, found.month(), found.day()).toString("yyyy-MM-dd")
    return None
