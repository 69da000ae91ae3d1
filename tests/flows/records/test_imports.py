"""Import and export in the real window: what would go in, what can't, what is here, and undo."""

from __future__ import annotations

import csv
import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QListWidget,
    QPushButton,
    QTableWidget,
    QWidget,
)

from models.commands.records import SaveRecord
from models.files import plan
from models.files.plan import ImportPlan
from models.queries.record_list import RecordQuery
from models.records.records import Kind, Labelled, Organization, Person
from sync.qt.service.requests import ImportRequest, RecordListRequest
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from tests.flows.rig import Rig
from tests.support.builders import a_mail
from ui.records.imports.importing import open_import
from ui.style.theme import Theme

TABLE = """Who,Firm,Mail to
Ada Tamm,Customer Ltd,ada@customer.example
Bo Kask,Customer Ltd,not an address
,,nobody@customer.example
Cy Mets,New Ltd,cy@new.example
"""
CARDS = """BEGIN:VCARD
VERSION:3.0
FN:Dora Lepp
EMAIL:dora@three.example
ORG:Three Ltd
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Eva Org
EMAIL:eva@four.example
TEL;VALUE=uri:tel:+372-555-0101
END:VCARD
"""


def _open(desk: Desk, path: Path) -> QDialog:
    """The import of persons with this file chosen, and looked at."""
    desk.open_folder("persons")
    desk.pick("records_menu_button", "Import…")
    dialog = desk.dialog("import_dialog")
    _choose_file(desk, dialog, path)
    table = dialog.findChild(QTableWidget, "import_preview")
    assert table is not None
    desk.wait(table.isVisible, "the file is looked at")
    return dialog


def _choose_file(desk: Desk, dialog: QDialog, path: Path) -> None:
    _button(dialog, "choose_file_button").click()
    files = desk.find(QFileDialog, "import_file_dialog")
    files.fileSelected.emit(str(path))
    files.close()


def _walk(dialog: QDialog, count: int, key: Qt.Key) -> list[str]:
    """The names of what has the keyboard one after the other."""
    found: list[str] = []
    for _ in range(count):
        focused = dialog.focusWidget()
        assert focused is not None
        found.append(focused.objectName())
        QTest.keyClick(focused, key)
    return found


def _button(parent: QDialog, name: str) -> QPushButton:
    found = parent.findChild(QPushButton, name)
    assert found is not None, f"{name} is missing"
    return found


def _summary(dialog: QDialog) -> str:
    found = dialog.findChild(QLabel, "import_summary")
    assert found is not None
    return found.text()


def _problems(dialog: QDialog) -> list[str]:
    found = dialog.findChild(QListWidget, "import_problems")
    assert found is not None
    return [found.item(row).text() for row in range(found.count())]


def _cells(dialog: QDialog, row: int) -> list[str]:
    """A row of the preview."""
    table = dialog.findChild(QTableWidget, "import_preview")
    assert table is not None
    items = [table.item(row, column) for column in range(table.columnCount())]
    return [item.text() for item in items if item is not None]


def _choose(dialog: QDialog, name: str, value: str) -> None:
    combo = dialog.findChild(QComboBox, name)
    assert combo is not None, f"{name} is missing"
    combo.setCurrentIndex(combo.findData(value))
    combo.activated.emit(combo.currentIndex())


def _listed(desk: Desk) -> list[str]:
    model = desk.find(QAbstractItemView, "record_list").model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_a_table_is_mapped_looked_at_imported_and_undone(desk: Desk, tmp_path: Path) -> None:
    """Columns by hand, the first rows, two bad rows with their reasons, a duplicate, one undo."""
    desk.run(SaveRecord(Person(name="Ada Tamm", addresses=(Labelled("ada@customer.example"),))))
    path = tmp_path / "people.csv"
    path.write_text(TABLE, encoding="utf-8")
    dialog = _open(desk, path)
    for column, field in enumerate(("name", "organization", "address")):
        _choose(dialog, f"column_{column}_combo", field)
    bad = ["Line 3: this is no email address: not an address"]
    desk.wait(lambda: _problems(dialog) == bad, "one row is bad")
    assert _cells(dialog, 1) == ["Ada Tamm", "Customer Ltd", "ada@customer.example"]
    assert "3 records can go in" in _summary(dialog)
    assert any("One is here already" in label.text() for label in dialog.findChildren(QLabel))
    assert rows(desk.profile, "SELECT count(*) FROM person") == [(1,)]
    _button(dialog, "import_button").click()
    wanted = ["Ada Tamm", "Cy Mets", "nobody@customer.example"]
    desk.wait(lambda: sorted(_listed(desk)) == wanted, "they are listed")
    organizations = "SELECT name FROM organization ORDER BY name"
    assert rows(desk.profile, organizations) == [("Customer Ltd",), ("New Ltd",)]
    desk.trigger("action_undo")
    desk.wait(lambda: _listed(desk) == ["Ada Tamm"], "it is taken back")
    assert rows(desk.profile, organizations) == []


