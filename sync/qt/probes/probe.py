"""Finds an address's servers and tries a sign-in, for the wizard and the preferences.

Each try runs in its own short-lived daemon threads, IMAP and SMTP side by side. Every answer has
the ticket of its try. After `cancel`, or once a newer try has started, late answers are dropped.
A try that hangs in a name look-up is left behind: it holds no resources.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from models.server.mailbox import Role
from models.shown_certificate import ShownCertificate
from sync import providers
from sync.detection import Answer, Detected, Network, detect
from sync.engine.mailboxes.roles import roles
from sync.errors import (
    AppPasswordNeededError,
    CertificateError,
    ConnectRefusedError,
    HostUnknownError,
    NoStartTlsError,
    SignInError,
    SyncError,
    TimedOutError,
    TlsError,
    TokenRefusedError,
    UnreachableError,
)
from sync.net.server import Server
from sync.providers import AppPassword, Security, ServerPlace
from sync.qt.probes.attempt import Try
from sync.session import ImapSession
from sync.smtp.probe import SmtpPlace, SmtpTry
from sync.timing import Timing

__all__ = [
    "Answer", "Detected", "Detection", "Failure", "FailureKind", "Label", "Probe", "SignIn", "Tried",
]  # fmt: skip

log = logging.getLogger(__name__)

Done = TypeVar("Done")
BUG_SENTENCE = "The try failed because of a fault in Dealpost. Try again."


class FailureKind(StrEnum):
    """What failed, by the names of S1."""

    HOST_UNKNOWN = "host_unknown"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    NO_STARTTLS = "no_starttls"
    TLS = "tls"
    APP_PASSWORD = "app_password"  # noqa: S105  # the name of a fault
    SIGN_IN = "sign_in"
    OTHER = "other"


# The names that `sync.net.server.Server` uses.
_LINES: dict[Security, Literal["tls", "starttls", "plain"]] = {
    Security.TLS: "tls",
    Security.STARTTLS: "starttls",
    Security.NONE: "plain",
}
# The first class that fits names the failure.
_KINDS: tuple[tuple[type[SyncError], FailureKind], ...] = (
    (HostUnknownError, FailureKind.HOST_UNKNOWN),
    (ConnectRefusedError, FailureKind.REFUSED),
    (TimedOutError, FailureKind.TIMED_OUT),
    (UnreachableError, FailureKind.UNREACHABLE),
    (CertificateError, FailureKind.CERTIFICATE),
    (NoStartTlsError, FailureKind.NO_STARTTLS),
    (TlsError, FailureKind.TLS),
    (AppPasswordNeededError, FailureKind.APP_PASSWORD),
    (SignInError, FailureKind.SIGN_IN),
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """The sign-in that is tried.

    Attributes:
        user_name, smtp_user_name: '' means the address.
        ca_file: A further certificate to trust, as a PEM file.
        trusted: Certificates that the user trusts, as (host in lower case, fingerprint).
        token: For OAuth, instead of the password. Called in the try's thread with the token that
            a server refused (or ''); returns another access token.
    """

    address: str
    password: str = field(repr=False)
    imap: ServerPlace
    smtp: ServerPlace
    user_name: str = ""
    smtp_user_name: str = ""
    plain_text_agreed: bool = False
    ca_file: str = ""
    trusted: frozenset[tuple[str, str]] = frozenset()
    token: Callable[[str], str] | None = field(default=None, repr=False)

    def trusted_of(self, host: str) -> frozenset[str]:
        """The fingerprints that the user trusts for a host."""
        wanted = host.strip().lower()
        return frozenset(fingerprint for known, fingerprint in self.trusted if known == wanted)

    def secret(self, *, refused: str = "") -> tuple[str, str]:
        """The password or access token, and its kind. A token may have to be renewed first."""
        if self.token is None:
            return self.password, "password"
        return self.token(refused), "oauth2"


@dataclass(frozen=True, slots=True)
class Failure:
    """What failed, with the sentence for the user, and the certificate if that is the cause."""

    kind: FailureKind
    sentence: str
    certificate: ShownCertificate | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A mailbox of the account that was tried."""

    name: str
    delimiter: str
    role: Role


