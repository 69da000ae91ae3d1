"""One message as a widget: who wrote when to whom, and the text once it is open."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QRectF, QSize, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from models.clock import now_ms
from sync.cleaning_quotes import unfolded, without_quotes
from ui import formatting
from ui.reader import quoting, wording
from ui.reader.direction import is_right_to_left
from ui.reader.safe_browser import SafeBrowser
from ui.reader.state import Card
from ui.theme import Theme
from ui.widgets import avatar

MEASURE = 700  # width of a text that reads well, in device-independent pixels
MOST_SIMPLE_HTML = 300_000  # Qt lays HTML out in the GUI thread; longer mail shows as text


class ElidedLabel(QLabel):
    """Plain text in one line that gives way where there is no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(20, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        leading = (
            Qt.AlignmentFlag.AlignRight if is_right_to_left(text) else Qt.AlignmentFlag.AlignLeft
        )
        flags = leading | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), flags, text)


class _Header(QFrame):
    """The line of a card that opens and closes it, by mouse and keyboard.

    Signals:
        pressed: The person wants it open, or closed.
    """

    pressed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.party: formatting.Party = ("", "")
        self.is_open = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 1, -0.5, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.underMouse() and not self.is_open:
            painter.setBrush(self._theme.color("hover"))
            painter.drawRoundedRect(box, 8, 8)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._theme.color("focus"))
            painter.drawRoundedRect(box, 8, 8)
        size = 36 if self.is_open else 28
        left = 12 if self.is_open else 16
        top = 8 if self.is_open else 10
        avatar.paint(painter, QRectF(left, top, size, size), self.party, self.font())


