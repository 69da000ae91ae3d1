"""The lines of a list of labels, each with a tick."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

HEIGHT = 28  # of a line, in device-independent pixels


def label_item(name: str, text: str, *, is_ticked: bool) -> QListWidgetItem:
    """A line: `name` as the server has it, `text` as it is shown."""
    item = QListWidgetItem(text)
    item.setData(Qt.ItemDataRole.UserRole, name)
    item.setToolTip(item.text())
    item.setSizeHint(QSize(0, HEIGHT))
    item.setFlags(
        Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
    )
    item.setCheckState(Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)
    return item


def ticked_names(widget: QListWidget) -> tuple[str, ...]:
    """The names of the labels that are ticked."""
    items = [widget.item(row) for row in range(widget.count())]
    return tuple(
        str(item.data(Qt.ItemDataRole.UserRole))
        for item in items
        if item.checkState() == Qt.CheckState.Checked
    )
