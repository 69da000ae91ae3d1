"""Wait until the window shows the whole mailbox, open one conversation, and save a picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QAbstractItemView, QWidget

from models.events import Phase, StatusChanged

LOOK_MS = 100
PATIENCE_MS = 60_000
RENDER_MS = 2_500  # for Chromium to paint the message and load pictures


class Photographer(QObject):
    """Saves a picture of `window` to `path` and ends the program.

    Attributes:
        problem: Why there is no picture, or ''.
    """

    def __init__(self, window: QWidget, path: Path, subject: str) -> None:
        super().__init__(window)
        self.problem = ""
        self._window = window
        self._path = path
        self._subject = subject
        self._is_settled = False
        self._clock = QElapsedTimer()
        self._clock.start()
        window.service.happened.connect(self._on_event)  # type: ignore[attr-defined]
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, StatusChanged):
            self._is_settled = event.phase is Phase.IDLE and event.last_success_at is not None

    @Slot()
    def _look(self) -> None:
        if self._clock.elapsed() > PATIENCE_MS:
            self._end("The sample mailbox did not come in within a minute.")
            return
        view = self._window.findChild(QAbstractItemView, "conversation_list")
        if not self._is_settled or view is None or view.model().rowCount() == 0:
            return
        row = self._row(view)
        if row is None:
            return
        self._timer.stop()
        view.setCurrentIndex(view.model().index(row, 0))
        QTimer.singleShot(RENDER_MS, self, self._draw)

    def _row(self, view: QAbstractItemView) -> int | None:
        """The row to open; None until it is loaded (a row not loaded yet returns '')."""
        if not self._subject:
            return 0
        model = view.model()
        for row in range(model.rowCount()):
            title = model.index(row, 0).data(Qt.ItemDataRole.DisplayRole) or ""
            if self._subject.casefold() in str(title).casefold():
                return row
        return None

    @Slot()
    def _draw(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        is_written = self._window.grab().save(str(self._path))
        self._end("" if is_written else f"{self._path} could not be written.")

    def _end(self, problem: str) -> None:
        self._timer.stop()
        self.problem = problem
        self._window.close()
        QCoreApplication.quit()
