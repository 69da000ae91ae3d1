"""The top of a detail view: the record's title, facts and stage, and its buttons."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from models.queries.record_detail import RecordDetail
from models.records.records import Deal, Lead, Person, Project
from ui.records import kinds, money
from ui.records.detail.stage_bar import StageBar
from ui.records.form.fields import LineField, set_inline
from ui.style import formatting, icons
from ui.style.theme import Theme
from ui.widgets import avatar
from ui.widgets.muted import MutedLine
from ui.widgets.tool_button import tool_button

MARK = 42


class _Mark(QWidget):
    """An avatar, or the icon of a kind."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.kind = kinds.DEAL
        self.face = ("", "")
        self.setFixedSize(MARK, MARK)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.kind == kinds.PERSON:
            avatar.paint(painter, QRectF(self.rect()), self.face, self._theme.font())
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("pill"))
            painter.drawRoundedRect(QRectF(self.rect()), 11, 11)
            ratio = self.devicePixelRatioF()
            ink = self._theme.color("on_pill")
            drawn = icons.pixmap(kinds.ICONS[self.kind], ink, 22, ratio)
            painter.drawPixmap(self.rect().center() - QPoint(10, 10), drawn)
        painter.end()


class DetailHead(QWidget):
    """Title, facts, stages, and the buttons that end or reopen a deal.

    Signals:
        changed: A mapping of the columns that the user changed.
        menu_wanted: Open the record's menu under this button.
        closed: Go back to the whole list.
    """

    changed = Signal(object)
    menu_wanted = Signal(object)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._kind = kinds.DEAL
        self._mark = _Mark(theme, self)
        self.title = LineField("detail_title_edit", self.tr("Title"), self)
        set_inline(self.title, True)  # a plain setter
        self._facts = MutedLine(theme, "", self)
        self._state = QLabel(self)
        self._stages = StageBar(theme, self)
        self._won = self._end_button("won_button", self.tr("Won"))
        self._lost = self._end_button("lost_button", self.tr("Lost"))
        self._reopen = self._end_button("reopen_button", self.tr("Reopen"))
        self._more = tool_button(self, "detail_menu_button", "ellipsis", self.tr("More"))
        self._close = tool_button(self, "detail_close_button", "x", self.tr("Close"))
        self._lay_out()
        self.title.committed.connect(self._on_title)
        self._stages.chosen.connect(lambda id_: self.changed.emit({"stage_id": id_}))
        self._won.clicked.connect(lambda: self.changed.emit({"status": "won"}))
        self._lost.clicked.connect(lambda: self.changed.emit({"status": "lost"}))
        self._reopen.clicked.connect(lambda: self.changed.emit({"status": "open"}))
        self._more.clicked.connect(lambda: self.menu_wanted.emit(self._more))
        self._close.clicked.connect(self.closed)
        theme.changed.connect(self._recolor)
        self._recolor()

    def _end_button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        return button

    def _lay_out(self) -> None:
        facts = QHBoxLayout()
        facts.setContentsMargins(9, 0, 0, 0)
        facts.setSpacing(8)
        facts.addWidget(self._state)
        facts.addWidget(self._facts, 1)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self.title)
        words.addLayout(facts)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._mark)
        top.addLayout(words, 1)
        for button in (self._won, self._lost, self._reopen, self._more, self._close):
            top.addWidget(button)
            top.setAlignment(button, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 12, 12)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self._stages)

    def show_detail(self, detail: RecordDetail) -> None:
        """Show the stored record."""
        record = detail.record
        self._kind = kinds.split_key(detail.record_key)[0]
        self._mark.kind = self._kind
        address = (
            record.addresses[0].value if isinstance(record, Person) and record.addresses else ""
        )
        self._mark.face = (detail.title, address)
        self._mark.update()
        self.title.show_value(detail.title)
        status = getattr(record, "status", "")
        text = kinds.statuses(self._kind).get(status, "")
        self._state.setText(text)
        self._state.setVisible(bool(text) and status != "open")
        self._state.setProperty("status", status)
        self._facts.set_whole(_facts(detail))
        is_deal = isinstance(record, Deal)
        self._stages.setVisible(is_deal)
        if isinstance(record, Deal):
            self._stages.show_stage(detail.stages, record.stage_id, is_open=status == "open")
        self._won.setVisible(is_deal and status == "open")
        self._lost.setVisible(is_deal and status == "open")
        self._reopen.setVisible(bool(status) and status != "open")
        self._recolor()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("base"))
        painter.setPen(self._theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()

    @Slot(str)
    def _on_title(self, text: str) -> None:
        is_contact = self._kind in {kinds.PERSON, kinds.ORGANIZATION}
        if text:
            self.changed.emit({"name" if is_contact else "title": text})
        else:
            self.title.show_value(
                self._mark.face[0]
            )  # a record needs a title, so keep the stored one

    @Slot()
    def _recolor(self) -> None:
        self.title.setFont(self._theme.font(size=19, weight=600))
        tone = self._theme.color(kinds.status_tone(str(self._state.property("status") or "")))
        back = self._theme.color("pill").name()
        self._state.setStyleSheet(
            f"color: {tone.name()}; background: {back}; border-radius: 9px; padding: 2px 9px;"
            " font-size: 11px; font-weight: 600;"
        )
        self.update()


def _facts(detail: RecordDetail) -> str:
    """12,500 EUR · Acme · closes 1 Dec 2026."""
    record = detail.record
    parts = [kinds.words(kinds.split_key(detail.record_key)[0]).one]
    if isinstance(record, Deal | Lead):
        parts.append(money.shown(record.value_cents, record.currency))
    if isinstance(record, Person):
        parts.append(formatting.clean(record.title))
    if isinstance(record, Deal | Lead | Project | Person) and detail.organization is not None:
        parts.append(formatting.clean(detail.organization.name))
    return "  ·  ".join(part for part in parts if part)
