"""Notices that the computer woke up or changed its network, and makes the workers reconnect.

After the computer wakes, every connection is dead. After a network change, so are those bound to
an old address. TCP would notice only minutes later. The check runs in the GUI thread, because a
worker may be waiting for an answer that never comes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtNetwork import QNetworkInformation, QNetworkInterface

from sync.qt.threads import call
from sync.qt.worker.worker import AccountWorker
from sync.timing import Timing


class Surroundings:
    """The computer's clock and addresses; tests put their own in place."""

    def wall(self) -> float:
        """Seconds of wall-clock time, which goes on while the computer sleeps."""
        return time.time()

    def addresses(self) -> frozenset[str]:
        """The addresses that this computer has now."""
        found = QNetworkInterface.allAddresses()
        return frozenset(each.toString().partition("%")[0] for each in found)


class SurroundingsWatch(QObject):
    """Makes workers with dead connections connect again; lives in the GUI thread."""

    def __init__(
        self,
        surroundings: Surroundings,
        timing: Timing,
        workers: Callable[[], Iterable[AccountWorker]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._surroundings = surroundings
        self._timing = timing
        self._workers = workers
        self._looked_at = surroundings.wall()
        self._addresses = surroundings.addresses()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Check every `Timing.look_around`, and at once when the system reports a change."""
        self._looked_at = self._surroundings.wall()
        self._timer.start(round(self._timing.look_around * 1000))
        if QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
            information = QNetworkInformation.instance()
            if information is not None:
                information.reachabilityChanged.connect(self._reachability_changed)

    def stop(self) -> None:
        """Stop checking: the program ends."""
        self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Compare clock and addresses with those of the last check."""
        now, addresses = self._surroundings.wall(), self._surroundings.addresses()
        gap = abs(now - self._looked_at) - self._timing.look_around
        is_moved = addresses != self._addresses
        self._looked_at, self._addresses = now, addresses
        if gap > self._timing.sleep_gap:
            self._report(None)
        elif is_moved:
            self._report(addresses)

    @Slot()
    def _reachability_changed(self) -> None:
        self._addresses = self._surroundings.addresses()
        self._report(self._addresses)

    def _report(self, addresses: frozenset[str] | None) -> None:
        """Let each worker reconnect if its connection is dead; None: every connection is dead."""
        for worker in self._workers():
            slot = "connect_anew" if worker.cut_if_dead(addresses) else "try_now"
            call(worker, slot)
