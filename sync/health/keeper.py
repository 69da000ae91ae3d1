"""Keeps an account's health report up to date inside its worker, at almost no cost.

A report is made after each sign-in, after the first cycle, when a connection fails, and when the
user asks. The keeper also watches mail that comes in during IDLE: nothing else in IMAP shows how far
the server's clock differs from ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from models.accounts import account, health
from models.accounts.account import AccountConfig
from models.events import Event, HealthChanged, MessagesAdded
from models.server import sync_facts
from models.store.clock import now_ms
from sync.errors import SyncError
from sync.health import account_findings, server_findings
from sync.health.report import Finding, Report, from_json, ordered
from sync.health.server_findings import Look
from sync.session import ImapSession, Quota

QUOTA_MS = 24 * 3600 * 1000  # not asked more often, except by the user
QUOTA_TRIES = 2  # tries that may end the connection
CLOCK_MOST = 5  # arrivals that are remembered, so that a corrected clock is believed soon


class HealthKeeper:
    """Keeps the report of one account. Every method is called in its worker's thread."""

    def __init__(
        self, account_id: int, report: Callable[[Event], None], *, read_only: bool
    ) -> None:
        self._account_id = account_id
        self._read_only = read_only
        self._report = report
        self._looked: ImapSession | None = None  # the connection that the last report is about
        self._has_rested = False
        self._is_wanted = False
        self._spoke_at = 0
        self._quota_tries = 0

    def want(self) -> None:
        """The user asks: make a report at the next step, with the quota."""
        self._is_wanted = True

    def look_if_due(self, session: ImapSession | None) -> None:
        """Make a report if this connection has none, or if the user asked."""
        if session is None or (session is self._looked and not self._is_wanted):
            return
        if session is not self._looked:
            self._looked, self._has_rested = session, False
        is_asked, self._is_wanted = self._is_wanted, False
        self._make(session, is_asked=is_asked)

    def rested(self) -> None:
        """Nothing is left to do: all arrivals are in, and roles and numbers are known."""
        self._spoke_at = 0
        if self._looked is not None and not self._has_rested:
            self._has_rested = True
            self._make(self._looked, is_asked=False)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Around a step: an error of the connection makes a report, and is raised again."""
        try:
            yield
        except SyncError as error:
            self.failed(error)
            raise

    def failed(self, error: SyncError) -> None:
        """The connection failed or broke: keep what is known about the server."""
        self._looked = None
        self._is_wanted = False
        config = account.config(self._account_id)
        if config is None:
            return
        name = type(error).__name__
        found = account_findings.failed(error.sentence, name)
        before = replace(last_report(self._account_id), error=name)
        self._store(offline(config, before, found, read_only=self._read_only))

    def spoke(self) -> None:
        """IDLE reported something just now."""
        self._spoke_at = self._spoke_at or now_ms()

    def heard(self, event: Event) -> None:
        """Mail that came in during IDLE shows what the server's clock says."""
        if not (isinstance(event, MessagesAdded) and event.notify and self._spoke_at):
            return
        seen = [self._spoke_at - moment for moment in health.received_at(event.message_ids)]
        before = last_report(self._account_id)
        clock = (*before.clock, *seen)[-CLOCK_MOST:]
        self._has_rested = False  # the next rest makes a report about it
        health.store(self._account_id, replace(before, clock=clock).to_json())

    def _make(self, session: ImapSession, *, is_asked: bool) -> None:
        config = account.config(self._account_id)
        if config is None:
            return
        before = last_report(self._account_id)
        quota = self._quota(session, before, is_asked=is_asked)
        stored = health.facts(config.id)
        look = Look(
            session.capabilities,
            session.software,
            session.secured,
            Quota(**_numbers(quota)) if quota.get("has_limit") else None,
            before.clock,
        )
        server = server_findings.findings(config, stored, look)
        own = account_findings.findings(
            config,
            sync_facts.of_account(config.id),
            stored,
            read_only=self._read_only or config.read_only,
        )
        self._store(
            Report(
                findings=ordered((account_findings.connected(), *own, *server)),
                looked_at=now_ms(),
                is_connected=True,
                capabilities=tuple(sorted(session.capabilities)),
                software=(session.software.name, session.software.version),
                error=before.error,
                clock=before.clock,
                quota=quota,
            )
        )

    def _quota(self, session: ImapSession, before: Report, *, is_asked: bool) -> dict[str, int]:
        if before.quota and not is_asked and now_ms() - before.quota["asked_at"] < QUOTA_MS:
            return before.quota
        if self._quota_tries >= QUOTA_TRIES and not is_asked:
            # The server hangs up at this question, and mail matters more than the quota.
            return before.quota
        self._quota_tries += 1
        told = session.quota()
        self._quota_tries = 0
        asked = {"asked_at": now_ms(), "has_limit": int(told is not None)}
        told = told or Quota()
        return {**asked, **{name: getattr(told, name) for name in _QUOTA}}

    def _store(self, report: Report) -> None:
        health.store(self._account_id, report.to_json())
        self._report(HealthChanged(self._account_id))


_QUOTA = ("storage_used", "storage_limit", "messages_used", "messages_limit")
_OWN = ("connection", "last_success", "queue", "refused", "held", "checking", "closed", "read_only")


def _numbers(quota: dict[str, int]) -> dict[str, int]:
    return {name: quota[name] for name in _QUOTA}


def last_report(account_id: int) -> Report:
    """The stored report, or an empty one."""
    stored = health.of_account(account_id)
    return from_json(stored[1]) if stored else Report()


def offline(
    config: AccountConfig, before: Report, connection: Finding, *, read_only: bool
) -> Report:
    """A report without a connection: the account as it is now, the server as last seen."""
    own = account_findings.findings(
        config,
        sync_facts.of_account(config.id),
        health.facts(config.id),
        read_only=read_only or config.read_only,
    )
    server = [
        each
        for each in before.findings
        if each.code not in _OWN and not each.code.startswith("asks_")
    ]
    findings = ordered((connection, *own, *server))
    return replace(before, findings=findings, is_connected=False)
