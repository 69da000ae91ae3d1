"""Tries an SMTP server: connects, encrypts, signs in or only looks, and hangs up.

No mail is sent. The rules are those of the IMAP session: certificates are checked, a configured
STARTTLS must be offered, and an unencrypted connection needs the user's consent unless the server is
this computer.
"""

from __future__ import annotations

import base64
import contextlib
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sync.errors import (
    ConnectionLostError,
    NoStartTlsError,
    ProtocolError,
    RetryError,
    SignInError,
    SyncError,
    TimedOutError,
    TlsError,
)
from sync.net import bearer, tls
from sync.net.connect import connect, is_loopback, stopped, tls_fault
from sync.net.refusals import clean_words, sign_in_refusal
from sync.net.server import Security as Line
from sync.net.server import Server
from sync.providers import Security
from sync.session import Secured, secured
from sync.timing import Timing

OUR_NAME = "localhost"  # what EHLO says instead of this computer's name, which is private

_LINES: dict[Security, Line] = {
    Security.TLS: "tls",
    Security.STARTTLS: "starttls",
    Security.NONE: "plain",
}


@dataclass(frozen=True, slots=True)
class SmtpPlace:
    """Where to send mail; `ca_file` and `trusted` as in `Server`."""

    host: str
    port: int
    security: Security
    plain_text_agreed: bool = False
    ca_file: str = ""
    trusted: frozenset[str] = frozenset()


Act = Callable[["_Client"], None]


class SmtpTry:
    """One try. `abort` may be called from any thread, and ends it at once."""

    def __init__(self, place: SmtpPlace, timing: Timing) -> None:
        self._place = place
        self._server = Server(
            place.host,
            place.port,
            _LINES[place.security],
            ca_file=place.ca_file,
            trusted=place.trusted,
        )
        self._timing = timing
        self._stopped = threading.Event()
        self._socket: socket.socket | None = None
        self._auth = "password"

    def sign_in(self, user: str, secret: str, auth: str = "password") -> None:
        """Sign in with a password or an access token (`oauth2`). Raises the SyncError of what failed."""
        self._auth = auth
        self._talk_to(lambda client: self._authenticate(client, user, secret))

    def look(self) -> Secured | None:
        """How the connection is encrypted, or None; without signing in. Raises as `sign_in` does."""
        found: list[Secured | None] = []
        self._talk_to(lambda _client: found.append(secured(self._socket)))
        return found[-1]

    def _talk_to(self, act: Act) -> None:
        """Do something on a connection that is greeted and encrypted."""
        ends_at = time.monotonic() + self._timing.sign_in
        try:
            tls.attempt(self._server, lambda good: self._try(act, ends_at, good))
        except SyncError:
            raise
        except TimeoutError:
            raise self._too_slow() from None
        except (smtplib.SMTPServerDisconnected, ConnectionError, ssl.SSLError) as error:
            if self._stopped.is_set():
                raise stopped(self._server) from None
            if _is_late(error):
                raise self._too_slow() from None
            raise ConnectionLostError(f"{self._server.place} hung up.") from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise self._not_smtp(error) from None

    def abort(self) -> None:
        """End the try from any thread."""
        self._stopped.set()
        sock = self._socket
        if sock is not None:
            # Not SSLSocket.shutdown: it removes the TLS object while another thread reads.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _try(self, act: Act, ends_at: float, good: tls.Good) -> None:
        sock = connect(self._server, seconds=self._timing.connect, is_stopped=self._stopped.is_set)
        self._socket = sock
        try:
            if self._stopped.is_set():  # aborted before there was a socket
                raise stopped(self._server)
            sock.settimeout(max(0.05, min(self._timing.connect, ends_at - time.monotonic())))
            self._check_line(sock)
            self._talk(sock, act, good)
        finally:
            self._socket.close()  # the TLS socket, if it got that far

    def _talk(self, sock: socket.socket, act: Act, good: tls.Good) -> None:
        if self._place.security is Security.TLS:
            sock = self._secured(sock, good)
        with contextlib.closing(_Client(sock)) as client:
            self._greeted(client)
            if self._place.security is Security.STARTTLS:
                self._start_tls(client, good)
            act(client)
            with contextlib.suppress(smtplib.SMTPException, OSError):
                client.quit()

    def _check_line(self, sock: socket.socket) -> None:
        is_open = self._place.security is Security.NONE
        if is_open and not self._place.plain_text_agreed and not is_loopback(sock):
            raise TlsError(
                f"Without TLS anybody on the way to {self._server.place} can read your password "
                "and mail. Choose TLS or STARTTLS, or agree to an open connection."
            )

    def _secured(self, sock: socket.socket, good: tls.Good) -> ssl.SSLSocket:
        context = tls.context(self._server, good)
        try:
            # The handshake comes after the assignment, so that `abort` reaches it.
            wrapped = tls.wrapped(sock, context, self._place.host)
            self._socket = wrapped
            if self._stopped.is_set():
                raise stopped(self._server)
            wrapped.do_handshake()
        except (OSError, ValueError) as error:
            raise self._tls_fault(error) from None
        tls.check(wrapped, good)
        return wrapped

    def _tls_fault(self, error: Exception) -> Exception:
        if self._stopped.is_set():
            return stopped(self._server)
        if isinstance(error, ssl.SSLCertVerificationError):
            return error
        fault = tls_fault(self._server, error)
        if type(fault) is TlsError and "from the start" in fault.sentence:
            return TlsError(
                f"{self._server.place} does not speak TLS from the start. Choose STARTTLS for "
                "this port, or port 465 with TLS."
            )
        return fault

    def _greeted(self, client: _Client) -> None:
        try:
            code, words = client.connect(self._place.host, self._place.port)
        except (TimeoutError, smtplib.SMTPServerDisconnected) as error:
            if not self._stopped.is_set() and _is_late(error):
                raise self._silent() from None
            raise
        if code != 220:
            raise self._refused(code, words)
        client.ehlo_or_helo_if_needed()

    def _start_tls(self, client: _Client, good: tls.Good) -> None:
        if not client.has_extn("starttls"):
            raise NoStartTlsError(
                f"{self._server.place} does not offer STARTTLS. Choose TLS with port 465, or ask "
                "your provider."
            )
        try:
            sock = client.ask_for_tls()
        except smtplib.SMTPResponseException as error:
            said = clean_words(error.smtp_error)
            raise TlsError(
                f"{self._server.place} refuses STARTTLS now, and nothing is sent without it. It "
                f"says: {said}"
            ) from None
        client.go_on_with(self._secured(sock, good))
        client.ehlo()

    def _authenticate(self, client: _Client, user: str, secret: str) -> None:
        if not client.has_extn("auth"):
            if client.sock is not None and is_loopback(client.sock):
                return  # a relay on this computer accepts mail without sign-in
            raise SignInError(
                f"{self._server.place} offers no sign-in on this connection. Try STARTTLS with "
                "port 587, or TLS with port 465."
            )
        try:
            if self._auth == "oauth2":
                self._by_token(client, user, secret)
            else:
                client.sign_in(user, secret)
        except smtplib.SMTPAuthenticationError as error:
            words = clean_words(error.smtp_error, secret, _plain(user, secret))
            if 400 <= error.smtp_code < 500:
                raise RetryError(
                    f"{self._server.place} cannot check the sign-in now. Try again later.",
                    server_words=words,
                ) from None
            raise sign_in_refusal(
                self._server.place, words, with_password=self._auth != "oauth2"
            ) from None

    def _by_token(self, client: _Client, user: str, token: str) -> None:
        mechanism = bearer.choose(client.esmtp_features["auth"].split())
        if mechanism is None:
            raise SignInError(bearer.not_offered(self._server.place))
        first = bearer.first_answer(mechanism, user, token, self._place.host, self._place.port)
        client.sign_in_by_token(mechanism, first)

    def _refused(self, code: int, words: bytes) -> SyncError:
        said = clean_words(words)
        if code < 0:
            return self._not_smtp(None)
        return RetryError(f"{self._server.place} takes no mail now. It says: {said}")

    def _silent(self) -> SyncError:
        """The error for a silent server: one that waits for TLS sends nothing in plain."""
        hint = ""
        if self._place.security is not Security.TLS:
            hint = " Perhaps this port needs TLS from the start."
        return TimedOutError(f"{self._server.place} does not greet.{hint}")

    def _too_slow(self) -> SyncError:
        if self._stopped.is_set():
            return stopped(self._server)
        return TimedOutError(f"{self._server.place} did not answer in time. Try again.")

    def _not_smtp(self, error: Exception | None) -> SyncError:
        if self._stopped.is_set():
            return stopped(self._server)
        words = clean_words(str(error)) if isinstance(error, smtplib.SMTPException) else ""
        return ProtocolError(
            f"{self._server.place} does not answer like a mail server (SMTP). Check the port.",
            server_words=words,
        )


