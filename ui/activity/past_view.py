"""Past mail label by label, while it comes in and after it was stopped."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QProgressBar, QWidget

from models.events import LabelProgress
from models.server.mailbox import Role
from sync.qt.probes.probe import Label
from ui.setup.sign_in import words
from ui.style import formatting
from ui.style.theme import Theme
from ui.widgets.elided import ElidedLabel

BAR = (180, 6)  # width and height in device-independent pixels
STEPS = 1000


class PastView(QWidget):
    """One line a label: its name, a progress bar, and how many messages of how many.

    Lines are reused, not made again.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("past_progress")
        self._theme = theme
        self._lines: dict[str, tuple[QLabel, QProgressBar, QLabel]] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        theme.changed.connect(self._recolor)

    def show_labels(self, labels: Sequence[LabelProgress]) -> None:
        """Show how far each label is."""
        for name in [name for name in self._lines if name not in {each.name for each in labels}]:
            for widget in self._lines.pop(name):
                widget.deleteLater()
        for each in labels:
            if each.name not in self._lines:
                self._lines[each.name] = self._line(each, self._grid.rowCount())
            self._update(each)
        self.setVisible(bool(labels))
        self._recolor()

    def _line(self, each: LabelProgress, row: int) -> tuple[QLabel, QProgressBar, QLabel]:
        text = words.label_text(Label(each.name, each.delimiter, Role(each.role)))
        name = ElidedLabel(formatting.clean(text), self)
        bar = QProgressBar(self, textVisible=False, maximum=STEPS)
        bar.setFixedSize(*BAR)
        count = QLabel(self)
        count.setMinimumWidth(120)
        count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for column, widget in enumerate((name, bar, count)):
            self._grid.addWidget(widget, row, column)
        return name, bar, count

    def _update(self, each: LabelProgress) -> None:
        name, bar, count = self._lines[each.name]
        share, text = (STEPS, self.tr("done")) if each.is_done else (0, self.tr("waits"))
        if each.total:
            done = each.total if each.is_done else each.done
            share = done * STEPS // each.total
            text = self.tr("{done} of {total}").format(
                done=formatting.number(done), total=formatting.number(each.total)
            )
        bar.setValue(share)
        count.setText(text)
        bar.setAccessibleName(f"{name.text()}: {text}")

    @Slot()
    def _recolor(self) -> None:
        back, chunk = self._theme.color("line").name(), self._theme.color("accent").name()
        style = (
            f"QProgressBar {{ background: {back}; border: 0; border-radius: 3px; }}"
            f"QProgressBar::chunk {{ background: {chunk}; border-radius: 3px; }}"
        )
        for _, bar, count in self._lines.values():
            if bar.styleSheet() != style:
                bar.setStyleSheet(style)
                count.setStyleSheet(f"color: {self._theme.color('muted').name()}")
