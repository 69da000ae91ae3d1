"""The model of a record list: rows for the view and text for screen readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt

from models.queries import record_list
from models.queries.record_list import ItemRow, OrganizationRow, PersonRow, Row
from models.records.records import Kind
from models.store import clock
from ui.records import kinds, money, roles
from ui.records.list.line import Line
from ui.style import formatting
from ui.widgets.windowed_model import WindowedTableModel


class RecordModel(WindowedTableModel[Row]):
    """Provides the roles of `ui.records.roles` in column 0."""

    def __init__(self, parent: QObject | None = None) -> None:
        self.kind = Kind.DEAL
        super().__init__(self._rows_of, parent)

    def _rows_of(self, ids: Sequence[int]) -> Sequence[Row]:
        return record_list.rows(self.kind, ids)

    def role_value(self, row: Row, role: int) -> Any:
        """The value of a role for one record."""
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return title_of(row)
            case Qt.ItemDataRole.AccessibleTextRole:
                return line_of(row).words()
            case roles.KIND:
                return str(self.kind)
            case roles.UNREAD | roles.ARCHIVED:
                return False
            case roles.LINK_KEY:
                return row.key
            case roles.LINE:
                return line_of(row)
            case _:
                return None


def title_of(row: Row) -> str:
    """The title of a row."""
    kind = row.kind if isinstance(row, ItemRow) else row.key.partition(":")[0]
    name = row.title if isinstance(row, ItemRow) else row.name
    return formatting.clean(name) or kinds.words(str(kind)).untitled


def line_of(row: Row) -> Line:
    """The text of a row, ready to paint."""
    match row:
        case PersonRow():
            return _person(row)
        case OrganizationRow():
            return _organization(row)
        case _:
            return _item(row)


def _person(row: PersonRow) -> Line:
    cells = {
        "organization": formatting.clean(row.organization_name),
        "phone": formatting.clean(row.phone),
        "open_count": formatting.number(row.open_count) if row.open_count else "",
        "last_mail_at": _when(row.last_mail_at),
    }
    detail = [row.address, "" if row.address else row.organization_name, row.title]
    return Line(
        row.id, "person", title_of(row), _joined(detail[:2] if row.address else detail),
        (row.name, row.address), cells,
    )  # fmt: skip


def _organization(row: OrganizationRow) -> Line:
    cells = {
        "person_count": formatting.number(row.person_count) if row.person_count else "",
        "open_count": formatting.number(row.open_count) if row.open_count else "",
        "changed_at": _when(row.changed_at),
    }
    return Line(row.id, "organization", title_of(row), _joined(row.domains), cells=cells)


def _item(row: ItemRow) -> Line:
    status = kinds.statuses(row.kind).get(row.status, row.status)
    is_shown = row.kind != Kind.DEAL or not row.is_open
    cells = {
        "stage": row.stage_name if row.is_open else status,
        "status": status,
        "organization": formatting.clean(row.organization_name),
        "expected_close": money.day(row.expected_close) if row.expected_close else "",
        "value": money.shown(row.value_cents, row.currency),
        "changed_at": _when(row.changed_at),
    }
    people = [row.organization_name, *(name for _, name in row.persons[:3])]
    detail = _joined(people) or (status if is_shown else row.stage_name)
    return Line(row.id, str(row.kind), title_of(row), detail, cells=cells, status=row.status)


def _joined(parts: Sequence[str]) -> str:
    return "  ·  ".join(formatting.clean(part) for part in parts if part)


def _when(at: int | None) -> str:
    return formatting.relative_date(at, clock.now_ms()) if at else ""
