"""The look of forms: what dialogs with fields need beside the window's style sheet."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QSizePolicy, QWidget

import resources
from ui.style.theme import Theme

_STYLE = """
QSpinBox {{ padding: 4px 0; }}
QSpinBox QLineEdit {{ border: 0; padding: 0 8px; background: transparent; }}
QSpinBox::up-button, QSpinBox::down-button {{ width: 0; height: 0; border: 0; image: none; }}
QComboBox::drop-down {{ border: 0; width: 26px; }}
QComboBox::down-arrow {{ image: url({chevron}); width: 14px; height: 14px; }}
QDateEdit {{ border: 1px solid {edge}; border-radius: 7px; padding: 5px 8px; background: {field}; }}
QDateEdit:focus {{ border-color: {accent}; }}
QDateEdit::drop-down {{ border: 0; width: 26px; }}
QDateEdit::down-arrow {{ image: url({chevron}); width: 14px; height: 14px; }}
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
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled, QListWidget::indicator:disabled {{
    border-color: {line}; background: {window}; }}
QListWidget {{ border: 1px solid {edge}; border-radius: 7px; padding: 4px; background: {field}; }}
QListWidget:focus {{ border-color: {accent}; }}
QListWidget::item {{ padding: 5px 6px; border-radius: 5px; color: {text}; }}
QListWidget::item:hover {{ background: {hover}; }}
QListWidget::item:selected {{ background: {selection}; color: {text}; }}
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
_COLORS = (
    "edge", "field", "accent", "text", "hover", "selection", "line", "window", "muted", "disabled",
    "on_accent",
)  # fmt: skip


class FormStyle(QObject):
    """Keeps a dialog's style in the colours of the theme, for as long as the dialog lives."""

    def __init__(self, dialog: QWidget, theme: Theme) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._theme = theme
        theme.changed.connect(self._apply)
        self._apply()

    @Slot()
    def _apply(self) -> None:
        colors = {name: self._theme.color(name).name() for name in _COLORS}
        shade = "dark" if self._theme.is_dark else "light"
        for name in ("check", "chevron"):  # a style sheet takes pictures from files alone
            colors[name] = resources.path("forms", f"{name}-{shade}.svg").as_posix()
        self._dialog.setStyleSheet(_STYLE.format(**colors))


def fit(*buttons: QAbstractButton) -> None:
    """Check boxes and radios as wide as their text, so that the focus ring fits them."""
    for button in buttons:
        button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)


def scrolling(page: QWidget, parent: QWidget) -> QScrollArea:
    """A page that scrolls where the screen is small or the letters are large."""
    area = QScrollArea(parent)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    return area


def into_sight(widget: QWidget, above: int = 24) -> None:
    """Scroll the page that a widget lies on, with so many pixels of what stands above it."""
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    if parent is not None and widget.isVisible():
        parent.ensureWidgetVisible(widget, 0, above)
