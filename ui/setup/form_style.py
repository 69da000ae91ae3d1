"""The look of forms: what dialogs with fields need beside the window's style sheet."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.theme import Theme

_STYLE = """
QSpinBox QLineEdit {{ border: 0; padding: 0; background: transparent; }}
QComboBox::drop-down {{ border: 0; width: 24px; }}
QListWidget {{ border: 1px solid {edge}; border-radius: 7px; padding: 4px; background: {field}; }}
QListWidget:focus {{ border-color: {accent}; }}
QListWidget::item {{ padding: 5px 6px; border-radius: 5px; color: {text}; }}
QListWidget::item:hover {{ background: {hover}; }}
QListWidget::item:selected {{ background: {selection}; color: {text}; }}
QListWidget:disabled, QListWidget::item:disabled {{ color: {disabled}; }}
QListWidget#preferences_navigation {{ border: 0; border-right: 1px solid {line}; border-radius: 0;
    padding: 12px 8px; background: {window}; }}
QListWidget#preferences_navigation::item:disabled {{ color: {muted}; background: transparent; }}
QFrame#footer_line {{ background: {line}; border: 0; }}
QProgressBar {{ border: 0; background: {line}; }}
QProgressBar::chunk {{ background: {accent}; }}
"""
_COLORS = (
    "edge", "field", "accent", "text", "hover", "selection", "line", "window", "muted", "disabled",
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
        self._dialog.setStyleSheet(_STYLE.format(**colors))


def fit(*buttons: QAbstractButton) -> None:
    """Check boxes and radios as wide as their text, so that the focus ring fits them."""
    for button in buttons:
        button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
