"""Decides when each operation may be tried: by its time, and by the looks taken since."""

from __future__ import annotations

from collections.abc import Iterable

from models.server import operation
from models.server.operation import OperationRow
from sync.engine.context import SyncContext, now

KINDS = frozenset(
    {
        operation.ARCHIVE,
        operation.UNARCHIVE,
        operation.TRASH,
        operation.FLAGS,
        operation.CREATE,
    }
)
CLOCK_MS = 60_000  # a smaller correction of the clock does not matter
_WHENEVER = 2**62
_LOOKS = 5  # after this many tries that broke the connection, a cycle comes first


class Due:
    """Knows which operations of an account are due, over one connection."""

    def __init__(self, context: SyncContext) -> None:
        self._context = context
        self._tried: set[int] = set()  # since the last complete cycle
        self._looked: set[int] = set()  # looked up since then
        self._lost_at: dict[int, int] = {}  # whole looks so far, by operation

    def rows(self, *, is_cycle_due: bool) -> list[OperationRow]:
        """The operations that may be tried now.

        An operation that was tried lets a due cycle go first: retries must not keep new mail out.
        """
        firsts = operation.due(self._context.account.id, _WHENEVER)
        rows = [row for row in firsts if self._is_due(row) and self._is_time(row)]
        if is_cycle_due:
            rows = [
                row
                for row in rows
                if row.id not in self._tried or not row.next_try_at or self._is_unknown(row)
            ]
        return rows

    def next_at(self) -> int | None:
        """When the next operation may be tried, or None."""
        # An operation behind another one of the same message has no time of its own.
        rows = operation.due(self._context.account.id, _WHENEVER)
        open_ids = {row.id for row in rows}
        self._lost_at = {id_: looks for id_, looks in self._lost_at.items() if id_ in open_ids}
        return min((_due_at(row) for row in rows if self._is_due(row)), default=None)

    @property
    def wants_look(self) -> bool:
        """Whether an operation needs one complete look at the account."""
        return any(looks == self._context.whole_looks for looks in self._lost_at.values())

    # --- what happened -----------------------------------------------------------------------

    def note_tried(self, rows: Iterable[OperationRow]) -> None:
        """Note that these are tried now."""
        self._tried |= {row.id for row in rows}

    def note_looked(self, row: OperationRow) -> None:
        """Note that this one's outcome is looked up now."""
        self._looked.add(row.id)

    def note_lost(self, row: OperationRow) -> None:
        """Its mail is not where it was: a look that starts after now has to come first."""
        self._lost_at[row.id] = self._context.whole_looks

    def cycle_done(self) -> None:
        """A cycle ended: what was tried may be tried once more before the next."""
        self._tried.clear()
        self._looked.clear()

    # --- one operation -----------------------------------------------------------------------

    def _is_due(self, row: OperationRow) -> bool:
        """Whether it is due. If its mail moved, it waits for a look that started later."""
        if row.kind not in KINDS or not row.is_lost:
            self._lost_at.pop(row.id, None)
            return row.kind in KINDS
        return (
            self._lost_at.setdefault(row.id, self._context.whole_looks) < self._context.whole_looks
        )

    def _is_time(self, row: OperationRow) -> bool:
        """Whether its time has come. A begun operation is looked up before the next cycle."""
        return _due_at(row) <= now() or self._is_unknown(row)

    def _is_unknown(self, row: OperationRow) -> bool:
        is_new = row.id not in self._looked and row.attempts <= _LOOKS
        return row.payload.mark is not None and is_new


def _due_at(row: OperationRow) -> int:
    """When it may be tried: at once, if the clock was set back since that was stored."""
    return 0 if row.changed_at > now() + CLOCK_MS else row.next_try_at
