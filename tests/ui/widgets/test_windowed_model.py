"""The model over a million rows: order, selection, and what it reads when."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from models.store.list_ids import ListIds, from_pairs
from ui.widgets.windowed_model import BLOCK, CACHED_BLOCKS, SYNCHRONOUS_BLOCKS, WindowedTableModel

ROLE = Qt.ItemDataRole.DisplayRole


@dataclass(frozen=True, slots=True)
class Row:
    """A row with something to show."""

    id: int
    text: str


class Rows:
    """Reads rows and remembers how often it was asked; some ids may have no row."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, ...]] = []
        self.missing: set[int] = set()

    def __call__(self, ids: Sequence[int]) -> list[Row]:
        self.asked.append(tuple(ids))
        return [Row(id_, f"row {id_}") for id_ in ids if id_ not in self.missing]


class Model(WindowedTableModel[Row]):
    """Shows a row's text."""

    def role_value(self, row: Row, role: int) -> Any:
        return row.text if role == ROLE else None


def made(pairs: Iterable[tuple[int, int]]) -> ListIds:
    """ListIds of (id, key) in any order."""
    return from_pairs(sorted(pairs, key=lambda pair: (-pair[1], -pair[0])))


def numbered(count: int) -> ListIds:
    """Ids `count` down to 1, each with ten times its id as key."""
    return ListIds(array("q", range(count, 0, -1)), array("q", range(count * 10, 0, -10)))


def ids_of(model: Model) -> list[int]:
    return [model.id_at(position) for position in range(model.rowCount())]


@pytest.fixture
def read() -> Rows:
    return Rows()


@pytest.fixture
def model(qtbot: QtBot, read: Rows) -> Model:
    """A model with 1,000 rows."""
    model = Model(read)
    model.reset_ids(numbered(1000))
    return model


@pytest.fixture
def view(qtbot: QtBot, qtmodeltester: Any, model: Model) -> QTableView:
    """A view on the model; Qt's own tester watches every change."""
    qtmodeltester.check(model)
    view = QTableView()
    qtbot.addWidget(view)
    view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    view.setModel(model)
    return view


def select(view: QTableView, positions: Iterable[int]) -> None:
    for position in positions:
        view.selectionModel().select(
            view.model().index(position, 0), QItemSelectionModel.SelectionFlag.Select
        )


def selected(view: QTableView) -> set[int]:
    return {index.data(Qt.ItemDataRole.UserRole) for index in view.selectionModel().selectedRows()}


def test_an_empty_model_is_sound(qtbot: QtBot, qtmodeltester: Any, read: Rows) -> None:
    model = Model(read)
    qtmodeltester.check(model)
    assert model.rowCount() == 0
    assert not read.asked


def test_size_index_and_flags_never_read(model: Model, read: Rows) -> None:
    for position in range(model.rowCount()):
        index = model.index(position, 0)
        assert model.flags(index) & Qt.ItemFlag.ItemIsSelectable
        assert index.data(Qt.ItemDataRole.UserRole) == 1000 - position
    assert read.asked == []


def test_a_block_is_read_once(model: Model, read: Rows) -> None:
    texts = [model.index(position, 0).data(ROLE) for position in range(BLOCK)]
    assert texts == [f"row {1000 - position}" for position in range(BLOCK)]
    assert [len(ids) for ids in read.asked] == [BLOCK]


def test_scrolling_a_million_rows_reads_block_by_block(qtbot: QtBot, read: Rows) -> None:
    model = Model(read)
    model.reset_ids(numbered(1_000_000))
    view = QTableView()
    qtbot.addWidget(view)
    view.verticalHeader().setVisible(False)
    view.setModel(model)
    view.resize(400, 900)
    view.show()
    qtbot.waitExposed(view)
    read.asked.clear()
    for first in range(500_000, 500_000 + 20 * BLOCK, 20):
        view.scrollTo(model.index(first, 0))
        view.viewport().grab()
        qtbot.waitUntil(lambda: not model._turn.isActive(), timeout=15_000)
    assert 19 <= len(read.asked) <= 22
    assert len(model._rows) <= CACHED_BLOCKS * BLOCK


def test_many_blocks_in_one_go_come_later(qtbot: QtBot, model: Model, read: Rows) -> None:
    changed: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: changed.append((first.row(), last.row())))
    texts = [model.index(position, 0).data(ROLE) for position in range(1000)]
    assert len(read.asked) == SYNCHRONOUS_BLOCKS
    assert texts[SYNCHRONOUS_BLOCKS * BLOCK :] == [""] * (1000 - SYNCHRONOUS_BLOCKS * BLOCK)
    qtbot.waitUntil(lambda: len(changed) == 4, timeout=15_000)
    assert (896, 999) in changed
    assert model.index(999, 0).data(ROLE) == "row 1"
    assert len(read.asked) == 8


def test_the_cache_is_bounded(qtbot: QtBot, read: Rows) -> None:
    model = Model(read)
    model.reset_ids(numbered(100 * BLOCK))
    for position in range(0, 100 * BLOCK, BLOCK):
        model.row_at(position)
        model._next_turn()
    assert len(model._rows) == CACHED_BLOCKS * BLOCK


def test_a_row_that_is_gone_is_asked_for_once(model: Model, read: Rows) -> None:
    read.missing.add(1000)
    assert [model.index(0, 0).data(ROLE) for _ in range(3)] == [""] * 3
    assert len(read.asked) == 1


