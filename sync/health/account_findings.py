"""Findings about the account itself: connection, last success, queue, held deletes."""

from __future__ import annotations

from collections.abc import Iterable

from models.accounts.account import STOPPED, AccountConfig
from models.accounts.health import StoredFacts
from models.server.sync_facts import SyncFacts
from models.store.clock import now_ms
from sync.health.report import Finding, Severity

HOUR_MS = 3600 * 1000
LATE_MS = HOUR_MS  # a queue that waits longer is reported


def findings(
    config: AccountConfig, facts: SyncFacts, stored: StoredFacts, *, read_only: bool
) -> Iterable[Finding]:
    """The findings from the store, with or without a connection."""
    yield _last_success(config, facts)
    yield _queue(facts, stored, read_only=read_only)
    yield from _counted(facts)
    if read_only:
        yield Finding(
            "read_only",
            Severity.NOTE,
            "Dealpost only reads from this server.",
            "What you do stays here and goes out when you switch read-only off.",
            "on",
        )


def connected() -> Finding:
    """The connection is open."""
    return Finding("connection", Severity.OK, "Dealpost is connected and signed in.", "", "open")


def failed(sentence: str, error: str) -> Finding:
    """The last try failed. The sentence says what to do."""
    return Finding("connection", Severity.PROBLEM, sentence, "", error)


def not_tried(config: AccountConfig) -> Finding:
    """There was no try: the account is stopped, or waits for its password."""
    if config.state == STOPPED:
        sentence, advice = "Syncing is stopped.", "Choose “Sync again” to go on."
        return Finding("connection", Severity.NOTE, sentence, advice, "stopped")
    return Finding(
        "connection",
        Severity.PROBLEM,
        "Dealpost has not connected since it started.",
        "If your passwords are locked, unlock them first.",
        "not connected",
    )


def _last_success(config: AccountConfig, facts: SyncFacts) -> Finding:
    at = facts.last_success_at
    if at is None:
        sentence = "No sync was complete yet."
        return Finding("last_success", Severity.NOTE, sentence, "", "never")
    passed = max(0, now_ms() - at)
    fact = f"{passed // 60_000} min ago"
    if passed < 24 * HOUR_MS or config.state == STOPPED:
        sentence = f"The last complete sync was {span(passed)} ago."
        return Finding("last_success", Severity.OK, sentence, "", fact)
    return Finding(
        "last_success",
        Severity.WARNING,
        f"The last complete sync was {span(passed)} ago.",
        "Choose “Check now”: it tries again and says what is wrong.",
        fact,
    )


def _queue(facts: SyncFacts, stored: StoredFacts, *, read_only: bool) -> Finding:
    if not facts.pending:
        return Finding("queue", Severity.OK, "Nothing waits for the server.", "", "0")
    age = now_ms() - (stored.oldest_pending_at or now_ms())
    count = _count(facts.pending, "change waits", "changes wait")
    fact = f"{facts.pending}, oldest {age // 60_000} min"
    if read_only or age < LATE_MS:
        return Finding("queue", Severity.OK, f"{count} for the server.", "", fact)
    return Finding(
        "queue",
        Severity.WARNING,
        f"{count} for the server, the oldest for {span(age)}.",
        "Open the sync details to see what they wait for.",
        fact,
    )


def _counted(facts: SyncFacts) -> Iterable[Finding]:
    if facts.refused:
        yield Finding(
            "refused",
            Severity.WARNING,
            f"The server refused {_count(facts.refused, 'change', 'changes')} for good.",
            "Open the sync details: try again, or give them up.",
            str(facts.refused),
        )
    if facts.held:
        yield Finding(
            "held",
            Severity.WARNING,
            f"{_count(facts.held, 'mail was', 'mails were')} deleted on the server at once, and "
            "stay here until you say.",
            "Answer the bar over the mail list: keep or delete.",
            str(facts.held),
        )
    if facts.checking:
        sentence = (
            f"{_count(facts.checking, 'mail', 'mails')} that vanished on the server are looked for."
        )
        yield Finding("checking", Severity.OK, sentence, "", str(facts.checking))
    if facts.closed:
        yield Finding(
            "closed",
            Severity.WARNING,
            f"The server does not open {_count(facts.closed, 'label', 'labels')}.",
            "They are tried again by themselves. Until then nothing that vanishes from other "
            "labels is deleted here. “What happened” names them.",
            str(facts.closed),
        )
    for role in facts.questions:
        yield Finding(
            f"asks_{role}",
            Severity.WARNING,
            f"Changes wait because no label is known as {role.capitalize()}.",
            "Choose one under “Folder roles”.",
            "waiting",
        )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def span(ms: int) -> str:
    """A length of time in words."""
    minutes = ms // 60_000
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:
        return _count(minutes, "minute", "minutes")
    hours = minutes // 60
    return _count(hours, "hour", "hours") if hours < 48 else _count(hours // 24, "day", "days")
