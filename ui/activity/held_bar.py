"""The brake's bar (X3): deletes by another program that wait for the user's answer."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from models.commands.held_deletes import CheckHeld, DeleteHeld, KeepHeld
from models.events import HeldChanged, MessagesDeleted, StatusChanged
from models.queries.held_deletes import Held, HeldGroup
from models.store import clock
from sync.qt.service.requests import Answer, HeldRequest
from sync.qt.service.service import MailService
from ui.commands.confirm_delete import DeleteQuestion
from ui.status.account_facts import AccountFacts
from ui.style import formatting, icons
from ui.style.theme import Theme

GATHER_MS = 80


class HeldBar(QWidget):
    """Shows what is held, one account after the other. Hidden while nothing is held.

    Signals:
        show_requested: True to list the held mails; False to go back to the earlier list.
    """

    show_requested = Signal(bool)

    def __init__(
        self, service: MailService, facts: AccountFacts, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("held_deletes_bar")
        self._service = service
        self._facts = facts
        self._theme = theme
        self._group: HeldGroup | None = None
        self._counts: dict[int, int] = {}
        self._ticket = 0
        self._is_shown = False
        self._mark = QLabel(self)
        self._label = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._detail = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.show_button = self._button("held_show_button")
        self.check_button = self._button("held_check_button", self.tr("Check again"))
        self.delete_button = self._button("held_delete_button", self.tr("Delete here too…"))
        self.keep_button = self._button("held_keep_button", self.tr("Keep here"))
        self.keep_button.setProperty("role", "primary")
        self._timer = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._lay_out()
        self._connect()
        self.hide()
        self._ask()

    def text(self) -> str:
        """The sentence that the bar shows."""
        return f"{self._label.text()} {self._detail.text()}".strip()

    def set_shown(self, is_shown: bool) -> None:  # a plain setter
        """Remember whether the list shows the held mails now."""
        self._is_shown = is_shown
        text = self.tr("Back") if is_shown else self.tr("Show them")
        self.show_button.setText(text)

    def _button(self, name: str, text: str = "") -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        return button

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._label)
        words.addWidget(self._detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 9, 12, 10)
        row.setSpacing(8)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addSpacing(2)
        row.addLayout(words, 1)
        row.addSpacing(8)
        buttons = (self.show_button, self.check_button, self.delete_button, self.keep_button)
        for button in buttons:
            row.addWidget(button)
        self.set_shown(False)

    def _connect(self) -> None:
        self.show_button.clicked.connect(lambda: self.show_requested.emit(not self._is_shown))
        self.check_button.clicked.connect(self._on_check)
        self.delete_button.clicked.connect(self._on_delete)
        self.keep_button.clicked.connect(self._on_keep)
        self._timer.timeout.connect(self._ask)
        self._service.answered.connect(self._on_answered)
        self._service.happened.connect(self._on_event)
        self._facts.accounts_changed.connect(self._timer.start)
        self._theme.changed.connect(self._recolor)
        self._recolor()

    # --- what is held ------------------------------------------------------------------------

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, StatusChanged):
            before = self._counts.get(event.account_id, 0)
            self._counts[event.account_id] = event.held
            if event.held != before:
                self._timer.start()
        elif isinstance(event, HeldChanged | MessagesDeleted):
            self._timer.start()

    @Slot()
    def _ask(self) -> None:
        self._ticket = self._service.ask(HeldRequest())

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        if answer.ticket != self._ticket or not isinstance(answer.result, Held):
            return
        known = self._facts.addresses
        groups = [group for group in answer.result.groups if group.account_id in known]
        self._group = groups[0] if groups else None
        if self._group is None:
            self.hide()
            if self._is_shown:
                self.show_requested.emit(False)
            return
        count = len(self._group.message_ids)
        self._label.setText(_headline(count))
        self._detail.setText(self._say(self._group, len(groups) - 1))
        self.setAccessibleName(self.text())
        self.show()

    def _say(self, group: HeldGroup, more: int) -> str:
        """Name the account, the time, the links, and how many other accounts wait."""
        parts = [self._facts.addresses[group.account_id]]
        if group.since is not None:
            since = formatting.since(group.since, clock.now_ms())
            parts.append(self.tr("since {}").format(since))
        parts.append(_linked(group))
        if more:
            parts.append(self.tr("more in %Ln other accounts", "", more))
        return "  ·  ".join(part for part in parts if part)

    # --- the answers -------------------------------------------------------------------------

    def _ids(self) -> tuple[int, ...]:
        return self._group.message_ids if self._group is not None else ()

    @Slot()
    def _on_keep(self) -> None:
        self._service.run(KeepHeld(self._ids()))

    @Slot()
    def _on_check(self) -> None:
        self._service.run(CheckHeld(self._ids()))

    @Slot()
    def _on_delete(self) -> None:
        """Delete the ids that were counted, even if more mail has been held meanwhile."""
        ids, group = self._ids(), self._group
        if group is None:
            return
        n = len(ids)
        one = self.tr("Delete 1 mail here too, for good?")
        many = self.tr("Delete {} mails here too, for good?").format(formatting.number(n))
        told = [
            self.tr("Another program deleted them on the server."),
            _linked(group),
            self.tr("This can’t be undone. If they come back to the server, they come back here."),
        ]
        text = "\n\n".join(part for part in told if part)
        if DeleteQuestion(one if n == 1 else many, text, self.window()).is_agreed():
            self._service.run(DeleteHeld(ids))

    # --- looks -------------------------------------------------------------------------------

    @Slot()
    def _recolor(self) -> None:
        ink = self._theme.color("warning")
        ratio = self.devicePixelRatioF()
        self._mark.setPixmap(icons.pixmap("shield-alert", ink, 20, ratio))
        self._label.setFont(self._theme.font(weight=600))
        self._detail.setFont(self._theme.font(size=12))
        self._detail.setStyleSheet(f"color: {self._theme.color('muted').name()}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("warning_back"))
        painter.setPen(self._theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()


def _headline(count: int) -> str:
    if count == 1:
        return _tr("Another program deleted 1 mail on the server. It is kept here for now.")
    text = _tr("Another program deleted {} mails on the server. They are kept here for now.")
    return text.format(formatting.number(count))


def _linked(group: HeldGroup) -> str:
    """How many of them are linked to records, and to which records."""
    n = group.linked_count
    if not n:
        return ""
    titles = ", ".join(f"“{formatting.clean(title)}”" for title in group.record_titles)
    one = _tr("1 linked to {records}")
    many = _tr("{count} linked to {records}")
    return (one if n == 1 else many).format(count=formatting.number(n), records=titles)


def _tr(text: str) -> str:
    return QCoreApplication.translate("HeldBar", text)
