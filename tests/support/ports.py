"""Free ports on the loopback."""

from __future__ import annotations

import random
import socket
import time

# Below those that the system gives away by itself, to a server at port 0 and to the near end of a
# connection: one of them may be somebody else's before the test comes to use it.
PORTS = range(20_000, 32_000)
_given: set[int] = set()


def free_port() -> int:
    """A port nobody listens at now, another one each time."""
    while True:
        port = random.choice(PORTS)
        if port in _given:
            continue
        with socket.socket() as sock:
            try:
                sock.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port


def wait_until_closed(port: int, seconds: float = 15) -> None:
    """Until nobody listens there any more."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionError:
            return
        except TimeoutError:
            continue  # a machine that is busy
        time.sleep(0.01)  # between two looks at another process, until the deadline
    raise TimeoutError(port)
