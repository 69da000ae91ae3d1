"""The window "What happened": why a mail is here, or not here (X1)."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from models.queries.ledger_pages import LedgerItem, LedgerPage, LedgerQuery
from models.store import clock
from sync.qt.service.requests import Answer, LedgerRequest
from sync.qt.service.service import MailService
from ui.activity import ledger_words
from ui.activity.lines import LineList, LineModel
from ui.forms.style import DialogStyle
from ui.style import formatting, icons
from ui.style.theme import Theme

PAGE = 100
TYPING_MS = 250
DAY_MS = 24 * 3600 * 1000


class LedgerWindow(QDialog):
    """Shows everything that happened, or what happened to one mail. Not modal.

    Signals:
        conversation_requested: The id of a conversation that the user wants to see.
    """

    conversation_requested = Signal(object)

    def __init__(self, service: MailService, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ledger_window")
        self.resize(760, 620)
        DialogStyle(self, theme)
        self._service = service
        self._theme = theme
        self._query = LedgerQuery()
        self._subject = ""
        self._items: list[LedgerItem] = []
        self._tickets: dict[int, bool] = {}  # ticket -> whether it is the first page
        self._before: int | None = None
        self._title = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._title.setObjectName("ledger_title")
        self._summary = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._summary.setObjectName("ledger_summary")
        self.search = QLineEdit(self)
        self.kind = QComboBox(self)
        self.time = QComboBox(self)
        self._everything = QPushButton(self.tr("Show everything"), self)
        self._model = LineModel(self)
        self.list = LineList(self._model, theme, self)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._fill()
        self._lay_out()
        self._connect()
        self._recolor()

    def _fill(self) -> None:
        self.search.setObjectName("ledger_search_edit")
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icons.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setPlaceholderText(self.tr("Sender’s address, subject or Message-ID"))
        self.search.setAccessibleName(self.tr("Search what happened"))
        self.kind.setObjectName("ledger_kind_combo")
        self.kind.setAccessibleName(self.tr("Kind"))
        kinds = {
            "": self.tr("All kinds"),
            "arrivals": self.tr("Arrivals"),
            "moves": self.tr("Moves on the server"),
            "archive": self.tr("Archived and restored"),
            "deletes": self.tr("Deleted, held and kept out"),
            "links": self.tr("Links"),
            "server": self.tr("Refused by the server"),
        }
        for key, text in kinds.items():
            self.kind.addItem(text, key)
        self.time.setObjectName("ledger_time_combo")
        self.time.setAccessibleName(self.tr("Time"))
        times = ((0, self.tr("Any time")), (1, self.tr("Last 24 hours")))
        for days, text in (*times, (7, self.tr("Last 7 days")), (30, self.tr("Last 30 days"))):
            self.time.addItem(text, days)
        self.list.setObjectName("ledger_list")
        self.list.setAccessibleName(self.tr("What happened"))
        self._everything.setObjectName("ledger_everything_button")
        self._everything.setAutoDefault(False)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self._everything)
        filters = QHBoxLayout()
        filters.setSpacing(8)
        filters.addWidget(self.search, 1)
        filters.addWidget(self.kind)
        filters.addWidget(self.time)
        self._frame = QFrame(self)
        self._frame.setObjectName("ledger_frame")
        inside = QVBoxLayout(self._frame)
        inside.setContentsMargins(1, 5, 1, 5)
        inside.addWidget(self.list)
        close = QPushButton(self.tr("Close"), self)
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        self._hint = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        buttons.addWidget(self._hint, 1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self._summary)
        column.addLayout(filters)
        column.addWidget(self._frame, 1)
        column.addLayout(buttons)

    def _connect(self) -> None:
        self._typing.timeout.connect(self._on_typed)
        self.search.textChanged.connect(self._on_text)
        self.search.returnPressed.connect(self._on_typed)
        self.kind.currentIndexChanged.connect(self._on_filter)
        self.time.currentIndexChanged.connect(self._on_filter)
        self._everything.clicked.connect(self.show_everything)
        self._model.more_wanted.connect(self._ask_more)
        self.list.doubleClicked.connect(self._on_open)
        self._service.answered.connect(self._on_answered)
        self._theme.changed.connect(self._recolor)

    # --- what it shows -----------------------------------------------------------------------

    @Slot()
    def show_everything(self) -> None:
        """Show everything that happened, newest first."""
        self._show(LedgerQuery(text=self.search.text()), "")

    def show_conversation(self, conversation_id: int, subject: str) -> None:
        """Show why this conversation is here."""
        self._show(LedgerQuery(conversation_id=conversation_id), subject)

    def show_message(self, message_id: int, subject: str) -> None:
        """Show why this message is here."""
        self._show(LedgerQuery(message_id=message_id), subject)

    def _show(self, query: LedgerQuery, subject: str) -> None:
        is_one = query.conversation_id is not None or query.message_id is not None
        self._subject = subject
        for widget in (self.search, self.kind, self.time):
            widget.setVisible(not is_one)
        self._everything.setVisible(is_one)
        name = formatting.clean(subject) or self.tr("(no subject)")
        title = self.tr("Why is “{}” here?").format(name) if is_one else self.tr("What happened")
        self._title.setText(title)
        self.setWindowTitle(self.tr("Why is this here?") if is_one else self.tr("What happened"))
        self._query = query
        self._filter()

    @Slot()
    def _on_text(self) -> None:
        self._typing.start()

    @Slot()
    def _on_typed(self) -> None:
        self._typing.stop()
        if self.search.text().strip() != self._query.text.strip():
            self._query = replace(self._query, text=self.search.text())
            self._filter()

    @Slot()
    def _on_filter(self) -> None:
        self._filter()

    def _filter(self) -> None:
        """Ask for the first page that matches the filter."""
        query = self._query
        if query.conversation_id is None and query.message_id is None:
            days = int(self.time.currentData() or 0)
            since = clock.now_ms() - days * DAY_MS if days else None
            query = replace(query, group=str(self.kind.currentData() or ""), since=since)
        self._query = query
        self._tickets = {self._service.ask(LedgerRequest(query, PAGE)): True}

    @Slot()
    def _ask_more(self) -> None:
        if self._before is not None:
            ticket = self._service.ask(LedgerRequest(self._query, PAGE, self._before))
            self._tickets[ticket] = False

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        is_first = self._tickets.pop(answer.ticket, None)
        if is_first is None or not isinstance(answer.result, LedgerPage):
            return
        page = answer.result
        now = clock.now_ms()
        lines = [ledger_words.line(item, now) for item in page.items]
        self._before = page.next_before
        has_more = page.next_before is not None
        if is_first:
            self._items = list(page.items)
            self._model.set_lines(lines, has_more=has_more)
            self.list.scrollToTop()
            self._describe(page)
        else:
            self._items += page.items
            self._model.add_lines(lines, has_more=has_more)

    def _describe(self, page: LedgerPage) -> None:
        self._summary.setText(self._said(page))
        self._summary.setVisible(bool(self._summary.text()))
        if self._query.text.strip():
            self.list.empty_text = self.tr(
                "Nothing is recorded about that. A mail that is gone is found by its sender’s"
                " whole address, its whole subject or its Message-ID: its words are not kept."
            )
        else:
            self.list.empty_text = self.tr("Nothing is recorded here yet.")
        self.list.viewport().update()

    def _said(self, page: LedgerPage) -> str:
        """The answer in one sentence."""
        if self._query.conversation_id is not None or self._query.message_id is not None:
            if not page.places:
                return self.tr("It is kept here; on the server it lies in no label that is synced.")
            names = [
                self.tr("the inbox") if name.upper() == "INBOX" else f"“{formatting.clean(name)}”"
                for name in page.places
            ]
            return self.tr("On the server it lies in {}.").format(", ".join(names))
        if self._query.text.strip() and any(item.is_gone for item in page.items):
            return self.tr(
                "Some of this is about mail that is no longer here. Its words are gone; that the"
                " address, subject or Message-ID is the one you typed is known from a fingerprint."
            )
        return ""

    @Slot()
    def _on_open(self) -> None:
        row = self.list.currentIndex().row()
        if 0 <= row < len(self._items):
            item = self._items[row]
            if item.conversation_id is not None and not item.is_gone:
                self.conversation_requested.emit(item.conversation_id)

    @Slot()
    def _recolor(self) -> None:
        back, edge = self._theme.color("base").name(), self._theme.color("line").name()
        self._frame.setStyleSheet(
            f"QFrame#ledger_frame {{ background: {back}; border: 1px solid {edge};"
            " border-radius: 9px; }"
        )
        self._title.setFont(self._theme.font(size=17, weight=600))
        self._summary.setStyleSheet(f"color: {self._theme.color('muted').name()}")
