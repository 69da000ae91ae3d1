"""The real window without a screen. Waits for conditions, and measures how busy its thread is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

import app
from models.events import Phase, StatusChanged
from ui.window.main_window import MainWindow

BEAT_MS = 5


class Heartbeat(QObject):
    """How long the GUI thread did not respond: gaps between beats that are due every 5 ms."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to measure."""
        self.gaps.clear()
        self._clock.start()
        self._timer.start()

    def stop(self) -> None:
        """Stop the beats. `gaps` stay, in milliseconds."""
        self._timer.stop()

    @Slot()
    def _beat(self) -> None:
        self.gaps.append(max(0.0, self._clock.nsecsElapsed() / 1e6 - BEAT_MS))
        self._clock.restart()


class Watch(QObject):
    """Keeps the last status of every account."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.status: StatusChanged | None = None
        window.service.happened.connect(self._on_event)

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, StatusChanged):
            self.status = event

    def is_settled(self, after: int = 0) -> bool:
        """Whether the account listens and was up to date after `after` (milliseconds UTC)."""
        status = self.status
        if status is not None and status.error and status.phase is not Phase.WAITING:
            raise RuntimeError(f"the sync stopped: {status.error}")
        return (
            status is not None
            and status.phase is Phase.IDLE
            and status.last_success_at is not None
            and status.last_success_at > after
        )


@contextmanager
def opened(folder: Path) -> Iterator[MainWindow]:
    """The window on a profile. It is closed, with its threads, at the end."""
    window = app.start(folder)
    wizard = window.findChild(QWidget, "setup_wizard")
    window.show()
    process(window.isVisible, 10)
    if wizard is not None:
        wizard.close()
    try:
        yield window
    finally:
        window.close()


def conversation_list(window: MainWindow) -> QAbstractItemView:
    """The list of conversations."""
    view = window.findChild(QAbstractItemView, "conversation_list")
    assert view is not None
    return view


def process(is_done: Callable[[], bool], seconds: float) -> float:
    """Run the event loop until the condition holds. Returns how many seconds that took."""
    loop = QApplication.instance()
    assert loop is not None
    began = time.perf_counter()
    waker = QTimer(interval=1)  # so that conditions on other threads' work are checked in time
    waker.start()
    while not is_done():
        loop.processEvents()
        if time.perf_counter() - began > seconds:
            raise TimeoutError(f"not within {seconds:.0f} s")
        time.sleep(0.0002)  # a busy loop would take CPU from what is measured
    waker.stop()
    return time.perf_counter() - began


def memory_mb() -> float:
    """The proportional memory of this process and its children, in MB (Linux)."""
    pids = [os.getpid(), *_children(os.getpid())]
    return sum(_pss_kb(pid) for pid in pids) / 1024


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8")
    except OSError:
        return []
    return [int(child) for child in text.split()]


def _pss_kb(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
