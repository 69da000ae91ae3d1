"""A scripted IMAP server that does what real servers do on a bad day.

`answers` maps a command (`UID FETCH`, `EXAMINE`) to the bytes of its answer, in which `{tag}`
stands for the tag, or to a function that gets the connection and may do anything. Commands that
are not in it get the answer of a well-behaved server with one mailbox of three messages.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from typing import Self

Answer = bytes | Callable[["FakeConnection"], None]

CAPABILITIES = "IMAP4rev1 AUTH=PLAIN IDLE UIDPLUS MOVE ESEARCH SPECIAL-USE LITERAL+ ID"
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}$")
_DEFAULTS: dict[str, bytes] = {
    "ID": b"* ID NIL\r\n{tag} OK done\r\n",
    "LOGIN": b"{tag} OK signed in\r\n",
    "NOOP": b"{tag} OK done\r\n",
    "LOGOUT": b"* BYE so long\r\n{tag} OK done\r\n",
    "LIST": b'* LIST (\\HasNoChildren) "/" INBOX\r\n{tag} OK done\r\n',
    "STATUS": b"* STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 7)\r\n{tag} OK done\r\n",
    "EXAMINE": (
        b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n{tag} OK [READ-ONLY] done\r\n"
    ),
    "SELECT": (
        b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n{tag} OK [READ-WRITE] done\r\n"
    ),
    "UID SEARCH": b"* ESEARCH (TAG x) UID COUNT 3 ALL 1:3\r\n{tag} OK done\r\n",
}


class FakeConnection:
    """One client: its socket, the command to answer, and the tag of that command."""

    def __init__(self, server: FakeImap, sock: socket.socket) -> None:
        self.server = server
        self.socket = sock
        self.tag = b""
        self.line = b""
        self._buffer = b""

    def send(self, data: bytes) -> None:
        """Send these bytes, with `{tag}` filled in."""
        self.socket.sendall(data.replace(b"{tag}", self.tag))

    def drip(self, data: bytes, pause: float = 0.02) -> None:
        """Send one byte at a time."""
        for byte in data.replace(b"{tag}", self.tag):
            self.socket.sendall(bytes([byte]))
            if self.server.stopping.wait(pause):
                return

    def read_line(self) -> bytes:
        while b"\n" not in self._buffer:
            piece = self.socket.recv(65_536)
            if not piece:
                raise ConnectionError
            self._buffer += piece
        line, _, self._buffer = self._buffer.partition(b"\n")
        self.server.received += line + b"\n"
        return line.rstrip(b"\r")

    def read_exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            piece = self.socket.recv(65_536)
            if not piece:
                raise ConnectionError
            self._buffer += piece
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        self.server.received += data
        return data

    def serve(self) -> None:
        self.send(self.server.greeting)
        while not self.server.stopping.is_set():
            self._answer(self.read_line())

    def _answer(self, line: bytes) -> None:
        self.tag, _, self.line = line.partition(b" ")
        words = self.line.decode("utf-8", "replace").upper().split(" ")
        verb = " ".join(words[:2]) if words[0] == "UID" else words[0]
        self.server.commands.append(verb)
        self._take_literals(line)
        answer = self.server.answers.get(verb)
        if answer is None:
            self._default(verb)
        elif callable(answer):
            answer(self)
        else:
            self.send(answer)

    def _take_literals(self, line: bytes) -> None:
        while found := _LITERAL.search(line):
            if not found.group(2):
                self.send(b"+ go on\r\n")
            self.read_exactly(int(found.group(1)))
            line = self.read_line()

    def _default(self, verb: str) -> None:
        match verb:
            case "CAPABILITY":
                names = self.server.capabilities.encode()
                self.send(b"* CAPABILITY " + names + b"\r\n{tag} OK done\r\n")
            case "AUTHENTICATE":
                self.send(b"+ \r\n")
                self.read_line()
                self.send(b"{tag} OK signed in\r\n")
            case "IDLE":
                self.send(b"+ idling\r\n")
                self.read_line()
                self.send(b"{tag} OK done\r\n")
            case "STARTTLS" if self.server.tls_context is not None:
                self.send(b"{tag} OK begin\r\n")
                self.socket = self.server.tls_context.wrap_socket(self.socket, server_side=True)
            case _:
                self.send(_DEFAULTS.get(verb, b"{tag} OK done\r\n"))


class FakeImap:
    """The server, a context manager. `commands` has the commands it got, `received` every byte."""

    def __init__(
        self,
        answers: Mapping[str, Answer] | None = None,
        *,
        greeting: bytes = b"* OK ready\r\n",
        capabilities: str = CAPABILITIES,
        tls_context: ssl.SSLContext | None = None,
        is_tls: bool = False,
    ) -> None:
        self.answers = dict(answers or {})
        self.greeting = greeting
        self.capabilities = capabilities
        self.tls_context = tls_context
        self.is_tls = is_tls
        self.commands: list[str] = []
        self.received = b""
        self.stopping = threading.Event()
        self._connections: list[FakeConnection] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.host = "localhost"
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._threads[0].join(15)  # no client comes after it
        for connection in self._connections:
            with contextlib.suppress(OSError):
                # What TLS made of it, and not SSLSocket.shutdown: that is the serving thread's.
                socket.socket.shutdown(connection.socket, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(15)
        self._listener.close()

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except TimeoutError:
                continue
            sock.settimeout(None)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = FakeConnection(self, sock)
            self._connections.append(connection)
            self._start(lambda one=connection: self._serve(one))  # type: ignore[misc]

    def _serve(self, connection: FakeConnection) -> None:
        sock = connection.socket
        try:
            if self.is_tls and self.tls_context is not None:
                connection.socket = self.tls_context.wrap_socket(sock, server_side=True)
            connection.serve()
        except (OSError, ConnectionError):
            pass
        finally:
            with contextlib.suppress(OSError):
                connection.socket.close()
            sock.close()


def hang(connection: FakeConnection) -> None:
    """Never answer."""
    connection.server.stopping.wait(30)


def hang_up(connection: FakeConnection) -> None:
    """Close without an answer."""
    socket.socket.shutdown(connection.socket, socket.SHUT_RDWR)
    raise ConnectionError


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until the condition holds. Fails the test when time is up."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)  # a short wait between two looks at other threads, until the deadline
