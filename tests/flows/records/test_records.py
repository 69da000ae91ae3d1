"""Records in the real window against a real server: histories, deletes from them, links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QWidget,
)

from models.commands.links import LinkConversations
from models.commands.records import SaveRecord
from models.records.records import Deal, Labelled, Lead, Organization, Person, Project
from models.store.settings import SetOption
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from tests.flows.rig import Rig
from tests.support.builders import a_mail
from ui.records.history.layout import entry_layout

ADA = "ada@customer.example"
KEYS = {
    "deal": "deals",
    "lead": "leads",
    "project": "projects",
    "person": "persons",
    "organization": "organizations",
}


@dataclass
class Scene:
    """A mailbox with three linked mails of a contact, and another mail that is not linked."""

    desk: Desk
    rig: Rig
    account_id: int
    keys: dict[str, str]

    def open_record(self, kind: str) -> None:
        """Choose the record in its list, and wait for its history."""
        self.desk.open_folder(KEYS[kind])
        records = self.view("record_list")
        self.desk.wait(lambda: records.model().rowCount() == 1, f"the {kind} is listed")
        records.setCurrentIndex(records.model().index(0, 0))
        self.desk.wait(lambda: "Question" in self.history(), "its history shows")

    def history(self) -> list[str]:
        """The mails of the shown history."""
        model = self.view("history_list").model()
        rows = [model.index(row, 0) for row in range(model.rowCount())]
        return [str(i.data()) for i in rows if i.data(Qt.ItemDataRole.UserRole + 1) == "mail"]

    def is_archived(self) -> bool:
        """Whether the history says that the offer is archived."""
        index = _index_of(self.view("history_list").model(), "Offer")
        return bool(index.data(Qt.ItemDataRole.UserRole + 3))

    def choose(self, subject: str) -> None:
        """Make a mail of the history the current entry."""
        view = self.view("history_list")
        view.setCurrentIndex(_index_of(view.model(), subject))

    def view(self, name: str) -> QAbstractItemView:
        """A list by its stable name."""
        found: QAbstractItemView = self.desk.find(QAbstractItemView, name)
        return found


@pytest.fixture
def scene(desk: Desk, rig: Rig) -> Scene:
    """A contact with mail, and one record of each kind that has it in its history."""
    organization = _saved(desk, Organization(name="Customer Ltd"))
    person = _saved(
        desk,
        Person(
            name="Ada Tamm",
            organization_id=_id(organization),
            addresses=(Labelled(ADA),),
        ),
    )
    subjects = ("Question", "Offer", "Order")
    rig.deliver(*(a_mail(subject=name) for name in subjects))
    rig.deliver(a_mail(subject="Bystander", from_="Bo <bo@elsewhere.example>"))
    account_id = desk.add_account(rig)
    desk.wait_for("Bystander", *subjects)
    return Scene(desk, rig, account_id, {"organization": organization, "person": person})


def _saved(desk: Desk, record: Deal | Lead | Project | Person | Organization) -> str:
    done = desk.run(SaveRecord(record)).done
    assert done is not None
    return done.record_key


def _id(record_key: str) -> int:
    return int(record_key.partition(":")[2])


def _index_of(model: QAbstractItemModel, subject: str) -> QModelIndex:
    for row in range(model.rowCount()):
        if model.index(row, 0).data() == subject:
            return model.index(row, 0)
    raise AssertionError(f"{subject} is not in the history")


def _conversations(scene: Scene, *subjects: str) -> tuple[int, ...]:
    model = scene.desk.model
    rows = [model.index(row, 0) for row in range(model.rowCount())]
    return tuple(i.data(Qt.ItemDataRole.UserRole) for i in rows if i.data() in subjects)


def _link_to(scene: Scene, kind: str) -> None:
    """Make a deal, lead or project, and link all three conversations with it."""
    if kind in scene.keys:
        return
    made = {"deal": Deal, "lead": Lead, "project": Project}[kind](title="Solar roof")
    scene.keys[kind] = _saved(scene.desk, made)
    ids = _conversations(scene, "Question", "Offer", "Order")
    assert len(ids) == 3
    scene.desk.run(LinkConversations(ids, scene.keys[kind]))


@pytest.mark.parametrize("option", [False, True], ids=["option off", "option on"])
@pytest.mark.parametrize("kind", list(KEYS))
def test_delete_this_email(scene: Scene, kind: str, option: bool) -> None:
    """From the history of each kind: this one message goes everywhere, by the account's option."""
    desk = scene.desk
    _link_to(scene, kind)
    desk.run(SetOption("delete_on_server", option))
    scene.open_record(kind)
    assert sorted(scene.history()) == ["Offer", "Order", "Question"]
    scene.choose("Offer")
    words = desk.agree(lambda: desk.trigger("action_delete_email"))
    assert "1 mail" in words
    assert ("Trash" in words) == option
    desk.wait(lambda: sorted(scene.history()) == ["Order", "Question"], "the entry is gone")
    for _ in range(2):
        desk.settle(scene.account_id)
    assert sorted(scene.history()) == ["Order", "Question"]
    desk.open_folder("inbox")
    desk.wait_for("Bystander", "Order", "Question")
    assert ("Offer" in scene.rig.subjects("Trash")) == option
    assert ("Offer" in scene.rig.subjects("INBOX")) == (not option)
    scene.open_record("person")
    assert sorted(scene.history()) == ["Order", "Question"]


