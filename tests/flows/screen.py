"""Read what the user sees: finds things of the open window by their stable names."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QAbstractItemModel, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QTableView, QWidget

from ui.window.main_window import MainWindow

Found = TypeVar("Found", bound=QObject)


class Screen:
    """The open window, for reading only."""

    window: MainWindow

    def find(self, kind: type[Found], name: str) -> Found:
        """The child with this stable name."""
        found = self.window.findChild(kind, name)
        assert found is not None, f"{name} is missing"
        return found

    def action(self, name: str) -> QAction:
        """A QAction by its stable name."""
        return self.find(QAction, name)

    @property
    def table(self) -> QTableView:
        """The conversation list."""
        return self.find(QTableView, "conversation_list")

    @property
    def model(self) -> QAbstractItemModel:
        """The conversation list's model."""
        return self.table.model()

    def subjects(self) -> list[str]:
        """The subjects in the list, from top to bottom."""
        model = self.model
        return [str(model.index(row, 0).data() or "") for row in range(model.rowCount())]

    def has(self, *subjects: str) -> bool:
        """Whether the list has exactly these subjects, in any order."""
        return sorted(self.subjects()) == sorted(subjects)

    def text_of(self, name: str) -> str:
        """The text of a label."""
        read = getattr(self.find(QWidget, name), "text", None)
        assert read is not None, f"{name} has no text()"
        return str(read())

    def sentence(self) -> str:
        """What the sync status says."""
        return self.text_of("sync_status")

    def labels(self) -> list[str]:
        """The words of every visible label."""
        return [label.text() for label in self.window.findChildren(QLabel) if label.isVisible()]
