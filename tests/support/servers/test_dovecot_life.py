"""The private server ends with the process that started it, however that ends."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.support.servers.fake_imap import wait_until

_CHILD = """
import sys
from tests.support.servers.dovecot import Dovecot
server = Dovecot().start()
print(server.folder, flush=True)
print(server.port, flush=True)
sys.stdin.readline()
"""


def _listens(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def test_a_killed_test_run_leaves_no_server_behind() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert child.stdout is not None
    assert child.stdin is not None
    folder, port = Path(child.stdout.readline().strip()), int(child.stdout.readline())
    assert _listens(port)
    child.send_signal(signal.SIGKILL)
    child.wait(15)
    child.stdin.close()
    child.stdout.close()
    wait_until(lambda: not _listens(port))
    subprocess.run(["/bin/rm", "-r", str(folder)], check=True)
