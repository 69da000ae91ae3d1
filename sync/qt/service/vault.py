"""Opens and uses the vault from the GUI thread, which never waits for it.

A locked keyring answers when the user closes its prompt, or never. So every call that may block
runs in one daemon thread of plain Python. A daemon thread ends with the program; to destroy a
QThread that hangs in a call would abort the program.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from models.accounts import account
from models.accounts.secrets import EncryptedSecrets
from models.accounts.secrets import account_ids as accounts_with_secrets
from models.store import database
from sync.errors import SecretLockedError
from sync.secrets import system_keyring
from sync.secrets.vault import KEYRING_CLOSED, KEYRING_GONE, Vault, VaultMode, VaultState

__all__ = [
    "QuestionKind",
    "Vault",
    "VaultAnswer",
    "VaultMode",
    "VaultQuestion",
    "VaultService",
    "VaultState",
]

log = logging.getLogger(__name__)

SILENT = "Your keychain does not answer. Unlock it, then try again, or choose another way."
PROMPT_MS = 60_000  # time for the user to unlock a keychain; then another way is offered
WAITING_MS = 500  # a keyring that takes longer has opened its own prompt


class QuestionKind(StrEnum):
    """What the user has to do before secrets can be read."""

    PASSPHRASE = "passphrase"  # noqa: S105  # enter it
    KEYRING_LOCKED = "keyring_locked"  # unlock the keychain, then `retry`
    NO_KEYRING = "no_keyring"  # the keychain is not there: bring it back, or choose another way
    SIGN_IN = "sign_in"  # the secrets are gone, or were never stored: sign in to each account


@dataclass(frozen=True, slots=True)
class VaultQuestion:
    """Why the vault is not open, with the sentence for the user."""

    kind: QuestionKind
    sentence: str


@dataclass(frozen=True, slots=True)
class VaultAnswer:
    """The result of `check_keyring`, `unlock`, `prepare` or `perform`.

    `error` is the sentence for the user, or ''.
    """

    ticket: int
    is_done: bool
    error: str = ""


class VaultService(QObject):
    """Opens the vault, and asks the user where it can't.

    Attributes:
        vault: Thread-safe; workers read secrets from it.

    Signals:
        opened: Secrets can be read, or there are none to read: workers may start.
        asked: A VaultQuestion.
        waiting_changed: We wait for the keychain (True), or it has answered (False).
        answered: A VaultAnswer to one ticket.
    """

    opened = Signal()
    asked = Signal(object)
    waiting_changed = Signal(bool)
    answered = Signal(object)
    _finished = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.vault = Vault()
        self._jobs: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._tickets = 0
        self._open_tickets: set[int] = set()
        self._running = 0
        self._is_closed = False
        self._telling = threading.Lock()  # held while the thread emits: this object must live then
        self._is_waiting = False
        self._life = 0  # counts the threads: results of one that was given up are dropped
        self._question: VaultQuestion | None = None
        self._wait = QTimer(self, singleShot=True, interval=WAITING_MS)
        self._wait.timeout.connect(self._report_waiting)
        self._is_opening = False
        self._patient_ticket = 0  # its answer is waited for at most `PROMPT_MS`
        self.patience = QTimer(self, singleShot=True, interval=PROMPT_MS)
        self.patience.timeout.connect(self.give_up_waiting)
        self._finished.connect(self._on_finished)

    @property
    def is_waiting(self) -> bool:
        """Whether the window should say that it waits for the keychain."""
        return self._is_waiting

    @property
    def is_busy(self) -> bool:
        """Whether the vault's thread still owes an answer."""
        return bool(self._running)

    @property
    def question(self) -> VaultQuestion | None:
        """What the user has to do before secrets can be read; None if nothing."""
        return self._question

    def start(self) -> None:
        """Read how the key is kept, and open the vault if the user is not needed.

        `opened` or `asked` follows.
        """
        self._is_opening = True
        self._do(_Opening(self.vault, is_first=True))

    def retry(self) -> None:
        """Ask the keychain again; `opened` or `asked` follows."""
        self._is_opening = True
        self._do(_Opening(self.vault, is_first=False))

    def retry_if_closed(self) -> None:
        """Ask the keychain again if only its key is missing: it may be there by now."""
        kinds = (QuestionKind.KEYRING_LOCKED, QuestionKind.NO_KEYRING)
        if self._question is not None and self._question.kind in kinds and not self._running:
            self.retry()

    def check_keyring(self) -> int:
        """Find out whether there is a usable keyring: the answer's `is_done`.

        A keyring that does not answer in time counts as none.
        """
        return self._patiently(_checked)

    def unlock(self, passphrase: str) -> int:
        """Open the vault with the passphrase; `opened` follows if it is the right one."""
        return self._ticketed(lambda: self.vault.unlock(passphrase), opens=True, asks_keyring=False)

    def prepare(self, mode: VaultMode, passphrase: str = "") -> int:
        """Make a new key, kept as the user chose; afterwards `encrypted` works.

        A keyring that does not answer in time counts as a refusal: the user may choose another way.
        """
        asks = mode is VaultMode.KEYRING
        return self.perform(lambda: self.vault.prepare(mode, passphrase), asks_keyring=asks)

    def perform(self, work: Callable[[], object], *, asks_keyring: bool = True) -> int:
        """Do slow work in the vault's thread; `answered` brings the ticket back.

        Work that asks the keyring has `PROMPT_MS`, the time for its prompt.
        """
        return self._patiently(work) if asks_keyring else self._ticketed(work, asks_keyring=False)

    @Slot()
    def give_up_waiting(self) -> None:
        """The keychain does not answer: leave its thread behind, so the user can go another way.

        The tickets that it still had to answer are answered now, as failed.
        """
        if self._thread is None or not self._running:
            return
        self.patience.stop()
        self._jobs.put(None)
        self._jobs, self._thread = queue.SimpleQueue(), None
        self._life += 1
        self._running = 0
        self._stop_waiting()
        abandoned, self._open_tickets = self._open_tickets, set()
        for ticket in sorted(abandoned):
            self.answered.emit(VaultAnswer(ticket, False, SILENT))
        if self._is_opening:
            self._is_opening = False
            self._question = VaultQuestion(QuestionKind.KEYRING_LOCKED, SILENT)
            self.asked.emit(self._question)

    def encrypted(self, password: str, purpose: str = "imap") -> EncryptedSecrets:
        """An account's password or tokens, ready for a command. The vault must be open."""
        return self.vault.encrypted({purpose: password})

    def close(self) -> None:
        """Let the thread end when it can. Later answers are dropped."""
        with self._telling:
            self._is_closed = True
        self._wait.stop()
        self.patience.stop()
        self._jobs.put(None)
        if self._thread is not None and not self._running:
            self._thread.join()

    def _patiently(self, work: Callable[[], object]) -> int:
        self._patient_ticket = self._ticketed(work)
        self.patience.start()
        return self._patient_ticket

    def _ticketed(
        self, work: Callable[[], object], *, opens: bool = False, asks_keyring: bool = True
    ) -> int:
        self._tickets += 1
        self._open_tickets.add(self._tickets)
        self._do(_Ticketed(self._tickets, work, opens), asks_keyring=asks_keyring)
        return self._tickets

    def _do(self, job: Callable[[], object], *, asks_keyring: bool = True) -> None:
        if self._thread is None:
            arguments = (self._jobs, self._life)
            self._thread = threading.Thread(
                target=self._work, args=arguments, name="vault", daemon=True
            )
            self._thread.start()
        self._running += 1
        if asks_keyring and not self._wait.isActive() and not self._is_waiting:
            self._wait.start()
        self._jobs.put(job)

    def _work(self, jobs: queue.SimpleQueue[Callable[[], object] | None], life: int) -> None:
        """Run jobs until one is None; the thread's main function."""
        while (job := jobs.get()) is not None:
            result = job()
            with self._telling:
                if self._is_closed:
                    return
                self._finished.emit(life, result)

    @Slot()
    def _report_waiting(self) -> None:
        self._is_waiting = True
        self.waiting_changed.emit(True)

    def _stop_waiting(self) -> None:
        self._wait.stop()
        if self._is_waiting:
            self._is_waiting = False
            self.waiting_changed.emit(False)

    @Slot(int, object)
    def _on_finished(self, life: int, result: object) -> None:
        if life != self._life:
            return
        self._running -= 1
        if not self._running:
            self._stop_waiting()
        if not isinstance(result, _TicketDone):
            self._is_opening = False
        match result:
            case VaultQuestion():
                if result.kind is QuestionKind.SIGN_IN:
                    self._report_opened()  # workers start, and each says that it needs a sign-in
                self._question = result
                self.asked.emit(result)
            case _TicketDone():
                self._open_tickets.discard(result.answer.ticket)
                if result.answer.ticket == self._patient_ticket:
                    self.patience.stop()
                self.answered.emit(result.answer)
                if result.opens and result.answer.is_done:
                    self._report_opened()
            case _:
                self._report_opened()

    def _report_opened(self) -> None:
        self._question = None
        self.opened.emit()


