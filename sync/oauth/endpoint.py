"""Sends one POST to a provider's token endpoint, with one deadline for all of it.

The connection is made like those to mail servers: the same look-up that can be abandoned, the
same TLS rules. `http.client` speaks over it. No redirect is followed, since a token endpoint has
none, and the form with the secrets must go nowhere else.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sync.errors import (
    ConnectionLostError,
    ProtocolError,
    SyncError,
    TimedOutError,
    TlsError,
)
from sync.net import tls
from sync.net.connect import connect, is_loopback, stopped, tls_fault
from sync.net.server import Server
from sync.timing import Timing

_SIZE_MOST = 1_000_000
_LOOK = 0.05
# Once a refresh token is sent, the provider may have replaced it already. To leave before the
# answer could lose the sign-in. So at quit we wait for the answer, at most this many seconds.
LAST_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Status, body text, and Retry-After in seconds (0 if there is none)."""

    status: int
    text: str = field(repr=False)
    retry_after: float = 0.0


def post(
    url: str, form: str, *, timing: Timing, is_stopped: Callable[[], bool] = lambda: False
) -> HttpAnswer:
    """Send a form and read the answer. Blocks for at most `Timing.connect` + `Timing.sign_in`.

    Raises: the SyncError that names what failed.
    """
    parts = urlsplit(url)
    is_secure = parts.scheme == "https"
    server = Server(parts.hostname or "", parts.port or (443 if is_secure else 80))
    sock = connect(server, seconds=timing.connect, is_stopped=is_stopped)
    post = _Post(server, sock, is_secure=is_secure)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    threading.Thread(target=post.run, args=(path, form), name="token-request", daemon=True).start()
    return post.wait(timing.sign_in, is_stopped)


class _Post:
    """The exchange, in its own thread, so that a silent server can be left behind."""

    def __init__(self, server: Server, sock: socket.socket, *, is_secure: bool) -> None:
        self._server = server
        self._socket = sock
        self._is_secure = is_secure
        self._is_sent = False
        self._is_cut = False
        self._done = threading.Event()
        self._answer: HttpAnswer | None = None
        self._fault: SyncError | None = None

    def wait(self, seconds: float, is_stopped: Callable[[], bool]) -> HttpAnswer:
        deadline = time.monotonic() + seconds
        was_stopped = False
        while not self._done.wait(_LOOK):
            if is_stopped() and not was_stopped:
                was_stopped = True
                patience = LAST_PATIENCE if self._is_sent else 0.0
                deadline = min(deadline, time.monotonic() + patience)
            if time.monotonic() > deadline:
                self._cut()
                if was_stopped:
                    raise stopped(self._server)
                raise TimedOutError(f"{self._server.place} did not answer in time. Try again.")
        if self._answer is None:
            assert self._fault is not None
            raise self._fault
        return self._answer

    def run(self, path: str, form: str) -> None:
        """Send the form and read the answer; the thread's main function."""
        try:
            with contextlib.closing(self._secured()) as sock:
                self._answer = self._exchange(sock, path, form)
        except SyncError as fault:
            self._fault = fault
        except http.client.HTTPException:
            self._fault = ProtocolError(
                f"{self._server.place} does not answer like a web server. Check “token_url” in "
                "oauth.json."
            )
        except (OSError, ValueError):
            self._fault = ConnectionLostError(f"{self._server.place} hung up. Try again later.")
        finally:
            self._done.set()

    def _secured(self) -> socket.socket:
        if not self._is_secure:
            if not is_loopback(self._socket):
                self._socket.close()
                raise TlsError(
                    f"The connection to {self._server.place} is not secure, so nothing was sent. "
                    "Write “token_url” with https:// in oauth.json."
                )
            return self._socket
        try:
            context = tls.context(self._server, None)
            self._socket.settimeout(None)  # `wait` cuts it at the deadline
            # The handshake comes after the assignment, so that `_cut` reaches it.
            secured = tls.wrapped(self._socket, context, self._server.host)
            self._socket = secured
            if self._is_cut:
                raise ConnectionAbortedError
            secured.do_handshake()
        except ssl.SSLCertVerificationError as fault:
            self._socket.close()
            # Unlike a mail server's, this certificate cannot be trusted by hand.
            raise TlsError(
                f"The certificate of {self._server.place} is not valid ({fault.verify_message}). "
                "Perhaps somebody stands between you and the provider; nothing was sent. Try again "
                "in another network, and look at this computer’s clock."
            ) from fault
        except (OSError, ValueError) as fault:
            self._socket.close()
            named = tls_fault(self._server, fault)
            if type(named) is TlsError:
                raise TlsError(
                    f"No secure connection to {self._server.place} is to be had. Try again in "
                    "another network, or check “token_url” in oauth.json."
                ) from fault
            raise named from fault
        return secured

    def _exchange(self, sock: socket.socket, path: str, form: str) -> HttpAnswer:
        sock.settimeout(None)
        client = http.client.HTTPConnection(self._server.host, self._server.port)
        client.sock = sock
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            "Connection": "close",
            "User-Agent": "Dealpost",
        }
        self._is_sent = True
        client.request("POST", path, body=form.encode(), headers=headers)
        answer = client.getresponse()
        body = answer.read(_SIZE_MOST)
        seconds = answer.getheader("Retry-After", "")
        return HttpAnswer(
            answer.status,
            body.decode("utf-8", "replace"),
            float(seconds) if seconds.isdecimal() else 0.0,
        )

    def _cut(self) -> None:
        """End the thread, wherever it waits."""
        self._is_cut = True
        # Not SSLSocket.shutdown, which removes the TLS object while the other thread reads on it.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
