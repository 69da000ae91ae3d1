"""Runs Python's cyclic garbage collection in the GUI thread only."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

INTERVAL_MS = 1000


class GuiCollector(QObject):
    """Collects for all threads, from a timer of the GUI thread.

    Python collects in whichever thread happens to allocate. If that is a worker, and the garbage
    holds a widget, the widget is destroyed in the wrong thread and Qt crashes. So automatic
    collection is off, and this timer collects instead, by the same thresholds.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    @Slot()
    def collect(self) -> None:
        """Collect the oldest generation that is full, if one is."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return