DEALS = """Deal - Title,Deal - Organization,Deal - Contact person,Deal - Stage,Deal - Status
Roof,Customer Ltd,Ada Tamm,Contract sent,Open
"""
PERSONS = """Person - Name,Person - Organization,Person - Email - Work
Ada Tamm,Customer Ltd,ada@customer.example
"""


def test_deals_and_then_their_persons_with_the_addresses(
    desk: Desk, rig: Rig, tmp_path: Path
) -> None:
    """Opened from the persons, the dialog knows a file of deals, and makes no person twice."""
    rig.deliver(a_mail(subject="Offer", from_="Ada Tamm <ada@customer.example>"))
    desk.add_account(rig)
    for name, table in (("deals.csv", DEALS), ("persons.csv", PERSONS)):
        (tmp_path / name).write_text(table, encoding="utf-8")
    dialog = _open(desk, tmp_path / "deals.csv")
    kind = dialog.findChild(QComboBox, "import_kind_combo")
    assert kind is not None
    assert kind.currentData() == "deal"
    assert "no stage Contract sent" in _summary(dialog)
    _button(dialog, "import_button").click()
    desk.wait(lambda: _listed(desk) == ["Ada Tamm"], "the person of the deal is listed")
    dialog = _open(desk, tmp_path / "persons.csv")
    _button(dialog, "import_button").click()
    linked = "SELECT p.name, a.address FROM message_person m JOIN person p ON p.id = m.person_id "
    linked += "JOIN person_address a ON a.person_id = p.id JOIN record_person r "
    linked += "ON r.person_id = p.id WHERE r.record_key = 'deal:1'"
    wanted = [("Ada Tamm", "ada@customer.example")]
    desk.wait(lambda: rows(desk.profile, linked) == wanted, "it is the deal's person that has mail")
    assert _listed(desk) == ["Ada Tamm"]


def test_a_file_of_persons_after_one_of_deals_is_one_of_persons(desk: Desk, tmp_path: Path) -> None:
    """The kind of one file does not change what the user wants of the next one."""
    (tmp_path / "deals.csv").write_text(DEALS, encoding="utf-8")
    (tmp_path / "people.csv").write_text("Name,Email\nAda,ada@x.example\n", encoding="utf-8")
    dialog = _open(desk, tmp_path / "deals.csv")
    kind = dialog.findChild(QComboBox, "import_kind_combo")
    assert kind is not None
    desk.wait(lambda: kind.currentData() == "deal", "the first one is of deals")
    _choose_file(desk, dialog, tmp_path / "people.csv")
    desk.wait(lambda: kind.currentData() == "person", "the second one is of persons")
    assert _cells(dialog, 1) == ["Ada", "ada@x.example"]


def test_the_keyboard_goes_through_all_of_it(desk: Desk, tmp_path: Path) -> None:
    """In reading order, and out of the preview again."""
    desk.run(SaveRecord(Person(name="Ada Tamm", addresses=(Labelled("ada@customer.example"),))))
    path = tmp_path / "people.csv"
    path.write_text("Name,Email\nAda Tamm,ada@customer.example\nBo,none\n", encoding="utf-8")
    dialog = _open(desk, path)
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons is not None
    cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
    cancel.setObjectName("cancel_button")
    _button(dialog, "choose_file_button").setFocus()
    wanted = [
        "choose_file_button", "import_kind_combo", "column_0_combo", "column_1_combo",
        "import_preview", "import_problems", "duplicates_combo", "import_button", "cancel_button",
        "choose_file_button",
    ]  # fmt: skip
    assert _walk(dialog, len(wanted), Qt.Key.Key_Tab) == wanted
    _button(dialog, "choose_file_button").setFocus()
    assert _walk(dialog, len(wanted), Qt.Key.Key_Backtab) == wanted[::-1]


def test_of_a_cell_as_long_as_a_book_the_beginning_is_shown(desk: Desk, tmp_path: Path) -> None:
    """In the preview and in the error message. The import takes the whole cell."""
    book = "word " * 20_000
    path = tmp_path / "people.csv"
    text = f"Name,Email,Notes\nAda,ada@x.example,{book}\nBo,{book},\n"
    path.write_text(text, encoding="utf-8")
    dialog = _open(desk, path)
    assert [len(cell) for cell in _cells(dialog, 1)] == [3, 13, 501]
    assert [len(problem) for problem in _problems(dialog)] == [501]
    _button(dialog, "import_button").click()
    desk.wait(lambda: _listed(desk) == ["Ada"], "it is listed")
    assert rows(desk.profile, "SELECT note FROM person") == [(book.strip(),)]


