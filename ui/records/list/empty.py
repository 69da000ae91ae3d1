"""What the record list shows when there is nothing to list: two ways to begin."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.records import kinds
from ui.style import icons
from ui.style.theme import Theme

ICON_SIZE = 44


class RecordsEmpty(QWidget):
    """An icon, a sentence, "New deal" and "Import".

    Signals:
        new_pressed, import_pressed, clear_pressed: The user pressed that button.
    """

    new_pressed = Signal()
    import_pressed = Signal()
    clear_pressed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = "search"
        center = Qt.AlignmentFlag.AlignCenter
        self._mark = QLabel(self, alignment=center)
        self._title = QLabel(
            self, alignment=center, wordWrap=True, textFormat=Qt.TextFormat.PlainText
        )
        self._hint = QLabel(
            self, alignment=center, wordWrap=True, textFormat=Qt.TextFormat.PlainText
        )
        self.new_button = QPushButton(self)
        self.new_button.setObjectName("empty_new_button")
        self.new_button.setProperty("role", "primary")
        self.import_button = QPushButton(self.tr("Import"), self)
        self.import_button.setObjectName("empty_import_button")
        self.clear_button = QPushButton(self.tr("Show all"), self)
        self.clear_button.setObjectName("empty_clear_button")
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch(1)
        for button in (self.new_button, self.import_button, self.clear_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(8)
        column.addStretch(2)
        for widget in (self._mark, self._title, self._hint):
            column.addWidget(widget)
        column.addSpacing(10)
        column.addLayout(buttons)
        column.addStretch(3)
        self.new_button.clicked.connect(self.new_pressed)
        self.import_button.clicked.connect(self.import_pressed)
        self.clear_button.clicked.connect(self.clear_pressed)
        theme.changed.connect(self._recolor)
        self._recolor()

    def say_kind(self, kind: str, *, is_filtered: bool) -> None:
        """Say that there is no record of this kind, or none that matches the filter."""
        words = kinds.words(kind)
        self._icon = "search" if is_filtered else kinds.ICONS[kind]
        self._title.setText(self.tr("Nothing found") if is_filtered else words.empty)
        filtered = self.tr("A search or a filter is active.")
        self._hint.setText(filtered if is_filtered else words.hint)
        self.new_button.setText(words.new)
        self.new_button.setVisible(True)
        self.import_button.setVisible(not is_filtered)
        self.clear_button.setVisible(is_filtered)
        self._recolor()

    def say_error(self, sentence: str) -> None:
        """Say that the list could not be read."""
        self._icon = "circle-alert"
        self._title.setText(self.tr("This list could not be read"))
        self._hint.setText(sentence)
        for button in (self.new_button, self.import_button, self.clear_button):
            button.hide()
        self._recolor()

    def text(self) -> str:
        """The title."""
        return self._title.text()

    @Slot()
    def _recolor(self) -> None:
        self._title.setFont(self._theme.font(size=15, weight=600))
        self._hint.setFont(self._theme.font())
        self._hint.setStyleSheet(f"color: {self._theme.color('muted').name()}")
        faint = self._theme.color("disabled")
        self._mark.setPixmap(icons.pixmap(self._icon, faint, ICON_SIZE, self.devicePixelRatioF()))
