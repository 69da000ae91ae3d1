"""The lower part of the wizard: what failed, what is running, and the buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.forms.fields import HintLabel, Notice
from ui.style.theme import Theme


class Footer(QWidget):
    """Shows sentences and buttons. The wizard decides what happens."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.error = Notice(theme, parent=self)
        self.error.setObjectName("wizard_error")
        self.password_button = _button(
            self, "change_password_button", self.tr("Change the password")
        )
        self.password_button.setAutoDefault(True)  # Enter presses this button, not "Next"
        self._busy_text = HintLabel(theme, "", self)
        self._steps = QLabel(self)
        self.cancel_button = _button(self, "cancel_button", self.tr("Cancel"))
        self.back_button = _button(self, "back_button", self.tr("&Back"))
        self.next_button = QPushButton(self.tr("Ne&xt"), self)
        self.next_button.setObjectName("next_button")
        self.sync_button = QPushButton(self.tr("S&ync"), self)
        self.sync_button.setObjectName("sync_button")
        self._lay_out()

    def _lay_out(self) -> None:
        notes = QVBoxLayout()
        notes.setContentsMargins(32, 4, 32, 8)
        notes.setSpacing(8)
        notes.addWidget(self.error)
        notes.addWidget(self.password_button, 0, Qt.AlignmentFlag.AlignLeft)
        notes.addWidget(self._busy_text)
        line = QFrame(self)
        line.setObjectName("footer_line")
        line.setFixedHeight(1)
        row = QHBoxLayout()
        row.setContentsMargins(32, 14, 32, 16)
        row.setSpacing(8)
        row.addWidget(self._steps)
        row.addStretch(1)
        for button in (self.cancel_button, self.back_button, self.next_button, self.sync_button):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(notes)
        column.addWidget(line)
        column.addLayout(row)

    def say_error(self, sentence: str, *, about_password: bool = False) -> None:
        """Show what went wrong; '' hides it."""
        self.error.say(sentence)
        if about_password:
            _give_room_for_bold(self.password_button)
        self.password_button.setVisible(about_password)

    def say_busy(self, text: str, *, can_go_back: bool) -> None:
        """Show what is running, with Back to abandon it; '' hides it."""
        self._busy_text.setText(text)
        self.next_button.setEnabled(not text)
        self.sync_button.setEnabled(not text)
        self.back_button.setEnabled(bool(text) or can_go_back)

    def show_step(self, number: int, count: int, *, is_count_known: bool) -> None:
        """Show which step this is. Enter presses the button that leads on."""
        is_last = number == count
        self.back_button.setEnabled(number > 1)
        self.next_button.setVisible(not is_last)
        self.sync_button.setVisible(is_last)
        (self.sync_button if is_last else self.next_button).setDefault(True)
        if is_count_known:
            text = self.tr("Step {number} of {count}").format(number=number, count=count)
        else:
            text = self.tr("Step {number}").format(number=number)
        self._steps.setText(text)


def _give_room_for_bold(button: QPushButton) -> None:
    """Reserve width for bold text: the focused button becomes the default one after the layout."""
    bold = QFont(button.font())
    bold.setWeight(QFont.Weight.DemiBold)
    plain = QFontMetrics(button.font()).horizontalAdvance(button.text())
    wider = QFontMetrics(bold).horizontalAdvance(button.text()) - plain
    button.setMinimumWidth(button.sizeHint().width() + max(0, wider))


def _button(parent: QWidget, name: str, text: str) -> QPushButton:
    button = QPushButton(text, parent)
    button.setObjectName(name)
    button.setAutoDefault(False)
    return button
