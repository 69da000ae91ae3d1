"""Find free ports on the loopback."""

from __future__ import annotations

import random
import socket
import time

# Below the ports that the system itself gives to a server at port 0 and to the near end of a
# connection. Another program may have taken one of those before the test uses it.
PORTS = range(20_000, 32_000)
_given: set[int] = set()


def free_port() -> int:
    """A port that is free now. Each call returns another one."""
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
    """Wait until no server listens on the port any more."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionError:
            return
        except TimeoutError:
            continue  # a busy machine takes its time
        time.sleep(0.01)  # a short wait between two looks at another process, until the deadline
    raise TimeoutError(port)
