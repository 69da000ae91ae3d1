"""Where the parts of a conversation row lie, for painting and for mouse hits."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect

from ui.style.theme import Density, Metrics

DOT = 8
BAR = 3  # the accent bar of a selected row
RIGHT = 14  # free at the right edge
ACTION = 30  # a hover button's side
GAP = 10


@dataclass(frozen=True, slots=True)
class RowLayout:
    """The rectangles of one row. `lines` has two or three entries, from top to bottom."""

    dot: QRect
    avatar: QRect
    lines: tuple[QRect, ...]
    hairline_left: int


def row_layout(rect: QRect, density: Density, metrics: Metrics) -> RowLayout:
    """Lay out a row that covers `rect`."""
    avatar_left = rect.left() + BAR + 7 + DOT + 6
    avatar_top = rect.top() + (rect.height() - metrics.avatar) // 2
    avatar = QRect(avatar_left, avatar_top, metrics.avatar, metrics.avatar)
    left = avatar.right() + 1 + GAP
    count = 3 if density is Density.COMFORTABLE else 2
    height = 20 if count == 3 else 19
    top = rect.top() + (rect.height() - count * height) // 2
    width = max(0, rect.right() - RIGHT - left)
    lines = tuple(QRect(left, top + number * height, width, height) for number in range(count))
    dot_top = rect.top() + (rect.height() - DOT) // 2
    dot = QRect(rect.left() + BAR + 6, dot_top, DOT, DOT)
    return RowLayout(dot, avatar, lines, left)


def action_rects(rect: QRect, count: int) -> list[QRect]:
    """The hover buttons of a row, left to right, at its right edge."""
    top = rect.top() + (rect.height() - ACTION) // 2
    if rect.height() > 60:  # three lines: beside the upper two
        top = rect.top() + 9
    left = rect.right() - RIGHT + 4 - count * ACTION
    return [QRect(left + number * ACTION, top, ACTION, ACTION) for number in range(count)]
