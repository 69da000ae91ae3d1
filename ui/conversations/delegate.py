"""Paints a conversation row: senders, date, subject, snippet and link."""

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

from models.queries.conversation_list import ConversationRow
from models.store import clock
from ui.conversations import roles
from ui.conversations.layout import BAR, RowLayout, action_rects, row_layout
from ui.style import formatting, icons
from ui.style.theme import Theme
from ui.widgets import avatar

Index = QModelIndex | QPersistentModelIndex
PILL_MOST = 130  # a link's title is elided at this width
CLIP = 14


class ConversationDelegate(QStyledItemDelegate):
    """Draws only what the model's ROW role holds. Never reads the store.

    Attributes:
        hovered_row: The row under the mouse, or -1. The view sets it.
        hovered_action: Which of the row's buttons is under the mouse, or -1.
        shows_focus: The user works with the keyboard, so the current row gets a focus ring.
    """

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.hovered_row = -1
        self.hovered_action = -1
        self.shows_focus = False
        theme.changed.connect(self._make_fonts)
        self._make_fonts()

    def _make_fonts(self) -> None:
        metrics = self._theme.metrics
        self._plain = self._theme.font(size=metrics.text)
        self._strong = self._theme.font(size=metrics.text, weight=600)
        self._small = self._theme.font(size=metrics.small)
        self._date = self._theme.font(size=metrics.small, is_tabular=True)
        self._date_strong = self._theme.font(size=metrics.small, weight=600, is_tabular=True)
        self._pill = self._theme.font(size=11, weight=500)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(roles.ROW)
        state: QStyle.StateFlag = option.state
        rect: QRect = option.rect
        layout = row_layout(rect, self._theme.density, self._theme.metrics)
        is_hovered = index.row() == self.hovered_row
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = _Ink(self._theme, state, is_hovered=is_hovered)
        painter.fillRect(rect, ink.back)
        self._paint_frame(painter, rect, layout, ink)
        if row is None:
            self._paint_skeleton(painter, layout)
        else:
            self._paint_row(painter, layout, row, ink, is_hovered=is_hovered)
            if is_hovered:
                self._paint_actions(painter, rect, row, ink)
        if self.shows_focus and state & QStyle.StateFlag.State_HasFocus:
            self._paint_focus(painter, rect)
        painter.restore()

    def _paint_frame(self, painter: QPainter, rect: QRect, layout: RowLayout, ink: _Ink) -> None:
        if ink.is_selected:
            bar = QRect(rect.left(), rect.top(), BAR, rect.height())
            painter.fillRect(bar, self._theme.color("accent" if ink.is_active else "edge"))
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self._theme.color("line"))
        painter.drawLine(layout.hairline_left, rect.bottom(), rect.right(), rect.bottom())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_focus(self, painter: QPainter, rect: QRect) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.color("focus"), 1.5))
        painter.drawRoundedRect(QRectF(rect).adjusted(BAR + 1.5, 1.5, -1.5, -1.5), 5, 5)

    def _paint_skeleton(self, painter: QPainter, layout: RowLayout) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("line"))
        painter.drawEllipse(layout.avatar)
        for line, share in zip(layout.lines, (0.35, 0.6, 0.85), strict=False):
            bar = QRectF(line.left(), line.center().y() - 4, line.width() * share, 8)
            painter.drawRoundedRect(bar, 4, 4)

    def _paint_row(
        self,
        painter: QPainter,
        layout: RowLayout,
        row: ConversationRow,
        ink: _Ink,
        *,
        is_hovered: bool,
    ) -> None:
        is_unread = row.unread_count > 0
        if is_unread:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("accent"))
            painter.drawEllipse(layout.dot)
        avatar.paint(painter, QRectF(layout.avatar), _face(row), self._plain)
        actions = len(actions_of(row)) if is_hovered else 0
        taken = sum(rect.width() for rect in action_rects(layout.lines[0], actions))
        self._paint_first(painter, layout.lines[0].adjusted(0, 0, -taken, 0), row, ink, taken)
        second = layout.lines[1].adjusted(0, 0, -taken, 0)
        if len(layout.lines) == 3:
            second = self._paint_clip(painter, second, row, ink)
            self._paint_subject(painter, second, row, ink)
            third = self._paint_held(painter, layout.lines[2], row)
            third = self._paint_pill(painter, third, row, ink)
            self._text(painter, third, formatting.clean(row.snippet), self._small, ink.muted)
        else:
            self._paint_compact_line(painter, second, row, ink)

    def _paint_first(
        self, painter: QPainter, line: QRect, row: ConversationRow, ink: _Ink, taken: int
    ) -> None:
        """Senders, message count and date. Under the mouse, buttons take the date's place."""
        if not taken:
            date = formatting.relative_date(row.newest_at, clock.now_ms())
            is_unread = row.unread_count > 0
            font = self._date_strong if is_unread else self._date
            width = QFontMetrics(font).horizontalAdvance(date)
            at = line.adjusted(line.width() - width - 1, 0, 1, 0)
            self._text(painter, at, date, font, ink.accent if is_unread else ink.muted)
            line = line.adjusted(0, 0, -width - 12, 0)
        count = formatting.number(row.message_count) if row.message_count > 1 else ""
        count_width = QFontMetrics(self._small).horizontalAdvance(count) + 7 if count else 0
        font = self._strong if row.unread_count else self._plain
        names = formatting.parties_text(row.parties) or formatting.display_name(("", " "))
        used = self._text(painter, line.adjusted(0, 0, -count_width, 0), names, font, ink.text)
        if count:
            beside = line.adjusted(used + 7, 0, 0, 0)
            self._text(painter, beside, count, self._small, ink.muted)

    def _paint_subject(
        self, painter: QPainter, line: QRect, row: ConversationRow, ink: _Ink
    ) -> int:
        font = self._strong if row.unread_count else self._plain
        return self._text(painter, line, subject_of(row), font, ink.text)

    def _paint_clip(self, painter: QPainter, line: QRect, row: ConversationRow, ink: _Ink) -> QRect:
        """Draw the paperclip and the draft mark at the right. Returns the rest of the line."""
        if row.has_attachment:
            drawn = icons.pixmap("paperclip", ink.muted, CLIP, painter.device().devicePixelRatioF())
            top = line.center().y() - CLIP // 2 + 1
            painter.drawPixmap(QPoint(line.right() - CLIP + 1, top), drawn)
            line = line.adjusted(0, 0, -CLIP - 8, 0)
        if row.draft_count:
            line = self._paint_word(painter, line, self.tr("Draft"), "danger")
        return line

    def _paint_word(self, painter: QPainter, line: QRect, text: str, token: str) -> QRect:
        """Draw a word at the right of a line. Returns the rest of the line."""
        width = QFontMetrics(self._small).horizontalAdvance(text)
        at = line.adjusted(line.width() - width, 0, 1, 0)
        self._text(painter, at, text, self._small, self._theme.color(token))
        return line.adjusted(0, 0, -width - 8, 0)

    def _paint_held(self, painter: QPainter, line: QRect, row: ConversationRow) -> QRect:
        """Draw the mark "Deleted on the server" at the left. Returns the rest of the line."""
        if not row.is_held:
            return line
        text = self.tr("Deleted on the server")
        width = QFontMetrics(self._pill).horizontalAdvance(text) + 14
        pill = QRectF(line.left(), line.center().y() - 8, width, 17)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("warning_back"))
        painter.drawRoundedRect(pill, 8.5, 8.5)
        painter.setFont(self._pill)
        painter.setPen(self._theme.color("warning"))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
        return line.adjusted(width + 8, 0, 0, 0)

    def _paint_pill(
        self,
        painter: QPainter,
        line: QRect,
        row: ConversationRow,
        ink: _Ink,
        *,
        at_right: bool = False,
    ) -> QRect:
        """Draw the linked record's title as a tinted pill. Returns the rest of the line."""
        title = formatting.clean(row.link_title)
        if not title:
            return line
        metrics = QFontMetrics(self._pill)
        most = min(PILL_MOST, line.width() // (3 if at_right else 2))
        text = metrics.elidedText(title, Qt.TextElideMode.ElideRight, most)
        width = metrics.horizontalAdvance(text) + 14
        left = line.right() - width if at_right else line.left()
        pill = QRectF(left, line.center().y() - 8, width, 17)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.pill)
        painter.drawRoundedRect(pill, 8.5, 8.5)
        painter.setFont(self._pill)
        painter.setPen(ink.on_pill)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
        if at_right:
            return line.adjusted(0, 0, -width - 8, 0)
        return line.adjusted(width + 8, 0, 0, 0)

    def _paint_compact_line(
        self, painter: QPainter, line: QRect, row: ConversationRow, ink: _Ink
    ) -> None:
        """Subject, snippet and link, all in one line."""
        line = self._paint_clip(painter, line, row, ink)
        line = self._paint_pill(painter, line, row, ink, at_right=True)
        line = self._paint_held(painter, line, row)
        used = self._paint_subject(painter, line, row, ink)
        rest = line.adjusted(used + 10, 0, 0, 0)
        if rest.width() > 40:  # less shows nothing worth reading
            self._text(painter, rest, formatting.clean(row.snippet), self._small, ink.muted)

    def _paint_actions(
        self, painter: QPainter, rect: QRect, row: ConversationRow, ink: _Ink
    ) -> None:
        names = actions_of(row)
        ratio = painter.device().devicePixelRatioF()
        for number, (name, at) in enumerate(
            zip(names, action_rects(rect, len(names)), strict=True)
        ):
            color = ink.muted
            if number == self.hovered_action:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._theme.color("line"))
                painter.drawRoundedRect(QRectF(at).adjusted(1, 1, -1, -1), 7, 7)
                color = self._theme.color("danger") if name == "delete" else ink.text
            drawn = icons.pixmap(ACTION_ICONS[name], color, 17, ratio)
            painter.drawPixmap(at.center() - QPoint(8, 8), drawn)

    def _text(self, painter: QPainter, at: QRect, text: str, font: QFont, color: QColor) -> int:
        """Draw one elided line. Returns the width of the text, in pixels."""
        if at.width() <= 0:
            return 0
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, at.width())
        painter.setFont(font)
        painter.setPen(color)
        painter.drawText(at, _LINE, shown)
        return metrics.horizontalAdvance(shown)