class MessageCard(QFrame):
    """A message's widget; `draw` makes it show a card.

    Signals:
        pressed: Its message id: open it, or close it.
        attachments_pressed: Its message id.
        link_pressed: A QUrl.
    """

    pressed = Signal(object)
    attachments_pressed = Signal(object)
    link_pressed = Signal(QUrl)

    def __init__(self, theme: Theme, message_id: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._message_id = message_id
        self._card: Card | None = None
        self._has_line = False
        self._shows_quotes = False
        self._body_source: tuple[object, ...] = ()
        self._header = _Header(theme, self)
        self._name, self._second, self._third = (ElidedLabel(self._header) for _ in range(3))
        self._date = QLabel(self._header)
        self._clip = QToolButton(self._header)
        self._recipients = QToolButton(self._header)
        self._details = QLabel(self, wordWrap=True)
        self.body = SafeBrowser(self)
        self._quotes = QToolButton(self)
        self._note = QLabel(self, wordWrap=True)
        self._build()
        self._header.pressed.connect(self._on_pressed)
        self._clip.clicked.connect(self._on_clip)
        self._recipients.toggled.connect(self._details.setVisible)
        self._quotes.toggled.connect(self._on_quotes)
        self.body.link_pressed.connect(self.link_pressed)

    @property
    def is_drawn(self) -> bool:
        """Whether it shows a card already."""
        return self._card is not None

    def draw(self, card: Card, own_address: str) -> None:
        """Show this card in the theme's colours of now."""
        self._card = card
        head = card.head
        is_open = card.is_open
        self._header.party, self._header.is_open = head.from_, is_open
        self._header.setAccessibleName(wording.card_in_words(head, now_ms()))
        self._name.setText(wording.sender(head))
        self._name.setMaximumWidth(
            self._name.fontMetrics().horizontalAdvance(self._name.text()) + 60
        )
        self._second.setText(self._second_text(card))
        self._third.setText(formatting.clean(head.snippet))
        self._third.setVisible(not is_open)
        self._recipients.setVisible(is_open)
        self._recipients.setText(f"{wording.recipients(head, own_address)} ▾")
        self._details.setText(_details_html(card, self._theme))
        self._details.setVisible(is_open and self._recipients.isChecked())
        self._date.setText(formatting.since(head.received_at, now_ms()))
        self._date.setToolTip(escape(formatting.full_date(head.received_at)))
        self._draw_clip(card)
        self._draw_body(card)
        self._recolor()

    def set_is_newest(self, is_newest: bool) -> None:
        """The newest message's text has the stable name."""
        self.body.setObjectName("message_text" if is_newest else f"message_text_{self._message_id}")

    def set_has_line(self, has_line: bool) -> None:
        """A hairline over all but the first."""
        self._has_line = has_line
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        if self._has_line:
            painter = QPainter(self)
            painter.setPen(self._theme.color("line"))
            painter.drawLine(0, 0, self.width(), 0)

    def _build(self) -> None:
        self._details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._details.setTextFormat(Qt.TextFormat.RichText)
        self._details.setContentsMargins(60, 6, 0, 0)
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setContentsMargins(60, 8, 0, 0)
        self._quotes.setText("···")
        self._clip.setAutoRaise(True)
        self._clip.setCursor(Qt.CursorShape.PointingHandCursor)
        for button, name in (
            (self._recipients, self.tr("Show all recipients")),
            (self._quotes, self.tr("Show or hide quoted text")),
        ):
            button.setCheckable(True)
            button.setAutoRaise(True)
            button.setToolTip(name)
            button.setAccessibleName(name)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        grid = QGridLayout(self._header)
        grid.setContentsMargins(60, 6, 12, 6)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(0)
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self._name, 2)
        first.addWidget(self._second, 3)
        grid.addLayout(first, 0, 0)
        grid.addWidget(self._clip, 0, 1)
        grid.addWidget(self._date, 0, 2)
        grid.addWidget(self._third, 1, 0, 1, 3)
        grid.addWidget(self._recipients, 1, 0, 1, 3, Qt.AlignmentFlag.AlignLeft)
        grid.setColumnStretch(0, 1)
        body = QHBoxLayout()
        body.setContentsMargins(60, 12, 0, 0)
        body.addWidget(self.body, 1)
        quotes = QHBoxLayout()
        quotes.setContentsMargins(60, 4, 0, 0)
        quotes.addWidget(self._quotes)
        quotes.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 7, 0, 7)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._details)
        column.addLayout(body)
        column.addLayout(quotes)
        column.addWidget(self._note)

    def _second_text(self, card: Card) -> str:
        parts = []
        if card.is_open and not card.head.is_own and card.head.from_[0]:
            parts.append(formatting.clean(card.head.from_[1]))
        if card.head.is_draft:
            parts.append(self.tr("Draft"))
        if card.head.on_junk:
            parts.append(self.tr("Junk on the server"))
        return " · ".join(parts)

    def _draw_clip(self, card: Card) -> None:
        count = sum(1 for one in card.head.attachments if not one.is_inline)
        words = self.tr("%n attachment(s)", "", count)
        self._clip.setVisible(bool(count))
        self._clip.setText(words)
        self._clip.setEnabled(card.is_open)
        self._clip.setAccessibleName(words)

    def _draw_body(self, card: Card) -> None:
        note = wording.body_note(card)
        shows_body = card.is_open and not note
        self.body.setVisible(shows_body)
        cut = False
        has_quotes = False
        if shows_body and card.content is not None:
            html, has_quotes, cut = self._body_html(card)
            source = (html, self._theme.is_dark)
            if source != self._body_source:
                self._body_source = source
                found = {part.content_id.strip("<>"): part.content for part in card.content.inline}
                self.body.document().setDefaultStyleSheet(_text_style(self._theme))
                self.body.show_html(html, found)
        self._quotes.setVisible(has_quotes)
        text = note if card.is_open else ""
        text = text or (wording.cut_note(card, is_cut=cut) if shows_body else "")
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def _body_html(self, card: Card) -> tuple[str, bool, bool]:
        """The body for a text browser, whether it has a quote to fold, and whether it was cut."""
        content = card.content
        if content is None:
            return "", False, False
        cleaned = content.html
        if cleaned is not None and len(cleaned.html) <= MOST_SIMPLE_HTML:
            short = without_quotes(cleaned.html)
            self.body.setMaximumWidth(16_777_215)
            shown = unfolded(cleaned.html) if self._shows_quotes else short
            return f"<div>{shown}</div>", short != cleaned.html, cleaned.was_cut
        pieces = quoting.pieces(content.text)
        self.body.setMaximumWidth(MEASURE)
        shown_pieces = pieces.shown + (pieces.folded if self._shows_quotes else ())
        cut = pieces.was_cut or cleaned is not None
        return quoting.to_html(shown_pieces), bool(pieces.folded), cut

    def _recolor(self) -> None:
        if self._card is None:
            return
        weight = 600 if self._card.is_open else 500 if self._card.head.is_read else 700
        self._name.setFont(self._theme.font(weight=weight))
        for label in (self._second, self._third, self._date, self._details, self._note):
            label.setFont(self._theme.font(size=self._theme.metrics.small))
        self.body.setFont(self._theme.font(size=14))
        muted, link, hover = (self._theme.color(n).name() for n in ("muted", "link", "hover"))
        for label in (self._second, self._third, self._date, self._note):
            palette = label.palette()
            palette.setColor(label.foregroundRole(), self._theme.color("muted"))
            label.setPalette(palette)
        small = "font-size: 12px; padding: 0; border: 0; border-radius: 4px;"
        self._recipients.setStyleSheet(f"QToolButton {{ {small} color: {muted}; }}")
        colour = link if self._card.is_open else muted
        self._clip.setStyleSheet(f"QToolButton {{ {small} color: {colour}; }}")
        self._quotes.setStyleSheet(
            f"QToolButton {{ {small} padding: 0 9px 2px; background: {hover}; color: {muted}; }}"
        )

    @Slot()
    def _on_pressed(self) -> None:
        self.pressed.emit(self._message_id)

    @Slot()
    def _on_clip(self) -> None:
        self.attachments_pressed.emit(self._message_id)

    @Slot(bool)
    def _on_quotes(self, shows: bool) -> None:
        self._shows_quotes = shows
        if self._card is not None:
            self._draw_body(self._card)


def _details_html(card: Card, theme: Theme) -> str:
    muted = theme.color("muted").name()
    rows = "".join(
        f"<tr><td style='color:{muted};padding-right:14px'>{escape(name)}</td>"
        f"<td>{escape(value)}</td></tr>"
        for name, value in wording.detail_rows(card.head)
    )
    return f"<table cellspacing='0'>{rows}</table>"


def _text_style(theme: Theme) -> str:
    muted, link, text = (theme.color(name).name() for name in ("muted", "link", "text"))
    return (
        f"body, p {{ color: {text}; }} p {{ margin: 0 0 11px 0; line-height: 130%; }}"
        f" a {{ color: {link}; }} .signature {{ color: {muted}; }}"
        f" .quote {{ color: {muted}; margin: 0 0 11px 16px; }}"
    )
