"""Free ports on the loopback."""

from __future__ import annotations

import socket
import time


def free_port() -> int:
    """A port nobody listens at now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def wait_until_closed(port: int, seconds: float = 10) -> None:
    """Until nobody listens there any more."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionError:
            return
        time.sleep(0.01)  # between two looks at another process, until the deadline
    raise TimeoutError(port)
