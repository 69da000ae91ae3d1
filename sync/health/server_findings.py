"""Findings about the server: capabilities, certificate, clock, quota, roles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from models.accounts.account import AccountConfig
from models.accounts.health import StoredFacts
from models.server.mailbox import Role
from models.store.clock import now_ms
from sync import providers
from sync.health.report import Finding, Severity
from sync.session import Quota, Secured, Software

DAY_MS = 24 * 3600 * 1000
SOON_DAYS = 21  # a certificate that expires sooner is reported
CLOCK_MS = 2 * 60 * 1000  # a difference of clocks that does no harm
FULL = 0.9
CAPS = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000)  # the sizes at which servers stop showing mail

# What a missing capability costs, and what Dealpost does instead.
_MISSING: dict[str, tuple[Severity, str, str]] = {
    "IDLE": (
        Severity.NOTE,
        "The server does not tell of new mail by itself (IDLE).",
        "Dealpost asks every minute instead, so new mail shows up a little later.",
    ),
    "MOVE": (
        Severity.NOTE,
        "The server cannot move mail in one step (MOVE).",
        "Dealpost copies it and then removes the original; that takes longer.",
    ),
    "UIDPLUS": (
        Severity.NOTE,
        "The server cannot remove single mails (UIDPLUS).",
        "After a move the original may stay on the server, marked as deleted.",
    ),
    "CONDSTORE": (
        Severity.NOTE,
        "The server does not tell what changed since the last time (CONDSTORE).",
        "Dealpost reads the marks of all mail again; large labels take longer.",
    ),
    "SPECIAL-USE": (
        Severity.NOTE,
        "The server does not say which label is Sent, Archive or Trash (SPECIAL-USE).",
        "Dealpost goes by their names. See that “Folder roles” on this page are right.",
    ),
    "LIST-STATUS": (
        Severity.NOTE,
        "The server tells the numbers of each label one by one (LIST-STATUS).",
        "With many labels a sync takes longer.",
    ),
    "ESEARCH": (
        Severity.NOTE,
        "The server has no short answers to searches (ESEARCH).",
        "Large labels take longer to look through.",
    ),
    "OBJECTID": (
        Severity.NOTE,
        "The server gives mail no lasting names (OBJECTID).",
        "Dealpost knows moved mail by its header instead; nothing is lost by that.",
    ),
}
_ROLE_WORDS = {
    Role.INBOX: "Inbox",
    Role.SENT: "Sent",
    Role.ARCHIVE: "Archive",
    Role.TRASH: "Trash",
    Role.DRAFTS: "Drafts",
    Role.JUNK: "Junk",
}
_MISSED = {
    Role.SENT: "Mail that you write elsewhere is missing here, and in the history of your deals.",
    Role.ARCHIVE: "What you archive here cannot be archived on the server.",
    Role.TRASH: "What you delete here cannot be deleted on the server.",
    Role.DRAFTS: "Drafts stay on this computer.",
}
# Their own SMTP servers put a copy into Sent.
_SAVERS = ("Gmail", "Outlook.com", "Microsoft 365")


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a connection found out."""

    capabilities: frozenset[str]
    software: Software
    secured: Secured | None
    quota: Quota | None
    clock: tuple[int, ...]

    @property
    def is_gmail(self) -> bool:
        """Whether mailboxes are labels, as on Gmail."""
        return "X-GM-EXT-1" in self.capabilities


def findings(config: AccountConfig, stored: StoredFacts, look: Look) -> Iterable[Finding]:
    """All findings about the server, in the order in which users ask."""
    yield _server(look)
    yield from _security(config, look.secured)
    yield from _capabilities(look)
    yield from _roles(stored)
    yield from _all_mail(stored.roles, look)
    yield _saves_sent(config, stored, look)
    yield _clock(look.clock)
    yield from _caps(stored, look)
    yield _room(look.quota)


def _server(look: Look) -> Finding:
    name = look.software.name
    words = " ".join(part for part in (name, look.software.version) if part)
    sentence = f"The server is {words}." if words else "The server does not say what it is."
    return Finding("software", Severity.OK, sentence)


def _security(config: AccountConfig, secured: Secured | None) -> Iterable[Finding]:
    if secured is None:
        yield Finding(
            "tls",
            Severity.WARNING,
            "The connection is not encrypted: anybody on the way can read password and mail.",
            "Choose TLS or STARTTLS under “Sign-in and servers”, if the provider offers it.",
            f"none {config.imap_security}",
        )
        return
    told = f"The connection is encrypted ({secured.version})."
    yield Finding("tls", Severity.OK, told, "", f"{secured.version} {config.imap_security}")
    yield _certificate(secured, "certificate", "The certificate")


