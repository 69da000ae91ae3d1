"""A web server that wastes our time, one letter after the other."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from sync.detection.fetch import fetch
from sync.detection.network import Network

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n"
DRIPS_SECONDS = 20.0


class Dripper:
    """Says `first`, and then a letter every hundredth of a second until the client has gone."""

    def __init__(self, first: bytes) -> None:
        self._first = first
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.has_ended = threading.Event()
        self._thread = threading.Thread(target=self._drip)
        self._thread.start()

    def _drip(self) -> None:
        sock, _ = self._listener.accept()
        ends_at = time.monotonic() + DRIPS_SECONDS
        with sock:
            try:
                sock.sendall(self._first)
                while time.monotonic() < ends_at:
                    sock.sendall(b"x")
                    self.has_ended.wait(0.01)
            except OSError:
                self.has_ended.set()

    def stop(self) -> None:
        self._thread.join()
        self._listener.close()


@pytest.fixture(params=[HEAD[:15], HEAD + b"X-More: ", HEAD + b"\r\n"])
def dripper(request: pytest.FixtureRequest) -> Iterator[Dripper]:
    made = Dripper(request.param)
    yield made
    made.stop()


def test_dripping_wins_no_time(dripper: Dripper) -> None:
    """Neither in the first line, nor in the fields, nor in the file; and the line is closed."""
    network = Network(ports={80: dripper.port})
    begun = time.monotonic()

    with pytest.raises(TimeoutError):
        fetch("http://127.0.0.1/file", network, lambda *_: True, begun + 0.3)

    assert time.monotonic() - begun < DRIPS_SECONDS / 2
    assert dripper.has_ended.wait(DRIPS_SECONDS / 2)
