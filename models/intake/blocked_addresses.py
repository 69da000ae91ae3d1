"""Blocked addresses and domains (M15): leave out mail whose other parties are all blocked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from models.events import Event, SettingsChanged
from models.parsed_mail import ParsedMail
from models.store import database, settings

SETTING: Final = "blocked"
_DOMAIN: Final = re.compile(r"[^\s@,;<>\"]+\.[^\s@,;<>\".]+")


@dataclass(frozen=True, slots=True)
class SetBlocked:
    """Block one address or domain, or unblock it; the other entries stay as they are."""

    entry: str
    is_blocked: bool = True


@dataclass(frozen=True, slots=True)
class Blocked:
    """What is blocked. A domain includes its subdomains."""

    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.addresses or self.domains)

    def has(self, address: str) -> bool:
        """Whether an address is blocked, by itself or by its domain."""
        address = address.lower()
        if address in self.addresses:
            return True
        parts = address.rpartition("@")[2].split(".")
        return any(".".join(parts[start:]) in self.domains for start in range(len(parts)))

    def leaves_out(self, mail: ParsedMail, own: frozenset[str]) -> bool:
        """Whether there are parties other than the account itself, and all of them are blocked."""
        parties = (*mail.from_, *mail.to, *mail.cc, *mail.bcc)
        others = {address.lower() for _, address in parties if address} - own
        return bool(others) and all(self.has(address) for address in others)


def normalized(text: str) -> str:
    """An entry as the setting stores it: `anna@shop.test`, `shop.test`; '' if it is neither.

    `@shop.test` and `*@shop.test` mean the domain.
    """
    text = text.strip().lower().removeprefix("mailto:").lstrip("*")
    local, mark, domain = text.rpartition("@")
    domain = domain.strip().rstrip(".")
    if not _DOMAIN.fullmatch(domain) or re.search(r"[\s@,;<>]", local):
        return ""
    return f"{local}@{domain}" if mark and local else domain


def read() -> Blocked:
    """What the user blocked."""
    return of(entries())


def entries() -> list[str]:
    """The entries as they are stored."""
    stored = settings.get(SETTING)
    return stored if isinstance(stored, list) else []


def execute(command: SetBlocked) -> tuple[Event, ...]:
    """Carry out the command. It reads the stored list here, so two commands in a row both count."""
    entry = normalized(command.entry)
    with database.writing(durable=True):
        stored = entries()
        kept = [each for each in stored if each not in (command.entry, entry)]
        wanted = [*kept, entry] if command.is_blocked and entry else kept
        if wanted == stored or (command.is_blocked and entry in stored):
            return ()
        settings.put(SETTING, sorted(wanted))
    return (SettingsChanged(SETTING),)


def of(texts: Iterable[str]) -> Blocked:
    """Build `Blocked` from entries, each an address or a domain."""
    known = [entry for text in texts if (entry := normalized(text))]
    return Blocked(
        frozenset(entry for entry in known if "@" in entry),
        frozenset(entry for entry in known if "@" not in entry),
    )
