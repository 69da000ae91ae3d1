"""The top of the reading pane: the subject, and buttons for the conversation."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from sync.qt.service.requests import ConversationHead
from ui.style import formatting, icons
from ui.style.theme import Theme
from ui.widgets.elided import ElidedLabel

MOST_SUBJECT = 400  # characters; the tool tip has the whole subject


class ConversationHeader(QWidget):
    """Subject, number of messages, link, and the buttons.

    Signals:
        archive_pressed, restore_pressed, delete_pressed: The user pressed that button.
        read_pressed: True to mark as read.
    """

    archive_pressed = Signal()
    restore_pressed = Signal()
    delete_pressed = Signal()
    read_pressed = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._has_unread = False
        self.subject = QLabel(self, wordWrap=True)
        self.subject.setObjectName("conversation_subject")
        self.subject.setTextFormat(Qt.TextFormat.PlainText)
        self.subject.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.subject.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._facts = ElidedLabel("", self)
        self.archive_button = self._button("archive", "conversation_archive_button")
        self.restore_button = self._button("archive-restore", "conversation_restore_button")
        self.read_button = self._button("mail-open", "conversation_read_button")
        self.delete_button = self._button("trash-2", "conversation_delete_button")
        _name(self.archive_button, self.tr("Archive"))
        _name(self.restore_button, self.tr("Restore from archive"))
        _name(self.delete_button, self.tr("Delete"))
        self._build()
        self.archive_button.clicked.connect(self.archive_pressed)
        self.restore_button.clicked.connect(self.restore_pressed)
        self.delete_button.clicked.connect(self.delete_pressed)
        self.read_button.clicked.connect(self._on_read)
        theme.changed.connect(self._recolor)
        self._recolor()

    def show_head(self, head: ConversationHead) -> None:
        """Show this conversation."""
        subject = formatting.clean(head.subject) or self.tr("(no subject)")
        short = subject if len(subject) <= MOST_SUBJECT else f"{subject[:MOST_SUBJECT]}…"
        self.subject.setText(short)
        self.subject.setToolTip(formatting.tool_tip(subject) if short != subject else "")
        self._has_unread = any(not message.is_read for message in head.messages)
        count = len(head.messages)
        facts = [self.tr("%Ln messages", "", count)] if count > 1 else []
        if any(message.is_held for message in head.messages):
            facts.append(self.tr("Deleted on the server"))
        if head.is_archived:
            facts.append(self.tr("Archived"))
        if head.link_title:
            facts.append(formatting.clean(head.link_title))
        self._facts.set_whole("  ·  ".join(facts))
        self._facts.setVisible(bool(facts))
        self.archive_button.setVisible(not head.is_archived)
        self.restore_button.setVisible(head.is_archived)
        self._name_read_button()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        QPainter(self).fillRect(self.rect(), self._theme.color("base"))

    def _build(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.subject)
        words.addWidget(self._facts)
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        for button in (
            self.archive_button,
            self.restore_button,
            self.read_button,
            self.delete_button,
        ):
            buttons.addWidget(button)
        row = QHBoxLayout(self)
        row.setContentsMargins(28, 16, 20, 10)
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addLayout(buttons)
        row.setAlignment(buttons, Qt.AlignmentFlag.AlignTop)

    def _button(self, icon: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setIcon(icons.icon(icon))
        button.setIconSize(QSize(18, 18))
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _name_read_button(self) -> None:
        text = self.tr("Mark as read") if self._has_unread else self.tr("Mark as unread")
        _name(self.read_button, text)
        self.read_button.setIcon(icons.icon("mail-open" if self._has_unread else "mail"))

    @Slot()
    def _on_read(self) -> None:
        self.read_pressed.emit(self._has_unread)

    @Slot()
    def _recolor(self) -> None:
        self.subject.setFont(self._theme.font(size=20, weight=600))
        self._facts.setFont(self._theme.font(size=self._theme.metrics.small))
        self._facts.set_ink(self._theme.color("muted"))
        self.update()


def _name(button: QToolButton, text: str) -> None:
    button.setText(text)
    button.setToolTip(text)
    button.setAccessibleName(text)