def test_the_menu_of_an_entry_opens_unlinks_and_deletes(scene: Scene) -> None:
    """With the mouse on the entry's own button: unlink, undo, then "Delete this email" (R5)."""
    desk = scene.desk
    _link_to(scene, "deal")
    scene.open_record("deal")
    _open_menu(scene, "Offer")
    desk.pick_line("Unlink")
    desk.wait(lambda: sorted(scene.history()) == ["Order", "Question"], "it is unlinked")
    desk.trigger("action_undo")
    desk.wait(lambda: len(scene.history()) == 3, "it is linked again")
    _open_menu(scene, "Order")
    desk.agree(lambda: desk.pick_line("Delete this email"))
    desk.wait(lambda: sorted(scene.history()) == ["Offer", "Question"], "it is deleted")
    _open_menu(scene, "Question")
    desk.pick_line("Open conversation")
    subject = desk.find(QLabel, "conversation_subject")
    desk.wait(lambda: subject.isVisible() and subject.text() == "Question", "it is open")
    assert rows(desk.profile, "SELECT count(*) FROM message WHERE subject = 'Order'") == [(0,)]


def _open_menu(scene: Scene, subject: str) -> None:
    """Click the three dots of an entry."""
    view = scene.view("history_list")
    index = _index_of(view.model(), subject)
    place = entry_layout(view.visualRect(index)).menu.center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_cancel_deletes_nothing(scene: Scene) -> None:
    """The dialog's other button."""
    scene.open_record("person")
    scene.choose("Offer")
    scene.desk.agree(lambda: scene.desk.trigger("action_delete_email"), button="none")
    scene.desk.settle(scene.account_id)
    assert sorted(scene.history()) == ["Offer", "Order", "Question"]


def test_external_delete_empties_an_open_history_entry(scene: Scene) -> None:
    """Another program deletes a mail whose text is open in a deal's history."""
    desk = scene.desk
    _link_to(scene, "deal")
    scene.open_record("deal")
    view = scene.view("history_list")
    scene.choose("Offer")
    QTest.keyClick(view, Qt.Key.Key_Return)
    desk.wait(lambda: _body(desk) is not None, "its text is open")
    with scene.rig.other() as client:
        client.move("INBOX", [scene.rig.uid("INBOX", "Offer")], "Trash")
    desk.wait(lambda: sorted(scene.history()) == ["Order", "Question"], "the entry is gone")
    desk.wait(lambda: _body(desk) is None, "its text is closed")
    assert rows(desk.profile, "SELECT count(*) FROM message WHERE subject = 'Offer'") == [(0,)]


def _body(desk: Desk) -> QWidget | None:
    found = desk.window.findChild(QWidget, "message_body")
    return found if found is not None and found.isVisible() else None


def test_archive_keeps_everything_linked_and_visible(scene: Scene) -> None:
    """An archived conversation stays in every history, and says so."""
    desk = scene.desk
    _link_to(scene, "deal")
    desk.archive("Offer")
    for kind in ("deal", "person", "organization"):
        scene.open_record(kind)
        assert sorted(scene.history()) == ["Offer", "Order", "Question"]
        desk.wait(scene.is_archived, "it is marked")
    desk.open_folder("archive")
    desk.wait_for("Offer")
    assert desk.model.index(0, 0).data(Qt.ItemDataRole.UserRole + 4) == scene.keys["deal"]


