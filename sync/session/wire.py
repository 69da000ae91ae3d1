"""Runs IMAPClient and imaplib on our own stream: ordered events, caps, one gate for commands.

imaplib keeps untagged responses in a dict by kind. So their order is lost, they pile up, and a
COPYUID left over from one command looks like the answer to the next. Here `_take_untagged` puts
news into one ordered log, and gives everything else to the running command only.
"""

from __future__ import annotations

import imaplib
import logging
import re
from collections.abc import Callable
from typing import Any

from imapclient import IMAPClient

from sync.errors import ProtocolError, SyncError
from sync.net import refusals
from sync.net.stream import Stream
from sync.session.commands import parse_ranges
from sync.session.fetch_parser import Record, facts_of
from sync.session.values import ServerEvent

log = logging.getLogger(__name__)

_LITERAL = re.compile(rb"~?\{(\d{1,19})\+?\}$")
_TAGGED = re.compile(rb"(\S+) (OK|NO|BAD)(?: (.*))?$", re.IGNORECASE | re.DOTALL)
_CODE = re.compile(rb"\[([A-Za-z][A-Za-z0-9.-]*)(?: ([^\]]*))?\]")
_STATUS_WORDS = frozenset({b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH"})
_LITERALS_MOST = 1_000

Gate = Callable[[str, tuple[bytes, ...]], None]


class Wire(imaplib.IMAP4):
    """imaplib on a `Stream`. Every command passes `gate`; `_get_response` reads every response."""

    def __init__(self, stream: Stream, gate: Gate) -> None:
        self.stream = stream
        self.gate = gate
        self.events: list[ServerEvent] = []
        # How many messages the open mailbox has now.
        self.exists = 0
        self.records: list[Record] = []
        self.untagged: list[tuple[bytes, list[bytes]]] = []
        # By tag: None while a command runs, then (OK, NO or BAD; its text).
        self.answers: dict[bytes, tuple[str, bytes] | None] = {}
        self.challenge = b""
        self.codes: list[tuple[str, bytes]] = []
        self.is_leaving = False
        self.last_words = b""
        # A literal that needs no continuation (LITERAL+) is sent right after the line.
        self.trailer = b""
        super().__init__(stream.place)

    # --- imaplib's own hooks -------------------------------------------------------------

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        """Use the stream's connection, which is open already."""
        self.host, self.port, self.sock = host, port, self.stream.socket

    def _connect(self) -> None:
        """Read the greeting only; capabilities are asked for once TLS is there."""
        self.debug = 0
        line = self.stream.line()
        kind, _, words = line.removeprefix(b"* ").partition(b" ")
        if not line.startswith(b"* "):
            raise ProtocolError(f"{self.stream.place} is not an IMAP server. Check the port.")
        match kind.upper():
            case b"OK":
                self.state = "NONAUTH"
            case b"PREAUTH":
                self.state = "AUTH"
            case b"BYE":
                raise refusals.goodbye(self.stream.place, refusals.clean_words(words))
            case _:
                raise ProtocolError(f"{self.stream.place} is not an IMAP server. Check the port.")

    def read(self, size: int) -> bytes:
        """Read a literal."""
        return self.stream.exactly(size)

    def readline(self) -> bytes:
        """Read a line, with its end, as imaplib wants it."""
        return self.stream.line() + b"\r\n"

    def send(self, data: Any) -> None:
        """Send bytes that need no gate: literals, SASL answers, DONE."""
        self.stream.send(bytes(data))

    def shutdown(self) -> None:
        """Close the socket."""
        self.stream.close()

    def _new_tag(self) -> bytes:
        self.tagnum += 1
        tag = b"D%d" % self.tagnum
        self.answers[tag] = None
        return tag

    def _command(self, name: str, *args: Any) -> Any:
        """Send a command; before a literal, wait for the server's continuation."""
        parts = tuple(a if isinstance(a, bytes) else str(a).encode() for a in args if a is not None)
        verb = f"UID {parts[0].decode().upper()}" if name == "UID" and parts else name.upper()
        # Taken before the gate, so that a refused command leaves nothing for the next one.
        literal: Any
        literal, self.literal = self.literal, None
        trailer, self.trailer = self.trailer, b""
        self.gate(verb, parts)
        self._forget()
        tag = self._new_tag()
        line = b" ".join((tag, name.encode(), *parts)) + b"\r\n"
        log.debug("%s: %d bytes", verb, len(line))
        # After a `{n+}` line the literal follows at once.
        self.stream.send(line + trailer)
        while literal is not None:
            if not self._await_leave(tag):
                break
            if callable(literal):
                self.stream.send(literal(self.challenge) + b"\r\n")
                continue
            self.stream.send(literal)
            self.stream.send(b"\r\n")
            break
        return tag

    def _await_leave(self, tag: bytes) -> bool:
        """Wait for a continuation; False if the server ends the command instead."""
        while self._get_response():
            if self.answers[tag]:
                return False
        return True

    def _forget(self) -> None:
        self.records, self.untagged, self.codes = [], [], []
        self.untagged_responses.clear()

    # --- reading -------------------------------------------------------------------------

    def _get_response(self, *_: Any, **__: Any) -> bytes | None:
        """Read one response. None for a continuation, else the line."""
        line = self.stream.line()
        if line.startswith(b"* "):
            self._take_untagged(line)
            return line
        if line.startswith(b"+"):
            self.challenge = line[2:]
            return None
        found = _TAGGED.match(line)
        if found is None or found.group(1) not in self.answers:
            raise ProtocolError(f"{self.stream.place} sent an answer that is not IMAP.")
        tag, kind, words = found.group(1), found.group(2).upper(), found.group(3) or b""
        self._note_code(words)
        self.last_words = words
        self.answers[tag] = (kind.decode(), words)
        return line

    def await_tagged(self, tag: bytes) -> tuple[str, bytes]:
        """Read until this command is over; return (OK, NO or BAD; its text)."""
        while (answer := self.answers[tag]) is None:
            if self._get_response() is None and not self.is_leaving:
                raise ProtocolError(f"{self.stream.place} asks for more where nothing is left.")
        del self.answers[tag]
        return answer

    def is_answered(self, tag: bytes) -> bool:
        """Whether the server ended this command."""
        return self.answers.get(tag) is not None

    def _command_complete(self, name: str, tag: bytes) -> tuple[str, list[Any]]:
        kind, words = self.await_tagged(tag)
        if kind == "BAD":
            raise self.error(words.decode("utf-8", "replace"))
        return kind, [words]

    def _take_untagged(self, line: bytes) -> None:
        parts = line.split(b" ", 3)
        second = parts[1]
        if second.isdigit() and len(parts) > 2:
            self._take_numbered(int(second), parts[2].upper(), line)
            return
        kind = second.upper()
        if kind in _STATUS_WORDS:
            self._take_status(kind, line[3 + len(second) :])
        elif kind == b"VANISHED":
            self._take_vanished(line)
        else:
            data = self._with_literals(line[3 + len(second) :])
            self.untagged.append((kind, data))
            self._keep_for_imaplib(kind.decode("ascii", "replace"), data)

    def _take_numbered(self, number: int, kind: bytes, line: bytes) -> None:
        if kind == b"EXISTS":
            self.exists = number
            self.events.append(ServerEvent("exists", number))
        elif kind == b"EXPUNGE":
            self.exists -= 1
            self.events.append(ServerEvent("expunge", number))
        elif kind == b"FETCH":
            self.records.append(self._with_literals(line))

    def _take_vanished(self, line: bytes) -> None:
        words = line.split()
        is_earlier = words[2:3] == [b"(EARLIER)"]
        ranges = parse_ranges(words[-1])
        if not is_earlier:
            self.exists -= sum(high - low + 1 for low, high in ranges)
        self.events.append(ServerEvent("vanished", ranges=ranges, is_earlier=is_earlier))

    def _take_status(self, kind: bytes, words: bytes) -> None:
        self._note_code(words)
        if kind == b"BYE" and not self.is_leaving:
            raise refusals.goodbye(self.stream.place, refusals.clean_words(words))

    def _note_code(self, words: bytes) -> None:
        if found := _CODE.match(words):
            self.codes.append((found.group(1).decode().upper(), found.group(2) or b""))

    def _with_literals(self, text: bytes) -> Record:
        """Read the rest of a response: [text, literal, text, …]; texts keep their `{n}`."""
        segments = [text]
        while found := _LITERAL.search(text):
            if len(segments) > _LITERALS_MOST:
                raise ProtocolError(f"{self.stream.place} sent an answer without an end.")
            segments.append(self.stream.exactly(int(found.group(1))))
            text = self.stream.line()
            segments.append(text)
        return segments

    def _keep_for_imaplib(self, kind: str, segments: Record) -> None:
        """Store a response where IMAPClient's methods look: tuples (text, literal), then text."""
        data = self.untagged_responses.setdefault(kind, [])
        for position in range(0, len(segments) - 1, 2):
            data.append((segments[position], segments[position + 1]))
        data.append(segments[-1])

    def take_records_as_events(self) -> None:
        """Turn FETCH records that answer no command of ours into events; drop those without UID."""
        for record in self.records:
            facts = facts_of(record)
            if facts is not None:
                self.events.append(ServerEvent("fetch", facts=facts))
        self.records = []

    def code(self, name: str) -> bytes | None:
        """The value of a response code in this command's answer (the last one); None without."""
        for kind, value in reversed(self.codes):
            if kind == name:
                return value
        return None


class ImapClient(IMAPClient):  # type: ignore[misc]  # the library has no types
    """IMAPClient on top of a `Wire`."""

    def __init__(self, stream: Stream, gate: Gate) -> None:
        self._stream, self._gate = stream, gate
        host = stream.place.rpartition(":")[0]
        super().__init__(host, port=0, ssl=False)
        self.normalise_times = False
        self.wire.debug = 0

    def _create_IMAP4(self) -> Wire:  # noqa: N802  # IMAPClient's name
        return Wire(self._stream, self._gate)

    def _set_read_timeout(self) -> None:
        """Do nothing: the stream has a deadline for the whole command instead."""

    @property
    def wire(self) -> Wire:
        """The imaplib connection below IMAPClient."""
        wire: Wire = self._imap
        return wire

    def socket(self) -> Any:
        """The socket, to wait on."""
        return self._stream.socket


def as_sync_error(place: str, fault: Exception) -> SyncError:
    """An exception of imaplib or IMAPClient as one of sync.errors."""
    if isinstance(fault, SyncError):
        return fault
    return ProtocolError(f"{place} sent an answer that could not be read.", server_words=str(fault))
