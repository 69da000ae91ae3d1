"""The panel beside a conversation: what it shows can be copied."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from models.queries.record_list import PersonRow
from models.queries.side_panel import KnownPerson, Panel, UnknownAddress
from ui.records.beside.side_panel import SidePanel
from ui.records.detail.related import RecordLine
from ui.style.theme import Theme
from ui.widgets.muted import MutedLine

ADDRESS, SECOND, PHONE = "ada@customer.example", "ada.tamm@home.example", "+372 555 1"
STRANGER = "bo&co@stranger.example"


def _panel(qtbot: QtBot) -> SidePanel:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    panel = SidePanel(Theme(application))
    qtbot.addWidget(panel)
    row = PersonRow(7, "Ada Tamm", "Owner", ADDRESS, PHONE, None, "", 0, None, 0)
    known = KnownPerson(row, (ADDRESS, SECOND), None, (), ())
    stranger = UnknownAddress(STRANGER, "Bo", "", "", "", None)
    panel.show_panel(Panel(1, (known,), (stranger,), None, ()))
    return panel


def test_addresses_and_phones_can_be_copied(qtbot: QtBot) -> None:
    panel = _panel(qtbot)
    lines = panel.findChildren(RecordLine)
    offered = [[action.text() for action in line.actions()] for line in lines]
    assert offered == [
        [f"Copy {ADDRESS}", f"Copy {SECOND}", f"Copy {PHONE}"],
        ["Copy bo&&co@stranger.example"],
    ]
    for line in lines:
        for action in line.actions():
            action.trigger()
            assert QGuiApplication.clipboard().text() in action.text().replace("&&", "&")
    assert QGuiApplication.clipboard().text() == STRANGER
    facts = [(line.text(), len(line.actions())) for line in panel.findChildren(MutedLine)]
    assert facts == [(ADDRESS, 1), (SECOND, 1), (PHONE, 1)]


def test_a_stranger_is_no_way_to_a_record(qtbot: QtBot) -> None:
    panel = _panel(qtbot)
    wanted: list[str] = []
    panel.record_wanted.connect(wanted.append)
    for line in panel.findChildren(RecordLine):
        line.click()
    assert wanted == ["person:7"]
