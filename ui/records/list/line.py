"""One row of a record list in words, ready to paint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ui.records import kinds


@dataclass(frozen=True, slots=True)
class Line:
    """What a row shows.

    Attributes:
        detail: The muted line under the title.
        face: Whose avatar a person's or organization's row has: name and address.
        cells: What each column shows, by its name.
        status: `open`, `won`, …; '' for kinds without one.
    """

    id: int
    kind: str
    title: str
    detail: str = ""
    face: tuple[str, str] = ("", "")
    cells: Mapping[str, str] = field(default_factory=dict)
    status: str = ""

    @property
    def is_closed(self) -> bool:
        """Won, lost, done: it counts as past."""
        return self.status not in {"", "open"}

    def words(self) -> str:
        """The whole row for a screen reader."""
        status = kinds.statuses(self.kind).get(self.status, "")
        parts = [self.title, status, self.detail, *self.cells.values()]
        return ", ".join(dict.fromkeys(part for part in parts if part))
