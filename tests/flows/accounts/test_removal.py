"""S7: remove an account, with each of the three answers, beside an account that stays."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QDialog, QLabel, QListWidget, QPushButton

from models.commands.links import LinkConversations
from models.commands.records import SaveRecord
from models.records.records import Deal
from models.store.settings import SetOption
from tests.flows.accounts import office
from tests.flows.desk import Desk
from tests.flows.profile_file import rows, write
from tests.flows.rig import Rig
from tests.support.builders import a_mail
from tests.support.servers.dovecot import Dovecot
from ui.window.workspace import Workspace

MAILS = ("Linked mail", "Plain mail", "Deleted mail", "Archived mail")
WORD = "quokka"  # in the text of each of them


@dataclass
class Place:
    """One account to remove and one that stays, and a deal with a mail of the first."""

    desk: Desk
    rig: Rig
    other: Rig
    account_id: int
    other_id: int

    def one(self, sql: str, *parameters: object) -> object:
        return rows(self.desk.profile, sql, parameters)[0][0]

    def count(self, table: str) -> int:
        """Rows of the removed account."""
        sql = f"SELECT count(*) FROM {table} WHERE account_id = ?"
        return int(str(self.one(sql, self.account_id)))

    def subjects(self) -> list[str]:
        """The stored mails of the removed account."""
        sql = "SELECT subject FROM message WHERE account_id = ? ORDER BY subject"
        return [subject for (subject,) in rows(self.desk.profile, sql, (self.account_id,))]

    def remove(self, radio: str) -> None:
        """Remove it and wait until nothing is left to do."""
        office.remove(self.desk, self.account_id, radio)
        self.desk.wait(self.is_removed, "the account is removed")

    def is_removed(self) -> bool:
        sql = "SELECT count(*) FROM account WHERE id = ? AND (state <> 'removed' OR removing <> '')"
        return self.one(sql, self.account_id) == 0

    def look(self, key: str, *subjects: str) -> None:
        """A list of the sidebar has exactly these."""
        self.desk.open_folder(key)
        self.desk.wait_for(*subjects)

    def find(self, *subjects: str) -> None:
        """Search finds exactly these, and the one that stays is not among them."""
        self.desk.open_folder("inbox")
        self.desk.search(WORD)
        self.desk.wait_for(*subjects)

    def history(self) -> list[str]:
        """The mails in the deal's detail view."""
        self.desk.open_folder("deals")
        records: QAbstractItemView = self.desk.find(QAbstractItemView, "record_list")
        self.desk.wait(lambda: records.model().rowCount() == 1, "the deal is listed")
        records.setCurrentIndex(records.model().index(0, 0))
        entries: QAbstractItemView = self.desk.find(QAbstractItemView, "history_list")
        self.desk.wait(lambda: entries.model().rowCount() > 0, "its history shows")
        indexes = [entries.model().index(row, 0) for row in range(entries.model().rowCount())]
        kind = Qt.ItemDataRole.UserRole + 1
        return [str(each.data()) for each in indexes if each.data(kind) == "mail"]

    def server_is_as_before(self) -> bool:
        return self.rig.subjects("INBOX") == sorted(MAILS) and not self.rig.changing_commands()


@pytest.fixture
def place(desk: Desk, dovecot: Dovecot) -> Place:
    rig, other = office.rigs(dovecot, 2)
    rig.deliver(*(a_mail(subject=name, text=f"The {WORD} of {name}") for name in MAILS))
    other.deliver(a_mail(subject="Staying mail"))
    made = Place(desk, rig, other, desk.add_account(rig), desk.add_account(other))
    desk.wait_for(*MAILS, "Staying mail")
    assert desk.run(SaveRecord(Deal(title="Big deal"))).done is not None
    sql = "SELECT id FROM conversation WHERE subject = 'Linked mail'"
    desk.run(LinkConversations((int(str(made.one(sql))),), "deal:1"))
    desk.archive("Archived mail")
    desk.delete("Deleted mail")
    desk.settle(made.account_id)
    return made


def test_keep_the_history(place: Place) -> None:
    """The default: readable in histories and search, in no list; the server is not touched."""
    place.remove("keep_history_radio")

    place.look("inbox", "Staying mail")
    place.look("archive")
    place.find("Linked mail", "Plain mail", "Archived mail")
    assert place.history() == ["Linked mail"]
    for table in ("secret", "operation", "mailbox", "arrival"):
        assert place.count(table) == 0, table
    assert place.one("SELECT count(*) FROM tombstone") == 1
    assert place.server_is_as_before()
    desk = place.desk
    assert desk.service.status(place.account_id) is None
    work = desk.window.findChild(Workspace)
    assert work is not None
    work.conversation_wanted.emit(place.one("SELECT conversation_id FROM link"))
    desk.wait_for("Linked mail", "Plain mail", "Archived mail")  # "Open conversation"
    desk.wait(lambda: len(desk.table.selectionModel().selectedRows()) == 1, "it is selected")
    assert place.rig.address in " ".join(desk.labels())
    desk.reopen()
    place.look("inbox", "Staying mail")
    place.find("Linked mail", "Plain mail", "Archived mail")


