"""A table model for a million rows: it holds all ids in memory, and reads rows in blocks.

Everything here runs in the GUI thread. The ids come from the reader thread as a `ListIds`.
`rowCount`, `index` and `flags` use only the ids.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from models.store.list_ids import ListIds

BLOCK = 128  # rows read at a time, in about half a millisecond
CACHED_BLOCKS = 64
SYNCHRONOUS_BLOCKS = 4  # blocks read at once in one turn of the event loop; a viewport needs two
MOST_STEPS = 500  # most inserts, moves and removes that one event is split into
MOST_WORK = 10_000_000  # steps x rows: one step costs a QTableView 5 ms at a million rows
_SCAN_FROM = 5  # from this many ids on, one pass over all rows beats a search for each id

Index = QModelIndex | QPersistentModelIndex


class Identified(Protocol):
    """A row of any list. It knows its id."""

    @property
    def id(self) -> int: ...


R = TypeVar("R", bound=Identified)


class WindowedTableModel(QAbstractTableModel, Generic[R]):
    """Rows ordered by key, then id, both descending. They are read when a view asks for them.

    A row that is not read yet shows ''; `dataChanged` follows when it is. A few blocks are read
    at once while a view paints. Further ones are read one by one, between other events.
    Subclasses say in `role_value` what a row shows.

    Signals:
        reload_wanted: An event changed so much that reading all ids again is quicker. The
            listener reads them in the reader thread and calls `set_ids`. Selection and
            current row survive that too.
    """

    reload_wanted = Signal()

    def __init__(
        self, rows: Callable[[Sequence[int]], Sequence[R]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._read = rows
        self._ids = array("q")
        self._keys = array("q")
        self._highest_id = 0
        self._rows: OrderedDict[int, R | None] = (
            OrderedDict()
        )  # None: requested, but no longer in the store
        self._blocks_read = 0  # in this turn of the event loop
        self._wanted: dict[int, None] = {}  # blocks that wait to be read, oldest request first
        self._turn = QTimer(self)
        self._turn.setInterval(0)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._next_turn)

    # --- what views call -----------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's name
        """How many rows the list has. A row has no children."""
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's name
        """One column, painted by a delegate."""
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The value of a role. `UserRole` is the id, known even before the row is read."""
        if not index.isValid() or not 0 <= index.row() < len(self._ids):
            return None
        if role == Qt.ItemDataRole.UserRole:
            return self._ids[index.row()]
        row = self.row_at(index.row())
        if row is not None:
            return self.role_value(row, role)
        return "" if role in _WORDS else None

    def role_value(self, row: R, role: int) -> Any:
        """The value of a role for one row. Subclasses override this for their own rows."""
        return str(row.id) if role in _WORDS else None

    def row_at(self, position: int) -> R | None:
        """The row at a position, or None while it is not read yet."""
        id_ = self._ids[position]
        if id_ in self._rows:
            self._rows.move_to_end(id_)
            return self._rows[id_]
        block = position // BLOCK
        if self._blocks_read >= SYNCHRONOUS_BLOCKS:
            self._want(block)
            return None
        self._read_block(block)
        return self._rows.get(id_)

    def id_at(self, position: int) -> int:
        """The id at a position."""
        return self._ids[position]

    def ids_between(self, first: int, end: int) -> list[int]:
        """The ids of the rows from `first` up to, but without, `end`."""
        return self._ids[first:end].tolist()

    def row_of(self, id_: int) -> int:
        """The position of an id, or -1."""
        return self._positions((id_,)).get(id_, -1)

    # --- reading blocks ------------------------------------------------------------------

    def _want(self, block: int) -> None:
        """Queue a block. A full queue drops the oldest request: it has scrolled out of view."""
        self._wanted.pop(block, None)
        self._wanted[block] = None
        if len(self._wanted) > CACHED_BLOCKS // 2:
            del self._wanted[next(iter(self._wanted))]

    def _read_block(self, block: int) -> None:
        self._blocks_read += 1
        if not self._turn.isActive():
            self._turn.start()
        ids = self._ids[block * BLOCK : (block + 1) * BLOCK]
        missing = [id_ for id_ in ids if id_ not in self._rows]
        found = {row.id: row for row in self._read(missing)} if missing else {}
        for id_ in missing:
            self._rows[id_] = found.get(id_)
        while len(self._rows) > CACHED_BLOCKS * BLOCK:
            self._rows.popitem(last=False)

    def _next_turn(self) -> None:
        """Read the block that was requested last, because the view shows that one now."""
        self._blocks_read = 0
        if not self._wanted:
            return
        block, _ = self._wanted.popitem()
        first, last = block * BLOCK, min((block + 1) * BLOCK, len(self._ids)) - 1
        if first <= last:
            self._read_block(block)
            self.dataChanged.emit(self.index(first, 0), self.index(last, 0))
        self._turn.start()

    def read_again(self, ids: Iterable[int]) -> None:
        """Forget rows that changed in place, perhaps many. The view reads again what it shows."""
        for id_ in ids:
            self._rows.pop(id_, None)
        if self._ids:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, 0))

    def read_all_again(self) -> None:
        """Forget all rows, because any may have changed. The view reads again what it shows."""
        self._rows.clear()
        self.read_again(())

    # --- all ids at once -----------------------------------------------------------------

    def reset_ids(self, ids: ListIds) -> None:
        """Show another list. Selection and current row are lost."""
        self.beginResetModel()
        self._rows.clear()
        self._wanted.clear()
        self._take(ids)
        self.endResetModel()

    def set_ids(self, ids: ListIds) -> None:
        """Show the same list, read again or read further. Selection and current row stay.

        Usually the first rows are there already, and the rest follows them.
        """
        known = len(self._ids)
        if (
            len(ids.ids) >= known
            and ids.ids[:known] == self._ids
            and ids.keys[:known] == self._keys
        ):
            self._append(ids)
        else:
            self._replace(ids)

    def _take(self, ids: ListIds) -> None:
        self._ids, self._keys = ids.ids[:], ids.keys[:]
        self._highest_id = max(self._ids, default=0)

    def _append(self, ids: ListIds) -> None:
        known = len(self._ids)
        if len(ids.ids) == known:
            return
        self.beginInsertRows(QModelIndex(), known, len(ids.ids) - 1)
        self._take(ids)
        self.endInsertRows()

    def _replace(self, ids: ListIds) -> None:
        """Exchange all ids in three steps that Qt's selection understands.

        A layout change must not change the number of rows. And if every row is selected, Qt
        selects every row again afterwards, new ones too. So there is at least one extra row
        while the order changes: add rows at the end, reorder, then remove the rest.
        """
        known, count = len(self._ids), len(ids.ids)
        spare = max(count - known, 0) + 1
        self.beginInsertRows(QModelIndex(), known, known + spare - 1)
        self._extend_with_nothing(spare)
        self.endInsertRows()
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        held = [self._ids[index.row()] for index in before]
        self._take(ids)
        self._extend_with_nothing(known + spare - count)
        positions = self._positions(set(held))
        nowhere = QModelIndex()
        after = [self.index(positions[id_], 0) if id_ in positions else nowhere for id_ in held]
        self.changePersistentIndexList(before, after)
        self._rows.clear()
        self.layoutChanged.emit()
        self.beginRemoveRows(QModelIndex(), count, known + spare - 1)
        del self._ids[count:], self._keys[count:]
        self.endRemoveRows()

    def _extend_with_nothing(self, count: int) -> None:
        """Add rows at the end that exist only between the steps of `_replace`."""
        self._ids.extend(array("q", [-1]) * count)
        self._keys.extend(array("q", [_LOWEST]) * count)

    # --- what changed --------------------------------------------------------------------

    def apply_changes(self, places: Mapping[int, int], gone: Collection[int] = ()) -> None:
        """Show what an event changed.

        Args:
            places: New or changed ids that belong in this list, with their keys.
            gone: Ids that do not belong in it, or no longer do. Unknown ids are ignored.
        """
        positions = self._positions(gone, places)
        for id_ in (*places, *gone):
            self._rows.pop(id_, None)
        removed = [positions[id_] for id_ in gone if id_ in positions]
        moved = [
            (id_, self._keys[positions[id_]])
            for id_ in places
            if id_ in positions and self._keys[positions[id_]] != places[id_]
        ]
        added = [(id_, places[id_]) for id_ in places if id_ not in positions]
        self._say_changed([positions[id_] for id_ in places if id_ in positions])
        runs, groups = list(_runs(removed)), self._groups(added)
        steps = len(runs) + len(moved) + len(groups)
        if steps > MOST_STEPS or (steps > 1 and steps * len(self._ids) > MOST_WORK):
            self.reload_wanted.emit()
            return
        self._remove(runs)
        for id_, key in moved:
            self._move(id_, key, places[id_])
        self._add(self._groups(added) if runs or moved else groups)

    def _say_changed(self, positions: Iterable[int]) -> None:
        runs = list(_runs(positions))
        if len(runs) > MOST_STEPS:  # the view repaints only what it shows, however long the range
            runs = [(runs[0][0], runs[-1][1])]
        for first, last in runs:
            self.dataChanged.emit(self.index(first, 0), self.index(last, 0))

    def _remove(self, runs: list[tuple[int, int]]) -> None:
        for first, last in reversed(runs):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._ids[first : last + 1], self._keys[first : last + 1]
            self.endRemoveRows()

    def _move(self, id_: int, old_key: int, key: int) -> None:
        source, target = self._place(id_, old_key), self._place(id_, key)
        if target in (source, source + 1):
            self._keys[source] = key
            return
        root = QModelIndex()
        self.beginMoveRows(root, source, source, root, target)
        del self._ids[source], self._keys[source]
        after = target - (target > source)
        self._ids.insert(after, id_)
        self._keys.insert(after, key)
        self.endMoveRows()

    def _groups(self, added: list[tuple[int, int]]) -> dict[int, list[tuple[int, int]]]:
        """New (id, key) pairs in list order, grouped by the position where they go."""
        groups: dict[int, list[tuple[int, int]]] = {}
        for id_, key in sorted(added, key=lambda pair: (-pair[1], -pair[0])):
            groups.setdefault(self._place(id_, key), []).append((id_, key))
        return groups

    def _add(self, groups: dict[int, list[tuple[int, int]]]) -> None:
        for position in sorted(groups, reverse=True):
            pairs = groups[position]
            self.beginInsertRows(QModelIndex(), position, position + len(pairs) - 1)
            self._ids[position:position] = array("q", [id_ for id_, _ in pairs])
            self._keys[position:position] = array("q", [key for _, key in pairs])
            self._highest_id = max(self._highest_id, *(id_ for id_, _ in pairs))
            self.endInsertRows()

    # --- positions -----------------------------------------------------------------------

    def _place(self, id_: int, key: int) -> int:
        """The position where (key, id) is, or would go."""
        ids, keys = self._ids, self._keys
        return bisect_left(range(len(ids)), (-key, -id_), key=lambda n: (-keys[n], -ids[n]))

    def _positions(
        self, ids: Collection[int], keys: Mapping[int, int] | None = None
    ) -> dict[int, int]:
        """The positions of those `ids` (and of the ids in `keys`) that are in the list.

        With the right key, that is a bisection. If the key changed or is missing, it takes a scan
        of the ids: 10 ms per million. So an id above the highest one here is not searched.
        """
        found: dict[int, int] = {}
        unknown = {id_ for id_ in ids if id_ <= self._highest_id}
        for id_, key in (keys or {}).items():
            position = self._place(id_, key)
            if position < len(self._ids) and self._ids[position] == id_:
                found[id_] = position
            elif id_ <= self._highest_id:
                unknown.add(id_)
        if len(unknown) >= _SCAN_FROM:
            hits = compress(range(len(self._ids)), map(unknown.__contains__, self._ids))
            return found | {self._ids[position]: position for position in hits}
        for id_ in unknown:
            if (position := _index(self._ids, id_)) >= 0:
                found[id_] = position
        return found


_WORDS = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
_LOWEST = -(1 << 63)


def _index(ids: array[int], id_: int) -> int:
    try:
        return ids.index(id_)
    except ValueError:
        return -1


def _runs(positions: Iterable[int]) -> Iterator[tuple[int, int]]:
    """(first, last) of each run of neighbouring positions."""
    first = last = -2
    for position in sorted(positions):
        if position != last + 1:
            if first >= 0:
                yield first, last
            first = position
        last = position
    if first >= 0:
        yield first, last
