"""Which columns have room."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QRect
from pytestqt.qtbot import QtBot

from models.queries.record_list import SORTS
from models.records.records import Kind
from ui.records import kinds
from ui.records.list import columns


@pytest.mark.parametrize("kind", kinds.KINDS)
@pytest.mark.parametrize("width", [260, 420, 700, 1200])
def test_columns_lie_beside_each_other(qtbot: QtBot, kind: str, width: int) -> None:
    shown = columns.of_kind(kind)
    places = columns.placed(shown, QRect(0, 0, width, 50))
    order = [places[column.name] for column in shown if column.name in places]
    assert shown[0].name in places
    assert all(one.right() < two.left() for one, two in itertools.pairwise(order))
    assert order[-1].right() <= width
    if width == 1200:
        assert len(places) == len(shown)


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_what_can_be_pressed_sorts(qtbot: QtBot, kind: str) -> None:
    pressed = {column.name for column in columns.of_kind(kind) if column.can_sort}
    assert pressed <= set(SORTS[Kind(kind)])
