"""What every part of an account's sync works with, and what a step says about itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from models.accounts.account import AccountConfig
from models.events import NO_PAST, Event, PastProgress
from models.server.mailbox import MailboxState, Role, update
from models.store.clock import now_ms
from sync.engine.eta import Pace
from sync.engine.judge import Home
from sync.engine.quarantine import Quarantine
from sync.session import ImapSession, Selected
from sync.timing import Timing

STEP_MESSAGES = 200  # one step takes in at most so many, or
STEP_BYTES = 4 * 1024 * 1024  # so many bytes, whichever comes first


@dataclass(frozen=True, slots=True)
class Step:
    """What one bounded step did, and what comes next.

    Attributes:
        kind: `again` at once; `idle`: up to date, listen; `wait`: nothing before the time.
        wait_seconds: How long at most, for `idle` and `wait`.
        doing: A code for the status: operations arrivals flags vanishes backfill body cycle.
        mailbox: The mailbox worked on, or ''.
        done: Messages of past mail taken in so far, of `total`.
        total: Messages of past mail to take in, 0 when not counting.
        past: The same label by label, and how long the rest takes.
    """

    kind: Literal["again", "idle", "wait"]
    wait_seconds: float = 0.0
    doing: str = ""
    mailbox: str = ""
    done: int = 0
    total: int = 0
    past: PastProgress = NO_PAST


Steps = Iterator[Step]


@dataclass(slots=True)
class SyncContext:
    """One account, its connection, and the ways to say what changed.

    Attributes:
        account: As it was when the connection was made.
        session: The connection; only this thread touches it.
        read_only: Nothing is changed on the server.
        report: Takes events; called after the transaction that made them.
        should_yield: Something more urgent waits.
        read_everything_at: By mailbox, when all flags were read last (no CONDSTORE).
        last_success_at: End of the last complete cycle, also of an earlier connection.
        listed: The UIDs of the listing that was asked for last.
        is_listening: IDLE ran since the last command: what it saw of its mailbox is new.
        has_marks: \\Deleted came or went: a mail in Trash may have no live copy now.
        unread_tries: By mailbox, how often what could not be read was asked for again.
        whole_looks: How many cycles took in everything that arrived anywhere.
        pace: How fast past mail comes in.
        asked_in_turn: How far the rotation of STATUS has come, where LIST cannot tell.
        quarantine: Mailboxes at which connections ended, this one and those before.
    """

    account: AccountConfig
    session: ImapSession
    timing: Timing
    read_only: bool
    report: Callable[[Event], None]
    should_yield: Callable[[], bool]
    read_everything_at: dict[int, int] = field(default_factory=dict)
    last_success_at: int | None = None
    listed: frozenset[int] = frozenset()
    is_listening: bool = False
    has_marks: bool = False
    unread_tries: dict[int, int] = field(default_factory=dict)
    whole_looks: int = 0
    asked_in_turn: int = 0
    pace: Pace = field(default_factory=Pace)
    quarantine: Quarantine = field(default_factory=lambda: Quarantine(Timing()))

    def has(self, capability: str) -> bool:
        """Whether the server offers this, by its name in upper case."""
        return self.session.has(capability)

    def left_out(self, uids: Iterable[int], *, whole: bool = False) -> set[int]:
        """Mails of the open mailbox at which the server hangs up each time (`sync.engine.quarantine`)."""
        return self.quarantine.mails.left_out(self.session.place, uids, whole=whole)

    def ms(self, seconds: float) -> int:
        """Seconds of `Timing` as milliseconds."""
        return int(seconds * 1000)

    def examine(self, mailbox: MailboxState) -> Selected:
        """Open a mailbox for reading, anew also if it is open: its numbers are fresh."""
        selected = self.session.examine(mailbox.name)
        if not mailbox.was_open or mailbox.refused_since is not None:
            update(mailbox.id, was_open=True, refused_since=None)
        return selected

    def home(self, mailbox: MailboxState) -> Home:
        """What a copy in this mailbox proves."""
        if mailbox.role is Role.TRASH:
            return Home.TRASH
        if mailbox.role is Role.JUNK:
            return Home.JUNK
        if mailbox.role is Role.ALL and self.is_gmail:
            return Home.LIVE  # its All Mail leaves Trash and Spam out, and is told by X-GM-MSGID
        if mailbox.is_mirror or mailbox.role in {Role.ALL, Role.FLAGGED}:
            return Home.MIRROR
        return Home.LIVE

    @property
    def is_gmail(self) -> bool:
        """Mailboxes are labels here."""
        return self.has("X-GM-EXT-1")


def again(doing: str, mailbox: str = "", done: int = 0, total: int = 0) -> Step:
    """There is more to do at once."""
    return Step("again", 0.0, doing, mailbox, done, total)


def now() -> int:
    """The time, in the store's milliseconds."""
    return now_ms()
