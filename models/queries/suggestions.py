"""Suggestions for a new person, taken from an address, a display name and a signature."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.store import database
from models.store.compression import decompress_text
from models.store.hashing import key64
from models.store.search_index import folded

# Mail providers whose domains do not show where a person works.
_FREE: Final = """gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com
    aol.com icloud.com me.com mac.com gmx.de gmx.net gmx.com web.de t-online.de freenet.de
    mail.com mail.ru yandex.ru yandex.com proton.me protonmail.com pm.me tutanota.com tuta.com
    fastmail.com zoho.com wp.pl o2.pl interia.pl onet.pl op.pl gazeta.pl mail.ee hot.ee online.ee
    orange.fr wanadoo.fr free.fr laposte.net libero.it tiscali.it btinternet.com comcast.net
    qq.com 163.com 126.com naver.com seznam.cz centrum.cz"""
FREE_MAIL: Final = frozenset(_FREE.split())
_SECOND_LEVEL: Final = frozenset(("co", "com", "org", "net", "ac", "gov", "edu", "or", "ne", "go"))
_PHONE: Final = re.compile(r"(?:\+|\b00|\(0|\b0)[\d\s()./-]{6,20}\d")
_SIGNATURE_LINES: Final = 6
_LONGEST: Final = 60  # characters of a signature line; a sentence is longer


@dataclass(frozen=True, slots=True)
class Proposal:
    """Suggested values; '' where nothing was found."""

    name: str = ""
    title: str = ""
    phone: str = ""
    organization_name: str = ""
    organization_id: int | None = None


def propose(conversation_id: int, address: str, display_name: str) -> Proposal:
    """Read suggestions from the newest mail that this address wrote in the conversation."""
    name = display_name.strip().strip("'\"") or name_of(address)
    if "@" in name:
        name = name_of(address)
    lines = _signature(_newest_text(conversation_id, address), name)
    title, company = _title_and_company(lines)
    known = _organization(domain_of(address))
    if known is not None:
        return Proposal(name, title, _phone(lines), known[1], known[0])
    return Proposal(name, title, _phone(lines), company or organization_name(address))


def domain_of(address: str) -> str:
    """The part of an address after the @."""
    return address.rpartition("@")[2].lower()


def name_of(address: str) -> str:
    """Make a name from an address such as `anna.smith@…`."""
    local = address.partition("@")[0].partition("+")[0]
    words = [word for word in re.split(r"[._-]+", local) if word and not word.isdigit()]
    return " ".join(word.capitalize() for word in words) or address


def organization_name(address: str) -> str:
    """`anna@blue-river.co.uk` belongs to Blue River; '' for free mail providers."""
    domain = domain_of(address)
    if domain in FREE_MAIL or "." not in domain:
        return ""
    parts = domain.split(".")
    place = -3 if len(parts) > 2 and parts[-2] in _SECOND_LEVEL else -2
    return " ".join(word.capitalize() for word in parts[place].split("-") if word)


def _organization(domain: str) -> tuple[int, str] | None:
    row = database.row(
        "SELECT o.id, o.name FROM organization_domain d JOIN organization o "
        "ON o.id = d.organization_id WHERE d.key = ? ORDER BY o.id LIMIT 1",
        (key64(domain),),
    )
    return None if row is None else (row[0], row[1])


def _newest_text(conversation_id: int, address: str) -> str:
    stored = database.value(
        "SELECT indexed FROM message JOIN body ON message_id = message.id "
        "WHERE conversation_id = ? AND from_address = ? ORDER BY received_at DESC LIMIT 1",
        (conversation_id, address),
    )
    return decompress_text(stored)[:20_000] if stored is not None else ""


def _signature(text: str, name: str) -> list[str]:
    """The lines below the last one that is the writer's name, or below `-- `."""
    lines = [line.strip() for line in text.splitlines() if not line.lstrip().startswith(">")]
    wanted = folded(name)
    for place in range(len(lines) - 1, -1, -1):
        is_name = wanted and folded(lines[place].strip(" ,|-–")) == wanted
        if is_name or lines[place] == "--":
            below = [line for line in lines[place + 1 :] if line and folded(line) != wanted]
            return below[:_SIGNATURE_LINES]
    return []


def _title_and_company(lines: Sequence[str]) -> tuple[str, str]:
    """Title and company from one line, such as `Owner, Brackwater Boats`, or from two."""
    words = [line for line in lines if _is_words(line)]
    if not words:
        return "", ""
    for mark in (", ", " | ", " · ", " – ", " at ", " @ "):
        if mark in words[0]:
            title, _, company = words[0].partition(mark)
            return title.strip(), company.strip()
    return words[0], words[1] if len(words) > 1 else ""


def _is_words(line: str) -> bool:
    if len(line) > _LONGEST or "@" in line or "://" in line or line.endswith((".", ":", "?")):
        return False
    return not any(c.isdigit() for c in line) and any(c.isalpha() for c in line)


def _phone(lines: Sequence[str]) -> str:
    for line in lines:
        found = _PHONE.search(line)
        if found:
            return " ".join(found.group().split())
    return ""
