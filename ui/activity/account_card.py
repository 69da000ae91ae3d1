"""One account in the sync details: what it is doing, how far its past mail is, what waits."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from models.events import LabelProgress, Phase, StatusChanged
from models.server import past_sync
from models.store import clock
from ui.activity.past_view import PastView
from ui.status import status_text
from ui.style import formatting
from ui.style.theme import Theme


class AccountCard(QFrame):
    """Shows one account. It is updated in place, so that a button stays while the user presses it.

    Signals:
        sync_requested, start_requested, stop_requested: The id of the account.
    """

    sync_requested = Signal(int)
    start_requested = Signal(int)
    stop_requested = Signal(int)

    def __init__(self, account_id: int, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"account_facts_{account_id}")
        self._account_id = account_id
        self._theme = theme
        self._title = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self._title.setFont(theme.font(weight=600))
        self._text = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._check = self._button(self.tr("Check now"), self.sync_requested)
        self._stop = self._button(self.tr("Stop syncing"), self.stop_requested)
        self._start = self._button(self.tr("Start syncing"), self.start_requested)
        self.past = PastView(theme, self)
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 10, 12, 10)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self._title, 0, 0)
        buttons = QHBoxLayout()
        for button in (self._start, self._check, self._stop):
            buttons.addWidget(button)
        grid.addLayout(buttons, 0, 1)
        grid.addWidget(self._text, 1, 0, 1, 2)
        grid.addWidget(self.past, 2, 0, 1, 2)

    def _button(self, text: str, wanted: SignalInstance) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: wanted.emit(self._account_id))
        return button

    def show_facts(self, status: StatusChanged, address: str) -> None:
        """Show the account as it is now."""
        self._recolor()
        self._title.setText(address)
        is_stopped = status.phase is Phase.STOPPED
        self._start.setVisible(is_stopped)
        self._check.setVisible(not is_stopped)
        self._stop.setVisible(not is_stopped)
        labels = status.past.labels or _unfinished(self._account_id)
        self._start.setText(self.tr("Go on") if labels else self.tr("Start syncing"))
        self._text.setText("\n".join(self._lines(status, labels)))
        self.past.show_labels(labels)

    def _lines(self, status: StatusChanged, labels: Sequence[LabelProgress]) -> list[str]:
        lines = [status_text.phase_text(status, clock.now_ms()), *status_text.tails([status])]
        if status.last_success_at is not None and status.phase is not Phase.IDLE:
            last = self.tr("Last complete check: {}")
            lines.append(last.format(formatting.full_date(status.last_success_at)))
        if labels and status.phase is Phase.STOPPED:
            lines.append(self.tr("Past mail is not all here; it goes on where it stopped:"))
        return lines

    def _recolor(self) -> None:
        back, line = self._theme.color("base").name(), self._theme.color("line").name()
        self.setStyleSheet(
            f"QFrame#{self.objectName()} {{ background: {back}; border: 1px solid {line};"
            " border-radius: 9px; }"
        )
        self._text.setStyleSheet(f"color: {self._theme.color('muted').name()}")


def _unfinished(account_id: int) -> Sequence[LabelProgress]:
    """The past sync that has not finished yet."""
    return () if past_sync.is_over(account_id) else past_sync.progress(account_id)
