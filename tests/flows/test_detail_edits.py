"""What is typed in a detail view stays with its record, whatever the person does next."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QWidget,
)

from models.commands import SaveRecord
from models.records import Deal
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from ui.records.picker_field import PickEdit
from ui.records.record_dialog import RecordDialog

VALUES = "SELECT title, value_cents FROM deal ORDER BY title"


@pytest.fixture
def deals(desk: Desk) -> Desk:
    """Two open deals, listed."""
    for title in ("Barn", "Roof"):
        assert desk.run(SaveRecord(Deal(title=title, value_cents=100, currency="EUR"))).done
    desk.window.show()
    desk.window.activateWindow()
    desk.wait(desk.window.isActiveWindow, "it has the keyboard")
    desk.open_folder("deals")
    desk.wait(lambda: _listed(desk) == ["Barn", "Roof"], "both are listed")
    return desk


def _listed(desk: Desk) -> list[str]:
    model = desk.find(QAbstractItemView, "record_list").model()
    return sorted(str(model.index(row, 0).data()) for row in range(model.rowCount()))


def _open(desk: Desk, title: str) -> None:
    """Click a row, and wait for its detail view."""
    view: QAbstractItemView = desk.find(QAbstractItemView, "record_list")
    model = view.model()
    row = next(r for r in range(model.rowCount()) if model.index(r, 0).data() == title)
    at = view.visualRect(model.index(row, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    edit = desk.find(QLineEdit, "detail_title_edit")
    desk.wait(lambda: edit.isVisible() and edit.text() == title, f"{title} is shown")


def _type(desk: Desk, name: str, text: str) -> QLineEdit:
    edit: QLineEdit = desk.find(QLineEdit, name)
    QTest.mouseClick(edit, Qt.MouseButton.LeftButton)
    edit.selectAll()
    QTest.keyClicks(edit, text) if text else QTest.keyClick(edit, Qt.Key.Key_Backspace)
    return edit


def _press(desk: Desk, name: str) -> None:
    button = desk.find(QAbstractButton, name)
    desk.wait(button.isVisible, f"{name} is there")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_field_is_kept_when_the_record_is_closed(deals: Desk) -> None:
    """The button of the detail view takes no focus: the field was not left before it."""
    _open(deals, "Roof")
    _type(deals, "value_edit", "250")
    _press(deals, "detail_close_button")
    wanted = [("Barn", 100), ("Roof", 25_000)]
    deals.wait(lambda: rows(deals.profile, VALUES) == wanted, "it is stored")


def test_a_field_is_kept_when_another_record_is_opened(deals: Desk) -> None:
    _open(deals, "Roof")
    _type(deals, "value_edit", "250")
    _open(deals, "Barn")
    wanted = [("Barn", 100), ("Roof", 25_000)]
    deals.wait(lambda: rows(deals.profile, VALUES) == wanted, "it is stored with its own")


def test_a_note_waits_with_the_record_that_it_was_begun_for(deals: Desk) -> None:
    _open(deals, "Roof")
    note: QPlainTextEdit = deals.find(QPlainTextEdit, "note_edit")
    QTest.keyClicks(note, "Call Ada")
    _open(deals, "Barn")
    assert note.toPlainText() == ""
    QTest.keyClicks(note, "Ask Bo")
    _press(deals, "add_note_button")
    notes = "SELECT record_key, content ->> 'text' FROM history_entry WHERE kind = 'note'"
    deals.wait(lambda: len(rows(deals.profile, notes)) == 1, "it is stored")
    assert rows(deals.profile, notes)[0][1] == "Ask Bo"
    _open(deals, "Roof")
    assert note.toPlainText() == "Call Ada"
    assert note.document().isUndoAvailable() is False


def test_a_record_keeps_its_title_when_that_is_emptied(deals: Desk) -> None:
    _open(deals, "Roof")
    edit = _type(deals, "detail_title_edit", "")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == "Roof"
    assert [title for title, _ in rows(deals.profile, VALUES)] == ["Barn", "Roof"]


def test_a_deal_that_is_won_stays_before_the_person(deals: Desk) -> None:
    """It leaves the list of open ones, and may be reopened where one is; another list hides it."""
    _open(deals, "Roof")
    _press(deals, "won_button")
    deals.wait(lambda: _listed(deals) == ["Barn"], "it left the open ones")
    reopen = deals.find(QAbstractButton, "reopen_button")
    deals.wait(reopen.isVisible, "its detail view still shows")
    _press(deals, "reopen_button")
    deals.wait(lambda: _listed(deals) == ["Barn", "Roof"], "it is back")
    _press(deals, "won_button")
    deals.wait(lambda: _listed(deals) == ["Barn"], "it left again")
    _press(deals, "filter_lost_button")
    detail = deals.find(QWidget, "detail_view")
    deals.wait(lambda: not detail.isVisible(), "in another list it is not chosen")


ORGANIZED = (
    "SELECT d.title FROM deal d JOIN organization o ON o.id = d.organization_id "
    "WHERE o.name = 'Newcomer'"
)
PEOPLED = (
    "SELECT d.title FROM deal d JOIN record_person r ON r.record_key = 'deal:' || d.id "
    "JOIN person p ON p.id = r.person_id WHERE p.name = 'Newcomer'"
)


@pytest.mark.parametrize(
    ("name", "given"),
    [("organization_edit", ORGANIZED), ("persons_edit", PEOPLED)],
    ids=["organization", "person"],
)
def test_what_is_made_for_a_record_is_given_to_it_though_another_is_shown(
    deals: Desk, name: str, given: str
) -> None:
    """The command takes its time, and the person does not wait for it."""
    _open(deals, "Roof")
    edit = deals.find(PickEdit, name)
    edit.setFocus()
    QTest.keyClicks(edit, "Newcomer")
    deals.wait(lambda: isinstance(QApplication.activePopupWidget(), QListView), "it can be made")
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, QListView)
    at = popup.visualRect(popup.model().index(0, 0)).center()
    QTest.mouseClick(popup.viewport(), Qt.MouseButton.LeftButton, pos=at)
    _open(deals, "Barn")
    deals.wait(lambda: rows(deals.profile, given) == [("Roof",)], "it has what was made for it")


def test_the_keyboard_meets_the_fields_of_a_new_person_in_their_order(desk: Desk) -> None:
    desk.window.show()
    desk.trigger("action_new_person")
    dialog = desk.dialog("record_dialog")
    assert isinstance(dialog, RecordDialog)
    found: list[str] = []
    for _ in range(9):
        widget = dialog.focusWidget()
        assert widget.accessibleName() or getattr(widget, "text", str)()
        found.append(widget.objectName())
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    named = [name for name in found if name]
    assert named == [
        "name_edit", "job_edit", "address_edit", "address_edit_label", "add_address_edit_button",
        "phone_edit", "phone_edit_label",
    ]  # fmt: skip