def test_make_a_deal_and_link_by_hand(scene: Scene) -> None:
    """The action opens the form; the link dialog finds the deal; Unlink and Undo work."""
    desk = scene.desk
    desk.trigger("action_new_deal")
    dialog = _dialog(desk, "record_dialog")
    edit = dialog.findChild(QLineEdit, "title_edit")
    assert edit is not None
    edit.setText("Boat shed")
    _press(dialog, "save_button")
    desk.wait(lambda: desk.find(QWidget, "detail_view").isVisible(), "the new deal is shown")
    desk.open_folder("inbox")
    desk.select("Offer")
    desk.trigger("action_link")
    links = _dialog(desk, "link_dialog")
    search = links.findChild(QLineEdit, "link_search_edit")
    results = links.findChild(QListWidget, "link_results")
    assert search is not None
    assert results is not None
    QTest.keyClicks(search, "boat")
    desk.wait(lambda: results.count() == 1, "the deal is found")
    _press(links, "link_button")
    link_key = Qt.ItemDataRole.UserRole + 4
    row = desk.subjects().index("Offer")
    desk.wait(lambda: str(desk.model.index(row, 0).data(link_key)).startswith("deal:"), "linked")
    desk.trigger("action_unlink")
    desk.wait(lambda: desk.model.index(row, 0).data(link_key) == "", "unlinked")
    desk.trigger("action_undo")
    desk.wait(lambda: desk.model.index(row, 0).data(link_key) != "", "linked again")


def test_a_question_is_answered_with_one_click(desk: Desk, rig: Rig) -> None:
    """Two open deals of one person: the conversation asks which, and one click links."""
    person = _saved(desk, Person(name="Ada Tamm", addresses=(Labelled(ADA),)))
    for title in ("Roof", "Storage"):
        _saved(desk, Deal(title=title, person_ids=(_id(person),)))
    account_id = desk.add_account(rig)
    rig.deliver(a_mail(subject="Which one"))
    desk.settle(account_id)
    desk.select("Which one")
    offer: Callable[[], QPushButton | None] = lambda: desk.window.findChild(  # noqa: E731
        QPushButton, "offer_1_button"
    )
    desk.wait(lambda: offer() is not None, "it asks")
    button = offer()
    assert button is not None
    wanted = button.property("record_key")
    button.click()
    link_key = Qt.ItemDataRole.UserRole + 4
    desk.wait(lambda: desk.model.index(0, 0).data(link_key) == wanted, "it is linked")
    desk.wait(lambda: offer() is None, "it asks no more")


def test_an_unknown_address_becomes_a_contact(desk: Desk, rig: Rig) -> None:
    """The panel proposes the name; the new person has the mail in their history at once."""
    rig.deliver(a_mail(subject="First contact", to=rig.address))
    desk.add_account(rig)
    desk.window.resize(1400, 800)
    desk.select("First contact")
    desk.wait(
        lambda: desk.window.findChild(QPushButton, "create_contact_button") is not None, "unknown"
    )
    _press(desk.window, "create_contact_button")
    dialog = _dialog(desk, "record_dialog")
    name = dialog.findChild(QLineEdit, "name_edit")
    assert name is not None
    assert name.text() == "Ada Tamm"
    _press(dialog, "save_button")
    desk.wait(
        lambda: desk.window.findChild(QPushButton, "create_contact_button") is None, "known now"
    )
    desk.open_folder("persons")
    records: QAbstractItemView = desk.find(QAbstractItemView, "record_list")
    desk.wait(lambda: records.model().rowCount() == 1, "listed")
    records.setCurrentIndex(records.model().index(0, 0))
    history: QAbstractItemView = desk.find(QAbstractItemView, "history_list")
    desk.wait(lambda: history.model().index(0, 0).data() == "First contact", "their mail shows")


def _dialog(desk: Desk, name: str) -> QDialog:
    def is_open() -> bool:
        found = desk.window.findChild(QDialog, name)
        return found is not None and found.isVisible()

    desk.wait(is_open, f"{name} is open")
    found: QDialog = desk.find(QDialog, name)
    return found


def _press(parent: QWidget, name: str) -> None:
    button = parent.findChild(QPushButton, name)
    assert button is not None, f"{name} is missing"
    button.click()
