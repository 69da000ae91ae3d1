"""The text of one row of a record list, ready to paint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ui.records import kinds


@dataclass(frozen=True, slots=True)
class Line:
    """What a row shows.

    Attributes:
        detail: The muted line under the title.
        face: Name and address for the avatar of a person or organization.
        cells: What each column shows, by the column's name.
        status: `open`, `won`, …; '' for kinds without a status.
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
        """Whether the record is closed: won, lost, done."""
        return self.status not in {"", "open"}

    def words(self) -> str:
        """The whole row as text for screen readers."""
        status = kinds.statuses(self.kind).get(self.status, "")
        parts = [self.title, status, self.detail, *self.cells.values()]
        return ", ".join(dict.fromkeys(part for part in parts if part))
