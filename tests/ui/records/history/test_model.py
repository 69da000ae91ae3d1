"""The history's rows when pages come, change and go."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from pytestqt.qtbot import QtBot

from models.queries.history_pages import Cursor, HistoryPage, MailEntry, NoteEntry
from ui.records.history.model import HistoryModel


def mail(number: int, *, subject: str = "") -> MailEntry:
    return MailEntry(
        number, number, number, 1, ("Ada", "ada@customer.example"), (), subject or f"M{number}",
        "", 0, False, True, False, "", "",
    )  # fmt: skip


def page(*entries: MailEntry | NoteEntry, more: Cursor | None = None) -> HistoryPage:
    return HistoryPage("deal:1", entries, more)


def shown(model: HistoryModel) -> list[str]:
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_a_page_read_anew_keeps_what_stays(qtbot: QtBot) -> None:
    model = HistoryModel()
    model.replace(page(mail(5), mail(3), mail(1)))
    held = QPersistentModelIndex(model.index(1, 0))
    model.replace(page(mail(6), mail(5), mail(4), mail(3, subject="New")))
    assert shown(model) == ["M6", "M5", "M4", "New"]
    assert held.row() == 3


def test_the_next_page_is_asked_for_once(qtbot: QtBot) -> None:
    model = HistoryModel()
    asked: list[Cursor] = []
    model.more_wanted.connect(asked.append)
    cursor = Cursor(3, 1, 3)
    model.replace(page(mail(5), mail(3), more=cursor))
    assert model.canFetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    assert asked == [cursor]
    model.append(page(mail(3), mail(2)))
    assert shown(model) == ["M5", "M3", "M2"]
    assert not model.canFetchMore(QModelIndex())


def test_deleted_mail_leaves_at_once(qtbot: QtBot) -> None:
    model = HistoryModel()
    model.replace(page(mail(5), NoteEntry(4, 4, "note", "deal:1", "Call"), mail(3)))
    model.drop_messages((3, 9, 4))
    assert shown(model) == ["M5", "Call"]
