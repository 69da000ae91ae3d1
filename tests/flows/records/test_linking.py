"""Links in the real window: past mail, in bulk, persons, reasons, and blocked addresses."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCompleter,
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QRadioButton,
    QWidget,
)

from models.commands.delete import DeleteConversations
from models.commands.records import SaveRecord
from models.records.records import Deal, Labelled, Organization, Person, Record
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from tests.flows.rig import Rig
from tests.support.builders import a_mail
from ui.records.form.picker_field import PickEdit

ADA = "ada@customer.example"
LINK_KEY = Qt.ItemDataRole.UserRole + 4


def _saved(desk: Desk, record: Record) -> str:
    done = desk.run(SaveRecord(record)).done
    assert done is not None
    return done.record_key


def _id(record_key: str) -> int:
    return int(record_key.partition(":")[2])


def _press(parent: QWidget, name: str) -> None:
    button = parent.findChild(QPushButton, name)
    assert button is not None, f"{name} is missing"
    button.click()


def _model(desk: Desk, name: str) -> QAbstractItemModel:
    return desk.find(QAbstractItemView, name).model()


def _listed(desk: Desk, name: str) -> list[str]:
    model = _model(desk, name)
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def _open_record(desk: Desk, folder: str, title: str) -> None:
    desk.open_folder(folder)
    desk.wait(lambda: title in _listed(desk, "record_list"), f"{title} is listed")
    view: QAbstractItemView = desk.find(QAbstractItemView, "record_list")
    view.setCurrentIndex(view.model().index(_listed(desk, "record_list").index(title), 0))
    button = desk.find(QWidget, "detail_menu_button")
    desk.wait(button.isVisible, "it is shown")


def _links(desk: Desk) -> dict[str, str]:
    """What each listed conversation is linked with."""
    model = desk.model
    return {
        str(model.index(row, 0).data()): str(model.index(row, 0).data(LINK_KEY) or "")
        for row in range(model.rowCount())
    }


def _pick(desk: Desk, dialog: QDialog, name: str, typed: str, title: str) -> None:
    """Type into a field that finds records, and choose the one with this title."""
    edit = dialog.findChild(PickEdit, name)
    assert edit is not None
    QTest.keyClicks(edit, typed)
    popup = edit.findChildren(QCompleter)[0].popup()
    assert popup is not None

    def found() -> list[QModelIndex]:
        choices = popup.model()
        every = [choices.index(row, 0) for row in range(choices.rowCount())]
        return [each for each in every if title in str(each.data())]

    desk.wait(lambda: popup.isVisible() and bool(found()), f"{title} is found")
    (index,) = found()
    QTest.mouseClick(
        popup.viewport(),
        Qt.MouseButton.LeftButton,
        pos=popup.visualRect(index).center(),
    )


def test_past_mail_is_linked_after_a_look_and_unlinked_by_undo(desk: Desk, rig: Rig) -> None:
    """A deal made after its mail: nothing by itself; preview, leave one out, link, undo."""
    rig.deliver(*(a_mail(subject=name) for name in ("Question", "Offer", "Order")))
    rig.deliver(a_mail(subject="Bystander", from_="Bo <bo@elsewhere.example>"))
    desk.add_account(rig)
    desk.wait_for("Question", "Offer", "Order", "Bystander")
    ada = _saved(desk, Person(name="Ada Tamm", addresses=(Labelled(ADA),)))
    deal = _saved(desk, Deal(title="Roof", person_ids=(_id(ada),)))
    assert set(_links(desk).values()) == {""}
    _open_record(desk, "deals", "Roof")
    desk.pick("detail_menu_button", "Link past mail…")
    dialog = desk.dialog("link_past_dialog")
    found = dialog.findChild(QListWidget, "link_past_list")
    assert found is not None
    lines = [found.item(row).text().partition("\n")[0] for row in range(found.count())]
    assert sorted(lines) == ["Offer", "Order", "Question"]
    found.item(lines.index("Order")).setCheckState(Qt.CheckState.Unchecked)
    _press(dialog, "link_past_button")
    wanted = ["Offer", "Question"]
    desk.wait(lambda: sorted(_listed(desk, "history_list")) == wanted, "its history has them")
    desk.open_folder("inbox")
    desk.wait(lambda: _links(desk).get("Offer") == deal, "the list shows it")
    desk.trigger("action_undo")
    desk.wait(lambda: set(_links(desk).values()) == {""}, "none is linked")
    assert rows(desk.profile, "SELECT count(*) FROM link") == [(0,)]


def test_many_are_linked_and_unlinked_from_the_list(desk: Desk, rig: Rig) -> None:
    """Two selected conversations, one search, one deal; then unlinked, then undone."""
    rig.deliver(*(a_mail(subject=name) for name in ("Alpha", "Beta", "Gamma")))
    desk.add_account(rig)
    deal = _saved(desk, Deal(title="Boat shed"))
    desk.wait_for("Alpha", "Beta", "Gamma")
    desk.select("Alpha", "Gamma")
    desk.trigger("action_link")
    dialog = desk.dialog("link_dialog")
    results = dialog.findChild(QListWidget, "link_results")
    search = dialog.findChild(QLineEdit, "link_search_edit")
    assert search is not None
    assert results is not None
    QTest.keyClicks(search, "boat")
    desk.wait(lambda: results.count() == 1, "the deal is found")
    _press(dialog, "link_button")
    linked = {"Alpha": deal, "Beta": "", "Gamma": deal}
    desk.wait(lambda: _links(desk) == linked, "both are linked")
    desk.select("Alpha", "Gamma")
    desk.trigger("action_unlink")
    desk.wait(lambda: set(_links(desk).values()) == {""}, "both are unlinked")
    desk.trigger("action_undo")
    desk.wait(lambda: _links(desk) == linked, "both are linked again")


def test_two_persons_become_one(desk: Desk, rig: Rig) -> None:
    """The kept one has the other's mail too; Undo makes two of them again."""
    rig.deliver(a_mail(subject="From work"))
    rig.deliver(a_mail(subject="From home", from_="Ada <ada@home.example>"))
    desk.add_account(rig)
    _saved(desk, Person(name="Ada Tamm", addresses=(Labelled(ADA),)))
    _saved(desk, Person(name="A. Tamm", addresses=(Labelled("ada@home.example"),)))
    _open_record(desk, "persons", "Ada Tamm")
    desk.wait(lambda: _listed(desk, "history_list") == ["From work"], "her mail shows")
    desk.pick("detail_menu_button", "Merge with another person…")
    dialog = desk.dialog("merge_dialog")
    _pick(desk, dialog, "merge_search_edit", "a. ta", "A. Tamm")
    radios = [each.text().partition("  ")[0] for each in dialog.findChildren(QRadioButton)]
    assert radios == ["Ada Tamm", "A. Tamm"]
    _press(dialog, "merge_button")
    both = ["From home", "From work"]
    desk.wait(lambda: sorted(_listed(desk, "history_list")) == both, "she has all mail")
    desk.wait(lambda: _listed(desk, "record_list") == ["Ada Tamm"], "there is one")
    desk.trigger("action_undo")
    two = ["A. Tamm", "Ada Tamm"]
    desk.wait(lambda: sorted(_listed(desk, "record_list")) == two, "there are two")
    desk.wait(lambda: _listed(desk, "history_list") == ["From work"], "each has their own")


