"""A TCP proxy that breaks connections: it cuts after some bytes, delays, or sends small pieces."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self

_SIZE = 65_536


class Proxy:
    """Sits between a client and a server on this computer; a context manager.

    Attributes:
        cut_to_client, cut_to_server: After how many bytes in that direction both ends are cut,
            counted over all connections; None for never. May change while the proxy runs.
        delay: How many seconds each piece waits, each way.
        piece: The greatest size of a piece. 1 splits every line and TLS record.
        connections: How many connections there were.
        open_now, most_open: How many are open now, and how many were open at once.
    """

    def __init__(
        self,
        port: int,
        *,
        cut_to_client: int | None = None,
        cut_to_server: int | None = None,
        delay: float = 0.0,
        piece: int = _SIZE,
    ) -> None:
        self.target = port
        self.cut_to_client = cut_to_client
        self.cut_to_server = cut_to_server
        self.delay = delay
        self.piece = piece
        self.to_client = 0
        self.to_server = 0
        self.connections = 0
        self.open_now = self.most_open = 0
        self._is_away = False
        self._cuts = 0
        self._stopping = threading.Event()
        self._frozen = threading.Event()
        self._frozen.set()
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._all: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.host = "localhost"
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._run(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._frozen.set()
        self._threads[0].join(15)  # the accepting thread, for which no client comes any more
        self.cut()
        for thread in list(self._threads):
            thread.join(15)
        for sock in self._all:
            sock.close()
        self._listener.close()

    def cut(self) -> None:
        """Cut every open connection."""
        with self._lock:
            self._cuts += 1
            sockets, self._sockets = self._sockets, []
        for sock in sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def go_away(self) -> None:
        """Make the server unreachable: cut every connection, and hang up on new ones."""
        self._is_away = True
        self.cut()

    def come_back(self) -> None:
        """Make the server reachable again."""
        self._is_away = False

    def freeze(self) -> None:
        """Pass nothing on and close nothing: the connection is dead, and neither end notices."""
        self._frozen.clear()

    def thaw(self) -> None:
        self._frozen.set()

    def _run(self, work: object, *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            if self._is_away:
                client.close()
                continue
            client.settimeout(None)
            cuts = self._cuts
            try:
                server = socket.create_connection(("127.0.0.1", self.target), timeout=15)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            for sock in (client, server):  # small pieces do not wait for an acknowledgement
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                if cuts != self._cuts:  # as its client saw it, the connection was open
                    client.close()
                    server.close()
                    continue
                self.connections += 1
                self.open_now += 1
                self.most_open = max(self.most_open, self.open_now)
                self._sockets += [client, server]
                self._all += [client, server]
            self._run(self._pump, client, server, False)
            self._run(self._pump, server, client, True)

    def _pump(self, source: socket.socket, target: socket.socket, is_to_client: bool) -> None:
        try:
            while piece := source.recv(min(self.piece, _SIZE)):
                self._frozen.wait()
                if self.delay and self._stopping.wait(self.delay):
                    break
                allowed = self._allowed(len(piece), is_to_client)
                target.sendall(piece[:allowed])
                if allowed < len(piece):
                    break
        except OSError:
            pass
        for sock in (source, target):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self.open_now -= not is_to_client

    def _allowed(self, size: int, is_to_client: bool) -> int:
        """How much of a piece may still pass before the cut."""
        with self._lock:
            if is_to_client:
                limit, done = self.cut_to_client, self.to_client
                self.to_client += size
            else:
                limit, done = self.cut_to_server, self.to_server
                self.to_server += size
        return size if limit is None else max(0, min(size, limit - done))
