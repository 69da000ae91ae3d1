"""One message as a widget: its header and, when it is open, its text."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QToolButton, QVBoxLayout, QWidget

from sync.html.quotes import unfolded, without_quotes
from sync.html.sanitize import CleanedHtml
from ui.reader.message import quoting, wording
from ui.reader.message.card_header import EDGE, INDENT, CardHeader, mute
from ui.reader.message.safe_browser import SafeBrowser
from ui.reader.message.state import Card
from ui.style.theme import Theme

MEASURE = 700  # a line width that reads well, in device-independent pixels
MOST_SIMPLE_HTML = 300_000  # characters; longer mail shows as text: Qt lays out in the GUI thread
_ANY_WIDTH = 16_777_215  # Qt's own limit


class MessageCard(QFrame):
    """The widget of one message. `draw` makes it show a card.

    Signals:
        pressed: Open or close this message id.
        attachments_pressed: Show the attachments of this message id.
        link_pressed: The user pressed a link with this QUrl.
        why_pressed: The user asks why this message id is here.
    """

    pressed = Signal(object)
    attachments_pressed = Signal(object)
    link_pressed = Signal(QUrl)
    why_pressed = Signal(object)

    def __init__(self, theme: Theme, message_id: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._message_id = message_id
        self._card: Card | None = None
        self._has_line = False
        self._shows_quotes = False
        self._drawn_body: tuple[object, ...] = ()
        self._header = CardHeader(theme, self)
        self._details = QLabel(self, wordWrap=True)
        self._inside = QWidget(self)
        self.body = SafeBrowser(self._inside)
        self._quotes = QToolButton(self._inside)
        self._note = QLabel(self, wordWrap=True)
        self._build()
        self._header.pressed.connect(self._on_pressed)
        self._header.attachments_pressed.connect(self._on_attachments)
        self._header.details_toggled.connect(self._details.setVisible)
        self._details.linkActivated.connect(self._on_why)
        self._quotes.toggled.connect(self._on_quotes)
        self.body.link_pressed.connect(self.link_pressed)

    @property
    def is_drawn(self) -> bool:
        """Whether it already shows a card."""
        return self._card is not None

    def draw(self, card: Card, own_address: str) -> None:
        """Show this card in the theme's current colours."""
        self._card = card
        self._header.draw(card, own_address)
        self._details.setText(_details_html(card, self._theme))
        self._details.setVisible(card.is_open and self._header.wants_details)
        self._draw_body(card)
        self._recolor()

    def set_is_newest(self, is_newest: bool) -> None:
        """Name the text widget: only the newest message's text is called `message_text`."""
        own = f"message_text_{self._message_id}"
        self.body.setObjectName("message_text" if is_newest else own)

    def set_has_line(self, has_line: bool) -> None:
        """Set whether a hairline is drawn above. All cards but the first have one."""
        self._has_line = has_line
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        if self._has_line:
            painter = QPainter(self)
            painter.setPen(self._theme.color("line"))
            painter.drawLine(EDGE, 0, self.width() - EDGE, 0)

    def _build(self) -> None:
        self._details.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self._details.setTextFormat(Qt.TextFormat.RichText)
        self._details.setContentsMargins(INDENT, 6, EDGE, 0)
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setContentsMargins(INDENT, 10, EDGE, 10)
        self.body.setAccessibleName(self.tr("Text of the message"))
        name = self.tr("Show or hide quoted text")
        self._quotes.setText("···")
        self._quotes.setCheckable(True)
        self._quotes.setToolTip(name)
        self._quotes.setAccessibleName(name)
        self._quotes.setCursor(Qt.CursorShape.PointingHandCursor)
        self._quotes.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(INDENT, 12, EDGE, 14)
        inside.setSpacing(4)
        inside.addWidget(self.body)
        inside.addWidget(self._quotes, 0, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 9, 0, 9)
        column.setSpacing(0)
        for widget in (self._header, self._details, self._inside, self._note):
            column.addWidget(widget)

    def _draw_body(self, card: Card) -> None:
        note = wording.body_note(card) if card.is_open else ""
        shows_body = card.is_open and not note and card.content is not None
        self._inside.setVisible(shows_body)
        if shows_body:
            note = wording.cut_note(card, is_cut=self._draw_text(card))
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def _draw_text(self, card: Card) -> bool:
        """Show the body in the browser. True if its end is missing."""
        content = card.content
        if content is None:
            return False
        cleaned = content.html
        if cleaned is not None and len(cleaned.html) > MOST_SIMPLE_HTML:
            cleaned = None
        if cleaned is None:
            html, has_quotes, cut = self._text_html(content.text)
            cut = cut or content.html is not None
        else:
            short = without_quotes(cleaned.html)
            html = unfolded(cleaned.html) if self._shows_quotes else short
            has_quotes, cut = short != cleaned.html, cleaned.was_cut
        self._quotes.setVisible(has_quotes)
        drawn = (html, self._theme.is_dark)
        if drawn != self._drawn_body:
            self._drawn_body = drawn
            self.body.setMaximumWidth(MEASURE if cleaned is None else _ANY_WIDTH)
            self.body.set_look(_style(self._theme, cleaned), is_paper=_is_paper(cleaned))
            found = {part.content_id.strip("<>"): part.content for part in content.inline}
            self.body.show_html(f"<div>{html}</div>", found)
        return cut

    def _text_html(self, text: str) -> tuple[str, bool, bool]:
        """Plain text as (HTML, whether it has a quote to fold, whether it was cut)."""
        pieces = quoting.pieces(text)
        shown = pieces.shown + (pieces.folded if self._shows_quotes else ())
        return quoting.to_html(shown), bool(pieces.folded), pieces.was_cut

    def _recolor(self) -> None:
        mute(self._details, self._theme)
        mute(self._note, self._theme)
        self.body.setFont(self._theme.font(size=14))
        muted, hover, focus = (self._theme.color(n).name() for n in ("muted", "hover", "focus"))
        self._quotes.setStyleSheet(
            f"QToolButton {{ padding: 0 9px 2px; border: 1px solid {hover}; border-radius: 7px;"
            f" background: {hover}; color: {muted}; font-size: 12px; }}"
            f" QToolButton:focus {{ border-color: {focus}; }}"
        )

    @Slot()
    def _on_pressed(self) -> None:
        self.pressed.emit(self._message_id)

    @Slot()
    def _on_why(self) -> None:
        self.why_pressed.emit(self._message_id)

    @Slot()
    def _on_attachments(self) -> None:
        self.attachments_pressed.emit(self._message_id)

    @Slot(bool)
    def _on_quotes(self, shows: bool) -> None:
        self._shows_quotes = shows
        if self._card is not None:
            self._draw_body(self._card)


