"""The search for servers while it runs: "Stop searching", and "Details" with every answer."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from sync.detection import Answer, Outcome
from ui.setup.detection_words import line_text, outcome_tone
from ui.style import icons
from ui.style.theme import Theme

ROWS = 7  # of the list, in pixels, before it scrolls
ROW_HEIGHT = 24
SIDE = 32  # the same margin as the pages
COLUMNS = 3


class DetectionDetails(QWidget):
    """Stands between the wizard's page and its buttons. Hidden while there is nothing to show.

    Signals:
        stopped: The user has waited long enough.
    """

    stopped = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("detection_details")
        self._theme = theme
        self._items: dict[int, QTreeWidgetItem] = {}
        self._answers: dict[int, Answer] = {}
        self._toggle = QPushButton(self.tr("&Details"), self)
        self._toggle.setObjectName("detection_details_button")
        self._toggle.setCheckable(True)
        self._toggle.setFlat(True)
        self._toggle.setAutoDefault(False)
        self._toggle.setIconSize(QSize(16, 16))
        self._stop = QPushButton(self.tr("Stop &searching"), self)
        self._stop.setObjectName("detection_stop_button")
        self._stop.setAutoDefault(False)
        self._list = QTreeWidget(self)
        self._list.setObjectName("detection_list")
        self._lay_out()
        self._toggle.toggled.connect(self._on_toggled)
        self._stop.clicked.connect(self.stopped)
        theme.changed.connect(self._recolor)
        self._on_toggled(False)
        self.finish()

    def begin(self) -> None:
        """Start a new search and forget the last one."""
        self._list.clear()
        self._items.clear()
        self._answers.clear()
        self.hide()

    @Slot(object)
    def add(self, answer: Answer) -> None:
        """Add a line, or update it with a newer answer."""
        item = self._items.get(answer.number)
        if item is None:
            item = QTreeWidgetItem()
            self._list.insertTopLevelItem(self._position(answer), item)
            self._items[answer.number] = item
            self._fit()
        self._answers[answer.number] = answer
        if self.isHidden() and answer.outcome is Outcome.ASKED:
            self._show_running()
        for column, text in enumerate(line_text(answer)):
            item.setText(column, text)
            item.setToolTip(column, answer.target if column == 0 else text)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, ", ".join(line_text(answer)))
        self._paint(answer.number)

    def finish(self) -> None:
        """The search is over: show the best results first."""
        self._stop.hide()
        good = [n for n, each in self._answers.items() if each.outcome is Outcome.ANSWERS]
        for number in sorted(good, key=lambda n: (self._answers[n].source.rank, n), reverse=True):
            item = self._items[number]
            self._list.takeTopLevelItem(self._list.indexOfTopLevelItem(item))
            self._list.insertTopLevelItem(0, item)
        self._list.setCurrentIndex(QModelIndex())
        self._list.scrollToTop()

    def show_if(self, is_wanted: bool) -> None:
        """Show the details on a page that they belong to, if there are any."""
        self.setVisible(is_wanted and bool(self._items))

    def fold(self) -> None:
        """Fold the answers; "Details" shows them again."""
        self._toggle.setChecked(False)

    def _position(self, answer: Answer) -> int:
        """Where a line stands: servers above the files and records that name them."""
        is_server = answer.place is not None
        above = [each for each in self._answers.values() if each.place is not None]
        return len(above) if is_server else len(self._items)

    def _fit(self) -> None:
        self._list.setFixedHeight(min(ROWS, len(self._items)) * ROW_HEIGHT + 10)

    def _show_running(self) -> None:
        """Show the search with the first question sent; a known provider needs none."""
        self._stop.show()
        self.show()
        self._stop.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        tree = self._list
        tree.setColumnCount(COLUMNS)
        tree.setHeaderHidden(True)
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setAllColumnsShowFocus(True)
        tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        tree.setAccessibleName(self.tr("What was asked, who named it, and what it answered"))
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, COLUMNS):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._toggle)
        row.addStretch(1)
        row.addWidget(self._stop)
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(SIDE, 4, SIDE, 8)
        column_box.setSpacing(6)
        column_box.addLayout(row)
        column_box.addWidget(tree)

    @Slot(bool)
    def _on_toggled(self, is_open: bool) -> None:
        self._list.setVisible(is_open)
        self._toggle.setIcon(icons.icon("chevron-down" if is_open else "chevron-right"))
        shown = self.tr("Details of the search, shown")
        self._toggle.setAccessibleName(
            shown if is_open else self.tr("Details of the search, hidden")
        )

    @Slot()
    def _recolor(self) -> None:
        for number in self._items:
            self._paint(number)

    def _paint(self, number: int) -> None:
        item = self._items[number]
        tone = outcome_tone(self._answers[number].outcome)
        item.setForeground(1, QBrush(self._theme.color("muted")))
        item.setForeground(2, QBrush(self._theme.color(tone)))
