"""The stages of the pipeline in the real window: named, ordered by keyboard, removed, undone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QDialog, QLineEdit, QListWidget

from models.commands.records import SaveRecord
from models.records.records import Deal
from tests.flows.desk import Desk
from tests.flows.profile_file import rows

NAMES = "SELECT name FROM stage ORDER BY position"
DEALS = "SELECT s.name FROM deal d JOIN stage s ON s.id = d.stage_id ORDER BY d.id"


def _press(dialog: QDialog, name: str) -> None:
    button = dialog.findChild(QAbstractButton, name)
    assert button is not None, f"{name} is missing"
    assert button.isEnabled(), name
    button.click()


def _names(desk: Desk) -> list[str]:
    return [name for (name,) in rows(desk.profile, NAMES)]


def test_stages_are_renamed_moved_added_and_removed_and_one_undo_brings_all_back(
    desk: Desk,
) -> None:
    for stage_id in (1, 3):
        assert desk.run(SaveRecord(Deal(title=f"Deal {stage_id}", stage_id=stage_id))).done
    before, owners = _names(desk), rows(desk.profile, DEALS)
    desk.open_folder("deals")
    desk.pick("records_menu_button", "Edit stages")
    dialog = desk.dialog("stages_dialog")
    stages = dialog.findChild(QListWidget, "stages_list")
    assert stages is not None
    stages.setCurrentRow(0)
    QTest.keyClick(stages, Qt.Key.Key_F2)
    edit = stages.findChild(QLineEdit)
    assert edit is not None
    edit.setText("First call")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    desk.wait(lambda: stages.item(0).text() == "First call", "it is renamed")
    assert not _button(dialog, "stage_up_button").isEnabled()
    _press(dialog, "stage_down_button")
    assert stages.currentItem().text() == "First call"
    stages.setCurrentRow(2)
    _press(dialog, "remove_stage_button")
    _press(dialog, "add_stage_button")
    _press(dialog, "save_button")
    wanted = [before[1], "First call", *before[3:], "New stage"]
    desk.wait(lambda: _names(desk) == wanted, "they are stored")
    assert rows(desk.profile, DEALS) == [("First call",), (before[1],)]
    desk.trigger("action_undo")
    desk.wait(lambda: _names(desk) == before, "they are what they were")
    assert rows(desk.profile, DEALS) == owners
    view: QAbstractItemView = desk.find(QAbstractItemView, "record_list")
    assert view.model().rowCount() == 2


def _button(dialog: QDialog, name: str) -> QAbstractButton:
    found = dialog.findChild(QAbstractButton, name)
    assert found is not None, f"{name} is missing"
    return found
