"""Lets the user copy painted text, from a context menu."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QWidget

from ui.style import formatting


def offer_copies(widget: QWidget, values: Iterable[str]) -> None:
    """Give a widget a menu (right button, menu key) that can copy each of these values."""
    for value in dict.fromkeys(each for each in map(formatting.clean, values) if each):
        text = QCoreApplication.translate("Copying", "Copy {}").format(value.replace("&", "&&"))
        action = QAction(text, widget)
        action.triggered.connect(partial(_copy, value))
        widget.addAction(action)
    widget.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)


def _copy(value: str, _is_checked: bool = False) -> None:
    QGuiApplication.clipboard().setText(value)