def sending(secured: Secured | None) -> Finding:
    """The finding about the SMTP server, which is checked when the user asks."""
    if secured is not None:
        return _certificate(secured, "smtp_certificate", "The certificate for sending")
    return Finding(
        "smtp",
        Severity.WARNING,
        "Sending (SMTP) is not encrypted: anybody on the way can read password and mail.",
        "Choose TLS or STARTTLS under “Sign-in and servers”, if the provider offers it.",
        "none",
    )


def no_sending(sentence: str, error: str) -> Finding:
    """The finding if the SMTP server could not be checked."""
    return Finding(
        "smtp",
        Severity.WARNING,
        f"Sending (SMTP): {sentence}",
        "Look at “Sign-in and servers” on this page.",
        error,
    )


def _certificate(secured: Secured, code: str, name: str) -> Finding:
    issuer = f", issued by {secured.issuer}," if secured.issuer else ""
    by_hand = " by-hand" if secured.is_trusted_by_hand else ""
    if secured.valid_until is None:
        sentence = f"{name} has no end that can be read."
        return Finding(code, Severity.NOTE, sentence, "", f"unreadable{by_hand}")
    days = (secured.valid_until - now_ms()) // DAY_MS
    end = _date(secured.valid_until)
    fact = f"{days} days{by_hand}"
    if days < 0:
        return Finding(
            code,
            Severity.WARNING,
            f"{name}{issuer} ended on {end}; it counts because you trust it.",
            "Ask whoever runs the server to renew it.",
            fact,
        )
    if days < SOON_DAYS:
        return Finding(
            code,
            Severity.NOTE if not secured.is_trusted_by_hand else Severity.WARNING,
            f"{name}{issuer} ends on {end}.",
            "Servers renew it by themselves as a rule. If a warning comes after that day, ask "
            "whoever runs the server."
            if not secured.is_trusted_by_hand
            else "You trusted it by hand: a new one will have to be trusted anew.",
            fact,
        )
    trust = " You trusted it by hand." if secured.is_trusted_by_hand else ""
    sentence = f"{name}{issuer} is good until {end}.{trust}"
    return Finding(code, Severity.OK, sentence, "", fact)


def _capabilities(look: Look) -> Iterable[Finding]:
    missing = [name for name in _MISSING if not _offers(look.capabilities, name)]
    if look.is_gmail:  # X-GM-EXT-1 has lasting ids of its own
        missing = [name for name in missing if name != "OBJECTID"]
    count = len(_MISSING) - len(missing)
    told = "everything that Dealpost makes use of" if not missing else f"{count} of "
    rest = "" if not missing else f"{len(_MISSING)} extensions that Dealpost makes use of"
    yield Finding("capabilities", Severity.OK, f"The server offers {told}{rest}.", "", f"{count}")
    for name in missing:
        severity, sentence, advice = _MISSING[name]
        if name == "UIDPLUS" and not _offers(look.capabilities, "MOVE"):
            severity = Severity.WARNING
        if name == "UIDPLUS" and severity is Severity.NOTE:
            advice = "It can move mail, so this is seldom needed."
        yield Finding(f"no_{name.lower().replace('-', '_')}", severity, sentence, advice, "missing")


def _offers(capabilities: Collection[str], name: str) -> bool:
    if name == "CONDSTORE":
        return "CONDSTORE" in capabilities or "QRESYNC" in capabilities
    return name in capabilities


def _roles(stored: StoredFacts) -> Iterable[Finding]:
    roles = stored.roles
    known = [role for role in _ROLE_WORDS if str(role) in roles]
    by = {"special-use": "told by the server", "person": "chosen by you", "name": "by its name"}
    words = ", ".join(f"{_ROLE_WORDS[role]} ({by.get(roles[role], 'known')})" for role in known)
    fact = " ".join(f"{role}={roles[role]}" for role in known)
    yield Finding("roles", Severity.OK, f"Labels with a role: {words or 'none'}.", "", fact)
    for role in _MISSED:
        if str(role) not in roles:
            yield _missing_role(role, is_wanted=str(role) in stored.wanted)


def _missing_role(role: Role, *, is_wanted: bool) -> Finding:
    return Finding(
        f"no_{role}",
        Severity.WARNING if is_wanted or role is Role.SENT else Severity.NOTE,
        f"No label of this account is its {_ROLE_WORDS[role]}. {_MISSED[role]}",
        "Choose one under “Folder roles”; if there is none, make it in the provider’s web mail.",
        "missing wanted" if is_wanted else "missing",
    )


def _all_mail(roles: Mapping[str, str], look: Look) -> Iterable[Finding]:
    if not look.is_gmail:
        return
    if str(Role.ALL) in roles:
        yield Finding("all_mail", Severity.OK, "Gmail shows “All Mail”.", "", "shown")
        return
    yield Finding(
        "all_mail",
        Severity.WARNING,
        "Gmail hides “All Mail”, so Dealpost cannot tell whether mail was archived or deleted "
        "elsewhere, and takes nothing for deleted.",
        "In Gmail’s settings, under Labels, tick “Show in IMAP” for All Mail.",
        "hidden",
    )