@dataclass(frozen=True, slots=True)
class Detection:
    """The answer to `detect`."""

    ticket: int
    detected: Detected


@dataclass(frozen=True, slots=True)
class Tried:
    """The answer to `try_sign_in`. No failure means that this server accepted the sign-in."""

    ticket: int
    imap_failure: Failure | None
    smtp_failure: Failure | None
    labels: tuple[Label, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether both servers accepted the sign-in."""
        return self.imap_failure is None and self.smtp_failure is None


class Probe(QObject):
    """Tries what the user typed; one try at a time.

    Signals:
        looked: An `Answer` of the running search, for its details.
        detected: A `Detection`.
        tried: A `Tried`.
    """

    looked = Signal(object)
    detected = Signal(object)
    tried = Signal(object)
    _looked = Signal(int, object)
    _finished = Signal(object)

    def __init__(self, timing: Timing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timing = timing
        self._tickets = itertools.count(1)
        self._try: Try | None = None
        self._looked.connect(self._on_looked)
        self._finished.connect(self._on_finished)

    @property
    def is_running(self) -> bool:
        """Whether an answer is still to come."""
        return self._try is not None

    def detect(self, address: str, network: Network | None = None) -> int:
        """Look for an address's servers; `looked` and `detected` follow. Returns the ticket."""
        started = self._begin()

        def tell(answer: Answer) -> None:
            started.tell(lambda: self._looked.emit(started.ticket, answer))

        def look() -> Detected:
            try:
                return detect(
                    address, started.cancelled, network=network, tell=tell, enough=started.enough
                )
            except Exception:  # the boundary of this thread: the user waits for an answer
                log.exception("a search failed")
                return Detected(None, None)

        self._run(started, lambda: Detection(started.ticket, look()))
        return started.ticket

    def stop_looking(self) -> None:
        """End a search with what is known; its answer comes within 50 ms."""
        if self._try is not None:
            self._try.enough.set()

    def try_sign_in(self, sign_in: SignIn) -> int:
        """Sign in to both servers and list the labels; `tried` follows. Returns the ticket."""
        started = self._begin()
        self._run(started, lambda: _tried(started, sign_in, self._timing))
        return started.ticket

    def cancel(self) -> None:
        """Abandon what runs; no answer follows."""
        if self._try is not None:
            self._try.cancel()
            self._try = None

    def _begin(self) -> Try:
        self.cancel()
        self._try = Try(next(self._tickets))
        self.destroyed.connect(self._try.cancel)
        return self._try

    def _run(self, started: Try, work: Callable[[], Detection | Tried]) -> None:
        def run() -> None:
            answer = work()
            started.tell(lambda: self._finished.emit(answer))

        threading.Thread(target=run, name=f"probe-{started.ticket}", daemon=True).start()

    @Slot(int, object)
    def _on_looked(self, ticket: int, answer: Answer) -> None:
        if self._try is not None and ticket == self._try.ticket:
            self.looked.emit(answer)

    @Slot(object)
    def _on_finished(self, answer: Detection | Tried) -> None:
        if self._try is None or answer.ticket != self._try.ticket:
            return
        self._try = None
        if isinstance(answer, Detection):
            self.detected.emit(answer)
        else:
            self.tried.emit(answer)


def _tried(started: Try, sign_in: SignIn, timing: Timing) -> Tried:
    """Try both servers side by side, so that the user waits only for the slower one."""
    failures: list[Failure | None] = [None]

    def try_smtp() -> None:
        failures[0] = _failure_of(lambda: _sign_in_smtp(started, sign_in, timing), sign_in)

    labels: list[Label] = []
    smtp = threading.Thread(target=try_smtp, name=f"probe-{started.ticket}-smtp", daemon=True)
    smtp.start()
    imap_failure = _failure_of(
        lambda: labels.extend(_sign_in_imap(started, sign_in, timing)), sign_in
    )
    smtp.join()
    return Tried(started.ticket, imap_failure, failures[0], tuple(labels))


def _failure_of(work: Callable[[], None], sign_in: SignIn) -> Failure | None:
    try:
        work()
    except SyncError as error:
        return _failure(error, sign_in)
    except Exception:  # the boundary of this thread: the user waits for an answer
        log.exception("a try failed")
        return Failure(FailureKind.OTHER, BUG_SENTENCE)
    return None


def _failure(error: SyncError, sign_in: SignIn) -> Failure:
    kind = next((kind for group, kind in _KINDS if isinstance(error, group)), FailureKind.OTHER)
    if isinstance(error, TokenRefusedError):
        return Failure(
            kind,
            f"The mail server does not accept this sign-in for {sign_in.address}. Check that you "
            "signed in with this address in the browser.",
        )
    if kind is FailureKind.SIGN_IN and sign_in.token is None:
        sentence = _app_password_sentence(sign_in)
        if sentence:
            return Failure(FailureKind.APP_PASSWORD, sentence)
    shown = error.shown if isinstance(error, CertificateError) else None
    return Failure(kind, error.sentence, shown)


def _app_password_sentence(sign_in: SignIn) -> str:
    """The sentence for a refusal at a provider that needs app passwords, or ''."""
    provider = providers.of_host(sign_in.imap.host)
    if provider is None or provider.app_password is not AppPassword.NEEDED:
        return ""
    return (
        f"{provider.name} did not accept this password. It needs an app password, not the one of "
        f"the account. Make one here: {provider.words}."
    )


@contextmanager
def signed_in(started: Try, sign_in: SignIn, timing: Timing) -> Iterator[ImapSession]:
    """A read-only session, closed at the end; `Try.cancel` cuts it. Raises SyncError."""

    def opened(secret: str, auth: str) -> ImapSession:
        session = ImapSession(_server(sign_in.imap, sign_in), timing, read_only=True)
        started.on_cancel(session.abort)
        try:
            session.open()
            session.sign_in(sign_in.user_name or sign_in.address, secret, auth)
        except BaseException:
            session.close()
            raise
        return session

    session = _with_secret(sign_in, opened)
    try:
        yield session
    finally:
        session.close()


def _sign_in_imap(started: Try, sign_in: SignIn, timing: Timing) -> list[Label]:
    with signed_in(started, sign_in, timing) as session:
        listed = session.list_mailboxes(status=False)
    found = roles(listed)
    return [
        Label(mailbox.name, mailbox.delimiter, found.get(mailbox.name, (Role.NONE, ""))[0])
        for mailbox in listed
        if mailbox.is_selectable
    ]


def _with_secret(sign_in: SignIn, attempt: Callable[[str, str], Done]) -> Done:
    """Run `attempt`; if the server refuses a token (it may end early), renew it and run again."""
    secret, auth = sign_in.secret()
    try:
        return attempt(secret, auth)
    except TokenRefusedError:
        if auth != "oauth2":
            raise
    return attempt(*sign_in.secret(refused=secret))


def _server(place: ServerPlace, sign_in: SignIn) -> Server:
    return Server(
        place.host,
        place.port,
        _LINES[place.security],
        plain_text_agreed=sign_in.plain_text_agreed,
        ca_file=sign_in.ca_file,
        trusted=sign_in.trusted_of(place.host),
    )


def _sign_in_smtp(started: Try, sign_in: SignIn, timing: Timing) -> None:
    server = sign_in.smtp
    place = SmtpPlace(
        server.host,
        server.port,
        server.security,
        sign_in.plain_text_agreed,
        sign_in.ca_file,
        sign_in.trusted_of(server.host),
    )

    def attempt(secret: str, auth: str) -> None:
        smtp = SmtpTry(place, timing)
        started.on_cancel(smtp.abort)
        smtp.sign_in(sign_in.smtp_user_name or sign_in.address, secret, auth)

    _with_secret(sign_in, attempt)
