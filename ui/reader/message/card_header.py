"""The header of a message's card: sender, date, recipients. A click opens or closes the card."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from models.store.clock import now_ms
from ui.reader.message import wording
from ui.reader.message.state import Card
from ui.style import formatting
from ui.style.theme import Theme
from ui.widgets import avatar

INDENT = 60  # pixels, of the text beside the avatar
EDGE = 12  # pixels by which the hover frame sticks out on both sides


class ElidedLabel(QLabel):
    """One line of plain text that is shortened where there is no room."""

    def __init__(self, parent: QWidget | None = None, *, takes_rest: bool = True) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy.Policy.Ignored if takes_rest else QSizePolicy.Policy.Maximum
        self.setSizePolicy(policy, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(20, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), flags, text)


class CardHeader(QFrame):
    """Shows the header of one card.

    Signals:
        pressed: The user wants the card open, or closed.
        details_toggled: The user wants to see all recipients, or not.
        attachments_pressed: The user wants to see the attachments.
    """

    pressed = Signal()
    details_toggled = Signal(bool)
    attachments_pressed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._card: Card | None = None
        self._name = ElidedLabel(self, takes_rest=False)
        self._address, self._snippet = ElidedLabel(self), ElidedLabel(self)
        self._date = QLabel(self)
        self._clip = QToolButton(self)
        self._recipients = QToolButton(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._build()
        self._clip.clicked.connect(self.attachments_pressed)
        self._recipients.toggled.connect(self.details_toggled)

    @property
    def wants_details(self) -> bool:
        """Whether all recipients are to show."""
        return self._recipients.isChecked()

    def draw(self, card: Card, own_address: str) -> None:
        """Show this card."""
        self._card = card
        head = card.head
        self.setAccessibleName(wording.card_in_words(head, now_ms()))
        self._name.setText(wording.sender(head))
        self._address.setText(_beside_name(card))
        self._snippet.setText(formatting.clean(head.snippet))
        self._snippet.setVisible(not card.is_open)
        self._recipients.setVisible(card.is_open)
        self._recipients.setText(f"{wording.recipients(head, own_address)} ▾")
        self._date.setText(formatting.since(head.received_at, now_ms()))
        self._date.setToolTip(escape(formatting.full_date(head.received_at)))
        count = sum(1 for one in head.attachments if not one.is_inline)
        self._clip.setVisible(bool(count))
        self._clip.setEnabled(card.is_open)
        self._clip.setText(wording.attachments_note(count))
        self._recolor(card)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        if self._card is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 1, -0.5, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.underMouse() and not self._card.is_open:
            painter.setBrush(self._theme.color("hover"))
            painter.drawRoundedRect(box, 8, 8)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._theme.color("focus"))
            painter.drawRoundedRect(box, 8, 8)
        size, inset = (36, 0) if self._card.is_open else (28, 4)
        place = QRectF(EDGE + inset, 4 + inset, size, size)
        avatar.paint(painter, place, self._card.head.from_, self.font())

    def _build(self) -> None:
        name = self.tr("Show all recipients")
        self._recipients.setCheckable(True)
        self._recipients.setToolTip(name)
        self._recipients.setAccessibleName(name)
        for button in (self._recipients, self._clip):
            button.setAutoRaise(True)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self._name)
        first.addWidget(self._address, 1)
        grid = QGridLayout(self)
        grid.setContentsMargins(INDENT, 4, EDGE, 4)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(1)
        grid.addLayout(first, 0, 0)
        grid.addWidget(self._clip, 0, 1)
        grid.addWidget(self._date, 0, 2)
        grid.addWidget(self._snippet, 1, 0, 1, 3)
        grid.addWidget(self._recipients, 1, 0, 1, 3, Qt.AlignmentFlag.AlignLeft)
        grid.setColumnStretch(0, 1)

    def _recolor(self, card: Card) -> None:
        weight = 600 if card.is_open else 500 if card.head.is_read else 700
        self._name.setFont(self._theme.font(weight=weight))
        for label in (self._address, self._snippet, self._date):
            mute(label, self._theme)
        muted, link = (self._theme.color(name).name() for name in ("muted", "link"))
        small = "font-size: 12px; padding: 0; border: 0; border-radius: 4px;"
        focus = self._theme.color("focus").name()
        ring = f"QToolButton:focus {{ text-decoration: underline; color: {focus}; }}"
        self._recipients.setStyleSheet(f"QToolButton {{ {small} color: {muted}; }} {ring}")
        colour = link if card.is_open else muted
        self._clip.setStyleSheet(f"QToolButton {{ {small} color: {colour}; }} {ring}")


def mute(label: QLabel, theme: Theme) -> None:
    """Make a label small and muted."""
    label.setFont(theme.font(size=theme.metrics.small))
    palette = label.palette()
    palette.setColor(label.foregroundRole(), theme.color("muted"))
    label.setPalette(palette)


def _beside_name(card: Card) -> str:
    """The address, and the message's tags."""
    head = card.head
    parts = [formatting.clean(head.from_[1])] if card.is_open and not head.is_own else []
    if not formatting.clean(head.from_[0]):
        parts = []
    return " · ".join([*parts, *wording.tags(head)])