def test_each_link_and_each_entry_says_why(desk: Desk, rig: Rig) -> None:
    """The rule in words over the conversation; the address in words over a person's mail."""
    ada = _saved(desk, Person(name="Ada Tamm", addresses=(Labelled(ADA),)))
    _saved(desk, Deal(title="Roof", person_ids=(_id(ada),), created_at=1))
    rig.deliver(a_mail(subject="Offer"))
    desk.add_account(rig)
    desk.select("Offer")
    desk.wait(lambda: desk.window.findChild(QLabel, "link_reason") is not None, "it is linked")
    why = "The only open item of Ada Tamm when the conversation began."
    assert desk.text_of("link_reason") == why
    for folder, title, expected in (
        ("persons", "Ada Tamm", f"It has the address {ADA}."),
        ("deals", "Roof", why),
    ):
        _open_record(desk, folder, title)
        desk.wait(lambda: _listed(desk, "history_list") == ["Offer"], "its history has it")
        view: QAbstractItemView = desk.find(QAbstractItemView, "history_list")
        view.setCurrentIndex(view.model().index(0, 0))
        QTest.keyClick(view, Qt.Key.Key_Return)
        reason: QLabel = desk.find(QLabel, "history_reason")
        desk.wait(reason.isVisible, "it is told")
        assert reason.text() == expected