def test_the_rest_of_the_ids_is_appended(model: Model, view: QTableView) -> None:
    every = numbered(1000)
    model.reset_ids(ListIds(every.ids[:50], every.keys[:50]))
    select(view, [3])
    model.set_ids(every)
    assert model.rowCount() == 1000
    assert selected(view) == {997}


def test_new_rows_come_in_order_and_in_one_step(qtbot: QtBot, model: Model) -> None:
    with qtbot.waitSignals([model.rowsInserted], raising=True):
        model.apply_changes({1001: 10_010, 1003: 10_030, 1002: 10_020})
    assert ids_of(model)[:4] == [1003, 1002, 1001, 1000]
    steps: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda parent, first, last: steps.append((first, last)))
    model.apply_changes({2000: 5005, 2001: 10_040, 2002: 10_050})
    assert steps == [(503, 503), (0, 1)]
    assert ids_of(model)[:2] == [2002, 2001]


def test_only_the_new_row_is_read_after_an_insert(model: Model, read: Rows) -> None:
    model.row_at(0)
    read.asked.clear()
    model.apply_changes({1001: 10_010})
    assert model.index(0, 0).data(ROLE) == "row 1001"
    assert read.asked == [(1001,)]


def test_selection_and_current_row_follow(model: Model, view: QTableView) -> None:
    view.setCurrentIndex(model.index(400, 0))
    select(view, [10, 20, 400])
    before = selected(view)
    model.apply_changes({1001: 10_010, 600: 10_020}, gone={995, 990})
    assert view.currentIndex().data(Qt.ItemDataRole.UserRole) == 600
    assert view.currentIndex().row() == 0
    assert selected(view) == before - {990}


def test_a_changed_row_is_read_again(qtbot: QtBot, model: Model, read: Rows) -> None:
    model.row_at(5)
    read.asked.clear()
    with qtbot.waitSignal(model.dataChanged) as blocker:
        model.apply_changes({995: 9950})
    assert blocker.args[0].row() == 5
    assert model.index(5, 0).data(ROLE) == "row 995"
    assert read.asked == [(995,)]


def test_a_new_key_without_a_new_place_moves_nothing(model: Model) -> None:
    moves: list[int] = []
    model.rowsMoved.connect(lambda *_: moves.append(1))
    model.apply_changes({1000: 99_999, 500: 5001})
    assert moves == []
    assert model.row_of(500) == 500
    model.apply_changes({999: 100_000})
    assert moves == [1]
    assert ids_of(model)[:3] == [999, 1000, 998]


def test_what_never_was_here_is_passed_over(model: Model) -> None:
    before = ids_of(model)
    model.apply_changes({}, gone={5000, -3, 1001})
    assert ids_of(model) == before


def test_many_neighbours_go_in_one_step(model: Model, view: QTableView) -> None:
    steps: list[tuple[int, int]] = []
    model.rowsRemoved.connect(lambda parent, first, last: steps.append((first, last)))
    model.apply_changes({}, gone=set(range(101, 901)))
    assert steps == [(100, 899)]
    assert model.rowCount() == 200


def test_too_many_changes_ask_for_all_ids(qtbot: QtBot, read: Rows) -> None:
    model = Model(read)
    view = QTableView()
    qtbot.addWidget(view)
    view.setModel(model)
    model.reset_ids(numbered(3000))
    select(view, [0, 100, 2999])
    view.setCurrentIndex(model.index(1001, 0))
    select(view, [0, 100, 2999])
    gone = set(range(2, 2000, 2))
    with qtbot.waitSignal(model.reload_wanted):
        model.apply_changes({5000: 7}, gone=gone)
    rest = [(id_, id_ * 10) for id_ in range(1, 3001) if id_ not in gone]
    model.set_ids(made([*rest, (5000, 7)]))
    assert ids_of(model)[-1] == 5000
    assert model.rowCount() == len(rest) + 1
    assert selected(view) == {1999, 3000, 2900, 1}
    assert view.currentIndex().data(Qt.ItemDataRole.UserRole) == 1999


def test_all_rows_selected_does_not_select_new_ones(model: Model, view: QTableView) -> None:
    view.selectAll()
    assert len(selected(view)) == 1000
    model.set_ids(made([(id_, id_ * 10) for id_ in range(3, 1001)] + [(2000, 55), (2001, 9995)]))
    assert selected(view) == set(range(3, 1001))
    view.selectAll()
    model.apply_changes({3000: 5555})
    assert 3000 not in selected(view)


def test_random_changes_keep_the_order(qtbot: QtBot, model: Model, view: QTableView) -> None:
    generator = random.Random(7)
    truth = {id_: id_ * 10 for id_ in range(1, 1001)}
    chosen = {900, 500, 123}
    select(view, [1000 - id_ for id_ in chosen])
    for _ in range(15):
        places = {generator.randrange(1, 1300): generator.randrange(12_000) for _ in range(5)}
        gone = {generator.randrange(1, 1300) for _ in range(5)} - places.keys()
        truth.update(places)
        for id_ in gone:
            truth.pop(id_, None)
            chosen.discard(id_)
        model.apply_changes(places, gone)
        expected = made(truth.items())
        assert model._ids == expected.ids
        assert model._keys == expected.keys
        assert selected(view) == chosen


def test_children_of_rows_are_none(model: Model) -> None:
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.columnCount(QModelIndex()) == 1


def test_rows_are_read_again(qtbot: QtBot, model: Model, read: Rows) -> None:
    model.row_at(0)
    read.asked.clear()
    with qtbot.waitSignal(model.dataChanged):
        model.read_again([999, 5000])
    model.row_at(0)
    assert model.index(1, 0).data(ROLE) == "row 999"
    assert read.asked == [(999,)]
