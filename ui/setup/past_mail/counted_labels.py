"""How many messages a label has, at the end of its line in a list of labels."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListWidget, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from sync.engine.count.past_mail import LabelCount
from ui.setup.past_mail import count_words
from ui.style.theme import Theme

COUNT_ROLE = Qt.ItemDataRole.UserRole + 1
ROOM = 110  # for a count, in device-independent pixels
MARGIN = 10


class CountDelegate(QStyledItemDelegate):
    """Paints the count right-aligned and muted; the name ends before it."""

    def __init__(self, theme: Theme, view: QListWidget) -> None:
        super().__init__(view)
        self._theme = theme

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Qt paints the line, with the name cut where the count begins."""
        count = index.data(COUNT_ROLE)
        styled = QStyleOptionViewItem(option)
        self.initStyleOption(styled, index)
        if count:
            room = styled.rect.width() - ROOM - 48
            styled.text = styled.fontMetrics.elidedText(
                styled.text, Qt.TextElideMode.ElideMiddle, max(room, 40)
            )
        view = option.widget
        view.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, styled, painter, view)
        if count:
            is_enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
            painter.setPen(self._theme.color("muted" if is_enabled else "disabled"))
            area = option.rect.adjusted(0, 0, -MARGIN, 0)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(area, int(flags), str(count))


def with_counts(view: QListWidget, theme: Theme) -> None:
    """Make a list show counts as soon as they are known."""
    view.setItemDelegate(CountDelegate(theme, view))


def show_counts(view: QListWidget, counts: Sequence[LabelCount], since: int) -> None:
    """Show the counts that are known; the names stay as they are."""
    known = {each.name: each.tally(since) for each in counts if each.is_known}
    view.blockSignals(True)
    for row in range(view.count()):
        item = view.item(row)
        tally = known.get(str(item.data(Qt.ItemDataRole.UserRole)))
        if tally is None:
            continue
        item.setData(COUNT_ROLE, count_words.number(tally.messages, is_about=tally.is_about))
        said = count_words.messages(tally.messages, is_about=tally.is_about)
        text = QCoreApplication.translate("Counts", "{label}, {messages} in the last year")
        spoken = text.format(label=item.text(), messages=said)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
    view.blockSignals(False)
    view.viewport().update()
