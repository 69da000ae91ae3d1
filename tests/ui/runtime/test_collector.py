"""Garbage with widgets in it is collected by the GUI thread only."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ui.runtime.collector import GuiCollector


class _Knot:
    """Something that only the cyclic collection frees."""

    def __init__(self) -> None:
        self.itself = self
        self.label = QLabel("in a cycle")


def test_a_widget_in_a_cycle_outlives_a_busy_thread(qtbot: QtBot, qapp: object) -> None:
    """A worker that allocates much collects nothing; the GUI thread's timer does."""
    collector = GuiCollector(qapp)  # type: ignore[arg-type]
    knot = _Knot()
    gone = weakref.ref(knot)
    del knot
    worker = threading.Thread(target=lambda: [[n] for n in range(200_000)])
    worker.start()
    worker.join()
    assert gone() is not None
    made = [[n] for n in range(gc.get_threshold()[0] + 100)]
    collector.collect()
    assert gone() is None or made == []
    collector.deleteLater()
