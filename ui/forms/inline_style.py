"""The look of records' forms: fields that are text until the mouse or the keyboard is on them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QLabel, QWidget

import resources
from ui.style.theme import Theme
from ui.widgets.elided import ElidedLabel

_STYLE = """
*[inline="true"] {{ border: 1px solid transparent; border-radius: 6px; background: transparent;
    padding: 3px 6px; color: {text}; }}
*[inline="true"]:hover {{ background: {hover}; }}
*[inline="true"]:focus {{ background: {field}; border-color: {accent}; }}
*[wrong="true"] {{ border-color: {danger}; }}
QComboBox::drop-down {{ border: 0; width: 22px; }}
QComboBox::down-arrow {{ image: url({chevron}); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ background: {field}; border: 1px solid {edge}; padding: 4px;
    selection-background-color: {selection}; selection-color: {text}; }}
QPushButton[role="quiet"] {{ border: 1px solid transparent; color: {link}; background: transparent;
    padding: 3px 6px; text-align: left; }}
QPushButton[role="quiet"]:hover {{ background: {hover}; }}
QPushButton[role="quiet"]:focus {{ border-color: {accent}; }}
QPushButton[role="chip"] {{ border: 1px solid {edge}; border-radius: 12px; padding: 3px 11px;
    background: {base}; color: {text}; }}
QPushButton[role="chip"]:hover {{ background: {hover}; }}
QPushButton[role="chip"]:checked {{ background: {selection}; border-color: {selection};
    color: {on_pill}; font-weight: 600; }}
QPushButton[role="chip"]:focus {{ border-color: {accent}; }}
QCheckBox, QRadioButton {{ spacing: 8px; padding: 2px 4px 2px 1px; border: 1px solid transparent; }}
QCheckBox:focus, QRadioButton:focus {{ border-color: {accent}; border-radius: 6px; }}
QCheckBox::indicator, QListWidget::indicator {{ width: 14px; height: 14px; border: 1px solid {muted};
    border-radius: 4px; background: {field}; }}
QCheckBox::indicator:checked, QListWidget::indicator:checked {{ background: {accent};
    border-color: {accent}; image: url({check}); }}
QRadioButton::indicator {{ width: 14px; height: 14px; border: 1px solid {muted}; border-radius: 8px;
    background: {field}; }}
QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 5px solid {accent};
    background: {on_accent}; }}
QTableWidget {{ border: 1px solid {edge}; border-radius: 7px; background: {field}; }}
QTableWidget::item {{ padding: 2px 7px; color: {text}; }}
QTableWidget QHeaderView {{ background: {field}; border-top-left-radius: 7px; }}
QTableWidget QHeaderView::section {{ background: {field}; color: {muted}; border: 0;
    border-bottom: 1px solid {line}; padding: 7px 10px; font-weight: 600; }}
QTableWidget QComboBox {{ margin: 3px 8px 3px 2px; }}
QListWidget {{ border: 1px solid {edge}; border-radius: 7px; padding: 4px; background: {field}; }}
QListWidget::item {{ padding: 5px 6px; border-radius: 5px; color: {text}; }}
QListWidget::item:hover {{ background: {hover}; }}
QListWidget::item:selected {{ background: {selection}; color: {text}; }}
"""
_COLORS = (
    "text", "hover", "field", "accent", "danger", "edge", "selection", "link", "base", "on_pill",
    "muted", "line", "on_accent",
)  # fmt: skip


class RecordStyle(QObject):
    """Keeps a widget's form style in the colours of the theme."""

    def __init__(self, widget: QWidget, theme: Theme) -> None:
        super().__init__(widget)
        self._widget = widget
        self._theme = theme
        theme.changed.connect(self._apply)
        self._apply()

    @Slot()
    def _apply(self) -> None:
        colors = {name: self._theme.color(name).name() for name in _COLORS}
        shade = "dark" if self._theme.is_dark else "light"
        colors["chevron"] = resources.path("forms", f"chevron-{shade}.svg").as_posix()
        colors["check"] = resources.path("forms", f"check-{shade}.svg").as_posix()
        self._widget.setStyleSheet(_STYLE.format(**colors))


class MutedLabel(QLabel):
    """Words of less weight, in the theme's colour of now."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        parent: QWidget | None = None,
        *,
        size: int = 12,
        weight: int = 400,
        ink: str = "muted",
    ) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._size, self._weight, self._ink = size, weight, ink
        self._room = (0, 0, 0, 0)
        self.setIndent(0)
        theme.changed.connect(self._recolor)
        self._recolor()

    def set_room(self, left: int, top: int, right: int, bottom: int) -> None:
        """Contents margins: a label with a style sheet has those of that, and no others."""
        self._room = (top, right, bottom, left)
        self._recolor()

    @Slot()
    def _recolor(self) -> None:
        self.setFont(self._theme.font(size=self._size, weight=self._weight))
        color = self._theme.color(self._ink).name()
        room = " ".join(f"{side}px" for side in self._room)
        self.setStyleSheet(f"color: {color}; background: transparent; padding: {room}")


class MutedLine(ElidedLabel):
    """The same in one line that ends in … where it does not fit."""

    def __init__(self, theme: Theme, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._theme = theme
        theme.changed.connect(self._recolor)
        self._recolor()

    @Slot()
    def _recolor(self) -> None:
        self.setFont(self._theme.font(size=12))
        self.set_ink(self._theme.color("muted"))
