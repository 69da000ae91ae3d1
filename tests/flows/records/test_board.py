"""The board in the real window: deals by stage, moved with the mouse and with the keyboard."""

from __future__ import annotations

from typing import ClassVar

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from models.commands.records import SaveRecord
from models.records.records import Deal
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from ui.records.board import deal_card
from ui.records.board.deal_card import DealCard
from ui.records.board.stage_column import StageColumn

STAGE = "SELECT stage_id FROM deal WHERE id = 1"


def _open_board(desk: Desk) -> None:
    """Three deals in the first stage, seen as a board."""
    for title in ("Roof", "Storage", "Boat shed"):
        desk.run(SaveRecord(Deal(title=title, stage_id=1, value_cents=100_000, currency="EUR")))
    desk.window.resize(1500, 800)
    desk.window.show()
    desk.find(QDialog, "setup_wizard").close()
    desk.window.activateWindow()
    desk.open_folder("deals")
    desk.find(QWidget, "board_button").click()  # type: ignore[attr-defined]
    desk.wait(lambda: len(_deals_in(desk, 1)) == 3, "the deals are on the board")


def _deals_in(desk: Desk, stage_id: int) -> list[str]:
    column = desk.window.findChild(StageColumn, f"stage_column_{stage_id}")
    if column is None:
        return []
    return sorted(card.row.title for card in column.findChildren(DealCard) if card.objectName())


class _Carried(QDrag):
    """A drag as a window system with a screen carries it; offscreen refuses every drag."""

    below: ClassVar[QWidget]

    def exec(self, *_actions: object) -> Qt.DropAction:
        """Move over the target and drop there."""
        move, at, data = Qt.DropAction.MoveAction, QPoint(60, 200), self.mimeData()
        held = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        enter = QDragEnterEvent(at, move, data, *held)
        QApplication.sendEvent(self.below, enter)
        assert enter.isAccepted()
        drop = QDropEvent(QPointF(at), move, data, *held)
        QApplication.sendEvent(self.below, drop)
        return move if drop.isAccepted() else Qt.DropAction.IgnoreAction


def _place(card: QWidget) -> QPoint:
    return card.mapTo(card.window(), QPoint(30, 30))


def _drag(desk: Desk, card: QWidget, target: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    """Press on a card, drag it over a stage, drop it there."""
    monkeypatch.setattr(_Carried, "below", target, raising=False)
    monkeypatch.setattr(deal_card, "QDrag", _Carried)
    window = card.window().windowHandle()
    assert window is not None
    desk.wait(lambda: card.window().childAt(_place(card)) is card, "it is laid out")
    start = _place(card)
    QTest.mousePress(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(window, start + QPoint(40, 10))


def test_a_deal_is_dragged_to_another_stage_and_undo_brings_it_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card changes its column, the stage is stored with a history entry, Undo undoes both."""
    _open_board(desk)
    _drag(
        desk,
        desk.find(DealCard, "deal_card_1"),
        desk.find(StageColumn, "stage_column_3"),
        monkeypatch,
    )
    desk.wait(lambda: _deals_in(desk, 3) == ["Roof"], "the card is in the other stage")
    assert _deals_in(desk, 1) == ["Boat shed", "Storage"]
    assert rows(desk.profile, STAGE) == [(3,)]
    entries = "SELECT count(*) FROM history_entry WHERE record_key = 'deal:1' AND kind = 'stage'"
    assert rows(desk.profile, entries) == [(1,)]
    desk.trigger("action_undo")
    desk.wait(lambda: len(_deals_in(desk, 1)) == 3, "it is back")
    assert rows(desk.profile, STAGE) == [(1,)]
    assert rows(desk.profile, entries) == [(0,)]


def test_the_keyboard_moves_a_deal_and_stays_on_it(desk: Desk) -> None:
    """Alt+Right twice: the card is drawn again and still has the focus."""
    _open_board(desk)
    desk.find(DealCard, "deal_card_1").setFocus()
    for stage_id in (2, 3):
        card = desk.find(DealCard, "deal_card_1")
        QTest.keyClick(card, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
        desk.wait(lambda at=stage_id: _deals_in(desk, at) == ["Roof"], "it is one further")  # type: ignore[misc]
        desk.wait(lambda: desk.find(DealCard, "deal_card_1").hasFocus(), "it has the keyboard")
    assert rows(desk.profile, STAGE) == [(3,)]


def test_a_card_that_did_not_change_is_not_drawn_anew(desk: Desk) -> None:
    """Another deal changes. The cards beside it stay where they are, with what they show."""
    _open_board(desk)
    beside = desk.find(DealCard, "deal_card_2")
    desk.run(SaveRecord(Deal(1, "Roof, larger", stage_id=1, value_cents=200_000, currency="EUR")))
    wanted = ["Boat shed", "Roof, larger", "Storage"]
    desk.wait(lambda: _deals_in(desk, 1) == wanted, "the change shows")
    assert desk.find(DealCard, "deal_card_2") is beside