def test_keep_only_linked_mail(place: Place) -> None:
    place.remove("keep_linked_radio")

    assert place.subjects() == ["Linked mail"]
    place.look("inbox", "Staying mail")
    place.find("Linked mail")
    assert place.history() == ["Linked mail"]
    assert place.one("SELECT count(*) FROM tombstone") == 1
    assert place.server_is_as_before()


def test_erase_all(place: Place) -> None:
    """Nothing is left, neither rows nor words in the files. The other account is whole."""
    place.remove("erase_all_radio")

    assert place.count("message") == place.count("conversation") == place.count("ledger") == 0
    assert place.one("SELECT count(*) FROM tombstone") == 0
    assert place.one("SELECT count(*) FROM account") == 1
    place.look("inbox", "Staying mail")
    place.find()
    assert place.server_is_as_before()
    place.desk.close()
    raw = b"".join(path.read_bytes() for path in place.desk.profile.glob("dealpost.db*"))
    assert b"Plain mail" not in raw
    assert b"Staying mail" in raw
    place.desk.open_again()


@pytest.mark.parametrize(
    ("radio", "comes_back"),
    [
        ("keep_history_radio", ["Archived mail", "Linked mail", "Plain mail"]),
        ("keep_linked_radio", ["Archived mail", "Linked mail", "Plain mail"]),
        ("erase_all_radio", sorted(MAILS)),
    ],
)
def test_the_address_is_added_again(place: Place, radio: str, comes_back: list[str]) -> None:
    """R8: mail deleted here stays away, unless every trace was erased."""
    place.remove(radio)

    place.account_id = place.desk.add_account(place.rig)
    place.desk.settle(place.account_id)

    assert place.subjects() == comes_back
    if radio == "keep_history_radio":  # everything is where it was
        place.look("archive", "Archived mail")
        place.look("inbox", "Linked mail", "Plain mail", "Staying mail")
        sql = "SELECT count(*) FROM location l JOIN message m ON m.id = l.message_id WHERE account_id = ?"
        assert place.one(sql, place.account_id) == 3
    if radio != "erase_all_radio":
        assert place.history() == ["Linked mail"]


def test_mail_of_a_removed_account_is_acted_on_here_alone(place: Place) -> None:
    """Archive and delete work on what is kept; with the options on nothing reaches the server."""
    desk = place.desk
    desk.run(SetOption("archive_on_server", True))
    desk.run(SetOption("delete_on_server", True))
    place.remove("keep_history_radio")
    place.find("Linked mail", "Plain mail", "Archived mail")

    words = desk.delete("Plain mail")
    desk.settle(place.other_id)

    assert "stay" in words
    place.find("Linked mail", "Archived mail")
    assert place.server_is_as_before()
    place.account_id = desk.add_account(place.rig)
    assert place.subjects() == ["Archived mail", "Linked mail"]


def test_what_was_kept_is_erased_later(place: Place) -> None:
    """The accounts page lists what was removed, and asks again before it erases."""
    place.remove("keep_history_radio")
    page = office.page(place.desk, "accounts")
    kept = office.part(page, QListWidget, "removed_account_list")
    assert [kept.item(row).text() for row in range(kept.count())] == [place.rig.address]
    kept.setCurrentRow(0)
    office.press(page, "erase_removed_button")
    question = office.part(office.preferences(place.desk), QDialog, "remove_account_dialog")
    office.choose(question, "erase_all_radio")
    office.press(question, "remove_button")
    place.desk.wait(lambda: place.one("SELECT count(*) FROM account") == 1, "it is erased")
    office.preferences(place.desk).accept()
    assert place.count("message") == 0
    place.find()


def test_a_kill_in_the_middle_of_a_removal(place: Place) -> None:
    """The next start continues the removal, because its first transaction recorded what to do."""
    place.desk.close()
    begun = "UPDATE account SET state = 'removed', removing = 'linked' WHERE id = ?"
    write(place.desk.profile, (begun, (place.account_id,)))
    place.desk.open_again()

    place.desk.wait(place.is_removed, "the removal is done")

    assert place.subjects() == ["Linked mail"]
    assert place.count("mailbox") == 0
    place.look("inbox", "Staying mail")


def test_the_dialog_counts_what_each_answer_is_about(place: Place) -> None:
    page = office.page(place.desk, f"account:{place.account_id}")
    office.press(page, "remove_account_button")
    question = office.part(office.preferences(place.desk), QDialog, "remove_account_dialog")

    def texts() -> str:
        return " ".join(label.text() for label in question.findChildren(QLabel))

    place.desk.wait(lambda: "erased: 2" in texts(), "linked mail is counted")
    assert "Mails that stay: 1, erased: 2." in texts()
    assert "Mails erased: 3." in texts()
    office.part(question, QPushButton, "remove_cancel_button").click()
    office.preferences(place.desk).accept()
    assert place.one("SELECT count(*) FROM account WHERE state = 'active'") == 2
