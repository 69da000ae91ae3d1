"""A web server on the loopback, over http or https, with the files that a test adds."""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class File:
    """What a path returns. With a location it is a redirect."""

    body: bytes = b""
    location: str = ""


class WebServer:
    """Serves files by host and path; ignores the query.

    Attributes:
        asked: Every request: host, then path with its query.
        headers: The fields of each request, in lower case.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self._files: dict[str, File] = {}
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        if context is not None:
            # The handshake belongs in the request's own thread.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = int(self._server.server_address[1])

    def add(self, url: str, body: bytes = b"", *, location: str = "") -> None:
        """Add a file by its host and path: `add("autoconfig.x.test/mail/config-v1.1.xml", xml)`."""
        self._files[url] = File(body, location)

    def start(self) -> WebServer:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def file(self, host: str, path: str) -> File | None:
        """The file for this request."""
        return self._files.get(f"{host}{path.partition('?')[0]}")


class _Server(ThreadingHTTPServer):
    owner: WebServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that hung up or did not trust our certificate."""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # the library's name
        server: Any = self.server
        owner: WebServer = server.owner
        host = (self.headers.get("Host") or "").partition(":")[0]
        owner.asked.append(f"{host}{self.path}")
        owner.headers.append({name.lower(): value for name, value in self.headers.items()})
        file = owner.file(host, self.path)
        if file is None:
            self.send_error(404)
            return
        self.send_response(302 if file.location else 200)
        if file.location:
            self.send_header("Location", file.location)
        self.send_header("Content-Length", str(len(file.body)))
        self.end_headers()
        self.wfile.write(file.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the library's name
        """Log nothing."""