def _is_paper(cleaned: CleanedHtml | None) -> bool:
    """Whether to draw on white: mail with its own colours expects black on white."""
    return cleaned is not None and cleaned.has_own_colours


def _details_html(card: Card, theme: Theme) -> str:
    muted, text = theme.color("muted").name(), theme.color("text").name()
    rows = "".join(
        f"<tr><td style='color:{muted};padding-right:14px'>{escape(name)}</td>"
        f"<td style='color:{text}'>{escape(value)}</td></tr>"
        for name, value in wording.detail_rows(card.head)
    )
    link = theme.color("link").name()
    why = f"<a href='why' style='color:{link}'>{escape(wording.why_note())}</a>"
    return f"<table cellspacing='0'>{rows}<tr><td></td><td>{why}</td></tr></table>"


def _style(theme: Theme, cleaned: CleanedHtml | None) -> str:
    if _is_paper(cleaned):
        return "a { color: #2a5bd0; }"
    muted, link = (theme.color(name).name() for name in ("muted", "link"))
    paragraphs = "p { margin: 0 0 11px 0; line-height: 130%; }" if cleaned is None else ""
    return (
        f"{paragraphs} a {{ color: {link}; }} .signature {{ color: {muted}; }}"
        f" .quote {{ color: {muted}; margin: 0 0 11px 16px; }}"
    )
