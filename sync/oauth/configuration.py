"""Reads which providers the user can sign in with, from files that users or organizations edit.

Dealpost has no client id of its own with any provider, so `resources/oauth.json` has only public
endpoints and scopes. A file `oauth.json` adds what is missing, or a whole provider. Of several
files the later one wins, field by field:

    shipped             resources/oauth.json
    the organization's  in the system's configuration folder (/etc/xdg/dealpost on Linux)
    the user's          in the user's configuration folder (~/.config/dealpost on Linux)
    the profile's       in the profile's folder

`docs/oauth.md` describes the fields. A file with a fault is ignored as a whole, and reported.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from platformdirs import site_config_path, user_config_path

import resources
from sync.providers import domain_of

FILE_NAME = "oauth.json"
_TEXTS = ("name", "authorize_url", "token_url", "redirect", "client_id", "client_secret")
_LISTS = ("scopes", "domains", "hosts")
_NEEDED = ("name", "authorize_url", "token_url", "scopes")
_SIZE_MOST = 1_000_000

Entries = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class OAuthProvider:
    """A provider to sign in with.

    Attributes:
        key: The provider's name in the files, and in the account.
        name: The name that its customers know.
        redirect: Where the browser goes afterwards. If it has no port, each sign-in chooses one.
            Providers compare the rest letter by letter.
        parameters: What the provider wants in its page's address beyond the standard.
        domains: Domains of mail addresses that sign in here.
        hosts: IMAP servers that sign in here, including those below these names.
    """

    key: str
    name: str
    authorize_url: str
    token_url: str
    scopes: tuple[str, ...]
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    redirect: str = "http://127.0.0.1"
    parameters: Mapping[str, str] = field(default_factory=dict)
    domains: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()

    @property
    def is_set_up(self) -> bool:
        """Whether a client is registered with it."""
        return bool(self.client_id)


@dataclass(frozen=True, slots=True)
class OAuthSettings:
    """Everything in the files. `faults` has a sentence for each file that cannot be used."""

    providers: Mapping[str, OAuthProvider]
    faults: tuple[str, ...] = ()

    @property
    def is_any_set_up(self) -> bool:
        """Whether there is any provider to sign in with."""
        return any(provider.is_set_up for provider in self.providers.values())

    def known(self, key: str) -> OAuthProvider:
        """An account's provider; if it is no longer in any file, one with just its key as name."""
        return self.providers.get(key) or OAuthProvider(key, key, "", "", ())

    def of(self, address: str, host: str = "") -> OAuthProvider | None:
        """The provider for an address: by its IMAP server, else by its domain; None if neither."""
        wanted = host.strip().rstrip(".").lower()
        for provider in self.providers.values():
            if any(wanted == known or wanted.endswith(f".{known}") for known in provider.hosts):
                return provider
        domain = domain_of(address)
        return next((each for each in self.providers.values() if domain in each.domains), None)


class _FaultError(Exception):
    """A file cannot be used; the message says why."""


def files(profile: Path) -> tuple[Path, ...]:
    """The files where the configuration may be; later ones win."""
    return (
        site_config_path("dealpost", appauthor=False) / FILE_NAME,
        user_config_path("dealpost", appauthor=False) / FILE_NAME,
        profile / FILE_NAME,
    )


def load(profile: Path) -> OAuthSettings:
    """Read the configuration again, so that an edited file counts without a restart."""
    return read(files(profile))


def read(paths: Sequence[Path]) -> OAuthSettings:
    """The shipped providers with what these files add. A missing file adds nothing."""
    merged = _entries(resources.path(FILE_NAME))
    providers = {key: _provider(key, entry) for key, entry in merged.items()}
    faults: list[str] = []
    for path in paths:
        try:
            if not path.is_file():
                continue
            added = _entries(path)
            changed = {key: merged.get(key, {}) | entry for key, entry in added.items()}
            providers |= {key: _provider(key, entry) for key, entry in changed.items()}
            merged |= changed
        except _FaultError as fault:
            faults.append(f"The file {path} can't be used: {fault}.")
        except OSError as fault:  # we may not enter a folder on the path
            words = f"it can't be read ({fault.strerror or fault})"
            faults.append(f"The file {path} can't be used: {words}.")
    return OAuthSettings(providers, tuple(faults))