@pytest.mark.parametrize("entry", ["spam@shop.example", "shop.example"])
def test_a_blocked_address_keeps_mail_out(desk: Desk, rig: Rig, entry: str) -> None:
    """Preferences, Blocked: what comes from there alone stays out, a common mail comes in."""
    rig.deliver(a_mail(subject="Before", from_="S <spam@shop.example>"))
    account_id = desk.add_account(rig)
    desk.trigger("action_preferences")
    dialog = desk.dialog("preferences_dialog")
    edit = dialog.findChild(QLineEdit, "blocked_edit")
    blocked = dialog.findChild(QListWidget, "blocked_list")
    assert edit is not None
    assert blocked is not None
    QTest.keyClicks(edit, entry)
    _press(dialog, "block_button")
    desk.wait(lambda: blocked.count() == 1, "it is blocked")
    dialog.close()
    rig.deliver(a_mail(subject="Advert", from_="S <spam@shop.example>", to=rig.address))
    common = f"{rig.address}, Ada <{ADA}>"
    rig.deliver(a_mail(subject="Common", from_="S <spam@shop.example>", to=common))
    desk.settle(account_id)
    desk.wait_for("Before", "Common")
    assert "Advert" in rig.subjects("INBOX")


def test_an_unknown_address_is_added_to_a_contact(desk: Desk, rig: Rig) -> None:
    """The panel's second button: choose a person, who gets the address and its mail at once."""
    _saved(desk, Person(name="Ada Tamm", addresses=(Labelled("ada@home.example"),)))
    rig.deliver(a_mail(subject="From work", to=rig.address))
    desk.add_account(rig)
    desk.window.resize(1400, 800)
    desk.select("From work")
    name = "add_to_contact_button"
    desk.wait(lambda: desk.window.findChild(QPushButton, name) is not None, "unknown")
    _press(desk.window, name)
    dialog = desk.dialog("add_to_dialog")
    _pick(desk, dialog, "contact_search_edit", "tamm", "Ada Tamm")
    _press(dialog, "add_button")
    desk.wait(lambda: desk.window.findChild(QPushButton, name) is None, "known now")
    found = rows(desk.profile, "SELECT address FROM person_address ORDER BY id")
    assert found == [("ada@home.example",), (ADA,)]
    _open_record(desk, "persons", "Ada Tamm")
    desk.wait(lambda: _listed(desk, "history_list") == ["From work"], "their mail shows")


def test_a_new_contact_gets_the_organization_of_its_domain(desk: Desk, rig: Rig) -> None:
    """Create contact proposes the organization that has the address's domain."""
    _saved(desk, Organization(name="Customer Ltd", domains=("customer.example",)))
    rig.deliver(a_mail(subject="First contact", to=rig.address))
    desk.add_account(rig)
    desk.window.resize(1400, 800)
    desk.select("First contact")
    name = "create_contact_button"
    desk.wait(lambda: desk.window.findChild(QPushButton, name) is not None, "unknown")
    _press(desk.window, name)
    dialog = desk.dialog("record_dialog")
    edits = {each.objectName(): each.text() for each in dialog.findChildren(QLineEdit)}
    assert edits["name_edit"] == "Ada Tamm"
    assert "Customer Ltd" in edits.values()
    _press(dialog, "save_button")
    found = "SELECT name, organization_id FROM person"
    desk.wait(lambda: rows(desk.profile, found) == [("Ada Tamm", 1)], "it is stored")


