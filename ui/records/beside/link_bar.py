"""The bar over an open conversation: its link and the reason, or the records on offer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from models.mail.links import MERGED
from models.queries.side_panel import LinkFacts, Panel
from ui.forms.style import InlineStyle
from ui.records import kinds, link_reasons
from ui.style import formatting, icons
from ui.style.theme import Theme
from ui.widgets.elided import ElidedButton
from ui.widgets.muted import MutedLine

MOST_OFFERED = 4
MOST_JOINED = 2
MOST_WIDTH = 300  # pixels, of the linked record's title: its reason must show too


class LinkBar(QWidget):
    """Shows the link or the offers of a conversation. Hidden if there are none.

    Signals:
        record_wanted: Open the record with this key.
        choice_made: The user chose the record with this key.
        dialog_wanted: The user wants to search another record.
        unlink_wanted: Remove the link.
        dismiss_wanted: Do not ask again.
    """

    record_wanted = Signal(str)
    choice_made = Signal(str)
    dialog_wanted = Signal()
    unlink_wanted = Signal()
    dismiss_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("link_bar")
        self._theme = theme
        self._asks = False
        InlineStyle(self, theme)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(24, 6, 14, 6)
        self._row.setSpacing(6)
        theme.changed.connect(self.update)
        self.hide()

    def show_panel(self, panel: Panel | None) -> None:
        """Show the link or the offers of a conversation. Hide if it has none."""
        self._clear()
        self._asks = panel is not None and panel.link is None and bool(panel.offers)
        if panel is None or not (panel.link or panel.offers):
            self.hide()
            return
        names = {person.row.id: person.row.name for person in panel.persons}
        if panel.link is not None:
            joined = [each for each in panel.offers if each.code == MERGED]
            self._show_link(panel.link, joined, names)
        else:
            self._show_offers(panel.offers, names)
        self.show()
        self.update()

    def _show_link(
        self, link: LinkFacts, joined: Sequence[LinkFacts], names: dict[int, str]
    ) -> None:
        """Show the link, and the links of conversations that were joined to this one."""
        reason = link_reasons.sentence(link, names)
        title = formatting.clean(link.item.title)
        icon = kinds.ICONS[str(link.item.kind)]
        button = self._button("linked_record_button", title, "quiet", icon)
        button.setMaximumWidth(MOST_WIDTH)
        button.setToolTip(formatting.tool_tip(f"{title}\n{reason}"))
        button.setAccessibleDescription(reason)
        button.clicked.connect(partial(self.record_wanted.emit, link.item.key))
        self._row.addWidget(button)
        label = MutedLine(self._theme, reason, self)
        label.setObjectName("link_reason")
        self._row.addWidget(label, 1)
        for number, offer in enumerate(joined[:MOST_JOINED]):
            self._show_offer(number, offer, names)
        if joined:
            self._show_dismiss()
        change = self._button("change_link_button", self.tr("Change…"), "quiet")
        change.clicked.connect(self.dialog_wanted)
        unlink = self._button("unlink_button", self.tr("Unlink"), "quiet")
        unlink.clicked.connect(self.unlink_wanted)
        self._row.addWidget(change)
        self._row.addWidget(unlink)

    def _show_offers(self, offers: tuple[LinkFacts, ...], names: dict[int, str]) -> None:
        question = QLabel(self.tr("Which one is this about?"), self)
        question.setObjectName("link_question")
        question.setFont(self._theme.font(weight=600))
        question.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self._row.addWidget(question)
        for number, offer in enumerate(offers[:MOST_OFFERED]):
            self._show_offer(number, offer, names)
        other = self._button("offer_other_button", self.tr("Other…"), "quiet")
        other.clicked.connect(self.dialog_wanted)
        self._row.addWidget(other)
        self._row.addStretch(1)
        self._show_dismiss()

    def _show_offer(self, number: int, offer: LinkFacts, names: dict[int, str]) -> None:
        title = formatting.clean(offer.item.title)
        icon = kinds.ICONS[str(offer.item.kind)]
        button = self._button(f"offer_{number + 1}_button", title, "chip", icon)
        button.setProperty("record_key", offer.item.key)
        reason = link_reasons.sentence(offer, names)
        button.setToolTip(formatting.tool_tip(f"{title}\n{reason}"))
        button.setAccessibleDescription(reason)
        button.setMaximumWidth(230)
        button.clicked.connect(partial(self.choice_made.emit, offer.item.key))
        self._row.addWidget(button)

    def _show_dismiss(self) -> None:
        none = QToolButton(self)
        none.setObjectName("offer_dismiss_button")
        none.setIcon(icons.icon("x"))
        none.setIconSize(QSize(16, 16))
        none.setToolTip(self.tr("None of them: don't ask"))
        none.setAccessibleName(none.toolTip())
        none.clicked.connect(self.dismiss_wanted)
        self._row.addWidget(none)

    def _button(self, name: str, text: str, role: str, icon: str = "") -> QPushButton:
        # The space keeps text off the icon. Texts without an icon are our own, and short enough.
        button = ElidedButton(f" {text}", self) if icon else QPushButton(text, self)
        if icon:
            button.setAccessibleName(text)
            button.setIcon(icons.icon(icon))
        button.setObjectName(name)
        button.setProperty("role", role)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setIconSize(QSize(16, 16))
        return button

    def _clear(self) -> None:
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.setObjectName("")
                widget.deleteLater()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("info_back" if self._asks else "base"))
        painter.setPen(self._theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()