def is_loopback_url(url: str) -> bool:
    """Whether a URL leads to this computer."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _entries(path: Path) -> Entries:
    try:
        if path.stat().st_size > _SIZE_MOST:
            raise _FaultError("it is too large")
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as fault:
        raise _FaultError(f"line {fault.lineno}, column {fault.colno}: {fault.msg}") from None
    except UnicodeDecodeError:
        raise _FaultError("it is not UTF-8") from None
    except RecursionError:
        raise _FaultError("it is nested too deeply") from None
    listed = data.get("providers") if isinstance(data, dict) else None
    if not isinstance(listed, dict):
        raise _FaultError("it needs “providers”, an object with one entry for each provider")
    for key, entry in listed.items():
        if not isinstance(entry, dict):
            raise _FaultError(f"“{key}” must be an object")
        for name, value in entry.items():
            _check(key, name, value)
    return listed


def _check(key: str, name: str, value: Any) -> None:
    """Check the type of one field."""
    if name in _TEXTS:
        if not isinstance(value, str) or not value.isprintable():
            raise _FaultError(f"“{key}”: “{name}” must be a text")
    elif name in _LISTS:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise _FaultError(f"“{key}”: “{name}” must be a list of texts")
    elif name == "parameters":
        texts = [*value.keys(), *value.values()] if isinstance(value, dict) else [None]
        if not all(isinstance(each, str) for each in texts):
            raise _FaultError(f"“{key}”: “parameters” must be an object of texts")
    else:
        raise _FaultError(f"“{key}”: there is no field “{name}”. Check its spelling")


def _provider(key: str, entry: dict[str, Any]) -> OAuthProvider:
    for name in _NEEDED:
        if not entry.get(name):
            raise _FaultError(f"“{key}”: “{name}” is missing")
    for name in ("authorize_url", "token_url"):
        _check_url(key, name, entry[name])
    made = OAuthProvider(
        key=key,
        name=entry["name"],
        authorize_url=entry["authorize_url"],
        token_url=entry["token_url"],
        scopes=tuple(entry["scopes"]),
        client_id=entry.get("client_id", "").strip(),
        client_secret=entry.get("client_secret", "").strip(),
        redirect=entry.get("redirect", "http://127.0.0.1"),
        parameters=entry.get("parameters", {}),
        domains=frozenset(each.lower() for each in entry.get("domains", [])),
        hosts=frozenset(each.lower() for each in entry.get("hosts", [])),
    )
    if not made.domains and not made.hosts:
        raise _FaultError(f"“{key}”: “domains” or “hosts” is missing, so nobody would use it")
    _check_redirect(key, made.redirect)
    return made


def _check_url(key: str, name: str, url: str) -> None:
    try:
        is_safe = url.startswith("https://") or (url.startswith("http://") and is_loopback_url(url))
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:  # not a valid port or address
        raise _FaultError(f"“{key}”: “{name}” is no address of a web page") from None
    if not is_safe or not is_whole:
        raise _FaultError(f"“{key}”: “{name}” must begin with https://")


def _check_redirect(key: str, redirect: str) -> None:
    try:
        parts = urlsplit(redirect)
        is_good = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
        is_good = is_good and parts.port != 0 and not parts.query and not parts.fragment
    except ValueError:  # not a valid port
        is_good = False
    if not is_good:
        raise _FaultError(
            f"“{key}”: “redirect” must be http://127.0.0.1 or http://localhost, "
            "with a port and a path if need be"
        )
