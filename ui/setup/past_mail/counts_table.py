"""What each start would bring, one line each. The lines are filled as counts come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from sync.engine.count.past_mail import Tally
from ui.forms.fields import HintLabel
from ui.setup.past_mail import count_words
from ui.setup.sign_in import words
from ui.style.theme import Theme

ROW_HEIGHT = 30  # in device-independent pixels
PADDING = 12


class CountsTable(QWidget):
    """One line per choice, the chosen one tinted. The height never changes."""

    def __init__(self, theme: Theme, starts: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("counts_table")
        self._theme = theme
        self._starts = tuple(starts)
        self._chosen = ""
        self._with_contacts = True
        self._tallies: Mapping[str, Tally] = {}
        self._cells: dict[str, list[QLabel]] = {}
        self._grid = QGridLayout()
        self._grid.setContentsMargins(PADDING, 0, PADDING, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(0)
        self._heads = [
            self._cell(text, 0, column)
            for column, text in enumerate(
                (self.tr("Since"), self.tr("Messages"), self.tr("Size"), self.tr("From contacts"))
            )
        ]
        for row, start in enumerate(self._starts, start=1):
            self._cells[start] = [self._cell("", row, column) for column in range(4)]
            self._cells[start][0].setText(words.start_text(start))
        for column in range(1, 4):
            self._grid.setColumnMinimumWidth(column, 104)
        self._grid.setColumnStretch(0, 1)
        self.note = HintLabel(theme, "", self)
        self.note.setObjectName("counts_note")
        self.note.setContentsMargins(PADDING, 2, PADDING, 0)
        self.note.setMinimumHeight(self.note.fontMetrics().height() + 4)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        rows.addLayout(self._grid)
        rows.addWidget(self.note)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._recolor)
        self._recolor()
        self.show_tallies({})

    def _cell(self, text: str, row: int, column: int) -> QLabel:
        label = QLabel(text, self)
        label.setFixedHeight(ROW_HEIGHT)
        side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
        label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(label, row, column)
        return label

    def choose(self, start: str) -> None:
        """Tint the line of this choice; '' tints none."""
        self._chosen = start
        self._describe()
        self.update()

    def set_with_contacts(self, is_shown: bool) -> None:  # with or without the column of contacts
        """Show or hide the column that counts mail from contacts."""
        self._with_contacts = is_shown
        for cells in (self._heads, *self._cells.values()):
            cells[3].setVisible(is_shown)
        self._grid.setColumnMinimumWidth(3, 104 if is_shown else 0)
        self._describe()

    def show_tallies(self, tallies: Mapping[str, Tally]) -> None:
        """Show what is known by now; other lines keep their dots."""
        self._tallies = tallies
        for start, cells in self._cells.items():
            tally = tallies.get(start)
            texts = ("…", "…", "…")
            if tally is not None:
                texts = (
                    count_words.number(tally.messages, is_about=tally.is_about),
                    count_words.size(tally.size, is_about=tally.is_about),
                    count_words.number(tally.contacts, is_about=tally.is_contacts_about),
                )
            for cell, text in zip(cells[1:], texts, strict=True):
                cell.setText(text)
        self._describe()

    def row_text(self, start: str) -> str:
        """A line in words: 3 months ago — 1,240 messages, 86 MB, 310 from contacts."""
        tally = self._tallies.get(start)
        if tally is None:
            return ""
        said = count_words.sentence(tally, with_contacts=self._with_contacts)
        return self.tr("{start} — {counts}").format(start=words.start_text(start), counts=said)

    def _describe(self) -> None:
        lines = [self.row_text(start) for start in self._starts]
        self.setAccessibleName(self.tr("What each start would bring"))
        self.setAccessibleDescription("; ".join(line for line in lines if line))

    @Slot()
    def _recolor(self) -> None:
        muted = self._theme.color("muted")
        for cell in self._heads:
            palette = cell.palette()
            palette.setColor(QPalette.ColorRole.WindowText, muted)
            cell.setPalette(palette)
            font = cell.font()
            font.setPixelSize(12)
            cell.setFont(font)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._chosen in self._cells:
            top = self._cells[self._chosen][0].geometry().top()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("selection"))
            painter.drawRoundedRect(0, top, self.width(), ROW_HEIGHT, 6, 6)
        line = self._heads[0].geometry().bottom()
        painter.setPen(self._theme.color("line"))
        painter.drawLine(PADDING, line, self.width() - PADDING, line)
        painter.end()
        super().paintEvent(event)
