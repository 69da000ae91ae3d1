"""The wizard's way through its pages, without widgets: what comes next, and what is missing.

The wizard asks for the address, shows the servers (which can always be edited), tries them, and
then asks exactly three things (S2): tracking, labels, where to start. If no keyring can keep the
key to the password, it asks in between how to keep it.
"""

from __future__ import annotations

import ipaddress
import re
from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.accounts.account import NewAccount
from models.server.mailbox import Role
from sync.detection import Detected
from sync.oauth.access import HeldTokens
from sync.providers import IMAP_PORTS, SMTP_PORTS, Provider, Security, ServerPlace
from sync.qt.probes.probe import Label, SignIn

PASSPHRASE_LEAST = 8
STARTS = ("now", "1m", "3m", "6m", "1y")
FIRST_START = "1m"
MONTHS = {"1m": 1, "3m": 3, "6m": 6, "1y": 12}
# Starred only mirrors mail of other labels; the others are named by S3.
NOT_OFFERED = frozenset({Role.TRASH, Role.JUNK, Role.DRAFTS, Role.ALL, Role.FLAGGED})
# Enough to catch typing errors; only the server knows what a valid address is.
_ADDRESS = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+[^\s@<>,;:\".]")
_HOST = re.compile(r"[^\s/@:]+|\[?[0-9A-Fa-f:.]+\]?")


NO_IMAP = ServerPlace("", IMAP_PORTS[Security.TLS], Security.TLS)
NO_SMTP = ServerPlace("", SMTP_PORTS[Security.TLS], Security.TLS)


class Page(StrEnum):
    """The pages, in their order."""

    ADDRESS = "address"
    SERVERS = "servers"
    SECRETS = "secrets"
    TRACKING = "tracking"
    LABELS = "labels"
    START = "start"


class Fault(StrEnum):
    """Why a page cannot be left yet."""

    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    KNOWN_ADDRESS = "known_address"
    NO_PASSWORD = "no_password"  # noqa: S105  # the name of a fault
    NO_SIGN_IN = "no_sign_in"
    NO_IMAP_HOST = "no_imap_host"
    NO_SMTP_HOST = "no_smtp_host"
    BAD_HOST = "bad_host"
    PLAIN_TEXT = "plain_text"
    NO_CHOICE = "no_choice"
    SHORT_PASSPHRASE = "short_passphrase"  # noqa: S105  # the name of a fault
    DIFFERENT_PASSPHRASES = "different_passphrases"
    NO_PASSPHRASE = "no_passphrase"  # noqa: S105  # the name of a fault
    NO_LABEL = "no_label"


_NO_SECRET = (Fault.NO_PASSWORD, Fault.NO_SIGN_IN)


class SecretPage(StrEnum):
    """What the page about keeping the password asks."""

    NONE = ""  # nothing: there is no such page
    CHOOSE = "choose"
    UNLOCK = "unlock"  # a passphrase was chosen before: enter it


@dataclass(frozen=True, slots=True)
class Answers:
    """What the user has typed and ticked so far.

    Attributes:
        held: The tokens of a sign-in in the browser, instead of a password.
        may_sign_in_later: Whether a browser sign-in may be offered once the servers are known.
    """

    address: str = ""
    name: str = ""
    password: str = field(default="", repr=False)
    held: HeldTokens | None = field(default=None, repr=False)
    may_sign_in_later: bool = False
    kind: str = "personal"
    imap: ServerPlace = NO_IMAP
    smtp: ServerPlace = NO_SMTP
    user_name: str = ""
    plain_text_agreed: bool = False
    keep_by: str = ""
    passphrase: str = field(default="", repr=False)
    passphrase_again: str = field(default="", repr=False)
    track_receipts: bool = False
    track_delivery: bool = False
    all_labels: bool = False
    labels: tuple[str, ...] = ()
    start: str = FIRST_START
    scope: str = "everyone"


def pages(secret_page: SecretPage) -> tuple[Page, ...]:
    """The pages this account needs."""
    if secret_page is SecretPage.NONE:
        return tuple(page for page in Page if page is not Page.SECRETS)
    return tuple(Page)


def after(page: Page, secret_page: SecretPage) -> Page | None:
    """The next page, or None after the last."""
    way = [*pages(secret_page), None]
    return way[way.index(page) + 1]


def before(page: Page, secret_page: SecretPage) -> Page | None:
    """The page before, or None before the first."""
    way = [None, *pages(secret_page)]
    return way[way.index(page) - 1]


