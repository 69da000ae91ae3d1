"""Formats dates, sizes, names and counts for the user. Pure: no widget, no clock, no store."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtGui import Qt

Party = tuple[str, str]  # display name or '', address or '' (both '': the user)

OWN: Party = ("", "")
_KILO = 1000.0


def local(at: int) -> datetime:
    """Milliseconds since 1970 (UTC) as local time."""
    return datetime.fromtimestamp(at / 1000)  # noqa: DTZ006  # the user's local time


def clock_time(at: int) -> str:
    """10:42."""
    return local(at).strftime("%H:%M")


def relative_date(at: int, now: int) -> str:
    """10:42 for today, then Yesterday, Tue for a week, 14 Nov for this year, else 14 Nov 2024."""
    moment, today = local(at), local(now)
    days = (today.date() - moment.date()).days
    if days == 0:
        return clock_time(at)
    if days == 1:
        return QCoreApplication.translate("Formatting", "Yesterday")
    if 1 < days < 7:  # a week
        return weekday(moment)
    short = f"{moment.day} {month(moment)}"
    return short if moment.year == today.year else f"{short} {moment.year}"


def weekday(moment: datetime) -> str:
    """Tue, in the user's language."""
    return QLocale().standaloneDayName(moment.isoweekday(), QLocale.FormatType.ShortFormat)


def month(moment: datetime) -> str:
    """Nov, in the user's language."""
    return QLocale().monthName(moment.month, QLocale.FormatType.ShortFormat)


def full_date(at: int) -> str:
    """Tuesday, 14 November 2026, 10:42: for tool tips and screen readers."""
    moment = local(at)
    day = QLocale().dayName(moment.isoweekday(), QLocale.FormatType.LongFormat)
    name = QLocale().monthName(moment.month, QLocale.FormatType.LongFormat)
    return f"{day}, {moment.day} {name} {moment.year}, {clock_time(at)}"


def since(at: int, now: int) -> str:
    """The time for today, else day and time: 10:42, Yesterday 10:42, 14 Nov 10:42."""
    day = relative_date(at, now)
    time = clock_time(at)
    return time if day == time else f"{day} {time}"


def size(count: int) -> str:
    """Bytes as 812 B, 14 kB, 2.3 MB."""
    if count < _KILO:
        return f"{count} B"
    amount = count / _KILO
    for unit in ("kB", "MB"):
        if amount < _KILO:
            return f"{amount:.0f} {unit}" if unit == "kB" else f"{amount:.1f} {unit}"
        amount /= _KILO
    return f"{amount:.1f} GB"


def number(count: int) -> str:
    """1,234, as the user's locale writes it."""
    return QLocale().toString(count)


def display_name(party: Party) -> str:
    """The name, or else the address, or else "You"."""
    if party == OWN:
        return QCoreApplication.translate("Formatting", "You")
    name, address = party
    return clean(name) or clean(address) or QCoreApplication.translate("Formatting", "No sender")


def first_name(party: Party) -> str:
    """Ann instead of Ann Lee: the short name in a conversation of many parties."""
    if party == OWN:
        return QCoreApplication.translate("Formatting", "You")
    name = clean(party[0])
    if not name:
        return clean(party[1]).partition("@")[0]
    if "," in name:  # Lee, Ann
        return name.partition(",")[2].split(" ")[1:2][0] if ", " in name else name
    return name.split(" ")[0]


def parties_text(parties: Sequence[Party]) -> str:
    """Everyone who wrote: full names for one or two (Ann Lee, You), first names for more."""
    unique = list(dict.fromkeys(parties))
    if len(unique) <= 2:
        return ", ".join(display_name(party) for party in unique)
    return ", ".join(first_name(party) for party in unique)


def initials(party: Party) -> str:
    """AL for Ann Lee, or the first letter of an address. Never empty."""
    name = clean(party[0]).partition("(")[0]
    words = [word for word in name.split(" ") if word[:1].isalnum()]
    words = [word for word in words if not word.endswith(".")] or words  # Dr., Prof.
    if len(words) >= 2:
        return (words[0][0] + words[-1][0]).upper()
    text = words[0] if words else clean(party[1]).strip('"<')
    letters = [letter for letter in text if letter.isalnum()]
    return letters[0].upper() if letters else "?"


def color_index(address: str, count: int) -> int:
    """Which of `count` colours this address has. Always the same, on every machine."""
    digest = hashlib.blake2b(address.strip().lower().encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % count


def clean(text: str) -> str:
    """Make text one line. Names and subjects can hold line ends, tabs and direction overrides."""
    if _PLAIN.fullmatch(text):  # the usual case; this runs for every painted line
        return text
    kept = "".join(" " if char.isspace() else char for char in text if char not in _INVISIBLE)
    return " ".join(word for word in kept.split() if word.strip(_JOINERS))


def tool_tip(text: str) -> str:
    """Make outside text safe for a tool tip: Qt guesses the format and must not guess HTML.

    Otherwise a name such as `<img src="…">` would open a file or a network share unasked.
    """
    if not Qt.mightBeRichText(text):
        return text
    return str(Qt.convertFromPlainText(text, Qt.WhiteSpaceMode.WhiteSpaceNormal))


# Direction overrides can make "gpj.exe" read as "exe.jpg". Newsletters pad snippets with the rest.
_INVISIBLE = frozenset(
    "\u00ad\u034f\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_PLAIN = re.compile(r"[!-~\u00a1-\u00ac\u00ae-\u024f]++(?: [!-~\u00a1-\u00ac\u00ae-\u024f]++)*+")
_JOINERS = "\u200c\u200d"  # needed within words and emoji, so dropped only where they stand alone
