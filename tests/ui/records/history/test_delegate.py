"""How entries of a history are painted."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from models.queries.history_pages import HistoryPage, MailEntry
from ui.records.history.delegate import HistoryDelegate
from ui.records.history.layout import entry_layout
from ui.records.history.model import HistoryModel
from ui.style.theme import Theme

THEIRS = MailEntry(
    1, 1, 1, 1, ("Ada Tamm", "ada@customer.example"), (), "Offer", "", 0, False, True, False, "", "",
)  # fmt: skip
PLACE = QRect(0, 0, 400, 82)


def _face(entry: MailEntry) -> QImage:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    model = HistoryModel()
    model.replace(HistoryPage("deal:1", (entry,), None))
    option = QStyleOptionViewItem()
    option.rect = PLACE
    image = QImage(PLACE.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    HistoryDelegate(Theme(application)).paint(painter, option, model.index(0, 0))
    painter.end()
    return image.copy(entry_layout(PLACE).mark)


def test_own_mail_has_the_writers_face(qtbot: QtBot) -> None:
    """Initials and colour of who wrote, not of the word You."""
    assert _face(replace(THEIRS, is_own=True)) == _face(THEIRS)
    assert _face(replace(THEIRS, sender=("You", ""))) != _face(THEIRS)
