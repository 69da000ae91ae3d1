"""What every part of an account's sync works with, and what a step reports."""

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

STEP_MESSAGES = 200  # the most messages that one step takes in, or
STEP_BYTES = 4 * 1024 * 1024  # the most bytes, whichever comes first


@dataclass(frozen=True, slots=True)
class Step:
    """What one bounded step did, and what comes next.

    Attributes:
        kind: `again` at once; `idle`: up to date, listen; `wait`: nothing before the time.
        wait_seconds: The longest wait, for `idle` and `wait`.
        doing: A code for the status: operations arrivals flags vanishes backfill body cycle.
        mailbox: The mailbox worked on, or ''.
        done: Messages of past mail taken in so far, out of `total`.
        total: Messages of past mail to take in, 0 when not counting.
        past: The same per label, with the time left.
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
    r"""One account, its connection, and the ways to report what changed.

    Attributes:
        account: Its settings as last read: at sign-in, after set-up, and at each `wake`.
        session: The connection. Only this thread uses it.
        read_only: Whether nothing may be changed on the server.
        report: Takes events. Called after the transaction that made them.
        should_yield: Whether something more urgent waits.
        read_everything_at: By mailbox, when all flags were last read (without CONDSTORE).
        last_success_at: The end of the last complete cycle, also over an earlier connection.
        listed: The UIDs of the most recent listing.
        is_listening: Whether IDLE ran since the last command, so that what it saw is fresh.
        has_marks: Whether a \Deleted flag came or went: a mail in Trash may have no live copy now.
        unread_tries: By mailbox, how often unreadable mail was asked for again.
        whole_looks: How many cycles took in everything that arrived in any mailbox.
        pace: How fast past mail comes in.
        asked_in_turn: How far the rotation of STATUS has come, where LIST returns no status.
        quarantine: Mailboxes at which this connection or an earlier one ended.
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
        """Whether the server has this capability; its name in upper case."""
        return self.session.has(capability)

    def left_out(self, uids: Iterable[int], *, whole: bool = False) -> set[int]:
        """Mails of the open mailbox that are in quarantine (`sync.engine.quarantine`)."""
        return self.quarantine.mails.left_out(self.session.place, uids, whole=whole)

    def ms(self, seconds: float) -> int:
        """Seconds of `Timing` as milliseconds."""
        return int(seconds * 1000)

    def examine(self, mailbox: MailboxState) -> Selected:
        """Open a mailbox for reading. It is opened again if it is open, to get fresh numbers."""
        selected = self.session.examine(mailbox.name)
        if not mailbox.was_open or mailbox.refused_since is not None:
            update(mailbox.id, was_open=True, refused_since=None)
        return selected

    def home(self, mailbox: MailboxState) -> Home:
        """What a copy in this mailbox proves about a vanish."""
        if mailbox.role is Role.TRASH:
            return Home.TRASH
        if mailbox.role is Role.JUNK:
            return Home.JUNK
        if mailbox.role is Role.ALL and self.is_gmail:
            # Its All Mail holds all but Trash and Spam, and is asked by X-GM-MSGID.
            return Home.LIVE
        if mailbox.is_mirror or mailbox.role in {Role.ALL, Role.FLAGGED}:
            return Home.MIRROR
        return Home.LIVE

    @property
    def is_gmail(self) -> bool:
        """Whether mailboxes are labels, as on Gmail."""
        return self.has("X-GM-EXT-1")


def again(doing: str, mailbox: str = "", done: int = 0, total: int = 0) -> Step:
    """A step that says: there is more to do at once."""
    return Step("again", 0.0, doing, mailbox, done, total)


def now() -> int:
    """The time in ms UTC."""
    return now_ms()