def fault(
    page: Page,
    answers: Answers,
    *,
    known: Collection[str] = (),
    secret_page: SecretPage,
    is_secret_stored: bool = False,
) -> Fault | None:
    """The first thing that is missing on a page, or None.

    Args:
        page: The page that is to be left.
        answers: What is typed.
        known: Addresses that have an account.
        secret_page: What the page about the password asks.
        is_secret_stored: Whether the account can sign in with what is stored.
    """
    match page:
        case Page.ADDRESS:
            return _address_fault(answers, known)
        case Page.SERVERS:
            found = _servers_fault(answers)
            return None if is_secret_stored and found in _NO_SECRET else found
        case Page.SECRETS:
            return _secrets_fault(answers, secret_page)
        case Page.LABELS:
            return Fault.NO_LABEL if not answers.all_labels and not answers.labels else None
        case _:
            return None


def _address_fault(answers: Answers, known: Collection[str]) -> Fault | None:
    if not answers.address:
        return Fault.NO_ADDRESS
    if not _ADDRESS.fullmatch(answers.address):
        return Fault.BAD_ADDRESS
    if answers.address.lower() in known:
        return Fault.KNOWN_ADDRESS
    has_secret = bool(answers.password) or answers.held is not None or answers.may_sign_in_later
    return None if has_secret else Fault.NO_PASSWORD


def _servers_fault(answers: Answers) -> Fault | None:
    if not answers.imap.host:
        return Fault.NO_IMAP_HOST
    if not answers.smtp.host:
        return Fault.NO_SMTP_HOST
    if not (is_host(answers.imap.host) and is_host(answers.smtp.host)):
        return Fault.BAD_HOST
    if needs_agreement(answers) and not answers.plain_text_agreed:
        return Fault.PLAIN_TEXT
    if not answers.password and answers.held is None:
        return Fault.NO_SIGN_IN if answers.may_sign_in_later else Fault.NO_PASSWORD
    return None


def _secrets_fault(answers: Answers, secret_page: SecretPage) -> Fault | None:
    if secret_page is SecretPage.UNLOCK:
        return None if answers.passphrase else Fault.NO_PASSPHRASE
    if not answers.keep_by:
        return Fault.NO_CHOICE
    if answers.keep_by != "passphrase":
        return None
    if len(answers.passphrase) < PASSPHRASE_LEAST:
        return Fault.SHORT_PASSPHRASE
    if answers.passphrase_again and answers.passphrase != answers.passphrase_again:
        return Fault.DIFFERENT_PASSPHRASES
    return None


def is_host(text: str) -> bool:
    """Whether a text can be a host's name, without port and protocol."""
    return _HOST.fullmatch(text) is not None


def needs_agreement(answers: Answers) -> bool:
    """Whether the user has to agree that others may read the connection."""
    return any(is_open_line(place) for place in (answers.imap, answers.smtp))


def is_open_line(place: ServerPlace) -> bool:
    """Whether a connection is unencrypted and leaves this computer."""
    return place.security is Security.NONE and bool(place.host) and not is_loopback(place.host)


