"""The bar at the top of the window: buttons for the selection, and the search field."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QToolButton, QWidget

from ui.commands.actions import Actions, plain_text
from ui.style import icons
from ui.style.theme import Theme

SEARCH_DELAY_MS = 120  # after the last key, before the search starts


class SearchEdit(QLineEdit):
    """Searches as the user types.

    Signals:
        search_changed: The text to search for; '' ends the search.
        left: Down or Enter: the user wants to go to the results.
    """

    search_changed = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("search_edit")
        self.setAccessibleName(self.tr("Search mail"))
        self.setPlaceholderText(self.tr("Search mail and people  (Ctrl+K)"))
        self.setClearButtonEnabled(True)
        glass = self.addAction(icons.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        glass.setText(self.tr("Search"))
        glass.triggered.connect(self.selectAll)
        for button in self.findChildren(QToolButton):
            if not button.text():
                button.setAccessibleName(self.tr("Clear search"))
        self.setMinimumWidth(160)
        self.setMaximumWidth(400)
        self._said = ""
        self._timer = QTimer(self, singleShot=True, interval=SEARCH_DELAY_MS)
        self._timer.timeout.connect(self._tell)
        self.textChanged.connect(self._on_text)

    def set_scope(self, *, is_records: bool) -> None:
        """Say what is searched."""
        mail = self.tr("Search mail and people  (Ctrl+K)")
        self.setPlaceholderText(self.tr("Search this list  (Ctrl+K)") if is_records else mail)
        self.setAccessibleName(self.tr("Search records") if is_records else self.tr("Search mail"))

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(360, super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        if event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
            else:
                self.left.emit()
            return
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._tell()
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _on_text(self, text: str) -> None:
        if text.strip():
            self._timer.start()
        else:
            self._tell()

    def _tell(self) -> None:
        self._timer.stop()
        text = self.text().strip()
        if text != self._said:
            self._said = text
            self.search_changed.emit(text)


class TopBar(QFrame):
    """The actions' buttons, without those that do not apply to the shown list."""

    def __init__(self, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._buttons: dict[str, QToolButton] = {}
        self.search = SearchEdit(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(10, 7, 12, 8)
        self._row.setSpacing(2)
        for name in ("archive", "restore", "delete", "mark_read", "mark_unread"):
            self._add(name, actions[name])
        self._row.addSpacing(14)
        for name in ("undo", "sync_now"):
            self._add(name, actions[name])
        self._row.addStretch(1)
        self._row.addWidget(self.search, 2)
        self._row.addSpacing(6)
        self._add("side_panel", actions["side_panel"])
        theme.changed.connect(self.update)

    def show_buttons(self, names: frozenset[str], among: frozenset[str]) -> None:
        """Of the buttons `among`, show only those in `names`."""
        for name in among:
            self._buttons[name].setVisible(name in names)

    def show_scope(self, *, is_records: bool) -> None:
        """What the search field searches: mail, or the records that are listed."""
        self.search.set_scope(is_records=is_records)
        self._buttons["side_panel"].setVisible(not is_records)

    def _add(self, name: str, action: QAction) -> None:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setIconSize(QSize(icons.SIZE, icons.SIZE))
        button.setAccessibleName(plain_text(action))
        button.setObjectName(f"{name}_button")
        self._buttons[name] = button
        self._row.addWidget(button)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("base"))
        painter.setPen(self._theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()
