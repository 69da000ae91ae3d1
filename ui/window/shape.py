"""The size and place of the window and of its panes: restored at the start, stored at the end."""

from __future__ import annotations

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow, QSplitter

from models.store import settings
from models.store.settings import SetOption
from sync.qt.service.service import MailService

SIZE = (1280, 800)  # at the first start


def restore(window: QMainWindow, panes: QSplitter) -> None:
    """Restore the size, place and panes that the window had when it was last closed."""
    geometry = str(settings.get("window_geometry") or "")
    state = str(settings.get("window_state") or "")
    if not geometry or not window.restoreGeometry(QByteArray.fromHex(geometry.encode())):
        window.resize(*SIZE)
    if state:
        panes.restoreState(QByteArray.fromHex(state.encode()))


def save(window: QMainWindow, panes: QSplitter, service: MailService) -> None:
    """Store them if they have changed."""
    shapes = {"window_geometry": window.saveGeometry(), "window_state": panes.saveState()}
    for name, shape in shapes.items():
        text = bytes(shape.toHex().data()).decode()
        if text != settings.get(name):
            service.run(SetOption(name, text))
