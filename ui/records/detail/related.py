"""Lists the records that belong to the one in a detail view: organization, persons, deals."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from models.queries.record_detail import RecordDetail
from models.queries.record_list import ItemRow, OrganizationRow, PersonRow
from ui.records import kinds, money
from ui.records.history.pane import heading
from ui.style import formatting, icons
from ui.style.theme import Theme
from ui.widgets import avatar
from ui.widgets.muted import MutedLabel

HEIGHT = 46
MARK = 28
MOST_SHOWN = 12


class RecordLine(QAbstractButton):
    """One record as a button of two lines. `is_way`: a click leads to the record.

    Signals:
        opened: Open the record with this key.
    """

    opened = Signal(str)

    def __init__(
        self,
        key: str,
        title: str,
        detail: str,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        address: str = "",
        is_closed: bool = False,
        is_way: bool = True,
    ) -> None:
        super().__init__(parent)
        self._is_way = is_way
        self._key, self._detail, self._address = key, detail, address
        self._kind = kinds.split_key(key)[0]
        self._is_closed = is_closed
        self._theme = theme
        title = formatting.clean(title) or kinds.words(self._kind).untitled
        self.setText(title)
        self.setAccessibleName(f"{kinds.words(self._kind).one}: {title}, {detail}".rstrip(", "))
        self.setToolTip(formatting.tool_tip(f"{title}\n{detail}".strip()))
        if is_way:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(HEIGHT)
        self.clicked.connect(self._on_clicked)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(180, HEIGHT)

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802  # Qt's name
        self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() and self._is_way:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("hover"))
            painter.drawRoundedRect(QRectF(self.rect()), 7, 7)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._theme.color("focus"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        mark = QRect(6, (HEIGHT - MARK) // 2, MARK, MARK)
        if self._kind == kinds.PERSON:
            face = (self.text(), self._address)
            avatar.paint(painter, QRectF(mark), face, self._theme.font())
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("pill"))
            painter.drawRoundedRect(mark, 7, 7)
            ratio = self.devicePixelRatioF()
            ink = self._theme.color("on_pill")
            drawn = icons.pixmap(kinds.ICONS[self._kind], ink, 16, ratio)
            painter.drawPixmap(mark.center() - QPoint(7, 7), drawn)
        left = mark.right() + 10
        width = self.width() - left - 8
        token = "muted" if self._is_closed else "text"
        first = QRect(left, 5, width, 18) if self._detail else QRect(left, 0, width, HEIGHT)
        self._text(painter, first, self.text(), token, 13, 500)
        self._text(painter, QRect(left, 23, width, 17), self._detail, "muted", 12, 400)
        painter.end()

    def _text(
        self, painter: QPainter, at: QRect, text: str, token: str, size: int, weight: int
    ) -> None:
        font = self._theme.font(size=size, weight=weight)
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, at.width())
        painter.drawText(at, int(Qt.AlignmentFlag.AlignVCenter), shown)

    @Slot()
    def _on_clicked(self) -> None:
        if self._is_way:
            self.opened.emit(self._key)


def item_line(row: ItemRow, theme: Theme, parent: QWidget) -> RecordLine:
    """The line of a deal, lead or project: value and stage, or how it ended."""
    status = kinds.statuses(row.kind).get(row.status, row.status)
    state = row.stage_name if row.is_open and row.stage_name else status
    parts = [money.shown(row.value_cents, row.currency), state]
    detail = "  ·  ".join(part for part in parts if part)
    return RecordLine(row.key, row.title, detail, theme, parent, is_closed=not row.is_open)


def person_line(row: PersonRow, theme: Theme, parent: QWidget) -> RecordLine:
    """The line of a person: job title or address."""
    detail = formatting.clean(row.title) or row.address
    return RecordLine(row.key, row.name, detail, theme, parent, address=row.address)


def organization_line(row: OrganizationRow, theme: Theme, parent: QWidget) -> RecordLine:
    """The line of an organization: its domains."""
    return RecordLine(row.key, row.name, ", ".join(row.domains), theme, parent)


class RelatedRecords(QWidget):
    """Lists what belongs to a record. A click on a line opens that record.

    Signals:
        opened: Open the record with this key.
        new_wanted: Make a record of this kind that belongs to the shown one.
    """

    opened = Signal(str)
    new_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: object = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def show_detail(self, detail: RecordDetail) -> None:
        """Show what belongs to this record."""
        now = (detail.organization, detail.persons, detail.items)
        if now == self._shown:
            return
        self._shown = now
        self._clear()
        if detail.organization is not None:
            self._head(kinds.words(kinds.ORGANIZATION).one)
            self._put(organization_line(detail.organization, self._theme, self))
        if detail.persons:
            self._head(kinds.words(kinds.PERSON).many)
            for person in detail.persons[:MOST_SHOWN]:
                self._put(person_line(person, self._theme, self))
            self._rest(detail.person_count - MOST_SHOWN)
        for kind in kinds.WORK:
            rows = [row for row in detail.items if row.kind == kind]
            if rows:
                self._head(kinds.words(kind).many)
            for row in rows[:MOST_SHOWN]:
                self._put(item_line(row, self._theme, self))
            self._rest(len(rows) - MOST_SHOWN)

    def _head(self, text: str) -> None:
        label = heading(text, self._theme, self)
        label.set_room(6, 12, 0, 3)
        self._column.addWidget(label)

    def _put(self, line: RecordLine) -> None:
        line.opened.connect(self.opened)
        self._column.addWidget(line)

    def _rest(self, count: int) -> None:
        if count > 0:
            text = self.tr("and {} more").format(formatting.number(count))
            label = MutedLabel(self._theme, text, self)
            label.set_room(44, 2, 0, 2)
            self._column.addWidget(label)

    def _clear(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
