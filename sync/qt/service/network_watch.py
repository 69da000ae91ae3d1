"""Sleep and wake, and a change of network: what makes lines useless without a word from them.

After a sleep of the machine every line is dead, and after a change of network those from an
address that this computer has no longer; TCP would notice it minutes later. Looked for in the
GUI thread, because a worker may be waiting for an answer that never comes.
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
    """What the computer does around the program; a test has others."""

    def wall(self) -> float:
        """Seconds on the clock on the wall, which goes on while the machine sleeps."""
        return time.time()

    def addresses(self) -> frozenset[str]:
        """The addresses that this computer has now."""
        found = QNetworkInterface.allAddresses()
        return frozenset(each.toString().partition("%")[0] for each in found)


class SurroundingsWatch(QObject):
    """Tells the workers to connect anew where their lines are dead; lives in the GUI thread."""

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
        """Look every few seconds, and at once when the system speaks."""
        self._looked_at = self._surroundings.wall()
        self._timer.start(round(self._timing.look_around * 1000))
        if QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
            information = QNetworkInformation.instance()
            if information is not None:
                information.reachabilityChanged.connect(self._reachability_changed)

    def stop(self) -> None:
        """The program ends."""
        self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Compare with the last look."""
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
        """`None`: no line is to be trusted any more."""
        for worker in self._workers():
            slot = "connect_anew" if worker.cut_if_dead(addresses) else "try_now"
            call(worker, slot)
