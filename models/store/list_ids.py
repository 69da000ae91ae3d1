"""The ids of a list in order, compact enough for a million rows."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListIds:
    """What a list shows, first row first: larger keys come first, then larger ids.

    Nobody changes the arrays after they were handed over; who wants to, copies them.

    Attributes:
        ids: One id a row.
        keys: What the row is ordered by; for conversations `newest_at`.
    """

    ids: array[int]
    keys: array[int]

    def __len__(self) -> int:
        return len(self.ids)


def from_pairs(pairs: Sequence[tuple[int, int]]) -> ListIds:
    """ListIds from (id, key) in the order of the list."""
    ids = array("q", [id_ for id_, _ in pairs])
    return ListIds(ids, array("q", [key for _, key in pairs]))
