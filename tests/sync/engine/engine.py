"""Drive one account's engine against a private Dovecot, without threads or sleeps.

A second client of the same user plays the other mail program.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import replace

from models.accounts import account
from models.accounts.account import NewAccount
from models.commands.execute import execute
from models.events import Event
from models.server import mailbox, sync_facts
from models.server.sync_facts import SyncFacts
from models.store import database
from sync.engine.quarantine import Quarantine
from sync.engine.schedule import AccountSync
from sync.net.server import Server
from sync.session import ImapSession
from sync.timing import Timing
from tests.support.builders import a_mail
from tests.support.other_client import OtherClient
from tests.support.servers.dovecot import Dovecot

FAST = Timing(
    second_sitting=0.05,
    cycle=0.0,
    flags_all=0.0,
    full_check=3600.0,
    operation_retry_first=0.01,
    operation_retry_most=0.05,
)
DEADLINE_SECONDS = 60.0
DAY_MS = 24 * 3600 * 1000
SELDOM = replace(
    FAST, second_sitting=3600.0
)  # the test itself decides when the second check is due: `make_due`
# Capabilities that the engine shall not use, each set under a name for the tests.
MASKS = {
    "all": frozenset(),
    "no-qresync": frozenset({"QRESYNC"}),
    "no-condstore": frozenset({"QRESYNC", "CONDSTORE"}),
    "no-list-status": frozenset({"LIST-STATUS"}),
    "bare": frozenset(
        {"QRESYNC", "CONDSTORE", "MOVE", "UIDPLUS", "ESEARCH", "LIST-STATUS", "SPECIAL-USE"}
        | {"LIST-EXTENDED", "LITERAL+", "IDLE", "UNSELECT", "ENABLE"}
    ),
}


class Engine:
    """One account of a Dovecot user, and another mail program of the same user."""

    def __init__(
        self,
        server: Dovecot,
        user: str,
        *,
        masked: frozenset[str] = frozenset(),
        timing: Timing = FAST,
        read_only: bool = False,
        chosen: tuple[str, ...] = ("INBOX", "Sent"),
        port: int = 0,
        **columns: object,
    ) -> None:
        self.server, self.user = server, user
        self.port = port or server.port  # a proxy's port, if one is between
        self.masked, self.timing, self.read_only = masked, timing, read_only
        self.events: list[Event] = []
        self.quarantine = Quarantine(timing)  # outlives connections, as in the worker
        self.commands: list[str] = []
        self.on_command: Callable[[str], None] = self.commands.append
        self.other: OtherClient = server.other(user)
        self.account_id = account.create(new_account(server, user, columns))
        for name in chosen:
            mailbox.save(self.account_id, name, is_chosen=True)
        self.session: ImapSession | None = None
        self.sync: AccountSync = self.connect()

    def connect(self) -> AccountSync:
        """Connect again, as after a crash or a lost connection."""
        self.drop()
        self.session = ImapSession(
            Server("localhost", self.port, "plain"),
            self.timing,
            read_only=self.read_only,
            masked=self.masked,
            on_command=self._heard,
        )
        self.session.open()
        self.session.sign_in(self.user, "secret")
        config = account.config(self.account_id)
        assert config is not None
        self.sync = AccountSync(
            config,
            self.session,
            self.timing,
            read_only=self.read_only,
            report=self.events.append,
            should_yield=lambda: False,
            quarantine=self.quarantine,
        )
        self.sync.connect_done()
        return self.sync

    def _heard(self, text: str) -> None:
        self.on_command(text)

    def drop(self) -> None:
        """Cut the connection."""
        if self.session is not None:
            self.session.abort()
            self.session.close()

    def close(self) -> None:
        self.drop()
        self.other.close()

    def cycle(self, *, after_idle: bool = False) -> None:
        """Run operations, one whole cycle and past mail until there is nothing to do.

        `after_idle`: IDLE ran long enough to report the changes of its mailbox.
        """
        self.leave_idle()
        self.sync._context.is_listening = after_idle
        self.sync.news()
        end = time.monotonic() + DEADLINE_SECONDS
        has_cycled = False
        while time.monotonic() < end:
            step = self.sync.step()
            if step.doing == "cycle" and self.sync._cycle is None:
                has_cycled = True
                self.sync._cycle_at = time.monotonic() + 3600
            if step.kind != "again" and has_cycled:
                if step.kind == "idle" and self.session is not None:
                    self.session.idle_begin()
                return
        raise AssertionError("the engine does not come to rest")

    def step_until(self, is_so: Callable[[], bool]) -> None:
        """Run one cycle, and then steps of past mail only until the condition holds."""
        self.leave_idle()
        end = time.monotonic() + DEADLINE_SECONDS
        while not is_so():
            assert time.monotonic() < end, "it never came true"
            if self.sync.step().doing == "cycle" and self.sync._cycle is None:
                self.sync._cycle_at = time.monotonic() + 3600

    def leave_idle(self) -> None:
        """End IDLE as the worker does, which learns of changes in the open mailbox in time."""
        if self.session is not None and self.session.is_idling:
            self.session.idle_events()
            self.session.idle_end()
            self.session.take_events()

    def until(self, is_so: Callable[[], bool]) -> None:
        """Run cycles until the condition holds."""
        end = time.monotonic() + DEADLINE_SECONDS
        while not is_so():
            assert time.monotonic() < end, "it never came true"
            self.cycle()

    def settle(self) -> None:
        """Run cycles until no case is left that only waits for time to pass."""
        self.cycle()
        self.until(lambda: self.facts().checking == 0)

    def make_due(self) -> None:
        """Move the first check of every open case an hour and more into the past."""
        database.run("UPDATE location SET missing_since = missing_since - 4000000")

    def outlast(self) -> None:
        """Run cycles for much longer than two checks take, so that a wrong delete shows."""
        end = time.monotonic() + 5 * self.timing.second_sitting
        for count in itertools.count(1):
            self.cycle()
            if count >= 4 and time.monotonic() > end:
                return

    def run(self, command: object) -> None:
        """Run a command of the user."""
        execute(command)  # type: ignore[arg-type]
        self.sync.wake()

    # --- what is here -------------------------------------------------------------------------

    def facts(self) -> SyncFacts:
        """What waits and what went wrong, as the window counts it."""
        return sync_facts.of_account(self.account_id)

    def undecided(self) -> tuple[int, int]:
        """How many messages are being checked, and how many deletes are held."""
        facts = self.facts()
        return facts.checking, facts.held

    def subjects(self) -> list[str]:
        """The subjects of all messages, in the order in which they came in."""
        return [s for (s,) in database.rows("SELECT subject FROM message ORDER BY id")]

    def message_id(self, subject: str) -> int:
        return int(database.value("SELECT id FROM message WHERE subject = ?", (subject,)))

    def conversation_id(self, subject: str) -> int:
        return int(
            database.value("SELECT conversation_id FROM message WHERE subject = ?", (subject,))
        )

    def places(self, subject: str) -> dict[str, str]:
        """Where a message is: the state of its location in each mailbox."""
        return dict(
            database.rows(
                "SELECT b.name, l.state FROM location l JOIN mailbox b ON b.id = l.mailbox_id "
                "JOIN message m ON m.id = l.message_id WHERE m.subject = ?",
                (subject,),
            )
        )

    def operations(self) -> list[tuple[str, str]]:
        return [(k, s) for k, s in database.rows("SELECT kind, state FROM operation ORDER BY id")]

    def box(self, name: str) -> mailbox.MailboxState:
        found = mailbox.by_name(self.account_id, name)
        assert found is not None
        return found

    # --- the other program -------------------------------------------------------------------

    def deliver(self, *subjects: str, to: str = "INBOX", **details: object) -> None:
        mails = [a_mail(subject=subject, **details) for subject in subjects]  # type: ignore[arg-type]
        self.server.deliver(self.user, to, mails)

    def server_subjects(self, name: str) -> list[str]:
        """The subjects in a mailbox on the server, without messages marked \\Deleted."""
        return subjects_in(self.other, name)


def subjects_in(other: OtherClient, name: str) -> list[str]:
    """The subjects in a mailbox, sorted, without messages marked \\Deleted."""
    found = []
    for uid in other.uids(name):
        if "\\Deleted" in other.flags(name, uid):
            continue
        line = next(
            x for x in other.raw(name, uid).split(b"\r\n") if x.lower().startswith(b"subject:")
        )
        found.append(line[8:].strip().decode())
    return sorted(found)


def new_account(server: Dovecot, user: str, columns: dict[str, object]) -> NewAccount:
    """An account of this user; `columns` replace the defaults."""
    new = NewAccount(
        address="me@dealpost.example",
        imap_host="localhost",
        imap_port=server.port,
        imap_security="none",
        smtp_host="localhost",
        smtp_port=1,
        smtp_security="none",
        user_name=user,
        start="1y",
    )
    return replace(new, **columns)  # type: ignore[arg-type]