def _is_late(error: Exception) -> bool:
    """Whether the cause is a time-out, which smtplib hides behind an error of its own."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


class _Client(smtplib.SMTP):
    """smtplib on a socket that is already connected."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(local_hostname=OUR_NAME, timeout=sock.gettimeout() or 1.0)
        self._ready = sock

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._ready

    def ask_for_tls(self) -> socket.socket:
        """Send STARTTLS. Returns the socket for the handshake."""
        code, words = self.docmd("STARTTLS")
        if code != 220 or self.sock is None:
            raise smtplib.SMTPResponseException(code, words)
        return self.sock

    def go_on_with(self, secured: socket.socket) -> None:
        """Go on with the TLS socket. What was read in plain is dropped: anyone could have sent it."""
        self.sock = secured
        self.file = None
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False

    def sign_in(self, user: str, secret: str) -> None:
        """Like `login`, but name and password may have any character (RFC 4616: UTF-8)."""
        methods = self.esmtp_features["auth"].upper().split()
        if (user + secret).isascii() or not {"PLAIN", "LOGIN"} & set(methods):
            self.login(user, secret)
            return
        if "PLAIN" in methods:
            code, words = self.docmd("AUTH", f"PLAIN {_base64(_plain(user, secret))}")
        else:
            code, words = self.docmd("AUTH", "LOGIN")
            for text in (user, secret):
                if code == 334:  # the server asks for the name, then for the password
                    code, words = self.docmd(_base64(text))
        if code not in (235, 503):
            raise smtplib.SMTPAuthenticationError(code, words)

    def sign_in_by_token(self, mechanism: str, first: bytes) -> None:
        """Sign in with a token, which rarely fits on the command's line (RFC 4954 section 4: 512)."""
        answer = base64.b64encode(first).decode()
        code, words = self.docmd("AUTH", mechanism)
        if code == 334:
            code, words = self.docmd(answer)
        if code == 334:  # the fault, in JSON; the exchange still has to be ended
            status = bearer.status_of([words])
            code, words = self.docmd(bearer.LAST_ANSWER[mechanism].decode())
            words += f" {status}".encode()
        if code not in (235, 503):
            raise smtplib.SMTPAuthenticationError(code, words)


def _plain(user: str, secret: str) -> str:
    """The message of the mechanism PLAIN (RFC 4616)."""
    return f"\0{user}\0{secret}"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
