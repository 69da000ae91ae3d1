"""A line that is reset before TLS leaves no socket to the garbage collector."""

from __future__ import annotations

import contextlib
import gc
import socket
import ssl
import struct
import time
import warnings
from collections.abc import Callable, Iterator

import pytest

from sync.detection import Network
from sync.errors import ConnectionLostError
from sync.net.server import Server
from sync.net.stream import Stream
from sync.oauth.endpoint import _Post
from sync.providers import Security
from sync.smtp.probe import SmtpPlace, SmtpTry
from sync.timing import Timing
from tests.support.servers.fake_imap import wait_until


def imap(sock: socket.socket) -> None:
    Stream(sock, "localhost:993").wrap(ssl.create_default_context(), "localhost")


def smtp(sock: socket.socket) -> None:
    SmtpTry(SmtpPlace("localhost", 465, Security.TLS), Timing())._secured(sock, None)


def token(sock: socket.socket) -> None:
    _Post(Server("localhost", 443), sock, is_secure=True)._secured()


def search(sock: socket.socket) -> None:
    Network().secured(sock, "localhost", time.monotonic() + 15)


@pytest.mark.parametrize("secure", [imap, smtp, token, search])
def test_it_is_closed_by_whom_it_belongs_to(secure: Callable[[socket.socket], None]) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        with reset_line() as sock, pytest.raises((OSError, ConnectionLostError)):
            secure(sock)
        gc.collect()

    assert [str(each.message) for each in told] == []


@contextlib.contextmanager
def reset_line() -> Iterator[socket.socket]:
    """A connection whose other end was torn down, and that knows it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sock = socket.create_connection(listener.getsockname(), timeout=15)
        there, _ = listener.accept()
        # Closed without a farewell: with RST, as a firewall or a killed server does.
        there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        there.close()
        with sock:
            wait_until(lambda: not _is_connected(sock))
            yield sock


def _is_connected(sock: socket.socket) -> bool:
    try:
        sock.getpeername()
    except OSError:
        return False
    return True
