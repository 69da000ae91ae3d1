"""What the user types in a detail view stays with its record, whatever the user does next."""

from __future__ import annotations

import threading
from collections.abc import Iterator

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

from models.commands.done import Done
from models.commands.execute import Command, execute
from models.commands.records import DeleteRecords, SaveRecord
from models.records.records import Deal, Organization, Person
from sync.qt.service import command_thread
from sync.qt.service.command_thread import CommandDone
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from ui.records.form.picker_field import PickEdit
from ui.records.form.record_dialog import RecordDialog

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
    """The button of the detail view takes no focus, so the field keeps it until then."""
    _open(deals, "Roof")
    _type(deals, "value_edit", "250")
    _press(deals, "detail_close_button")
    wanted = [("Barn", 100), ("Roof", 25_000)]
    deals.wait(lambda: rows(deals.profile, VALUES) == wanted, "it is stored")
    assert not deals.find(QWidget, "detail_view").isVisible()


def test_a_field_is_kept_when_another_record_is_opened(deals: Desk) -> None:
    _open(deals, "Roof")
    _type(deals, "value_edit", "250")
    _open(deals, "Barn")
    wanted = [("Barn", 100), ("Roof", 25_000)]
    deals.wait(lambda: rows(deals.profile, VALUES) == wanted, "it is stored with its own")
    assert deals.find(QLineEdit, "value_edit").text() != "250"


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


DRAFTS = "SELECT record_key, content ->> 'text' FROM history_entry ORDER BY record_key"


def _begin_note(desk: Desk, title: str, text: str) -> QPlainTextEdit:
    _open(desk, title)
    note: QPlainTextEdit = desk.find(QPlainTextEdit, "note_edit")
    QTest.keyClicks(note, text)
    return note


def _restart(desk: Desk) -> None:
    desk.reopen()
    desk.window.show()
    desk.open_folder("deals")
    desk.wait(lambda: bool(_listed(desk)), "the list is read")


def test_a_note_that_was_begun_is_there_after_a_restart(deals: Desk) -> None:
    """Those of several records, each in its own; none of them is in a history."""
    _begin_note(deals, "Roof", "Call Ada")
    _begin_note(deals, "Barn", "Ask Bo")
    _restart(deals)
    _open(deals, "Roof")
    note: QPlainTextEdit = deals.find(QPlainTextEdit, "note_edit")
    deals.wait(lambda: note.toPlainText() == "Call Ada", "the first is there")
    assert deals.find(QAbstractItemView, "history_list").model().rowCount() == 0
    _open(deals, "Barn")
    deals.wait(lambda: note.toPlainText() == "Ask Bo", "the second is there")
    note.selectAll()
    QTest.keyClick(note, Qt.Key.Key_Backspace)
    _restart(deals)
    assert rows(deals.profile, DRAFTS) == [("deal:2", "Call Ada")]


def test_a_note_that_was_begun_is_stored_while_it_is_typed(deals: Desk) -> None:
    _begin_note(deals, "Roof", "Call Ada")
    wanted = [("deal:2", "Call Ada")]
    deals.wait(lambda: rows(deals.profile, DRAFTS) == wanted, "it is stored")
    _press(deals, "add_note_button")
    deals.wait(lambda: rows(deals.profile, DRAFTS) == wanted, "it is the note now")
    kinds = "SELECT kind FROM history_entry"
    deals.wait(lambda: rows(deals.profile, kinds) == [("note",)], "and begun no more")
    _restart(deals)
    _open(deals, "Roof")
    entries = deals.find(QAbstractItemView, "history_list").model()
    deals.wait(lambda: entries.rowCount() == 1, "it is in the history")
    assert deals.find(QPlainTextEdit, "note_edit").toPlainText() == ""


def test_a_note_that_was_begun_goes_with_its_record_and_comes_back(deals: Desk) -> None:
    note = _begin_note(deals, "Roof", "Call Ada")
    deals.wait(lambda: len(rows(deals.profile, DRAFTS)) == 1, "it is stored")
    deleted = deals.run(DeleteRecords(("deal:2",)))
    assert deleted.done is not None
    assert deleted.done.undo is not None
    deals.wait(lambda: _listed(deals) == ["Barn"], "it is gone")
    _open(deals, "Barn")
    assert note.toPlainText() == ""
    assert deals.run(SaveRecord(Deal(title="Last"))).done  # what was told before it is done
    assert rows(deals.profile, DRAFTS) == []
    assert deals.run(deleted.done.undo).done
    deals.wait(lambda: "Roof" in _listed(deals), "it is back")
    _open(deals, "Roof")
    assert note.toPlainText() == "Call Ada"
    deals.close()
    assert rows(deals.profile, DRAFTS) == [("deal:2", "Call Ada")]


def test_what_is_typed_into_a_record_that_is_deleted_goes_with_it(deals: Desk) -> None:
    """It is not saved: that could only fail, and its error would replace the offer to undo."""
    _open(deals, "Roof")
    _type(deals, "value_edit", "250")
    ended: list[CommandDone] = []
    deals.service.commanded.connect(ended.append)
    assert deals.run(DeleteRecords(("deal:2",))).done
    deals.wait(lambda: _listed(deals) == ["Barn"], "it is gone")
    assert deals.run(SaveRecord(Deal(title="Last"))).done  # what was told before it is done
    assert [done.error for done in ended if done.error] == []