def test_deleting_a_deal_says_what_goes_and_keeps_the_mail(desk: Desk, rig: Rig) -> None:
    """The dialog counts the conversations; the mail stays, unlinked; Undo brings all back."""
    ada = _saved(desk, Person(name="Ada Tamm", addresses=(Labelled(ADA),)))
    deal = _saved(desk, Deal(title="Roof", person_ids=(_id(ada),), created_at=1))
    rig.deliver(a_mail(subject="Offer"))
    desk.add_account(rig)
    desk.wait(lambda: _links(desk).get("Offer") == deal, "it is linked")
    _open_record(desk, "deals", "Roof")
    words = desk.agree(lambda: desk.pick("detail_menu_button", "Delete…"))
    assert "1 conversation is unlinked" in words
    desk.open_folder("inbox")
    desk.wait(lambda: _links(desk) == {"Offer": ""}, "the mail stays")
    desk.trigger("action_undo")
    desk.wait(lambda: _links(desk) == {"Offer": deal}, "all is back")


def test_a_mail_is_linked_with_a_person_by_hand_and_says_so(desk: Desk, rig: Rig) -> None:
    """In the link dialog. The person's history has the mail, and says that the user linked it."""
    rig.deliver(a_mail(subject="Offer"))
    desk.add_account(rig)
    _saved(desk, Person(name="Carl Kuusk"))
    desk.select("Offer")
    header = desk.find(QLabel, "conversation_subject")
    desk.wait(lambda: header.isVisible() and header.text() == "Offer", "it is open")
    desk.trigger("action_link")
    dialog = desk.dialog("link_dialog")
    search = dialog.findChild(QLineEdit, "link_search_edit")
    results = dialog.findChild(QListWidget, "link_results")
    assert search is not None
    assert results is not None
    QTest.keyClicks(search, "carl")
    desk.wait(lambda: results.count() == 1, "he is found")
    _press(dialog, "link_button")
    _open_record(desk, "persons", "Carl Kuusk")
    desk.wait(lambda: _listed(desk, "history_list") == ["Offer"], "his history has it")
    view: QAbstractItemView = desk.find(QAbstractItemView, "history_list")
    view.setCurrentIndex(view.model().index(0, 0))
    QTest.keyClick(view, Qt.Key.Key_Return)
    reason: QLabel = desk.find(QLabel, "history_reason")
    desk.wait(reason.isVisible, "it is told")
    assert reason.text() == "You linked this mail with Carl Kuusk."
    desk.trigger("action_undo")
    desk.wait(lambda: _listed(desk, "history_list") == [], "it is out again")


def test_what_is_deleted_while_past_mail_is_looked_at_leaves_it(desk: Desk, rig: Rig) -> None:
    rig.deliver(*(a_mail(subject=name) for name in ("Question", "Offer")))
    desk.add_account(rig)
    desk.wait_for("Question", "Offer")
    ada = _saved(desk, Person(name="Ada Tamm", addresses=(Labelled(ADA),)))
    _saved(desk, Deal(title="Roof", person_ids=(_id(ada),)))
    _open_record(desk, "deals", "Roof")
    desk.pick("detail_menu_button", "Link past mail…")
    dialog = desk.dialog("link_past_dialog")
    found = dialog.findChild(QListWidget, "link_past_list")
    assert found is not None
    sql = "SELECT id FROM conversation WHERE subject = 'Question'"
    ((gone,),) = rows(desk.profile, sql)
    desk.run(DeleteConversations((gone,)))
    desk.wait(lambda: found.count() == 1, "it is gone from the preview")
    assert found.item(0).text().startswith("Offer")
    _press(dialog, "link_past_button")
    desk.wait(lambda: rows(desk.profile, "SELECT count(*) FROM link") == [(1,)], "linked")


def test_what_was_looked_for_in_vain_is_the_title_of_the_new_deal(desk: Desk, rig: Rig) -> None:
    rig.deliver(a_mail(subject="Offer"))
    desk.add_account(rig)
    desk.select("Offer")
    desk.trigger("action_link")
    dialog = desk.dialog("link_dialog")
    search = dialog.findChild(QLineEdit, "link_search_edit")
    assert search is not None
    QTest.keyClicks(search, "Pumps ")
    _press(dialog, "link_new_deal_button")
    form = desk.dialog("record_dialog")
    _press(form, "save_button")
    desk.wait(lambda: _links(desk) == {"Offer": "deal:1"}, "it is linked")
    assert rows(desk.profile, "SELECT title FROM deal") == [("Pumps",)]
