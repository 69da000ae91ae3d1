"""SMTP at the step to TLS: refused, hung up in it, or with answers smuggled in before it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.errors import ConnectionLostError, TlsError
from sync.providers import Security
from sync.smtp.probe import SmtpPlace, SmtpTry
from sync.timing import Timing
from tests.support.certificates import make_certificate

Speak = Callable[[socket.socket], None]


@contextlib.contextmanager
def server(after_starttls: Speak) -> Iterator[int]:
    """One connection: a greeting, EHLO with STARTTLS, and what comes then."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            sock, _ = listener.accept()
            with sock, contextlib.suppress(OSError):
                sock.sendall(b"220 mail ESMTP\r\n")
                sock.recv(1000)
                sock.sendall(b"250-mail\r\n250 STARTTLS\r\n")
                assert sock.recv(1000) == b"STARTTLS\r\n"
                after_starttls(sock)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        thread.join(30)
        assert not thread.is_alive()


def attempt(port: int, seconds: float = 30.0, ca_file: str = "") -> SmtpTry:
    place = SmtpPlace("localhost", port, Security.STARTTLS, ca_file=ca_file)
    return SmtpTry(place, Timing(connect=seconds, sign_in=seconds))


def test_a_refusal_is_named_and_nothing_is_sent_in_the_open() -> None:
    rest: list[bytes] = []

    def refuse(sock: socket.socket) -> None:
        sock.sendall(b"454 TLS not available\r\n")
        rest.append(sock.recv(1000))

    with server(refuse) as port, pytest.raises(TlsError, match="TLS not available"):
        attempt(port).sign_in("ada", "secret")

    assert rest == [b""]


def test_a_handshake_that_never_ends_is_left_at_once() -> None:
    """The socket of the handshake is another than the one of the words before it."""
    begun = threading.Event()

    def hang(sock: socket.socket) -> None:
        sock.sendall(b"220 go ahead\r\n")
        while sock.recv(1000):
            begun.set()

    with server(hang) as port:
        trying = attempt(port, 60.0)
        faults: list[Exception] = []

        def run() -> None:
            try:
                trying.sign_in("ada", "secret")
            except ConnectionLostError as fault:
                faults.append(fault)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        assert begun.wait(15)
        since = time.monotonic()
        trying.abort()
        thread.join(30)

        assert time.monotonic() - since < 15
    assert [str(fault) for fault in faults] == [f"The connection to localhost:{port} was stopped."]


def test_what_came_before_the_handshake_is_dropped(tmp_path: Path) -> None:
    """Somebody on the line may send answers together with the server's yes."""
    made = make_certificate(tmp_path)
    said: list[bytes] = []

    def inject(sock: socket.socket) -> None:
        sock.sendall(b"220 go ahead\r\n250-evil\r\n250 AUTH PLAIN LOGIN\r\n")
        with made.server_context().wrap_socket(sock, server_side=True) as secured:
            said.append(secured.recv(1000))
            secured.sendall(b"250 mail\r\n")
            said.append(secured.recv(1000))

    with server(inject) as port:
        attempt(port, ca_file=str(made.cert_file)).sign_in("ada", "secret")

    # On loopback a server without AUTH is a relay: what was smuggled in brought no password out.
    assert [each.split()[0].lower() for each in said] == [b"ehlo", b"quit"]