def _saves_sent(config: AccountConfig, stored: StoredFacts, look: Look) -> Finding:
    provider = providers.of_host(config.imap_host)
    is_known = look.is_gmail or (provider is not None and provider.name in _SAVERS)
    if is_known:
        sentence = "The server puts what you send into Sent by itself."
        return Finding("saves_sent", Severity.OK, sentence, "", "yes")
    if str(Role.SENT) not in stored.roles:
        sentence = "Whether the server keeps what you send cannot be known without a Sent label."
        return Finding("saves_sent", Severity.NOTE, sentence, "", "unknown no-sent")
    seen = ""
    if stored.own_in_sent_at is not None:
        seen = f" Your own mail gets there: the newest came on {_date(stored.own_in_sent_at)}."
    fact = "unknown own-mail-seen" if seen else "unknown"
    sentence = f"Whether the server itself puts what you send into Sent is not known.{seen}"
    return Finding("saves_sent", Severity.OK, sentence, "", fact)


def _is_believed(apart: int, observed: tuple[int, ...]) -> bool:
    """Whether it is the clocks: moved mail seems late, but only a wrong clock makes it seem early."""
    near = [each for each in observed if each - apart < CLOCK_MS]
    return apart < CLOCK_MS or len(near) > 1


def _clock(observed: tuple[int, ...]) -> Finding:
    if not observed or not _is_believed(min(observed), observed):
        return Finding(
            "clock",
            Severity.OK,
            "The difference between this computer’s clock and the server’s is not known yet; it "
            "shows with the next mail that comes while Dealpost listens.",
            "",
            "unknown",
        )
    apart = min(observed)
    fact = f"{round(apart / 1000)} s of {len(observed)}"
    if abs(apart) < CLOCK_MS:
        return Finding(
            "clock", Severity.OK, "This computer’s clock and the server’s agree.", "", fact
        )
    way = "ahead of" if apart > 0 else "behind"
    return Finding(
        "clock",
        Severity.WARNING,
        f"This computer’s clock seems to be {_span(abs(apart))} {way} the server’s.",
        "Let the computer set its clock from the internet. If it is right, the server’s is wrong: "
        "new mail may stand at the wrong place of the list.",
        fact,
    )


def _caps(stored: StoredFacts, look: Look) -> Iterable[Finding]:
    """Gmail and Yahoo can limit how many of a label's mails they show."""
    at_cap = [count for count in stored.counts if count in CAPS]
    if stored.hidden or (at_cap and look.is_gmail):
        advice = (
            "In Gmail’s settings, under Forwarding and POP/IMAP, take away the limit on folder size."
            if look.is_gmail
            else "Ask the provider whether it limits the number of mails per label."
        )
        yield Finding(
            "folder_cap",
            Severity.WARNING,
            "The server does not show the oldest mail of a label. What is here stays here; older "
            "mail can’t come in.",
            advice,
            f"hidden={stored.hidden} at={','.join(map(str, at_cap)) or 'none'}",
        )
    elif at_cap:
        yield Finding(
            "folder_cap",
            Severity.NOTE,
            f"A label has exactly {at_cap[0]:,} mails; the server may show no more than that.",
            "If older mail is missing here, ask the provider about a limit.",
            f"at={','.join(map(str, at_cap))}",
        )
    else:
        yield Finding(
            "folder_cap", Severity.OK, "No limit on the size of labels shows.", "", "none"
        )


def _room(quota: Quota | None) -> Finding:
    if quota is None:
        return Finding(
            "quota", Severity.OK, "The server tells no limit on its room.", "", "unknown"
        )
    share, words = _tightest(quota)
    fact = f"{share:.0%}"
    if share >= 1:
        advice = "Make room, or ask for more: no new mail can come in, and nothing be sent to Sent."
        return Finding("quota", Severity.PROBLEM, f"The mailbox is full: {words}.", advice, fact)
    if share >= FULL:
        advice = "Make room soon, or ask for more. A full mailbox refuses new mail."
        sentence = f"The mailbox is nearly full: {words}."
        return Finding("quota", Severity.WARNING, sentence, advice, fact)
    return Finding("quota", Severity.OK, f"There is room: {words}.", "", fact)


def _tightest(quota: Quota) -> tuple[float, str]:
    told: list[tuple[float, str]] = []
    if quota.storage_limit:
        words = f"{_size(quota.storage_used)} of {_size(quota.storage_limit)} are used"
        told.append((quota.storage_used / quota.storage_limit, words))
    if quota.messages_limit:
        words = f"{quota.messages_used:,} of {quota.messages_limit:,} mails are there"
        told.append((quota.messages_used / quota.messages_limit, words))
    return max(told)


def _size(count: int) -> str:
    for unit, size in (("GB", 1024**3), ("MB", 1024**2), ("KB", 1024)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"


def _span(ms: int) -> str:
    minutes = round(ms / 60_000)
    return f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60)} hours"


def _date(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()
