"""What the user sets on an account's page counts at once, and is still set after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QListView,
    QListWidget,
    QScrollArea,
    QTextEdit,
    QToolButton,
)

from models.accounts import account
from models.accounts.account import AccountConfig
from tests.flows.accounts import office
from tests.flows.desk import Desk
from tests.flows.rig import Rig, dovecot_rig
from tests.support.builders import a_mail
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.smtp import SmtpSink
from ui.forms.fields import Notice, Title

ALIAS = "team.alias@dealpost.example"


def stored(account_id: int) -> AccountConfig:
    config = account.config(account_id)
    assert config is not None
    return config


def sign_ins(rig: Rig) -> int:
    """How often Dealpost has signed in: it sends ID once after each sign-in."""
    assert rig.dovecot is not None
    count = sum(command.startswith("ID ") for command in rig.dovecot.commands(rig.user))
    assert count
    return count


def test_an_alias_makes_known_and_new_mail_own(desk: Desk, rig: Rig) -> None:
    """R15: mail from a further own address is in Sent, not in Inbox, whenever it came."""
    rig.deliver(a_mail(subject="Known", from_=f"Me <{ALIAS}>"), a_mail(subject="Customer"))
    account_id = desk.add_account(rig)
    desk.wait_for("Known", "Customer")
    page = office.page(desk, f"account:{account_id}")
    edit = office.part(page, QLineEdit, "alias_edit")

    QTest.keyClicks(edit, "no address")
    office.press(page, "add_alias_button")
    assert "not an email address" in office.part(page, Notice, "alias_error").text()
    edit.clear()
    QTest.keyClicks(edit, ALIAS.title())
    QTest.keyClick(edit, Qt.Key.Key_Return)
    office.preferences(desk).accept()

    desk.wait_for("Customer")
    rig.deliver(a_mail(subject="New one", from_=ALIAS))
    desk.open_folder("sent")
    desk.wait_for("Known", "New one")
    desk.reopen()
    assert ALIAS in stored(account_id).addresses

    page = office.page(desk, f"account:{account_id}")
    listed = office.part(page, QListWidget, "alias_list")
    assert [listed.item(row).text() for row in range(listed.count())] == [ALIAS]
    listed.setCurrentRow(0)
    office.press(page, "remove_alias_button")
    office.preferences(desk).accept()
    desk.open_folder("inbox")
    desk.wait_for("Customer", "Known", "New one")


def test_what_is_typed_is_stored_however_the_page_is_left(desk: Desk, rig: Rig) -> None:
    """Name, signature and an address that was not added yet: another page, Close, or Esc."""
    account_id = desk.add_account(rig)
    page = office.page(desk, f"account:{account_id}")
    name = office.part(page, QLineEdit, "name_edit")
    name.setFocus()
    QTest.keyClicks(name, "Ann Lee")
    office.preferences(desk).show_page("general")
    desk.wait(lambda: stored(account_id).name == "Ann Lee", "the name")

    page = office.page(desk, f"account:{account_id}")
    edit = office.part(page, QTextEdit, "signature_edit")
    edit.setFocus()
    office.part(page, QToolButton, "signature_bold_button").click()
    QTest.keyClicks(edit, "Ann <Lee>")
    QTest.keyClicks(office.part(page, QLineEdit, "alias_edit"), ALIAS)
    QTest.keyClick(office.preferences(desk), Qt.Key.Key_Escape)

    desk.wait(
        lambda: stored(account_id).signature == "<b>Ann &lt;Lee&gt;</b>",
        f"the signature {stored(account_id).signature}",
    )
    desk.wait(lambda: ALIAS in stored(account_id).addresses, "the address")
    assert stored(account_id).name == "Ann Lee"


def test_what_the_server_has_no_part_in_keeps_the_connection(desk: Desk, rig: Rig) -> None:
    """A new name is stored without a reconnect, and the next mail still comes over IDLE."""
    account_id = desk.add_account(rig)
    desk.settle(account_id)
    before = sign_ins(rig)
    page = office.page(desk, f"account:{account_id}")
    name = office.part(page, QLineEdit, "name_edit")
    name.setFocus()
    QTest.keyClicks(name, "Ann Lee")
    office.preferences(desk).accept()
    desk.wait(lambda: stored(account_id).name == "Ann Lee", "the name")
    rig.deliver(a_mail(subject="After that"))
    desk.wait_for("After that")
    assert sign_ins(rig) == before


def test_typed_text_survives_the_end_of_the_program(desk: Desk, rig: Rig) -> None:
    """The window is closed over the open preferences."""
    account_id = desk.add_account(rig)
    page = office.page(desk, f"account:{account_id}")
    edit = office.part(page, QTextEdit, "signature_edit")
    edit.setFocus()
    QTest.keyClicks(edit, "Regards")
    desk.reopen()
    assert stored(account_id).signature == "Regards"
    page = office.page(desk, f"account:{account_id}")
    assert office.part(page, QTextEdit, "signature_edit").toPlainText() == "Regards"


@pytest.mark.parametrize("way", ["page", "general"])
def test_the_default_account(desk: Desk, dovecot: Dovecot, way: str) -> None:
    """The first one until another is chosen; it falls back when that one is removed."""
    first, second = (desk.add_account(rig) for rig in office.rigs(dovecot, 2))
    assert account.default_id() == first
    if way == "page":
        office.tick(desk, f"account:{second}", "default_account_check", is_on=True)
    else:
        combo = office.part(office.page(desk, "general"), QComboBox, "default_account_combo")
        combo.setCurrentIndex(combo.findData(second))
        combo.activated.emit(combo.currentIndex())
    desk.wait(lambda: account.default_id() == second, "the second is the default")
    check = office.part(office.page(desk, f"account:{first}"), QCheckBox, "default_account_check")
    desk.wait(lambda: not check.isChecked(), "the other page follows")
    office.preferences(desk).accept()
    desk.reopen()
    assert account.default_id() == second

    office.remove(desk, second)

    desk.wait(lambda: account.default_id() == first, "it falls back")


def test_an_account_that_is_shown_is_removed(desk: Desk, dovecot: Dovecot) -> None:
    """The window returns to the Inbox of all accounts, since the removed account has no list."""
    rigs = office.rigs(dovecot, 3)
    for rig, name in zip(rigs, "ABC", strict=True):
        rig.deliver(a_mail(subject=name))
    ids = [desk.add_account(rig) for rig in rigs]
    desk.open_folder(f"inbox:{ids[1]}")
    desk.wait_for("B")
    office.remove(desk, ids[1])
    desk.wait_for("A", "C")
    desk.open_folder(f"inbox:{ids[2]}")
    desk.wait_for("C")
    office.remove(desk, ids[0])
    desk.wait(lambda: len(account.configs()) == 1, "the first is removed")
    desk.wait_for("C")
    sidebar = desk.find(QListView, "sidebar")

    def inboxes() -> list[str]:
        lines = [sidebar.model().index(row, 0) for row in range(sidebar.model().rowCount())]
        keys = [str(line.data(Qt.ItemDataRole.UserRole)) for line in lines]
        return [key for key in keys if key.startswith("inbox")]

    desk.wait(lambda: inboxes() == ["inbox", f"inbox:{ids[2]}"], "the sidebar follows")
    desk.wait(lambda: sidebar.currentIndex().data() == rigs[2].address, "and what is chosen")
    assert desk.has("C")


LONG = f"{'a.very.long.name.of.a.person.in.sales.' * 5}and.more@a-department.of.a-firm.example"


def test_a_long_address_is_shown_whole_and_widens_nothing(desk: Desk, rig: Rig) -> None:
    """Every sentence of the question before a removal can be read, too."""
    account_id = desk.add_account(replace(rig, address=LONG))
    page = office.page(desk, f"account:{account_id}")
    assert isinstance(page, QScrollArea)
    bar = page.horizontalScrollBar()
    desk.wait(lambda: not bar.isVisible(), "the page is as wide as the dialog")
    office.press(page, "remove_account_button")
    question = office.part(office.preferences(desk), QDialog, "remove_account_dialog")
    labels = [label for label in question.findChildren(QLabel) if label.isVisible()]
    desk.wait(lambda: any("Mails erased" in label.text() for label in labels), "counted")
    for label in [office.part(page, Title, ""), *labels]:
        desk.wait(lambda one=label: _has_room(one), label.text())  # type: ignore[misc]
    question.reject()


def _has_room(label: QLabel) -> bool:
    """Whether all of it can be read; a layout follows its texts in the next turn."""
    is_high = label.height() >= label.heightForWidth(label.width())
    return is_high and label.width() >= label.minimumSizeHint().width()


@pytest.fixture
def plain_rig() -> Iterator[Rig]:
    """A mailbox on a server without Trash that names no roles."""
    server = Dovecot(special_use=False, special=("Sent", "Archive")).start()
    yield dovecot_rig(server, server.new_user(), smtp_port=9)
    server.stop()


def test_a_missing_role_is_created_from_the_page(desk: Desk, plain_rig: Rig) -> None:
    """Each role is shown with how it is known."""
    account_id = desk.add_account(plain_rig)
    page = office.page(desk, f"account:{account_id}")
    combo = office.part(page, QComboBox, "role_trash_combo")
    assert combo.currentText() == "Not set"
    assert office.part(page, QLabel, "role_sent_source").text() == "Recognized by its name"

    office.press(page, "role_trash_create_button")

    source = office.part(page, QLabel, "role_trash_source")
    assert source.text() == "Is being created on the server"
    desk.wait(lambda: combo.currentText() == "Trash", "it is made on the server")
    desk.wait(lambda: source.text() == "Chosen by you", "it has its role by the user's word")
    assert source.isVisible()
    assert "CREATE" in " ".join(plain_rig.changing_commands())
    desk.close()
    desk.open_again()


def test_a_stopped_account_that_signs_in_anew_is_not_said_to_sync(
    desk: Desk, dovecot: Dovecot, tmp_path: Path
) -> None:
    sink = SmtpSink(tmp_path, "plain").start()
    account_id = desk.add_account(dovecot_rig(dovecot, dovecot.new_user(), sink.port))
    page = office.page(desk, f"account:{account_id}")
    office.press(page, "stop_syncing_button")
    desk.wait(lambda: stored(account_id).state == account.STOPPED, "it is stopped")

    office.press(page, "save_sign_in_button")

    def said() -> str:
        return " ".join(each.text() for each in page.findChildren(Notice) if each.isVisible())

    desk.wait(lambda: "Both servers let Dealpost in" in said(), "it was tried")
    assert "Syncing is stopped" in said()
    assert stored(account_id).state == account.STOPPED
    sink.stop()
