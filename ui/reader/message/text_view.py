"""Shows messages in Qt's own widgets: conversations without HTML, and "simple HTML".

It needs no QtWebEngine and little memory. HTML mail is readable in it, but not pretty.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, QUrl, Slot
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ui.reader.message import wording
from ui.reader.message.message_card import MessageCard
from ui.reader.message.message_view import MessageView, misleading_text
from ui.reader.message.state import Card, Fold, Shown
from ui.style.theme import Theme


class TextMessageView(MessageView):
    """Shows conversations as a column of cards."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._shown: Shown | None = None
        self._cards: dict[int, MessageCard] = {}
        self._scroll = QScrollArea(self, widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(self.tr("Messages"))
        self._content = QWidget()
        self._content.setObjectName("reader_cards")
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(16, 0, 16, 24)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self._scroll.setWidget(self._content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._scroll)
        self._fold = QPushButton(self._content)
        self._fold.setProperty("role", "fold")
        self._fold.clicked.connect(self.fold_pressed)
        self._fold.hide()
        self._target: int | None = None
        self._settle = QTimer(self, singleShot=True, interval=0)
        self._settle.timeout.connect(self._on_settled)
        theme.changed.connect(self._on_theme)
        self._on_theme()

    def open(self, shown: Shown) -> None:
        self._drop(set(self._cards))
        opened = [card.message_id for card in shown.open_cards()]
        self._target = opened[0] if opened else None
        self._arrange(shown)

    def update_shown(self, shown: Shown) -> None:
        self._arrange(shown)

    def clear(self) -> None:
        self._shown = None
        self._drop(set(self._cards))
        self._fold.hide()

    def scroll_to(self, message_id: int) -> None:
        self._target = message_id
        self._settle.start()

    def natural_height(self) -> int:
        return self._content.sizeHint().height()

    def _arrange(self, shown: Shown) -> None:
        """Make the column show `shown`, and touch only what differs."""
        before, self._shown = self._shown, shown
        entries = list(shown.entries())
        self._drop(set(self._cards) - {e.message_id for e in entries if isinstance(e, Card)})
        self._fold.hide()
        newest = shown.cards[-1].message_id if shown.cards else None
        for at, entry in enumerate(entries):
            if isinstance(entry, Fold):
                self._place(at, self._fold)
                self._fold.setText(wording.folded_note(entry.count))
                self._fold.show()
                continue
            known = before.card(entry.message_id) if before else None
            widget = self._card(entry)
            self._place(at, widget)
            if known != entry or not widget.is_drawn:
                widget.draw(entry, shown.head.account_address)
            widget.set_is_newest(entry.message_id == newest)
            widget.set_has_line(at > 0)
        self._settle.start()

    def _place(self, at: int, widget: QWidget) -> None:
        if self._column.indexOf(widget) != at:
            self._column.removeWidget(widget)
            is_fold = widget is self._fold
            alignment = Qt.AlignmentFlag.AlignHCenter if is_fold else Qt.AlignmentFlag(0)
            self._column.insertWidget(at, widget, 0, alignment)

    def _card(self, card: Card) -> MessageCard:
        known = self._cards.get(card.message_id)
        if known is not None:
            return known
        made = MessageCard(self.theme, card.message_id, self._content)
        made.body.refused = self.refused
        made.pressed.connect(self.card_pressed)
        made.attachments_pressed.connect(self.attachments_pressed)
        made.why_pressed.connect(self.why_pressed)
        made.link_pressed.connect(self._on_link)
        made.body.link_hovered.connect(self.link_hovered)
        self._cards[card.message_id] = made
        return made

    def _drop(self, message_ids: set[int]) -> None:
        for message_id in message_ids:
            widget = self._cards.pop(message_id)
            self._column.removeWidget(widget)
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()

    @Slot()
    def _on_settled(self) -> None:
        """After the layout: scroll to where the user starts to read."""
        self._column.activate()
        widget = self._cards.get(self._target) if self._target is not None else None
        if widget is not None and self._shown is not None:
            first = self._shown.cards[0].message_id
            top = 0 if self._target == first else widget.mapTo(self._content, QPoint(0, 0)).y()
            self._scroll.verticalScrollBar().setValue(top)
            content = self._shown.card(self._target) if self._target else None
            if content is None or content.content is not None or content.error:
                self._target = None  # not earlier, because the body may still grow
        self.drawn.emit()
        self.height_changed.emit()

    @Slot(QUrl)
    def _on_link(self, url: QUrl) -> None:
        for card in self._shown.open_cards() if self._shown else ():
            if card.content is not None and card.content.html is not None:
                text = misleading_text(card.content.html.misleading_links, url)
                if text:
                    self.link_pressed.emit(url, text)
                    return
        self.link_pressed.emit(url, "")

    @Slot()
    def _on_theme(self) -> None:
        base = self.theme.color("base").name()
        line, link, hover = (self.theme.color(name).name() for name in ("line", "link", "hover"))
        self.setStyleSheet(
            f"QScrollArea, QWidget#reader_cards {{ background: {base}; }}"
            f" QPushButton[role='fold'] {{ border: 1px solid {line}; border-radius: 12px; color: {link};"
            f" padding: 3px 14px; background: {base}; }}"
            f" QPushButton[role='fold']:hover {{ background: {hover}; }}"
        )
        if self._shown is not None:
            for card in self._shown.cards:
                widget = self._cards.get(card.message_id)
                if widget is not None:
                    widget.draw(card, self._shown.head.account_address)