@dataclass(frozen=True, slots=True)
class _TicketDone:
    answer: VaultAnswer
    opens: bool


@dataclass(frozen=True, slots=True)
class _Ticketed:
    """One call with a ticket; every failure becomes a sentence."""

    ticket: int
    work: Callable[[], object] = field(repr=False)  # a passphrase may be among its arguments
    opens: bool

    def __call__(self) -> _TicketDone:
        try:
            self.work()
        except SecretLockedError as error:
            return _TicketDone(VaultAnswer(self.ticket, False, error.sentence), self.opens)
        except Exception:  # the boundary of this thread: a keyring's backend may raise anything
            log.exception("the keychain failed")
            sentence = "Your keychain failed. Choose another way to keep the password."
            return _TicketDone(VaultAnswer(self.ticket, False, sentence), self.opens)
        return _TicketDone(VaultAnswer(self.ticket, True), self.opens)


class _Opening:
    """Opens the vault as far as that is possible without the user."""

    def __init__(self, vault: Vault, *, is_first: bool) -> None:
        self.vault = vault
        self.is_first = is_first
        self.has_accounts = False

    def __call__(self) -> VaultQuestion | None:
        try:
            return self._opened()
        except Exception:  # the boundary of this thread, see above
            log.exception("the vault could not be opened")
            return VaultQuestion(QuestionKind.KEYRING_LOCKED, "Your keychain failed. Try again.")

    def _opened(self) -> VaultQuestion | None:
        have_secrets = True
        if self.is_first:
            have_secrets = self._load()
        elif self.vault.state is VaultState.OPEN:
            return None
        if self.vault.mode is VaultMode.SESSION and self.has_accounts:
            sentence = "Passwords are not stored here. Enter them for this session."
            return VaultQuestion(QuestionKind.SIGN_IN, sentence)
        if self.vault.mode is VaultMode.PASSPHRASE and have_secrets:
            return VaultQuestion(QuestionKind.PASSPHRASE, "Enter your passphrase.")
        state = self.vault.open_keyring()
        if state is VaultState.MISSING and have_secrets:
            sentence = "Your keychain no longer has Dealpost's key. Sign in to your accounts again."
            return VaultQuestion(QuestionKind.SIGN_IN, sentence)
        if state is VaultState.LOCKED and have_secrets:
            return VaultQuestion(QuestionKind.KEYRING_LOCKED, KEYRING_CLOSED)
        if state is VaultState.ABSENT and have_secrets:
            return VaultQuestion(QuestionKind.NO_KEYRING, KEYRING_GONE)
        return None

    def _load(self) -> bool:
        """Whether there are secrets to open. Closes the store before the keyring is asked."""
        database.open_for_thread(read_only=True)
        try:
            self.vault.load()
            self.has_accounts = any(config.state != "stopped" for config in account.configs())
            return bool(accounts_with_secrets())
        finally:
            database.close_for_thread()


def _checked() -> None:
    if not system_keyring.is_usable():
        raise SecretLockedError(system_keyring.NO_KEYRING)