_LINE = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine)
ACTION_ICONS = {"archive": "archive", "restore": "archive-restore", "delete": "trash-2"}


class _Ink:
    """The colours of one row in its state."""

    def __init__(self, theme: Theme, state: QStyle.StateFlag, *, is_hovered: bool) -> None:
        self.is_selected = bool(state & QStyle.StateFlag.State_Selected)
        self.is_active = bool(state & QStyle.StateFlag.State_Active)
        self.text = theme.color("text")
        self.muted = theme.color("selection_muted" if self.is_selected else "muted")
        self.accent = theme.color("on_pill" if self.is_selected else "accent")
        self.pill = theme.color("base" if self.is_selected else "pill")
        self.on_pill = theme.color("on_pill")
        if self.is_selected:
            self.back = theme.color("selection" if self.is_active else "selection_idle")
        else:
            self.back = theme.color("hover" if is_hovered else "base")


def actions_of(row: ConversationRow) -> tuple[str, ...]:
    """The buttons that a row offers while the mouse is over it."""
    if row.is_archived:
        return ("restore", "delete")
    if row.incoming_count > 0:
        return ("archive", "delete")
    return ("delete",)


def subject_of(row: ConversationRow) -> str:
    """The subject, or "(no subject)"."""
    return formatting.clean(row.subject) or QCoreApplication.translate(
        "Conversations", "(no subject)"
    )


def _face(row: ConversationRow) -> formatting.Party:
    """Whose avatar the row shows: the newest sender who is not the user."""
    others = [party for party in row.parties if party != formatting.OWN]
    return others[-1] if others else (QCoreApplication.translate("Conversations", "You"), "")
