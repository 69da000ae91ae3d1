"""The IMAP connection: opens it, secures it, sends one command at a time, ends it.

Everything here runs in the thread that owns the session; only `abort()` may be called from
another one. Every command has one deadline for all of it, and every error is one of sync.errors.
"""

from __future__ import annotations

import contextlib
import logging
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from imapclient.exceptions import IMAPClientError

from sync.errors import (
    CertificateError,
    ConnectionLostError,
    NoStartTlsError,
    ProtocolError,
    SyncError,
    ThrottledError,
    TimedOutError,
    TlsError,
)
from sync.net import connect, refusals, tls
from sync.net.server import Server
from sync.net.stream import Stream
from sync.session import commands
from sync.session.capabilities import Software
from sync.session.fetch_parser import Record
from sync.session.values import Selected, ServerEvent
from sync.session.wire import ImapClient, Wire, as_sync_error
from sync.timing import Timing

log = logging.getLogger(__name__)

# A server that expects TLS from the start waits for us, while we wait for its greeting. On the
# TLS port that is clear after this many seconds of silence.
_SILENCE = 3.0
_TLS_PORT = 993
_LOOK_SECONDS = 5.0
GOODBYE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command: text of the tagged OK, untagged lines by kind, FETCH records."""

    words: bytes
    untagged: list[tuple[bytes, list[bytes]]]
    records: list[Record]


class Connection:
    """The part of a session for sockets, TLS, and the gate that every command passes."""

    def __init__(
        self,
        server: Server,
        timing: Timing | None = None,
        *,
        read_only: bool = False,
        masked: frozenset[str] = frozenset(),
        on_command: Callable[[str], None] | None = None,
    ) -> None:
        self.server = server
        self.timing = timing or Timing()
        self.read_only = read_only
        self.masked = frozenset(name.upper() for name in masked)
        self.on_command = on_command
        self.capabilities: frozenset[str] = frozenset()
        self.selected: Selected | None = None
        self.software = Software()
        self._ends_at = 0.0
        self._client: ImapClient | None = None
        self._stream: Stream | None = None
        self._stop = threading.Event()
        self._secret = ""

    # --- opening -------------------------------------------------------------------------

    def open(self) -> None:
        """Connect, secure the connection and read the capabilities, without signing in.

        Raises: CertificateError, or the SyncError that says what failed.
        """
        self._ends_at = time.monotonic() + self.timing.connect
        try:
            tls.attempt(self.server, self._open)
        except CertificateError:
            self._abandon()  # no goodbye to a server that may be the wrong one
            raise
        except BaseException:
            self.close()
            raise

    def _open(self, good: tls.Good) -> None:
        self._abandon()
        deadline = self._ends_at
        if good == tls.LOOK:
            deadline = time.monotonic() + min(_LOOK_SECONDS, self.timing.connect)
        self._connect(deadline)
        if self.server.security == "tls":
            self._secure(good)
        self._greet(deadline)
        if self.server.security == "starttls":
            self._start_tls(good)
        self._read_capabilities()

    def _abandon(self) -> None:
        """Forget a connection whose certificate was not good."""
        if self._stream is not None:
            self._stream.close()
        self._client = None
        self.capabilities = frozenset()

    def _connect(self, deadline: float) -> None:
        seconds = max(0.0, deadline - time.monotonic())
        sock = connect.connect(self.server, seconds=seconds, is_stopped=self._stop.is_set)
        self._stream = Stream(sock, self.server.place)
        self._stream.set_deadline(max(0.0, deadline - time.monotonic()))
        if self._stop.is_set():
            raise connect.stopped(self.server)
        is_open_text = self.server.security == "plain" and not self.server.plain_text_agreed
        if is_open_text and not connect.is_loopback(sock):
            raise TlsError(
                f"The connection to {self.server.place} would be readable by others. Choose TLS "
                "or STARTTLS."
            )

    def _secure(self, good: tls.Good) -> None:
        stream = self._need_stream()
        try:
            secured = stream.wrap(tls.context(self.server, good), self.server.host)
        except (OSError, ValueError) as fault:
            if self._stop.is_set():
                raise connect.stopped(self.server) from fault
            if isinstance(fault, ssl.SSLCertVerificationError):
                raise
            raise connect.tls_fault(self.server, fault) from fault
        tls.check(secured, good)

    def _greet(self, deadline: float) -> None:
        stream = self._need_stream()
        self._refuse_tls_in_plain(stream, deadline)
        try:
            self._client = ImapClient(stream, self._gate)
        except SyncError:
            raise
        except (IMAPClientError, OSError, ValueError) as fault:
            raise as_sync_error(self.server.place, fault) from fault
        if self._client.wire.state == "AUTH" and self.server.security == "starttls":
            raise TlsError(
                f"{self.server.place} says that somebody is signed in before the connection is "
                "secure. This is refused: it may not be the server."
            )

    def _refuse_tls_in_plain(self, stream: Stream, deadline: float) -> None:
        """Raise a TlsError that says so if this port wants TLS from the start."""
        if self.server.security == "tls":
            return
        if self.server.port == _TLS_PORT:
            stream.set_deadline(min(_SILENCE, max(0.0, deadline - time.monotonic())))
        try:
            first = stream.peek(1)
        except (TimedOutError, ConnectionLostError) as fault:
            if self.server.port == _TLS_PORT and not self._stop.is_set():
                raise self._wants_tls() from fault
            if isinstance(fault, TimedOutError):
                raise TimedOutError(
                    f"{self.server.place} sent no greeting in time. If this port wants TLS from "
                    "the start, choose TLS."
                ) from fault
            raise
        if first in (b"\x15", b"\x16"):
            raise self._wants_tls()
        stream.set_deadline(max(0.0, deadline - time.monotonic()))

    def _wants_tls(self) -> TlsError:
        return TlsError(f"{self.server.place} wants TLS from the start. Choose TLS for this port.")

    def _start_tls(self, good: tls.Good) -> None:
        self._read_capabilities()
        if "STARTTLS" not in self.capabilities:
            raise NoStartTlsError(
                f"{self.server.place} offers no secure connection by STARTTLS. Choose TLS with "
                "port 993, or ask the provider."
            )
        self.run("STARTTLS")
        self._secure(good)
        self._wire.sock = self._need_stream().socket
        self.capabilities = frozenset()

    # --- what the server can do ----------------------------------------------------------

    def has(self, capability: str) -> bool:
        """Whether the server offers this capability, and it is not among `masked`."""
        return capability.upper() in self.capabilities

    def _read_capabilities(self) -> None:
        reply = self.run("CAPABILITY")
        names: set[str] = set()
        for kind, segments in reply.untagged:
            if kind == b"CAPABILITY":
                names.update(segments[0].decode("ascii", "replace").upper().split())
        if "IMAP4REV1" not in names and "IMAP4REV2" not in names:
            raise ProtocolError(f"{self.server.place} does not speak IMAP4rev1.")
        self.capabilities = frozenset(names) - self.masked

    # --- one command ---------------------------------------------------------------------

    def run(self, name: str, *args: bytes, seconds: float | None = None) -> Reply:
        """Send a command and read its whole answer.

        Args:
            seconds: The deadline for all of it; None is `Timing.command`.

        Raises: the error that `refusals.refusal` makes of NO or BAD; ConnectionLostError,
        TimedOutError, ProtocolError.
        """
        kind, words = self._exchange(name, *args, seconds=seconds)
        wire = self._wire
        if kind != "OK":
            verb = f"UID {args[0].decode()}" if name == "UID" else name
            raise refusals.refusal(
                self.server.place, verb, refusals.clean_words(words), is_bad=kind == "BAD"
            )
        records, wire.records = wire.records, []
        return Reply(words, wire.untagged, records)

    def _exchange(self, name: str, *args: bytes, seconds: float | None = None) -> tuple[str, bytes]:
        wire = self._wire
        self._need_stream().set_deadline(seconds or self.timing.command)
        # Records that came unasked since the last command are news.
        wire.take_records_as_events()
        try:
            tag = wire._command(name, *args)
            kind, words = wire.await_tagged(tag)
        except (TimedOutError, ConnectionLostError, ProtocolError, ThrottledError):
            # ThrottledError comes from a BYE here; a tagged NO is raised by `run`.
            self._need_stream().close()
            raise
        if name != "UID" or args[0] != b"FETCH":
            wire.take_records_as_events()
        return kind, words

    def _gate(self, verb: str, arguments: tuple[bytes, ...]) -> None:
        """Check a command before its first byte is sent, and report it to `on_command`."""
        commands.check(verb, arguments, read_only=self.read_only)
        if self.on_command is not None:
            shown = () if verb in ("LOGIN", "AUTHENTICATE", "ID") else arguments
            words = [a.decode("ascii", "replace") for a in shown if b'"' not in a]
            text = " ".join(words if verb.startswith("UID ") else [verb, *words])
            self.on_command(f"UID {text}" if verb.startswith("UID ") else text)

    # --- news ----------------------------------------------------------------------------

    def take_events(self) -> list[ServerEvent]:
        """What the server sent unasked since the last call, in order."""
        wire = self._wire
        events, wire.events = wire.events, []
        return events

    # --- the end -------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether the connection is open, as far as this side knows."""
        stream = self._stream
        return self._client is not None and stream is not None and not stream.is_at_end

    def fileno(self) -> int:
        """The socket's number, for a notifier; -1 without a connection.

        Check `idle_pending()` before you wait on it.
        """
        return self._stream.socket.fileno() if self._stream is not None else -1

    @property
    def local_address(self) -> str:
        """The local address of the connection; '' without a connection."""
        with contextlib.suppress(OSError):
            if self._stream is not None:
                return str(self._stream.socket.getsockname()[0]).partition("%")[0]
        return ""

    def abort(self) -> None:
        """Cut the connection, so that whatever runs ends at once (any thread)."""
        self._stop.set()
        stream = self._stream
        if stream is not None:
            stream.cut()

    @property
    def is_aborted(self) -> bool:
        """Whether `abort` ended the connection, not the server."""
        return self._stop.is_set()

    def close(self) -> None:
        """End the connection, after a LOGOUT of at most `GOODBYE_SECONDS`."""
        if self.is_open and not self._stop.is_set():
            with contextlib.suppress(SyncError, OSError, ValueError, ssl.SSLError):
                self._wire.is_leaving = True
                self._exchange("LOGOUT", seconds=min(GOODBYE_SECONDS, self.timing.command))
        if self._stream is not None:
            self._stream.close()
        self._client = None
        self.selected = None

    @property
    def _wire(self) -> Wire:
        return self._need_client().wire

    def _need_client(self) -> ImapClient:
        if self._client is None:
            raise ConnectionLostError(f"There is no connection to {self.server.place}.")
        return self._client

    def _need_stream(self) -> Stream:
        if self._stream is None:
            raise ConnectionLostError(f"There is no connection to {self.server.place}.")
        return self._stream