def test_a_window_that_is_minimized_leaves_no_field(deals: Desk) -> None:
    _open(deals, "Roof")
    edit = _type(deals, "value_edit", "25")
    deals.window.showMinimized()
    deals.wait(deals.window.isMinimized, "it is away")
    deals.window.showNormal()
    deals.window.activateWindow()
    deals.wait(deals.window.isActiveWindow, "it is back")
    assert deals.window.focusWidget() is edit
    QTest.keyClicks(edit, "0")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    wanted = [("Barn", 100), ("Roof", 25_000)]
    deals.wait(lambda: rows(deals.profile, VALUES) == wanted, "it is stored as it was typed")


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
    assert rows(deals.profile, "SELECT status FROM deal WHERE title = 'Roof'") == [("won",)]


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
    """The command takes long, and the user does not wait for it."""
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


PERSONS = (
    "SELECT p.name FROM deal d JOIN record_person r ON r.record_key = 'deal:' || d.id "
    "JOIN person p ON p.id = r.person_id WHERE d.title = 'Roof' ORDER BY p.name"
)
NAMED = (
    "SELECT o.name FROM deal d JOIN organization o ON o.id = d.organization_id "
    "WHERE d.title = 'Roof'"
)


class _Gate:
    """Slows the command thread down: each command waits until it is let through.

    Attributes:
        begun: The commands that were begun.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun: list[object] = []
        self._free = threading.Semaphore(0)
        real = execute

        def held(command: Command) -> Done[Command]:
            self.begun.append(command)
            assert self._free.acquire(timeout=30), "nobody let it through"
            return real(command)

        monkeypatch.setattr(command_thread, "execute", held)

    def let(self, count: int) -> None:
        """Let this many commands through."""
        self._free.release(count)


@pytest.fixture
def gate(deals: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Gate]:
    """Commands wait; what is known beside the deals is “Known”, a person and an organization."""
    for known in (Person(name="Known"), Organization(name="Known")):
        assert deals.run(SaveRecord(known)).done
    _open(deals, "Roof")
    gate = _Gate(monkeypatch)
    yield gate
    gate.let(100)


def _choose(desk: Desk, name: str, text: str, line: str) -> None:
    """Type into a picker, and click the entry that it offers."""
    edit = desk.find(PickEdit, name)
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, text)

    def offered() -> tuple[QListView, int] | None:
        popup = QApplication.activePopupWidget()
        if not isinstance(popup, QListView):
            return None
        model = popup.model()
        lines = [str(model.index(row, 0).data()) for row in range(model.rowCount())]
        return (popup, lines.index(line)) if line in lines else None

    desk.wait(lambda: offered() is not None, f"{line} can be chosen")
    found = offered()
    assert found is not None
    popup, row = found
    at = popup.visualRect(popup.model().index(row, 0)).center()
    QTest.mouseClick(popup.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_two_persons_made_one_after_the_other_are_both_given(deals: Desk, gate: _Gate) -> None:
    """The second is made before the first is stored."""
    _choose(deals, "persons_edit", "Bea", "Create “Bea”")
    _choose(deals, "persons_edit", "Cem", "Create “Cem”")
    gate.let(100)
    deals.wait(lambda: len(gate.begun) == 4, "both are made and given")
    wanted = [("Bea",), ("Cem",)]
    deals.wait(lambda: rows(deals.profile, PERSONS) == wanted, "both are given")
    assert [name for (name,) in rows(deals.profile, PERSONS)] == [name for (name,) in wanted]


def test_a_person_picked_while_another_is_made_stays(deals: Desk, gate: _Gate) -> None:
    _choose(deals, "persons_edit", "Bea", "Create “Bea”")
    _choose(deals, "persons_edit", "Known", "Known")
    gate.let(100)
    deals.wait(lambda: len(gate.begun) == 3, "one is made and given, the other picked")
    wanted = [("Bea",), ("Known",)]
    deals.wait(lambda: rows(deals.profile, PERSONS) == wanted, "both are given")
    assert [name for (name,) in rows(deals.profile, PERSONS)] == [name for (name,) in wanted]


def test_a_person_made_stays_though_another_is_picked_before_it_shows(
    deals: Desk, gate: _Gate
) -> None:
    _choose(deals, "persons_edit", "Bea", "Create “Bea”")
    gate.let(1)
    deals.wait(lambda: len(gate.begun) == 2, "it is made, and about to be given")
    _choose(deals, "persons_edit", "Known", "Known")
    gate.let(100)
    deals.wait(lambda: len(gate.begun) == 3, "the other was picked")
    wanted = [("Bea",), ("Known",)]
    deals.wait(lambda: rows(deals.profile, PERSONS) == wanted, "both are given")
    assert [name for (name,) in rows(deals.profile, PERSONS)] == [name for (name,) in wanted]


def test_what_is_typed_stays_when_what_was_made_before_comes(deals: Desk, gate: _Gate) -> None:
    _choose(deals, "persons_edit", "Bea", "Create “Bea”")
    edit = deals.find(PickEdit, "persons_edit")
    QTest.keyClicks(edit, "Ce")
    gate.let(100)
    deals.wait(lambda: rows(deals.profile, PERSONS) == [("Bea",)], "it is given")
    assert edit.text() == "Ce"


def test_an_organization_picked_while_another_is_made_stays(deals: Desk, gate: _Gate) -> None:
    _choose(deals, "organization_edit", "Newcomer", "Create “Newcomer”")
    _choose(deals, "organization_edit", "Known", "Known")
    gate.let(100)
    ended: list[CommandDone] = []
    deals.service.commanded.connect(ended.append)
    deals.wait(lambda: len(ended) >= 2, "one is made, the other picked")
    assert deals.run(SaveRecord(Person(name="Last"))).done
    assert rows(deals.profile, NAMED) == [("Known",)]


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
