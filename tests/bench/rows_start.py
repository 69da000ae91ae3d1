"""The row that starts Dealpost in a new process. Run as a program, this module is that process."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import keyring

from models.store import database
from resources.demo.keychain import MemoryKeyring
from tests.bench import stores, window
from tests.bench.figures import Figure


def start_up(folder: Path, scale: float) -> list[Figure]:
    """How long a new process takes until Inbox is painted, and how much memory it needs."""
    count = int(100_000 * scale)
    account_id = stores.open_store(folder)
    stores.fill_with_mail(account_id, count)
    database.close_for_thread()
    found = [_start_once(folder) for _ in range(3)]
    seconds, megabytes = min(found)
    return [
        Figure("start to painted Inbox", seconds, "s", 1.0,
               f"{count:,} messages; from the start of Python, best of 3 (files in the page cache)"),
        Figure("memory after that", megabytes, "MB", 250,
               "proportional set size, before the first HTML mail"),
    ]  # fmt: skip


def _start_once(folder: Path) -> tuple[float, float]:
    began = time.time()
    command = [sys.executable, "-m", "tests.bench.rows_start", str(folder), str(began)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if answer.returncode:
        raise RuntimeError(answer.stderr[-2000:])
    seconds, megabytes = answer.stdout.split()[-2:]
    return float(seconds), float(megabytes)


def main_window_ready(folder: Path, began: float) -> tuple[float, float]:
    """In the new process: seconds since `began` until rows are painted, and megabytes."""
    with window.opened(folder) as opened:
        view = window.conversation_list(opened)

        def is_painted() -> bool:
            index = view.model().index(0, 0)
            return bool(index.isValid() and index.data())

        window.process(is_painted, 30)
        view.viewport().repaint()
        return time.time() - began, window.memory_mb()


if __name__ == "__main__":
    keyring.set_keyring(MemoryKeyring())
    print(*main_window_ready(Path(sys.argv[1]), float(sys.argv[2])))
