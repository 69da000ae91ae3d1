"""The web server on this computer that the browser comes back to, for one answer (RFC 8252).

It listens on 127.0.0.1 only and answers GET on one path. The Host header must name it, so that a
web page whose host name was made to point to 127.0.0.1 gets nothing. Browsers open connections
that they do not use, so each connection has its own thread.
"""

from __future__ import annotations

import html
import os
import socketserver
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from sync.errors import ConnectionLostError, SignInError, TimedOutError

_LOOK = 0.05
_REQUEST_SECONDS = 5.0  # a connection without a request is closed after this
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Dealpost</title>
<meta name="viewport" content="width=device-width">
<style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 26em; margin: 18vh auto; padding: 0 1em }}
h1 {{ font-size: 1.35em; margin: 0 0 .4em }}
</style></head>
<body><h1>{title}</h1><p>{sentence}</p></body></html>
"""


class Loopback:
    """Listens from when it is made until `close`.

    Attributes:
        redirect_uri: The address that the provider sends the browser back to.
    """

    def __init__(self, redirect: str, is_ours: Callable[[str], bool]) -> None:
        """Start to listen. `is_ours` says whether a query belongs to this sign-in (by its state).

        Raises: SignInError if the port is in use.
        """
        parts = urlsplit(redirect)
        self._path = parts.path or "/"
        self._is_ours = is_ours
        self._query = ""
        self._was_foreign = False
        self._guard = threading.Lock()
        self._is_taken = False
        self._answered = threading.Event()
        try:
            self._server = _Server(("127.0.0.1", parts.port or 0), self)
        except OSError as fault:
            raise SignInError(
                f"Port {parts.port} of this computer is in use, and the answer of the browser is "
                "to come there. Close the program that uses it, then try again."
            ) from fault
        port = self._server.server_address[1]
        host = parts.hostname or "127.0.0.1"
        self.redirect_uri = f"http://{host}:{port}{parts.path}"
        self._hosts = frozenset({f"{host}:{port}", f"127.0.0.1:{port}"})
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_LOOK,), name="loopback", daemon=True
        )
        self._thread.start()

    def wait(self, seconds: float, is_stopped: Callable[[], bool]) -> str:
        """Wait for the query that the browser brings; only the first one is taken.

        Raises: ConnectionLostError if stopped, TimedOutError, SignInError if it is not ours.
        """
        deadline = time.monotonic() + seconds
        while not self._answered.wait(_LOOK):
            if is_stopped():
                raise ConnectionLostError("The sign-in was cancelled.")
            if time.monotonic() > deadline:
                raise TimedOutError(
                    "The browser did not come back in time. Try again, and finish the sign-in "
                    "in the browser."
                )
        if self._was_foreign:
            raise SignInError(
                "The answer of the browser does not belong to this sign-in, so it was not used. "
                "Try again."
            )
        return self._query

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def reply(self, host: str, target: str) -> tuple[int, str, str]:
        """Status, title and sentence for one GET."""
        parts = urlsplit(target)
        if host not in self._hosts:
            return 421, "Wrong address", "Nothing is to be seen here."
        if parts.path != self._path or not {"code", "error"} & parse_qs(parts.query).keys():
            return 404, "Not found", "Nothing is to be seen here."
        with self._guard:
            if self._is_taken:
                return 410, "This sign-in is over", "You can close this window."
            self._is_taken = True
        if not self._is_ours(parts.query):
            self._was_foreign = True
            return 400, "This is another sign-in", "Go back to Dealpost, and try again."
        self._query = parts.query
        if "code" in parse_qs(parts.query):
            return 200, "Back to Dealpost", "Dealpost goes on by itself. You can close this window."
        return 200, "Not signed in", "Dealpost says what to do. You can close this window."

    def replied(self) -> None:
        """The browser has its page: let `wait` return, after which the server may be closed."""
        if self._is_taken:
            self._answered.set()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    # Allows a port that was just in use. On Windows it would let other programs listen beside us.
    allow_reuse_address = os.name != "nt"

    def __init__(self, address: tuple[str, int], loopback: Loopback) -> None:
        self.loopback = loopback
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without looking up our own host name, as the base class does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def handle_error(self, *_: object) -> None:
        """Log nothing: a browser that hangs up does not matter, and a log could hold the code."""


class _Handler(BaseHTTPRequestHandler):
    timeout = _REQUEST_SECONDS
    server: _Server

    def do_GET(self) -> None:  # the name that http.server calls
        status, title, sentence = self.server.loopback.reply(
            self.headers.get("Host", ""), self.path
        )
        try:
            self._send(status, title, sentence)
        finally:
            self.server.loopback.replied()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer other methods, and requests that are not HTTP."""
        self._send(405 if code == 501 else code, "Not possible", "Nothing is to be seen here.")

    def _send(self, status: int, title: str, sentence: str) -> None:
        page = _PAGE.format(title=html.escape(title), sentence=html.escape(sentence)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(page)

    def version_string(self) -> str:
        """Name only the program, not the versions of Python and its server."""
        return "Dealpost"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name above
        """Log nothing: the request has the code in it."""
