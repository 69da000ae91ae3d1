"""Paints a history entry: a mail, a note or a change."""

from __future__ import annotations

from PySide6.QtCore import (
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from models.queries.history_pages import MailEntry, NoteEntry
from models.store import clock
from ui.records import roles
from ui.records.history import words as history_words
from ui.records.history.layout import NOTE_PAD, EntryLayout, entry_layout, note_rect
from ui.style import formatting, icons
from ui.style.theme import Theme
from ui.widgets import avatar

Index = QModelIndex | QPersistentModelIndex
_LINE = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_WRAP = int(Qt.TextFlag.TextWordWrap)
CLIP = 13


class HistoryDelegate(QStyledItemDelegate):
    """Draws only what the model's LINE role holds.

    Attributes:
        open_id: The message whose text shows, or None.
        hovered_row: The row under the mouse, or -1.
        is_menu_hovered: The mouse is on that row's menu button.
        shows_focus: The user works with the keyboard, so the current row gets a focus ring.
    """

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.open_id: int | None = None
        self.hovered_row = -1
        self.is_menu_hovered = False
        self.shows_focus = False

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = index.data(roles.LINE)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        is_hovered = index.row() == self.hovered_row
        is_open = isinstance(entry, MailEntry) and entry.message_id == self.open_id
        layout = entry_layout(rect, is_open=is_open)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, self._theme.color("base"))
        if not is_open and (is_selected or is_hovered):
            is_active = bool(state & QStyle.StateFlag.State_Active)
            token = "selection" if is_active else "selection_idle"
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(token if is_selected else "hover"))
            painter.drawRoundedRect(QRectF(rect).adjusted(6, 2, -6, -2), 8, 8)
        ink = self._theme.color("selection_muted" if is_selected and not is_open else "muted")
        if isinstance(entry, MailEntry):
            self._paint_mail(painter, layout, entry, ink, is_open=is_open)
        elif isinstance(entry, NoteEntry):
            self._paint_note(painter, rect, layout, entry, ink)
        if self._has_menu(entry) and (is_hovered or is_selected or is_open):
            self._paint_menu(painter, layout, is_lit=is_hovered and self.is_menu_hovered)
        if self.shows_focus and state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("focus"), 1.5))
            painter.drawRoundedRect(QRectF(rect).adjusted(6.5, 2.5, -6.5, -2.5), 8, 8)
        painter.restore()

    def _has_menu(self, entry: object) -> bool:
        return isinstance(entry, MailEntry) or (
            isinstance(entry, NoteEntry) and entry.kind == "note"
        )

    def _paint_menu(self, painter: QPainter, layout: EntryLayout, *, is_lit: bool) -> None:
        if is_lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("line"))
            painter.drawRoundedRect(QRectF(layout.menu), 6, 6)
        ink = self._theme.color("text" if is_lit else "muted")
        ratio = painter.device().devicePixelRatioF()
        drawn = icons.pixmap("ellipsis", ink, 17, ratio)
        painter.drawPixmap(layout.menu.center() - QPoint(8, 8), drawn)

    def _paint_mail(
        self,
        painter: QPainter,
        layout: EntryLayout,
        entry: MailEntry,
        ink: QColor,
        *,
        is_open: bool,
    ) -> None:
        first, second, third = layout.lines
        small = self._theme.font(size=self._theme.metrics.small, is_tabular=True)
        strong = self._theme.font(weight=600)
        if is_open:
            head = QRect(
                first.left() - 44, first.top() + 2, first.width() + 44 - 34, first.height()
            )
            chevron = icons.pixmap("chevron-down", ink, 16, painter.device().devicePixelRatioF())
            painter.drawPixmap(head.left(), head.top() + 2, chevron)
            head.setLeft(head.left() + 24)
            used = self._tail(painter, head, entry, small, ink)
            self._text(painter, head.adjusted(0, 0, -used, 0), history_words.title(entry), strong)
            return
        avatar.paint(painter, QRectF(layout.mark), entry.sender, self._theme.font())
        used = self._tail(painter, first, entry, small, ink)
        line = first.adjusted(0, 0, -used, 0)
        taken = self._text(painter, line, history_words.sender(entry), strong)
        beside = line.adjusted(taken + 8, 0, 0, 0)
        self._text(painter, beside, history_words.recipients(entry), small, ink)
        second = second.adjusted(0, 0, -34, 0)
        second = self._clip(painter, second, entry, small, ink)
        weight = 400 if entry.is_read or entry.is_own else 600
        self._text(painter, second, history_words.title(entry), self._theme.font(weight=weight))
        self._text(painter, third, formatting.clean(entry.snippet), small, ink)

    def _tail(
        self, painter: QPainter, line: QRect, entry: MailEntry, font: QFont, ink: QColor
    ) -> int:
        """Draw the time and, before it, the archive mark. Returns the width of both, in pixels."""
        when = formatting.relative_date(entry.at, clock.now_ms())
        if entry.is_archived:
            archived = QCoreApplication.translate("History", "Archived")
            when = f"{archived}  ·  {when}"
        width = QFontMetrics(font).horizontalAdvance(when) + 1
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(line, _LINE | int(Qt.AlignmentFlag.AlignRight), when)
        return width + 12

    def _clip(
        self, painter: QPainter, line: QRect, entry: MailEntry, font: QFont, ink: QColor
    ) -> QRect:
        if not entry.attachment_count:
            return line
        text = formatting.number(entry.attachment_count)
        width = QFontMetrics(font).horizontalAdvance(text)
        left = line.right() - width
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(QRect(left, line.top(), width + 1, line.height()), _LINE, text)
        drawn = icons.pixmap("paperclip", ink, CLIP, painter.device().devicePixelRatioF())
        painter.drawPixmap(left - CLIP - 3, line.center().y() - CLIP // 2 + 1, drawn)
        return line.adjusted(0, 0, -width - CLIP - 12, 0)

    def _paint_note(
        self, painter: QPainter, rect: QRect, layout: EntryLayout, entry: NoteEntry, ink: QColor
    ) -> None:
        ratio = painter.device().devicePixelRatioF()
        name = {"note": "pencil", "stage": "chevron-right"}.get(entry.kind, "circle-check")
        mark = QRect(layout.mark.left() + 3, rect.top() + 6, 26, 26)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("line"))
        painter.drawEllipse(mark)
        painter.drawPixmap(
            mark.center() - QPoint(6, 6),
            icons.pixmap(name, self._theme.color("muted"), 14, ratio),
        )
        when = formatting.relative_date(entry.at, clock.now_ms())
        small = self._theme.font(size=self._theme.metrics.small, is_tabular=True)
        if entry.kind != "note":
            line = QRect(layout.words.left(), rect.top() + 9, layout.words.width(), 20)
            width = QFontMetrics(small).horizontalAdvance(when) + 12
            painter.setFont(small)
            painter.setPen(ink)
            painter.drawText(line, _LINE | int(Qt.AlignmentFlag.AlignRight), when)
            room = line.adjusted(0, 0, -width, 0)
            self._text(painter, room, history_words.change(entry), self._theme.font(), ink)
            return
        box = note_rect(rect)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("warning_back"))
        painter.drawRoundedRect(QRectF(box), 8, 8)
        inner = box.adjusted(NOTE_PAD, NOTE_PAD - 2, -NOTE_PAD - 26, -NOTE_PAD - 16)
        painter.setFont(self._theme.font())
        painter.setPen(self._theme.color("text"))
        painter.drawText(inner, _WRAP, entry.text)
        painter.setFont(small)
        painter.setPen(self._theme.color("warning"))
        label = QCoreApplication.translate("History", "Note")
        painter.drawText(
            QRect(inner.left(), box.bottom() - 22, box.width() - 20, 16),
            _LINE,
            f"{label}  ·  {when}",
        )

    def _text(
        self, painter: QPainter, at: QRect, text: str, font: QFont, color: QColor | None = None
    ) -> int:
        """Draw one elided line. Returns the width of the text, in pixels."""
        if at.width() <= 0:
            return 0
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, at.width())
        painter.setFont(font)
        painter.setPen(color or self._theme.color("text"))
        painter.drawText(at, _LINE, shown)
        return metrics.horizontalAdvance(shown)
