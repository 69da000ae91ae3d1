"""Fetches a small file from an untrusted web server, and leaves nothing of ours there.

No cookies, no compression, at most `MOST_BYTES`, and never beyond the deadline. A redirect may
lead only to https, and its target must pass the same `fence` as any other server.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from sync.detection.candidates import ascii_domain
from sync.detection.network import SHORTEST, Allows, Network

MOST_BYTES = 64 * 1024
MOST_REDIRECTS = 3
_CHUNK = 8 * 1024
_MOVED = frozenset({301, 302, 303, 307, 308})


class NoFileError(Exception):
    """The server has no such file, or redirects where we do not follow."""


class TooLargeError(Exception):
    """The file is larger than any autoconfig file."""


def fetch(url: str, network: Network, allows: Allows, deadline: float) -> bytes:
    """The file at a URL. Raises: NoFileError, TooLargeError, OSError, http.client.HTTPException."""
    for _ in range(MOST_REDIRECTS + 1):
        parts = urlsplit(url)
        host = ascii_domain(parts.hostname or "")
        if not host:
            raise NoFileError
        with contextlib.ExitStack() as stack:
            connection = _connection(parts, host, network, allows, deadline)
            stack.enter_context(contextlib.closing(connection))
            connection.request("GET", _target(parts), headers={"Accept": "text/xml"})
            response = stack.enter_context(contextlib.closing(connection.getresponse()))
            if response.status not in _MOVED:
                return _body(response)
            url = _next(url, response.getheader("Location") or "")
    raise NoFileError


def _connection(
    parts: SplitResult, host: str, network: Network, allows: Allows, deadline: float
) -> http.client.HTTPConnection:
    is_secured = parts.scheme == "https"
    port = parts.port or (443 if is_secured else 80)

    def dial() -> socket.socket:
        sock = network.dial(host, port, deadline, allows)
        if not is_secured:
            return sock
        try:
            return network.secured(sock, host, deadline)
        except BaseException:
            sock.close()
            raise

    # This goes into the Host field, which leaves out the scheme's own port.
    return _Connection(host if parts.port is None else f"{host}:{port}", dial, deadline)


class _Connection(http.client.HTTPConnection):
    """An HTTP connection that the search's own `Network` dials."""

    def __init__(self, host: str, dial: Callable[[], socket.socket], deadline: float) -> None:
        super().__init__(host)
        self._dial = dial
        self._deadline = deadline

    def connect(self) -> None:
        line: Any = _Line(self._dial(), self._deadline)
        self.sock = line


class _Line:
    """As much of a socket as `http.client` needs; nothing takes longer than the deadline."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        """Send all of it, or raise TimeoutError."""
        self._sock.settimeout(max(SHORTEST, self._deadline - time.monotonic()))
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """A file to read from, which stays open when this is closed, as a socket's does."""
        return io.BufferedReader(_Reader(self._sock, self._deadline))

    def close(self) -> None:
        """Close the socket; the connection ends when everything is read."""
        self._sock.close()


class _Reader(io.RawIOBase):
    """Reads what comes, with one deadline for all: a server that sends slowly gains no time."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        super().__init__()
        self._sock = sock
        self._deadline = deadline
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(max(SHORTEST, left))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _target(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _next(url: str, location: str) -> str:
    following = urljoin(url, location)
    if not location or urlsplit(following).scheme != "https":
        raise NoFileError
    return following


def _body(response: http.client.HTTPResponse) -> bytes:
    if response.status != 200:
        raise NoFileError
    body = b""
    while chunk := response.read1(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            raise TooLargeError
    return body
