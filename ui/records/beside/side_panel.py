"""The panel beside an open conversation: its contacts, their deals and their last mail (M11)."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from models.queries.history_pages import MailEntry
from models.queries.side_panel import KnownPerson, Panel, UnknownAddress
from models.store import clock
from ui.forms.style import InlineStyle
from ui.records.beside.copying import offer_copies
from ui.records.detail.related import RecordLine, item_line, organization_line
from ui.records.history import words as history_words
from ui.records.history.pane import heading
from ui.style import formatting, icons
from ui.style.theme import Theme
from ui.widgets.muted import MutedLabel, MutedLine

WIDTH = 270
MOST_WHOLE = 3  # persons shown with all details; further ones only by name


class SidePanel(QWidget):
    """Draws a Panel.

    Signals:
        record_wanted: Open the record with this key.
        conversation_wanted: Open the conversation with this id.
        create_wanted: Make a contact from this UnknownAddress.
        add_wanted: Add this UnknownAddress to an existing contact.
        closed: The user closed the panel.
    """

    record_wanted = Signal(str)
    conversation_wanted = Signal(object)
    create_wanted = Signal(object)
    add_wanted = Signal(object)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side_panel")
        self.setAccessibleName(self.tr("Contacts of this conversation"))
        self._theme = theme
        self._shown: Panel | None = None
        self._told: set[str] = set()  # shown so far: what colleagues have in common shows once
        InlineStyle(self, theme)
        self._title = QLabel(self.tr("Contact"), self)
        self._close = QToolButton(self)
        self._close.setObjectName("side_panel_close_button")
        self._close.setIcon(icons.icon("x"))
        self._close.setIconSize(QSize(16, 16))
        self._close.setToolTip(self.tr("Hide this panel"))
        self._close.setAccessibleName(self._close.toolTip())
        self._close.clicked.connect(self.closed)
        top = QHBoxLayout()
        top.setContentsMargins(16, 14, 8, 4)
        top.addWidget(self._title, 1)
        top.addWidget(self._close)
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        self._holder = QWidget(area)
        self._holder.setAutoFillBackground(False)
        self._column = QVBoxLayout(self._holder)
        self._column.setContentsMargins(10, 0, 10, 16)
        self._column.setSpacing(2)
        area.setWidget(self._holder)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)  # room for the line at the left
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(area, 1)
        theme.changed.connect(self._on_theme)
        self._on_theme()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(WIDTH, 400)

    def show_panel(self, panel: Panel | None) -> None:
        """Show the contacts of the open conversation."""
        if panel == self._shown and panel is not None:
            return
        self._shown = panel
        self._told.clear()
        self._clear()
        if panel is None:
            return
        count = len(panel.persons) + len(panel.unknown)
        self._title.setText(self.tr("Contact") if count == 1 else self.tr("Contacts"))
        for person in panel.persons[:MOST_WHOLE]:
            self._put_person(person)
        for person in panel.persons[MOST_WHOLE:]:
            line = RecordLine(
                person.row.key, person.row.name, person.row.address, self._theme, self._holder,
                address=person.row.address,
            )  # fmt: skip
            line.opened.connect(self.record_wanted)
            offer_copies(line, (*person.addresses, person.row.address, person.row.phone))
            self._column.addWidget(line)
        for number, unknown in enumerate(panel.unknown):
            self._put_unknown(unknown, number)
        if not count:
            label = MutedLabel(self._theme, self.tr("Nobody but you is in this one."), self._holder)
            label.setWordWrap(True)
            label.set_room(6, 8, 6, 0)
            self._column.addWidget(label)
        self._column.addStretch(1)

    # --- parts ---------------------------------------------------------------------------

    def _put_person(self, person: KnownPerson) -> None:
        row = person.row
        address = person.addresses[0] if person.addresses else row.address
        detail = formatting.clean(row.title) or address
        line = RecordLine(row.key, row.name, detail, self._theme, self._holder, address=address)
        line.setObjectName(f"panel_person_{row.id}")
        line.opened.connect(self.record_wanted)
        offer_copies(line, (*person.addresses, row.address, row.phone))
        self._column.addWidget(line)
        facts = [each for each in (*person.addresses, row.phone) if each and each != detail]
        for text in facts[:3]:
            offer_copies(self._put_fact(text), [text])
        if not person.addresses:
            self._put_fact(self.tr("You linked this mail."))
        if person.organization is not None and self._is_news(person.organization.key):
            organization = organization_line(person.organization, self._theme, self._holder)
            organization.opened.connect(self.record_wanted)
            self._column.addWidget(organization)
        items = [item for item in person.items if self._is_news(item.key)]
        if items:
            self._head(self.tr("Open"))
        for item in items:
            item_button = item_line(item, self._theme, self._holder)
            item_button.opened.connect(self.record_wanted)
            self._column.addWidget(item_button)
        mails = [mail for mail in person.last_mails if self._is_news(f"mail:{mail.message_id}")]
        if mails:
            self._head(self.tr("Last mail"))
        for mail in mails:
            self._put_mail(mail)
        self._line()

    def _put_fact(self, text: str) -> MutedLine:
        label = MutedLine(self._theme, formatting.clean(text), self._holder)
        label.setContentsMargins(44, 0, 0, 1)
        self._column.addWidget(label)
        return label

    def _put_mail(self, mail: MailEntry) -> None:
        title = history_words.title(mail)
        when = formatting.relative_date(mail.at, clock.now_ms())
        button = QPushButton(self._holder)
        button.setProperty("role", "quiet")
        metrics = button.fontMetrics()
        room = WIDTH - 60 - metrics.horizontalAdvance(when)
        shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)
        button.setText(f"{when}   {shown}")
        tip = f"{history_words.sender(mail)}: {title}\n{formatting.full_date(mail.at)}"
        button.setToolTip(formatting.tool_tip(tip))
        button.setAccessibleName(f"{history_words.sender(mail)}: {title}, {when}")
        button.setMinimumWidth(60)
        button.clicked.connect(partial(self.conversation_wanted.emit, mail.conversation_id))
        self._column.addWidget(button)

    def _put_unknown(self, unknown: UnknownAddress, number: int) -> None:
        name = unknown.name or unknown.address
        line = RecordLine("person:0", name, unknown.address, self._theme, self._holder,
                          address=unknown.address, is_way=False)  # fmt: skip
        offer_copies(line, [unknown.address])
        line.setAccessibleName(self.tr("Unknown: {}").format(f"{name}, {unknown.address}"))
        self._column.addWidget(line)
        create = QPushButton(self.tr("Create contact"), self._holder)
        create.setObjectName("create_contact_button" if not number else f"create_contact_{number}")
        create.clicked.connect(partial(self.create_wanted.emit, unknown))
        add = QPushButton(self.tr("Add to existing contact"), self._holder)
        add.setObjectName("add_to_contact_button" if not number else f"add_to_contact_{number}")
        add.setProperty("role", "quiet")
        add.clicked.connect(partial(self.add_wanted.emit, unknown))
        box = QVBoxLayout()
        box.setContentsMargins(6, 2, 6, 6)
        box.setSpacing(4)
        box.addWidget(create)
        box.addWidget(add)
        self._column.addLayout(box)
        self._line()

    def _is_news(self, key: str) -> bool:
        is_news = key not in self._told
        self._told.add(key)
        return is_news

    def _head(self, text: str) -> None:
        label = heading(text, self._theme, self._holder)
        label.set_room(6, 8, 0, 2)
        self._column.addWidget(label)

    def _line(self) -> None:
        line = QFrame(self._holder)
        line.setFixedHeight(1)
        line.setStyleSheet(f"background: {self._theme.color('line').name()}; border: 0;")
        self._column.addSpacing(8)
        self._column.addWidget(line)
        self._column.addSpacing(8)

    def _clear(self) -> None:
        _empty(self._column)

    @Slot()
    def _on_theme(self) -> None:
        self._title.setFont(self._theme.font(size=13, weight=600))
        shown, self._shown = self._shown, None
        if shown is not None:
            self.show_panel(shown)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("base"))
        painter.setPen(self._theme.color("line"))
        painter.drawLine(0, 0, 0, self.height())
        painter.end()


def _empty(layout: QLayout) -> None:
    """Remove everything from a layout, including nested layouts."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.setObjectName("")
            widget.deleteLater()
        elif inner is not None:
            _empty(inner)
            inner.deleteLater()