def test_cards_of_both_versions_go_in(desk: Desk, tmp_path: Path) -> None:
    """A vCard file has no columns to choose; its cards show as they would go in."""
    path = tmp_path / "people.vcf"
    path.write_text(CARDS, encoding="utf-8")
    dialog = _open(desk, path)
    assert _cells(dialog, 0) == ["Dora Lepp", "dora@three.example", "Three Ltd"]
    assert _cells(dialog, 1) == ["Eva Org", "eva@four.example", ""]
    _button(dialog, "import_button").click()
    desk.wait(lambda: sorted(_listed(desk)) == ["Dora Lepp", "Eva Org"], "they are listed")
    assert rows(desk.profile, "SELECT phone FROM person_phone") == [("+372-555-0101",)]


def test_an_import_over_another_dialog_is_undone_like_any(desk: Desk, tmp_path: Path) -> None:
    """Where there is no list of records, as in the wizard, the same dialog does it all."""
    path = tmp_path / "people.vcf"
    path.write_text(CARDS, encoding="utf-8")
    window = QDialog(desk.window)
    window.open()
    dialog = open_import(desk.service, Theme(), window)
    dialog.open_file(path)
    button = _button(dialog, "import_button")
    desk.wait(button.isEnabled, "the file is looked at")
    ended: list[int] = []
    dialog.finished.connect(ended.append)
    button.click()
    desk.wait(lambda: ended == [QDialog.DialogCode.Accepted], "it closes when all is in")
    assert rows(desk.profile, "SELECT count(*) FROM person") == [(2,)]
    window.close()
    desk.trigger("action_undo")
    desk.wait(lambda: rows(desk.profile, "SELECT count(*) FROM person") == [(0,)], "undone")


def _export(desk: Desk, path: Path) -> None:
    files = desk.find(QFileDialog, "export_dialog")
    files.fileSelected.emit(str(path))
    files.close()
    desk.wait(path.exists, "it is written")


def test_all_of_a_kind_or_one_record_go_into_a_file(desk: Desk, tmp_path: Path) -> None:
    """CSV of the list, a vCard of one organization from its detail view; both come in again."""
    organization = Organization(name="Customer Ltd", domains=("customer.example",))
    key = desk.run(SaveRecord(organization)).done
    assert key is not None
    owner = int(key.record_key.partition(":")[2])
    desk.run(SaveRecord(Organization(name="Other Ltd")))
    ada = Person(name="Ada, Tamm", organization_id=owner, addresses=(Labelled("a@b.example"),))
    desk.run(SaveRecord(ada))
    desk.open_folder("persons")
    desk.wait(lambda: len(_listed(desk)) == 1, "the person is listed")
    desk.pick("records_menu_button", "Export as CSV…")
    _export(desk, tmp_path / "all.csv")
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert [(row["Name"], row["Organization"]) for row in found] == [("Ada, Tamm", "Customer Ltd")]
    desk.open_folder("organizations")
    records = desk.find(QAbstractItemView, "record_list")
    desk.wait(lambda: "Customer Ltd" in _listed(desk), "the organizations are listed")
    records.setCurrentIndex(records.model().index(_listed(desk).index("Customer Ltd"), 0))
    desk.wait(lambda: desk.find(QWidget, "detail_menu_button").isVisible(), "it is shown")
    desk.pick("detail_menu_button", "Export as vCard…")
    _export(desk, tmp_path / "one.vcf")
    card = (tmp_path / "one.vcf").read_text(encoding="utf-8")
    assert card.count("BEGIN:VCARD") == 1
    assert "FN:Customer Ltd" in card


def test_lists_are_read_while_a_long_file_is_looked_at(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long files have a thread of their own, so the window answers later requests first."""
    path = tmp_path / "long.csv"
    path.write_text("Name,Email\nAda,ada@customer.example\n", encoding="utf-8")
    is_read = threading.Event()  # it is as long as the list takes
    plan_file = plan.plan_file

    def plan_long_file(path: Path, **named: Any) -> ImportPlan:
        is_read.wait(30)
        return plan_file(path, **named)

    monkeypatch.setattr(plan, "plan_file", plan_long_file)
    answered: list[int] = []
    desk.service.answered.connect(lambda answer: answered.append(answer.ticket))
    long = desk.service.ask(ImportRequest(path, Kind.PERSON))
    short = desk.service.ask(RecordListRequest(RecordQuery(Kind.PERSON)))
    desk.wait(lambda: short in answered, "the list is read")
    assert long not in answered
    is_read.set()
    desk.wait(lambda: long in answered, "the file is looked at")
