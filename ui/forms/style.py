"""The style sheets of forms, which add to the window's, in the theme's colours."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

import resources
from ui.style.theme import Theme

_SHARED = """
QComboBox QAbstractItemView {{ background: {field}; border: 1px solid {edge}; padding: 4px;
    selection-background-color: {selection}; selection-color: {text}; }}
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
QListWidget {{ border: 1px solid {edge}; border-radius: 7px; padding: 4px; background: {field}; }}
QListWidget::item {{ padding: 5px 6px; border-radius: 5px; color: {text}; }}
QListWidget::item:hover {{ background: {hover}; }}
QListWidget::item:selected {{ background: {selection}; color: {text}; }}
"""
_DIALOG = """
QSpinBox {{ padding: 4px 0; }}
QSpinBox QLineEdit {{ border: 0; padding: 0 8px; background: transparent; }}
QSpinBox::up-button, QSpinBox::down-button {{ width: 0; height: 0; border: 0; image: none; }}
QComboBox::drop-down {{ border: 0; width: 26px; }}
QComboBox::down-arrow {{ image: url({chevron}); width: 14px; height: 14px; }}
QDateEdit {{ border: 1px solid {edge}; border-radius: 7px; padding: 5px 8px; background: {field}; }}
QDateEdit:focus {{ border-color: {accent}; }}
QDateEdit::drop-down {{ border: 0; width: 26px; }}
QDateEdit::down-arrow {{ image: url({chevron}); width: 14px; height: 14px; }}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled, QListWidget::indicator:disabled {{
    border-color: {line}; background: {window}; }}
QListWidget:focus {{ border-color: {accent}; }}
QListWidget:disabled, QListWidget::item:disabled {{ color: {disabled}; }}
QListWidget#preferences_navigation {{ border: 0; border-right: 1px solid {line}; border-radius: 0;
    padding: 12px 8px; background: {window}; }}
QListWidget#preferences_navigation::item:disabled {{ color: {muted}; background: transparent; }}
QTreeWidget#detection_list {{ border: 1px solid {edge}; border-radius: 7px; padding: 4px;
    background: {field}; }}
QTreeWidget#detection_list:focus {{ border-color: {accent}; }}
QTreeWidget#detection_list::item {{ height: 24px; padding: 0 6px; }}
QTreeWidget#detection_list::item:selected {{ background: {selection}; color: {text}; }}
QPushButton#detection_details_button {{ border: 1px solid transparent; background: transparent;
    padding: 4px 8px 4px 4px; color: {muted}; }}
QPushButton#detection_details_button:hover {{ background: {hover}; }}
QPushButton#detection_details_button:focus {{ border-color: {accent}; }}
QFrame#footer_line {{ background: {line}; border: 0; }}
QCheckBox::indicator:checked:disabled {{ background: {disabled}; border-color: {disabled};
    image: url({check}); }}
QProgressBar {{ border: 0; background: {line}; }}
QProgressBar::chunk {{ background: {accent}; }}
"""
_INLINE = """
*[inline="true"] {{ border: 1px solid transparent; border-radius: 6px; background: transparent;
    padding: 3px 6px; color: {text}; }}
*[inline="true"]:hover {{ background: {hover}; }}
*[inline="true"]:focus {{ background: {field}; border-color: {accent}; }}
*[wrong="true"] {{ border-color: {danger}; }}
QComboBox::drop-down {{ border: 0; width: 22px; }}
QComboBox::down-arrow {{ image: url({chevron}); width: 12px; height: 12px; }}
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
QTableWidget {{ border: 1px solid {edge}; border-radius: 7px; background: {field}; }}
QTableWidget::item {{ padding: 2px 7px; color: {text}; }}
QTableWidget QHeaderView {{ background: {field}; border-top-left-radius: 7px; }}
QTableWidget QHeaderView::section {{ background: {field}; color: {muted}; border: 0;
    border-bottom: 1px solid {line}; padding: 7px 10px; font-weight: 600; }}
QTableWidget QComboBox {{ margin: 3px 8px 3px 2px; }}
"""
_COLORS = (
    "accent", "base", "danger", "disabled", "edge", "field", "hover", "line", "link", "muted",
    "on_accent", "on_pill", "selection", "text", "window",
)  # fmt: skip


class _Style(QObject):
    """Gives a widget a style sheet in the theme's colours, and updates it with the theme."""

    def __init__(self, widget: QWidget, theme: Theme, sheet: str) -> None:
        super().__init__(widget)
        self._widget = widget
        self._theme = theme
        self._sheet = sheet
        theme.changed.connect(self._apply)
        self._apply()

    @Slot()
    def _apply(self) -> None:
        values = {name: self._theme.color(name).name() for name in _COLORS}
        shade = "dark" if self._theme.is_dark else "light"
        for name in ("check", "chevron"):  # a style sheet loads pictures only from files
            values[name] = resources.path("forms", f"{name}-{shade}.svg").as_posix()
        self._widget.setStyleSheet(self._sheet.format(**values))


class DialogStyle(_Style):
    """The look of dialogs with fields: the wizard, the preferences, questions."""

    def __init__(self, dialog: QWidget, theme: Theme) -> None:
        super().__init__(dialog, theme, _SHARED + _DIALOG)


class InlineStyle(_Style):
    """The look of records: a field looks like text until it has the mouse or the focus."""

    def __init__(self, widget: QWidget, theme: Theme) -> None:
        super().__init__(widget, theme, _SHARED + _INLINE)
