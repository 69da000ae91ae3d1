"""The entrance of a mail server: its greeting and its TLS, without mail behind them."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from typing import Literal

GREETINGS = {
    "imap": b"* OK here\r\n",
    "smtp": b"220-welcome\r\n220 here\r\n",
    "web": b"HTTP/1.1 400 what\r\n\r\n",
    "silent": b"",
}
Kind = Literal["imap", "smtp", "web", "silent"]


class MailDoor:
    """Greets every client. With `starttls` it greets first and then offers STARTTLS.

    Attributes:
        came: How many clients connected.
        received: What they sent before TLS.
    """

    def __init__(
        self, kind: Kind, context: ssl.SSLContext | None = None, *, starttls: bool = False
    ) -> None:
        self.came = 0
        self.received = b""
        self._kind = kind
        self._context = context
        self._starttls = starttls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._held: list[socket.socket] = []
        self._guard = threading.Lock()
        self._is_stopped = False
        self.port = int(self._listener.getsockname()[1])

    def start(self) -> MailDoor:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._guard:
            self._is_stopped = True
            for sock in self._held:
                sock.close()

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.came += 1
            threading.Thread(target=self._meet, args=(sock,), daemon=True).start()

    def _meet(self, sock: socket.socket) -> None:
        if self._kind == "silent":
            self._hold(sock)
            return
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.enter_context(sock)
            if self._context is not None and not self._starttls:
                sock = stack.enter_context(self._context.wrap_socket(sock, server_side=True))
            sock.sendall(GREETINGS[self._kind])  # the client may have gone already
            self._talk(sock)

    def _hold(self, sock: socket.socket) -> None:
        with self._guard:
            if self._is_stopped:
                sock.close()
            else:
                self._held.append(sock)

    def _talk(self, sock: socket.socket) -> None:
        with sock.makefile("rb", buffering=0) as stream:
            for line in iter(stream.readline, b""):
                self.received += line
                if line.strip().upper().endswith(b"STARTTLS"):
                    break
                sock.sendall(self._offer())
            else:
                return
        sock.sendall(b"b OK go\r\n" if self._kind == "imap" else b"220 go\r\n")
        if self._context is not None:
            self._context.wrap_socket(sock, server_side=True).close()

    def _offer(self) -> bytes:
        offer = b"STARTTLS" if self._starttls else b"NOTHING"
        if self._kind == "imap":
            return b"* CAPABILITY IMAP4rev1 " + offer + b"\r\na OK done\r\n"
        return b"250-here\r\n250 " + offer + b"\r\n"
