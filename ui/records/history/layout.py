"""Where the parts of a history entry lie, for painting and for mouse hits."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics

from models.queries.history_pages import Entry, MailEntry

LEFT, RIGHT = 14, 12
MARK = 32
GAP = 12
MAIL_HEIGHT = 82
OPEN_HEAD = 58  # pixels, above an opened mail's text: its subject and why it is here
CHANGE_HEIGHT = 38
NOTE_PAD = 9
MENU = 28
MOST_NOTE_LINES = 12
_WRAP = int(Qt.TextFlag.TextWordWrap)


@dataclass(frozen=True, slots=True)
class EntryLayout:
    """The rectangles of one entry. `lines` are the three lines of a mail, from top to bottom."""

    mark: QRect
    words: QRect
    lines: tuple[QRect, ...]
    menu: QRect


def entry_layout(rect: QRect, *, is_open: bool = False) -> EntryLayout:
    """Lay out an entry that covers `rect`."""
    top = rect.top() + 10
    mark = QRect(rect.left() + LEFT, top, MARK, MARK)
    left = mark.right() + 1 + GAP
    words = QRect(left, rect.top(), max(0, rect.right() - RIGHT - left), rect.height())
    lines = tuple(QRect(left, top - 2 + 21 * n, words.width(), 20) for n in range(3))
    menu_top = rect.top() + (9 if is_open else 31)
    menu = QRect(rect.right() - RIGHT - MENU + 6, menu_top, MENU, MENU - 4)
    return EntryLayout(mark, words, lines, menu)


def note_rect(rect: QRect) -> QRect:
    """The tinted box of a note."""
    left = rect.left() + LEFT + MARK + GAP
    return QRect(left, rect.top() + 6, max(40, rect.right() - RIGHT - left), rect.height() - 12)


def height(entry: Entry, width: int, font: QFont) -> int:
    """The height of a closed entry at this width, in pixels."""
    if isinstance(entry, MailEntry):
        return MAIL_HEIGHT
    if entry.kind != "note":
        return CHANGE_HEIGHT
    room = max(40, width - LEFT - MARK - GAP - RIGHT - 2 * NOTE_PAD - MENU)
    metrics = QFontMetrics(font)
    text = metrics.boundingRect(QRect(0, 0, room, 10_000), _WRAP, entry.text).height()
    most = MOST_NOTE_LINES * metrics.lineSpacing()
    return min(text, most) + 2 * NOTE_PAD + 18 + 12
