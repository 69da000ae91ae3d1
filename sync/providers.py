"""The well-known providers: their servers, and what users have to know to sign in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import resources


class Security(StrEnum):
    """How a connection is encrypted."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


IMAP_PORTS = {Security.TLS: 993, Security.STARTTLS: 143, Security.NONE: 143}
SMTP_PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}


@dataclass(frozen=True, slots=True)
class ServerPlace:
    """A server, as the wizard shows it."""

    host: str
    port: int
    security: Security


class AppPassword(StrEnum):
    """Whether mail programs need an app password."""

    NO = ""
    NEEDED = "needed"
    WITH_2FA = "with_2fa"  # only for accounts with a second factor


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider.

    Attributes:
        name: The name that its customers know.
        imap, smtp: Its servers; None if it has none (`note` says so).
        app_password: Whether mail programs need a password of their own.
        words: Where to create an app password, in words.
        url: The address of that page, or ''.
        note: What else users have to know, in one or two sentences.
        imap_user_is_local_part: Whether its IMAP server wants only the part before the @.
        password_sign_in_is_off: Whether no password lets a mail program in.
        smtp_user_is_local_part: The same for its SMTP server.
        checked: What the servers were compared with: `ispdb` (the autoconfig database of
            Thunderbird), `chatmail` (the provider database of Chatmail), `help` (the
            provider's own pages), or '' for nothing.
        mx: The endings of its MX hosts' names, for customers with a domain of their own.
    """

    name: str
    domains: frozenset[str]
    imap: ServerPlace | None
    smtp: ServerPlace | None
    app_password: AppPassword
    words: str
    url: str
    note: str
    imap_user_is_local_part: bool
    password_sign_in_is_off: bool
    smtp_user_is_local_part: bool = False
    checked: str = ""
    mx: tuple[str, ...] = ()

    @property
    def is_checked(self) -> bool:
        """Whether its servers were checked, so that they need no try."""
        return bool(self.checked)


def of_address(address: str) -> Provider | None:
    """The provider of an address's domain, or None."""
    return _by_domain().get(domain_of(address))


def of_host(host: str) -> Provider | None:
    """The provider that a server belongs to, or None."""
    wanted = host.strip().lower()
    for provider in everyone():
        if provider.imap is not None and provider.imap.host == wanted != "127.0.0.1":
            return provider
    return None


def of_mx(host: str) -> Provider | None:
    """The provider of an MX host, or None; the longest matching ending wins."""
    labels = host.strip().rstrip(".").lower().split(".")
    ends = (".".join(labels[start:]) for start in range(len(labels)))
    return next((found for end in ends if (found := _by_mx().get(end))), None)


def domain_of(address: str) -> str:
    """The part after the @, in lower case and without a final dot."""
    return address.rpartition("@")[2].strip().rstrip(".").lower()


@cache
def everyone() -> tuple[Provider, ...]:
    """Every provider of resources/providers.json."""
    listed = json.loads(resources.path("providers.json").read_text(encoding="utf-8"))
    return tuple(_provider(entry) for entry in listed)


@cache
def _by_domain() -> dict[str, Provider]:
    return {domain: provider for provider in everyone() for domain in provider.domains}


@cache
def _by_mx() -> dict[str, Provider]:
    return {end: provider for provider in everyone() for end in provider.mx}


def _provider(entry: dict[str, Any]) -> Provider:
    return Provider(
        name=entry["name"],
        domains=frozenset(entry["domains"]),
        imap=_place(entry.get("imap")),
        smtp=_place(entry.get("smtp")),
        app_password=AppPassword(entry.get("app_password", "")),
        words=entry.get("words", ""),
        url=entry.get("url", ""),
        note=entry.get("note", ""),
        imap_user_is_local_part=entry.get("imap_user_is_local_part", False),
        password_sign_in_is_off=entry.get("password_sign_in_is_off", False),
        smtp_user_is_local_part=entry.get("smtp_user_is_local_part", False),
        checked=entry.get("checked", ""),
        mx=tuple(entry.get("mx", ())),
    )


def _place(entry: dict[str, Any] | None) -> ServerPlace | None:
    if entry is None:
        return None
    return ServerPlace(entry["host"], int(entry["port"]), Security(entry["security"]))
