"""The top of a record list: title, number of records, buttons, and the filter by status."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from ui.style import formatting, icons
from ui.style.theme import Theme
from ui.widgets.tool_button import tool_button


class ListHeading(QWidget):
    """The title with the number of records, and three buttons.

    Attributes:
        new_button: Makes a record of the listed kind.
        board_button: Shows deals by stage; hidden for other kinds.
        more_button: Opens the menu of the list.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self._title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._count = QLabel(self)
        self.new_button = QPushButton(self)
        self.new_button.setObjectName("new_record_button")
        self.new_button.setIcon(icons.icon("plus"))
        self.new_button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        as_board, more = self.tr("Show as a board"), self.tr("More")
        self.board_button = tool_button(self, "board_button", "columns-3", as_board)
        self.more_button = tool_button(self, "records_menu_button", "ellipsis", more)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 7, 10, 6)
        row.setSpacing(8)
        row.addWidget(self._title)
        row.addWidget(self._count)
        row.addStretch(1)
        for button in (self.new_button, self.board_button, self.more_button):
            row.addWidget(button)
        theme.changed.connect(self._recolor)
        self._recolor()

    def say(self, title: str, count: int) -> None:
        """Show what is listed, and how many. No number for an empty list."""
        self._title.setText(title)
        self._count.setText(formatting.number(count) if count else "")

    def show_count(self, *, is_shown: bool) -> None:
        """Show or hide the number. A narrow pane has no room for it beside the buttons."""
        self._count.setVisible(is_shown)

    @Slot()
    def _recolor(self) -> None:
        self._title.setFont(self._theme.font(size=15, weight=600))
        self._count.setFont(self._theme.font(size=12))
        self._count.setStyleSheet(f"color: {self._theme.color('muted').name()}")


class StatusFilter(QHBoxLayout):
    """One chip per status, and one for all. Kinds without a status have no chips.

    Signals:
        chosen: The status that the user chose. '' for all.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__()
        self._parent = parent
        self._group = QButtonGroup(parent)
        self._group.idClicked.connect(self._on_clicked)
        self.setContentsMargins(16, 0, 10, 8)
        self.setSpacing(6)

    def offer(self, statuses: Mapping[str, str], status: str) -> None:
        """Show these statuses by their names, and mark the chosen one."""
        while (item := self.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                self._group.removeButton(widget)  # type: ignore[arg-type]  # a QPushButton
                widget.hide()
                widget.deleteLater()
        if not statuses:
            return
        texts = {**statuses, "": self._parent.tr("All")}
        for number, (value, text) in enumerate(texts.items()):
            chip = QPushButton(text, self._parent)
            chip.setObjectName(f"filter_{value or 'all'}_button")
            chip.setProperty("role", "chip")
            chip.setProperty("status", value)
            chip.setCheckable(True)
            chip.setChecked(value == status)
            self._group.addButton(chip, number)
            self.addWidget(chip)
        self.addStretch(1)

    def choose(self, status: str) -> None:
        """Mark another status as chosen, without a signal."""
        for button in self._group.buttons():
            button.setChecked(button.property("status") == status)

    @Slot(int)
    def _on_clicked(self, number: int) -> None:
        self.chosen.emit(str(self._group.button(number).property("status")))
