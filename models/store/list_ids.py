"""The ordered ids of a list, compact enough for a million rows."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListIds:
    """The rows of a list in order: larger keys come first, then larger ids.

    Never change the arrays after handing them over; change a copy.

    Attributes:
        ids: One id per row.
        keys: What each row is sorted by; for conversations `newest_at`.
    """

    ids: array[int]
    keys: array[int]

    def __len__(self) -> int:
        return len(self.ids)


def from_pairs(pairs: Sequence[tuple[int, int]]) -> ListIds:
    """ListIds from (id, key) pairs, which are in the order of the list."""
    ids = array("q", [id_ for id_, _ in pairs])
    return ListIds(ids, array("q", [key for _, key in pairs]))
