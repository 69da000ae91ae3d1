"""Run the sample server as a process of its own, as long as its owner needs it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """Where the server listens on the loopback, and its sign-in."""

    address: str
    password: str
    imap_port: int
    smtp_port: int
    host: str = "127.0.0.1"


class ServerProcess:
    """A context manager around `resources.demo.server`.

    The server ends when its standard input closes, so it also ends when this process is killed.
    Then it removes the folder that it `owns`. It runs in a session of its own, so that Ctrl+C
    reaches the window first and the server after it.
    """

    def __init__(
        self, *, is_empty: bool = False, arrivals: float = 0.0, owns: Path | None = None
    ) -> None:
        self._options = ["--arrivals", str(arrivals)] + (["--empty"] if is_empty else [])
        if owns is not None:
            self._options += ["--owns", str(owns)]
        self._process: subprocess.Popen[str] | None = None
        self.facts = ServerFacts("", "", 0, 0)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "resources.demo.server", *self._options],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.stop()
            raise RuntimeError("the sample server did not start; its words are above")
        self.facts = ServerFacts(**json.loads(line))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The server's process id."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        """End the server; a second call does nothing."""
        process = self._process
        if process is None:
            return
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
