"""The dialog that renames, orders, adds and removes the stages of the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from models.records.records import Stage
from ui.forms.style import InlineStyle
from ui.style.theme import Theme
from ui.widgets.muted import MutedLabel
from ui.widgets.tool_button import tool_button

ID = int(Qt.ItemDataRole.UserRole)


class StagesDialog(QDialog):
    """A list of stages that the user can rename and drag.

    Signals:
        agreed: The user agreed to this tuple of Stage, in this order.
    """

    agreed = Signal(object)

    def __init__(self, stages: Sequence[Stage], theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("stages_dialog")
        self.setWindowTitle(self.tr("Stages"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(380, 400)
        InlineStyle(self, theme)
        self._list = QListWidget(self)
        self._list.setObjectName("stages_list")
        self._list.setAccessibleName(self.tr("Stages"))
        self._list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        for stage in stages:
            self._add(stage.name, stage.id)
        hint = MutedLabel(
            theme,
            self.tr(
                "Double-click or F2 to rename, drag to reorder. Deals of a stage that you remove go"
                " to the one before it."
            ),
            self,
        )
        hint.setWordWrap(True)
        add = QPushButton(self.tr("Add"), self)
        add.setObjectName("add_stage_button")
        add.setAutoDefault(False)
        self._remove = QPushButton(self.tr("Remove"), self)
        self._remove.setObjectName("remove_stage_button")
        self._remove.setAutoDefault(False)
        self._up = tool_button(self, "stage_up_button", "chevron-up", self.tr("Move up"))
        self._down = tool_button(self, "stage_down_button", "chevron-down", self.tr("Move down"))
        self._up.clicked.connect(partial(self._move, -1))
        self._down.clicked.connect(partial(self._move, 1))
        edits = QHBoxLayout()
        edits.addWidget(add)
        edits.addWidget(self._remove)
        edits.addStretch(1)
        edits.addWidget(self._up)
        edits.addWidget(self._down)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel, self
        )
        self._save = buttons.button(QDialogButtonBox.StandardButton.Save)
        self._save.setObjectName("save_button")
        buttons.accepted.connect(self._on_save)
        buttons.rejected.connect(self.reject)
        add.clicked.connect(self._on_add)
        self._remove.clicked.connect(self._on_remove)
        self._list.itemChanged.connect(self._refresh)
        self._list.currentRowChanged.connect(self._refresh)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 18, 18, 14)
        column.setSpacing(10)
        column.addWidget(self._list, 1)
        column.addLayout(edits)
        column.addWidget(hint)
        column.addWidget(buttons)
        self._refresh()

    def _move(self, step: int) -> None:
        row = self._list.currentRow()
        item = self._list.takeItem(row)
        self._list.insertItem(row + step, item)
        self._list.setCurrentItem(item)

    def _add(self, name: str, stage_id: int) -> QListWidgetItem:
        item = QListWidgetItem(name)
        item.setData(ID, stage_id)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        self._list.addItem(item)
        return item

    def _stages(self) -> tuple[Stage, ...]:
        items = [self._list.item(number) for number in range(self._list.count())]
        return tuple(
            Stage(item.data(ID), item.text().strip(), place)
            for place, item in enumerate(items, start=1)
        )

    @Slot()
    def _on_add(self) -> None:
        item = self._add(self.tr("New stage"), 0)
        self._list.setCurrentItem(item)
        self._list.editItem(item)

    @Slot()
    def _on_remove(self) -> None:
        self._list.takeItem(self._list.currentRow())
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        stages = self._stages()
        row = self._list.currentRow()
        self._remove.setEnabled(len(stages) > 1 and row >= 0)
        self._up.setEnabled(row > 0)
        self._down.setEnabled(0 <= row < len(stages) - 1)
        self._save.setEnabled(bool(stages) and all(stage.name for stage in stages))

    @Slot()
    def _on_save(self) -> None:
        self.agreed.emit(self._stages())
        self.accept()
