"""Reads and writes a server's bytes, with one deadline per command and caps on what is read.

A socket's time-out is per read, so a server that sends a byte a second never reaches it. Here
every read gets only the time left until the deadline. `cut()` may be called from any thread.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time

from sync.errors import ConnectionLostError, ProtocolError, SyncError, TimedOutError
from sync.net import tls

_READ = 262_144
_SENT_AT_ONCE = 65_536
# The answer to a SEARCH with two million UIDs is one line of this size.
LINE_MOST = 16 * 1024 * 1024
LITERAL_MOST = 128 * 1024 * 1024


class Stream:
    """A connected socket, plain or TLS, read through one buffer."""

    def __init__(self, sock: socket.socket, place: str) -> None:
        self.socket = sock
        self.place = place
        self.literal_most = LITERAL_MOST
        self._data = b""
        self._at = 0
        self._deadline = time.monotonic() + 60
        self._is_cut = False
        self._is_at_end = False

    def set_deadline(self, seconds: float) -> None:
        """Set the deadline, in seconds from now, for everything until the next call."""
        self._deadline = time.monotonic() + seconds

    def wrap(self, context: ssl.SSLContext, host: str) -> ssl.SSLSocket:
        """Start TLS. Drop what was read in plain, because anyone on the way could have sent it."""
        self._data, self._at = b"", 0
        self.socket.settimeout(self._left())
        # The handshake comes after the assignment, so that `cut()` reaches it.
        secured = tls.wrapped(self.socket, context, host)
        self.socket = secured
        if self._is_cut:
            raise self.lost()
        secured.do_handshake()
        return secured

    def line(self) -> bytes:
        """The next line, without its end. Raises ProtocolError beyond `LINE_MOST`."""
        start = self._at
        while True:
            end = self._data.find(b"\n", start)
            if end >= 0:
                line = self._data[self._at : end]
                self._at = end + 1
                return line[:-1] if line.endswith(b"\r") else line
            searched = len(self._data) - self._at
            if searched > LINE_MOST:
                raise ProtocolError(f"{self.place} sent a line without an end.")
            self._data = self._data[self._at :] + self._receive()
            self._at = 0
            start = searched

    def exactly(self, size: int) -> bytes:
        """The next `size` bytes: a literal. Raises ProtocolError beyond `LITERAL_MOST`."""
        if size > self.literal_most:
            raise ProtocolError(
                f"{self.place} wants to send {size // 1_048_576} MB at once. That is refused."
            )
        data, at = self._data, self._at
        if len(data) - at >= size:
            self._at = at + size
            return data[at : at + size]
        parts = [data[at:]]
        missing = size - len(parts[0])
        while missing > 0:
            parts.append(self._receive())
            missing -= len(parts[-1])
        last = parts[-1]
        if missing < 0:
            parts[-1] = last[:missing]
        self._data, self._at = last, len(last) + missing
        return b"".join(parts)

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, without taking them."""
        while len(self._data) - self._at < size:
            self._data = self._data[self._at :] + self._receive()
            self._at = 0
        return self._data[self._at : self._at + size]

    def send(self, data: bytes) -> None:
        """Send everything before the deadline; otherwise the connection counts as lost."""
        view = memoryview(data)
        try:
            while view:
                self.socket.settimeout(self._left())
                view = view[self.socket.send(view[:_SENT_AT_ONCE]) :]
        except (OSError, ValueError) as fault:
            raise self._lost(fault) from fault

    def pull(self) -> None:
        """Read what has arrived into the buffer, without waiting."""
        pieces = [self._data[self._at :]]
        try:
            self.socket.settimeout(0)
            while not self._is_at_end:
                piece = self.socket.recv(_READ)
                self._is_at_end = not piece
                pieces.append(piece)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        except (OSError, ValueError):
            self._is_at_end = True
        self._data, self._at = b"".join(pieces), 0

    @property
    def has_line(self) -> bool:
        """Whether a whole line can be read without waiting."""
        return self._data.find(b"\n", self._at) >= 0

    @property
    def has_pending(self) -> bool:
        """Whether there is something to read that `select` would not report."""
        if self._is_at_end or self.has_line:
            return True
        return isinstance(self.socket, ssl.SSLSocket) and self.socket.pending() > 0

    @property
    def is_at_end(self) -> bool:
        """Whether the connection is over."""
        return self._is_at_end

    def cut(self) -> None:
        """Shut the connection down at once, and wake the thread that waits on it (any thread)."""
        self._is_cut = True
        # Not SSLSocket.shutdown, which removes the TLS object while the other thread reads on it.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the socket; only in the thread that owns the stream."""
        self._is_at_end = True
        with contextlib.suppress(OSError):
            self.socket.close()

    def lost(self) -> ConnectionLostError:
        """The error of a connection that ended."""
        return ConnectionLostError(f"The connection to {self.place} was lost.")

    def _receive(self) -> bytes:
        if self._is_at_end:
            raise self.lost()
        try:
            self.socket.settimeout(self._left())
            piece = self.socket.recv(_READ)
        except (OSError, ValueError) as fault:
            raise self._lost(fault) from fault
        if not piece:
            self._is_at_end = True
            raise self.lost()
        return piece

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _lost(self, fault: Exception) -> SyncError:
        """The connection is over; after a time-out too, because half an answer may follow."""
        self._is_at_end = True
        if isinstance(fault, TimeoutError) and not self._is_cut:
            return TimedOutError(f"{self.place} did not answer in time.")
        return self.lost()