def is_loopback(host: str) -> bool:
    """Whether a host is this computer, by its name."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def completed(
    typed: ServerPlace, shown: ServerPlace, found: ServerPlace | None, ports: Mapping[Security, int]
) -> ServerPlace:
    """What detection may fill in. What the user typed is never overwritten.

    Args:
        typed: What the fields hold.
        shown: What the wizard had filled in before.
        found: What was detected.
        ports: The usual ports.
    """
    if typed.host and typed.host != shown.host:
        return typed
    if found is None:  # what the wizard filled in belonged to another address
        return ServerPlace("", typed.port, typed.security) if shown.host else typed
    is_own_line = (typed.port, typed.security) != (shown.port, shown.security)
    if not is_own_line:
        return found
    port = typed.port
    if port == shown.port:
        port = ports[typed.security]
    return ServerPlace(found.host, port, typed.security)


def hinted_user(detected: Detected) -> str:
    """The sign-in name that detection found for both servers; '' means the address."""
    if detected.smtp is not None and detected.smtp_user_name != detected.user_name:
        return ""
    return detected.user_name


def sign_in(answers: Answers, provider: Provider | None) -> SignIn:
    """The sign-in that the probe tries."""
    return SignIn(
        address=answers.address,
        password=answers.password,
        imap=answers.imap,
        smtp=answers.smtp,
        user_name=imap_user(answers, provider),
        smtp_user_name=smtp_user(answers, provider),
        plain_text_agreed=answers.plain_text_agreed,
        token=answers.held.access_token if answers.held is not None else None,
    )


def secret(answers: Answers) -> tuple[str, str]:
    """The secret that the vault keeps, and its purpose."""
    if answers.held is not None:
        return answers.held.tokens.text(), "oauth"
    return answers.password, "imap"


def imap_user(answers: Answers, provider: Provider | None) -> str:
    """The IMAP sign-in name, '' for the address."""
    if not answers.user_name and provider is not None and provider.imap_user_is_local_part:
        return answers.address.partition("@")[0]
    return answers.user_name


def smtp_user(answers: Answers, provider: Provider | None) -> str:
    """The same for SMTP."""
    if not answers.user_name and provider is not None and provider.smtp_user_is_local_part:
        return answers.address.partition("@")[0]
    return answers.user_name


def shown_user(address: str, user_name: str, smtp_user_name: str, provider: Provider | None) -> str:
    """The text of the field for stored sign-in names; '' if they follow from the address.

    A name that a provider derives from the address was not typed, and may differ between the two
    servers. If it counted as typed, it would be used for both.
    """
    implied = Answers(address=address)
    if (user_name, smtp_user_name) == (imap_user(implied, provider), smtp_user(implied, provider)):
        return ""
    return user_name


def offered(labels: Sequence[Label]) -> tuple[Label, ...]:
    """The labels that the user can choose (S3), INBOX and Sent first."""
    order = {Role.INBOX: 0, Role.SENT: 1, Role.ARCHIVE: 2}
    wanted = [label for label in labels if label.role not in NOT_OFFERED]
    return tuple(sorted(wanted, key=lambda each: (order.get(each.role, 3), each.name.casefold())))


def is_preselected(label: Label, kind: str) -> bool:
    """Whether a label is ticked at first: INBOX and Sent; for a team account only INBOX."""
    return label.role is Role.INBOX or (label.role is Role.SENT and kind != "team")


def misses_sent(answers: Answers, labels: Sequence[Label]) -> bool:
    """Whether the user's own mail would be missing. Worth a warning, but not for a team account."""
    if answers.all_labels or answers.kind == "team":
        return False
    sent = {label.name for label in labels if label.role is Role.SENT}
    return bool(sent) and not sent & set(answers.labels)


def asks_scope(start: str) -> bool:
    """Whether past mail is fetched, so that the user has to choose whose."""
    return start != "now"


def starts_at(start: str, now: datetime) -> int:
    """The start of past mail in ms UTC: some calendar months ago, or now."""
    if start == "now":
        return round(now.timestamp() * 1000)
    month = now.year * 12 + now.month - 1 - MONTHS[start]
    year, month = month // 12, month % 12 + 1
    day = min(now.day, monthrange(year, month)[1])
    return round(now.replace(year=year, month=month, day=day).timestamp() * 1000)


def new_account(answers: Answers, provider: Provider | None, now: datetime) -> NewAccount:
    """The account as "Sync" stores it."""
    return NewAccount(
        address=answers.address,
        name=answers.name,
        kind=answers.kind,
        user_name=imap_user(answers, provider),
        smtp_user_name=smtp_user(answers, provider),
        imap_host=answers.imap.host,
        imap_port=answers.imap.port,
        imap_security=answers.imap.security.value,
        smtp_host=answers.smtp.host,
        smtp_port=answers.smtp.port,
        smtp_security=answers.smtp.security.value,
        plain_text_agreed=answers.plain_text_agreed,
        all_labels=answers.all_labels,
        start=answers.start,
        start_at=starts_at(answers.start, now),
        scope=answers.scope if asks_scope(answers.start) else "everyone",
        past_started=asks_scope(answers.start),
        track_receipts=answers.track_receipts,
        track_delivery=answers.track_delivery,
        auth="password" if answers.held is None else "oauth2",
        oauth_provider="" if answers.held is None else answers.held.tokens.client.provider,
    )


def chosen_mailboxes(answers: Answers, labels: Sequence[Label]) -> dict[str, dict[str, Any]]:
    """The chosen labels to store. With all labels, the engine stores each as it finds it."""
    if answers.all_labels:
        return {}
    return {
        label.name: {"delimiter": label.delimiter, "is_chosen": True}
        for label in labels
        if label.name in answers.labels
    }
