"""Counts the past mail that a past sync would bring, in its own thread, on its own connection.

The connection only reads. It is one of the three that an account may have (docs/sync.md, "Order
of work"). It is closed as soon as the counts are there or the user goes on. If counting fails,
there are just no counts.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from models.accounts import account
from models.accounts.account import AccountConfig
from models.server import mailbox
from models.server.mailbox import MailboxState
from models.store import database
from sync.connecting import connect
from sync.engine.count import deleted_mail, past_mail
from sync.engine.count.deleted_mail import DeletedMail
from sync.engine.count.past_mail import LabelCount
from sync.engine.fetch.scope import Contacts
from sync.errors import SyncError
from sync.qt.probes.attempt import Try
from sync.qt.probes.probe import SignIn, signed_in
from sync.secrets.vault import Vault
from sync.session import ImapSession, Selected
from sync.timing import Timing

log = logging.getLogger(__name__)

BUG_SENTENCE = "The mail could not be counted because of a fault in Dealpost."
GONE_SENTENCE = "The mail could not be counted: the account is not here any more."
SIGN_IN_SENTENCE = "The account has to sign in again first. The mail comes after that."
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Counts:
    """What has been counted so far.

    Attributes:
        deleted: Mail that was deleted here and is still on the server (R8); None: not known yet.
        is_over: No more counts follow.
        error: Why counting ended early, or ''.
    """

    ticket: int
    labels: tuple[LabelCount, ...] = ()
    deleted: DeletedMail | None = None
    is_over: bool = False
    error: str = ""


class Counter(QObject):
    """Counts for one question at a time; a new question cancels the one that runs.

    Signals:
        counted: `Counts`, each with everything known so far.
    """

    counted = Signal(object)
    _told = Signal(object)

    def __init__(self, timing: Timing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timing = timing
        self._tickets = itertools.count(1)
        self._try: Try | None = None
        self._told.connect(self._on_told)

    @property
    def is_running(self) -> bool:
        """Whether more counts are to come."""
        return self._try is not None

    def count_new(self, sign_in: SignIn, names: Sequence[str], since: int) -> int:
        """Count mail since `since` in the labels of an account that is being added.

        Returns: the ticket.
        """
        own = frozenset({sign_in.address.strip().lower()})

        def work(counting_: _Counting) -> None:
            contacts = counting_.contacts(own)
            with signed_in(counting_.started, sign_in, self._timing) as session:
                counting_.labels(session, names, since, contacts)

        return self._begin(work)

    def count_account(self, account_id: int, vault: Vault, since: int) -> int:
        """Count what an account's labels would still bring, and what was deleted here (R8).

        Returns: the ticket.
        """

        def work(counting_: _Counting) -> None:
            config = counting_.read(lambda: account.config(account_id))
            if config is None:
                counting_.fail(GONE_SENTENCE)
                return
            if config.state == account.NEEDS_SIGN_IN:  # one more refused try may lock the account
                counting_.fail(SIGN_IN_SENTENCE)
                return
            boxes = counting_.read(lambda: _chosen(account_id))
            contacts = None if config.past_started else counting_.contacts(config.addresses)
            with counting_.connected(config, vault, self._timing) as session:
                counting_.deleted(session, account_id, boxes, since)
                names = [box.name for box in boxes]
                counting_.labels(session, names, since, contacts, _Here(counting_, boxes))

        return self._begin(work)

    def cancel(self) -> None:
        """End counting at once because the user goes on; no signal follows."""
        if self._try is not None:
            self._try.cancel()
            self._try = None

    def _begin(self, work: Callable[[_Counting], None]) -> int:
        self.cancel()
        started = self._try = Try(next(self._tickets))
        self.destroyed.connect(started.cancel)
        one = _Counting(started, self._told.emit)
        threading.Thread(
            target=one.run, args=(work,), name=f"counting-{started.ticket}", daemon=True
        ).start()
        return started.ticket

    @Slot(object)
    def _on_told(self, counts: Counts) -> None:
        if self._try is None or counts.ticket != self._try.ticket:
            return
        if counts.is_over:
            self._try = None
        self.counted.emit(counts)


class _CancelledError(Exception):
    """The counting was cancelled."""


class _Counting:
    """Answers one question in its own thread."""

    def __init__(self, started: Try, tell: Callable[[Counts], None]) -> None:
        self.started = started
        self._report = tell
        self._counts = Counts(started.ticket)

    def run(self, work: Callable[[_Counting], None]) -> None:
        """Do the work; a failure ends the counts and is reported with them."""
        try:
            work(self)
        except _CancelledError:
            return
        except SyncError as error:
            self.fail(error.sentence)
        except Exception:  # the boundary of this thread
            log.exception("counting failed")
            self.fail(BUG_SENTENCE)
        self._say(replace(self._counts, is_over=True))

    def fail(self, sentence: str) -> None:
        """Note why no more counts will follow."""
        self._counts = replace(self._counts, error=sentence)

    def labels(
        self,
        session: ImapSession,
        names: Sequence[str],
        since: int,
        contacts: Contacts | None,
        leave: past_mail.Leave = past_mail.nothing,
    ) -> None:
        """Count these labels, and report each as it is done."""
        found: dict[str, LabelCount] = {}
        for one in past_mail.count(session, names, since, contacts, leave):
            found[one.name] = one
            self._say(replace(self._counts, labels=tuple(found.values())))

    def deleted(
        self, session: ImapSession, account_id: int, boxes: Sequence[MailboxState], since: int
    ) -> None:
        """Count and report the mail that was deleted here."""
        found = deleted_mail.find(session, account_id, boxes, since, self.read)
        self._say(replace(self._counts, deleted=found))

    @contextmanager
    def connected(
        self, config: AccountConfig, vault: Vault, timing: Timing
    ) -> Iterator[ImapSession]:
        """A read-only session of an account, closed at the end."""
        with _open_store():
            session = connect(
                config, vault, timing, read_only=True,
                hold=lambda made: self.started.on_cancel(made.abort),
                is_stopped=self.started.cancelled.is_set,
            )  # fmt: skip
        try:
            yield session
        finally:
            session.close()

    def contacts(self, own: frozenset[str]) -> Contacts | None:
        """The addresses of all contacts, or None if there are none."""
        return self.read(lambda: Contacts(own)) or None

    def read(self, work: Callable[[], T], /) -> T:
        """Read from the store, but not once `cancel` has returned: it may be closed then."""
        found: list[T] = []

        def read() -> None:
            with _open_store():
                found.append(work())

        self.started.tell(read)
        if not found:
            raise _CancelledError
        return found[0]

    def _say(self, counts: Counts) -> None:
        self._counts = counts
        self.started.tell(lambda: self._report(counts))


@contextmanager
def _open_store() -> Iterator[None]:
    database.open_for_thread()
    try:
        yield
    finally:
        database.close_for_thread()


class _Here:
    """Says which UIDs of a mailbox are known: their mail is here, or a tombstone keeps it out."""

    def __init__(self, one: _Counting, boxes: Sequence[MailboxState]) -> None:
        self._one = one
        self._boxes = {box.name: box for box in boxes}

    def __call__(self, selected: Selected, uids: Sequence[int]) -> Collection[int]:
        box = self._boxes[selected.name]
        return deleted_mail.known(box, selected.uidvalidity, uids, self._one.read)


def _chosen(account_id: int) -> list[MailboxState]:
    return [
        box
        for box in mailbox.of_account(account_id)
        if box.is_synced and box.is_selectable and box.missing_since is None
    ]
