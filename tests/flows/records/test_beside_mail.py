"""What records say beside an open conversation: joined links, and the panel in a narrow window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget

from models.commands.links import LinkConversations
from models.commands.records import SaveRecord
from models.records.records import Deal
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from tests.flows.rig import Rig
from tests.support.builders import a_mail

FIRST, SECOND = "<first@customer.example>", "<second@customer.example>"


def _deal(desk: Desk, title: str) -> str:
    done = desk.run(SaveRecord(Deal(title=title))).done
    assert done is not None
    return done.record_key


def _press(desk: Desk, name: str) -> None:
    button = desk.find(QAbstractButton, name)
    desk.wait(button.isVisible, f"{name} is there")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_of_two_links_the_older_stays_and_the_other_is_offered(desk: Desk, rig: Rig) -> None:
    """A late mail joins two linked conversations: the header has the second deal with a click."""
    account_id = desk.add_account(rig)
    deals: dict[str, str] = {}
    for subject, message_id in (("Roof", FIRST), ("Barn", SECOND)):
        rig.deliver(a_mail(subject=subject, message_id=message_id))
        desk.settle(account_id)
        desk.wait(lambda: len(desk.subjects()) > len(deals), "it is here")
        deals[subject] = _deal(desk, f"{subject} deal")
        sql = f"SELECT id FROM conversation WHERE subject = '{subject}'"
        ids = tuple(id_ for (id_,) in rows(desk.profile, sql))
        desk.run(LinkConversations(ids, deals[subject]))
    rig.deliver(a_mail(subject="Re: Roof", references=(FIRST, SECOND), in_reply_to=SECOND))
    desk.settle(account_id)
    desk.wait(lambda: len(desk.subjects()) == 1, "they are one")
    desk.select(desk.subjects()[0])
    link = "SELECT record_key FROM link"
    assert rows(desk.profile, link) == [(deals["Roof"],)]
    desk.wait(lambda: desk.window.findChild(QPushButton, "offer_1_button") is not None, "offered")
    linked = desk.find(QPushButton, "linked_record_button")
    assert linked.accessibleName() == "Roof deal"
    offer = desk.find(QPushButton, "offer_1_button")
    assert offer.accessibleName() == "Barn deal"
    assert "joined" in offer.accessibleDescription()
    _press(desk, "offer_1_button")
    desk.wait(lambda: rows(desk.profile, link) == [(deals["Barn"],)], "the other is chosen")
    desk.wait(lambda: desk.window.findChild(QPushButton, "offer_1_button") is None, "asks no more")


def test_in_a_narrow_window_the_panel_lies_over_the_mail_when_asked_for(
    desk: Desk, rig: Rig
) -> None:
    """It says so in its button, keeps the setting, and leaves again with its conversation."""
    rig.deliver(a_mail(subject="Offer"), a_mail(subject="Other", from_="Bo <bo@x.example>"))
    desk.add_account(rig)
    window = desk.window
    window.resize(1100, 700)
    window.show()
    desk.select("Offer")
    action, side = desk.action("action_side_panel"), desk.find(QWidget, "side_panel")
    desk.wait(lambda: desk.window.findChild(QPushButton, "create_contact_button") is not None, "")
    assert not side.isVisible()
    assert not action.isChecked()
    action.trigger()
    desk.wait(side.isVisible, "it lies over the mail")
    area = side.parentWidget()
    assert area is not None
    assert side.geometry().right() == area.rect().right()
    assert action.isChecked()
    is_first = desk.subjects().index("Offer") == 0
    desk.trigger("action_next" if is_first else "action_previous")
    assert not side.isVisible(), "the next mail is seen first"
    assert not action.isChecked()
    action.trigger()
    desk.wait(side.isVisible, "it is back")
    _press(desk, "side_panel_close_button")
    desk.wait(lambda: not side.isVisible(), "it is closed")
    window.resize(1280, 800)
    desk.wait(side.isVisible, "there is room for both")
    assert action.isChecked()


def _narrow(desk: Desk) -> None:
    desk.window.resize(1100, 700)
    desk.window.show()
    desk.dialog("setup_wizard").close()  # it opened before there was an account
    desk.window.activateWindow()
    desk.wait(desk.window.isActiveWindow, "it has the keyboard")


def test_the_panel_over_the_mail_fits_when_the_bar_above_goes(desk: Desk, rig: Rig) -> None:
    rig.deliver(a_mail(subject="Offer"))
    desk.add_account(rig)
    ids = tuple(id_ for (id_,) in rows(desk.profile, "SELECT id FROM conversation"))
    desk.run(LinkConversations(ids, _deal(desk, "Roof")))
    _narrow(desk)
    desk.select("Offer")
    side, name = desk.find(QWidget, "side_panel"), "linked_record_button"
    desk.wait(lambda: desk.window.findChild(QPushButton, name) is not None, "it is linked")
    desk.action("action_side_panel").trigger()
    desk.wait(side.isVisible, "it lies over the mail")
    area = side.parentWidget()
    assert area is not None
    assert side.y() > 0, "it begins below the bar"
    desk.trigger("action_unlink")
    desk.wait(lambda: desk.window.findChild(QPushButton, name) is None, "it is gone")
    assert side.geometry().top() == 0
    assert side.geometry().bottom() == area.rect().bottom()


def test_escape_takes_the_panel_away_and_then_the_choice(desk: Desk, rig: Rig) -> None:
    rig.deliver(a_mail(subject="Offer"))
    desk.add_account(rig)
    _narrow(desk)
    action, side = desk.action("action_side_panel"), desk.find(QWidget, "side_panel")
    assert not action.isEnabled(), "no conversation is open"
    desk.select("Offer")
    desk.table.setFocus()
    action.trigger()
    desk.wait(side.isVisible, "it lies over the mail")
    QTest.keyClick(desk.table, Qt.Key.Key_Escape)
    assert not side.isVisible()
    assert not action.isChecked()
    assert desk.table.selectionModel().hasSelection()
    QTest.keyClick(desk.table, Qt.Key.Key_Escape)
    assert not desk.table.selectionModel().hasSelection()
    assert not action.isEnabled()
    desk.window.resize(1280, 800)
    desk.wait(action.isEnabled, "with room it is a setting")
