"""Which columns a record list has, how they sort, and where they lie in a row."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRect

from ui.records import kinds

LEFT, RIGHT = 16, 14
GAP = 14
TITLE_LEAST = 200


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: Its name, by which `record_listing` sorts if `can_sort`.
        width: In device-independent pixels. 0 takes the rest.
        rank: If there is no room, the columns with the highest rank are hidden first.
    """

    name: str
    text: str
    width: int = 0
    rank: int = 0
    is_right: bool = False
    can_sort: bool = True


def of_kind(kind: str) -> tuple[Column, ...]:
    """The columns of a kind. The title comes first."""
    tr = QCoreApplication.translate
    context = "Columns"
    title = Column("name", kinds.words(kind).one)
    organization = Column("organization", tr(context, "Organization"), 150, 3)
    value = Column("value", tr(context, "Value"), 116, 1, is_right=True)
    status = Column("status", tr(context, "Status"), 96, 2)
    changed = Column("changed_at", tr(context, "Changed"), 84, 6, is_right=True)
    open_count = Column("open_count", tr(context, "Open"), 56, 4, is_right=True, can_sort=False)
    match kind:
        case "deal":
            close = Column("expected_close", tr(context, "Close date"), 100, 5, is_right=True)
            stage = Column("stage", tr(context, "Stage"), 124, 2)
            return (title, stage, organization, close, value, changed)
        case "lead":
            return (title, status, organization, value, changed)
        case "project":
            return (title, status, organization, changed)
        case "person":
            phone = Column("phone", tr(context, "Phone"), 130, 5, can_sort=False)
            mail = Column("last_mail_at", tr(context, "Last mail"), 88, 2, is_right=True)
            return (title, organization, phone, open_count, mail)
        case _:
            persons = Column(
                "person_count", tr(context, "Persons"), 70, 3, is_right=True, can_sort=False
            )
            return (title, persons, open_count, changed)


def placed(columns: tuple[Column, ...], rect: QRect) -> dict[str, QRect]:
    """Where the columns that fit lie within a row, by name. The title always fits."""
    if not columns:
        return {}
    room = rect.width() - LEFT - RIGHT - TITLE_LEAST
    kept = set()
    for column in sorted(columns[1:], key=lambda each: each.rank):
        if column.width + GAP > room:
            break
        room -= column.width + GAP
        kept.add(column.name)
    right = rect.right() - RIGHT
    found: dict[str, QRect] = {}
    for column in reversed(columns[1:]):
        if column.name in kept:
            found[column.name] = QRect(
                right - column.width, rect.top(), column.width, rect.height()
            )
            right -= column.width + GAP
    left = rect.left() + LEFT
    found[columns[0].name] = QRect(left, rect.top(), max(0, right - left), rect.height())
    return found
