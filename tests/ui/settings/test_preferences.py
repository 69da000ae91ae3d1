"""The preferences save as they go, through commands, and follow what changes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QLineEdit,
    QListWidget,
    QPushButton,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from models.accounts import account, secrets
from models.accounts.account import AccountConfig, NewAccount
from models.events import AccountsChanged
from models.server import mailbox, operation
from models.server.mailbox import Role
from models.store import database, settings
from sync.qt.service.service import MailService
from sync.secrets.vault import VaultMode
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.smtp import SmtpSink
from tests.ui.setup.parts import ADDRESS, PASSWORD, PATIENCE, choose, part, press
from ui.forms.fields import Notice
from ui.settings.dialog import PreferencesDialog
from ui.setup.wizard import SetupWizard
from ui.style.theme import Theme

MAILBOXES = {
    "INBOX": Role.INBOX,
    "Sent": Role.SENT,
    "Archive": Role.ARCHIVE,
    "Trash": Role.TRASH,
    "Work": Role.NONE,
}


def add_account(
    *,
    address: str = ADDRESS,
    kind: str = "personal",
    imap_port: int = 9,
    smtp_port: int = 9,
    user_name: str = "",
    without: Role | None = None,
) -> int:
    """A stopped account, so that nothing but the test changes it."""
    with database.writing(durable=True):
        new = NewAccount(
            address, "localhost", imap_port, "none", "localhost", smtp_port, "none",
            kind=kind, user_name=user_name,
        )  # fmt: skip
        account_id = account.create(new)
        account.update(account_id, state="stopped")
        for name, role in MAILBOXES.items():
            kept = Role.NONE if role is without else role
            mailbox.save(account_id, name, role=kept, is_chosen=name in ("INBOX", "Sent"))
    return account_id


def opened(qtbot: QtBot, service: MailService, theme: Theme) -> PreferencesDialog:
    dialog = PreferencesDialog(service, theme)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def stored(account_id: int) -> AccountConfig:
    config = account.config(account_id)
    assert config is not None
    return config


def account_page(dialog: PreferencesDialog, account_id: int) -> QWidget:
    dialog.show_account(account_id)
    page = part(dialog, QWidget, f"account_page_{account_id}")
    assert page.isVisible()
    return page


OPTIONS = [
    (
        "archive_on_server",
        "Archive the message in my external mail client when I archive it in Dealpost",
    ),
    (
        "delete_on_server",
        "Delete the message from my external mail client when I delete it in Dealpost",
    ),
]


@pytest.mark.parametrize(("name", "wording"), OPTIONS)
def test_the_options_are_off_at_first_and_save_on_toggled(
    qtbot: QtBot, service: MailService, theme: Theme, name: str, wording: str
) -> None:
    dialog = opened(qtbot, service, theme)
    dialog.show_page("general")
    page = part(dialog, QWidget, "general_page")
    check = part(page, QCheckBox, f"{name}_check")
    assert check.isVisible()
    assert check.text() == wording
    assert not check.isChecked()

    check.setChecked(True)
    qtbot.waitUntil(lambda: settings.is_on(name), timeout=PATIENCE)
    check.setChecked(False)
    qtbot.waitUntil(lambda: not settings.is_on(name), timeout=PATIENCE)


@pytest.mark.parametrize(("name", "wording"), OPTIONS)
def test_a_team_account_has_its_own_options(
    qtbot: QtBot, service: MailService, theme: Theme, name: str, wording: str
) -> None:
    personal = add_account()
    team = add_account(address="sales@nordicpaper.invalid", kind="team")
    dialog = opened(qtbot, service, theme)
    assert account_page(dialog, personal).findChild(QCheckBox, f"{name}_check") is None
    check = part(account_page(dialog, team), QCheckBox, f"{name}_check")
    assert check.text() == wording

    check.setChecked(True)
    qtbot.waitUntil(lambda: bool(getattr(stored(team), name)), timeout=PATIENCE)

    assert not settings.is_on(name)
    assert not getattr(stored(personal), name)


@pytest.mark.parametrize(
    ("name", "role"), [("archive_on_server", Role.ARCHIVE), ("delete_on_server", Role.TRASH)]
)
def test_a_missing_role_is_asked_for_when_the_option_is_ticked(
    qtbot: QtBot, service: MailService, theme: Theme, name: str, role: Role
) -> None:
    account_id = add_account(without=role)
    dialog = opened(qtbot, service, theme)
    dialog.show_page("general")
    part(dialog, QCheckBox, f"{name}_check").setChecked(True)
    question = part(dialog, QDialog, "role_dialog")
    combo = part(question, QComboBox, "role_combo")
    combo.setCurrentIndex(combo.findText("Work"))

    press(qtbot, question, "role_use_button")

    def has_role() -> bool:
        found = mailbox.by_role(account_id, role)
        return found is not None and found.name == "Work"

    qtbot.waitUntil(has_role, timeout=PATIENCE)
    assert settings.is_on(name)


def test_a_missing_trash_is_created_only_if_the_person_agrees(
    qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    account_id = add_account(without=Role.TRASH)
    known = mailbox.by_name(account_id, "Trash")
    assert known is not None
    mailbox.update(known.id, name="Elsewhere")
    dialog = opened(qtbot, service, theme)
    dialog.show_page("general")
    part(dialog, QCheckBox, "delete_on_server_check").setChecked(True)
    question = part(dialog, QDialog, "role_dialog")
    assert not part(question, QPushButton, "role_use_button").isEnabled()
    assert operation.of_account(account_id) == []

    press(qtbot, question, "role_create_button")

    qtbot.waitUntil(lambda: bool(operation.of_account(account_id)), timeout=PATIENCE)
    (row,) = operation.of_account(account_id)
    assert (row.kind, row.payload.name, row.payload.role) == ("create", "Trash", "trash")
    assert settings.is_on("delete_on_server")


def test_leaving_that_question_leaves_the_option_off(
    qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    add_account(without=Role.TRASH)
    dialog = opened(qtbot, service, theme)
    dialog.show_page("general")
    check = part(dialog, QCheckBox, "delete_on_server_check")
    check.setChecked(True)
    qtbot.waitUntil(lambda: settings.is_on("delete_on_server"), timeout=PATIENCE)

    press(qtbot, part(dialog, QDialog, "role_dialog"), "role_cancel_button")

    qtbot.waitUntil(lambda: not settings.is_on("delete_on_server"), timeout=PATIENCE)
    qtbot.waitUntil(lambda: not check.isChecked(), timeout=PATIENCE)
    assert not settings.is_on("delete_on_server")


def test_accounts_are_listed_and_followed(qtbot: QtBot, service: MailService, theme: Theme) -> None:
    first = add_account()
    dialog = opened(qtbot, service, theme)
    accounts = part(dialog, QListWidget, "account_list")
    assert [
        accounts.item(row).data(Qt.ItemDataRole.UserRole) for row in range(accounts.count())
    ] == [first]
    assert ADDRESS in accounts.item(0).text()

    second = add_account(address="sales@nordicpaper.invalid", kind="team")
    service.happened.emit(AccountsChanged((second,)))

    assert accounts.count() == 2
    assert account_page(dialog, second).isVisible()


def test_add_new_account_opens_the_wizard(qtbot: QtBot, service: MailService, theme: Theme) -> None:
    dialog = opened(qtbot, service, theme)

    press(qtbot, dialog, "add_account_button")

    assert part(dialog, SetupWizard, "setup_wizard").isVisible()


def test_a_new_password_is_tried_before_it_is_stored(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str,
) -> None:  # fmt: skip
    account_id = add_account(imap_port=dovecot.port, smtp_port=plain_sink.port, user_name=user)
    dialog = opened(qtbot, service, theme)
    dialog.open_sign_in(account_id)
    page = part(dialog, QWidget, f"account_page_{account_id}")
    edit = part(page, QLineEdit, "password_edit")
    error = part(page, Notice, "sign_in_error")
    assert edit.isVisible()

    edit.setText("refused")
    press(qtbot, page, "save_sign_in_button")
    qtbot.waitUntil(lambda: bool(error.text()), timeout=PATIENCE)
    assert "does not accept this user name and password" in error.text()
    assert secrets.account_ids() == ()

    edit.setText(PASSWORD)
    press(qtbot, page, "save_sign_in_button")
    qtbot.waitUntil(lambda: bool(secrets.account_ids()), timeout=PATIENCE)
    qtbot.waitUntil(lambda: edit.text() == "", timeout=PATIENCE)
    assert service.vault.vault.secret(account_id, "imap") == PASSWORD


def test_servers_change_without_typing_the_password_again(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str,
) -> None:  # fmt: skip
    account_id = add_account(smtp_port=plain_sink.port, user_name=user)
    service.vault.vault.prepare(VaultMode.KEYRING)
    with database.writing(durable=True):
        secrets.store(account_id, service.vault.encrypted(PASSWORD))
    dialog = opened(qtbot, service, theme)
    page = account_page(dialog, account_id)

    part(page, QLineEdit, "imap_host_edit").setText("127.0.0.1")
    page.findChild(QWidget, "imap_port_spin").setValue(dovecot.port)  # type: ignore[union-attr]
    press(qtbot, page, "save_sign_in_button")

    qtbot.waitUntil(lambda: stored(account_id).imap_port == dovecot.port, timeout=PATIENCE)
    assert stored(account_id).imap_host == "127.0.0.1"
    assert stored(account_id).state == "stopped"


def test_fewer_labels_are_saved_and_sent_warns(
    qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    account_id = add_account()
    dialog = opened(qtbot, service, theme)
    page = account_page(dialog, account_id)
    labels = part(page, QListWidget, "labels_list")
    items = {labels.item(row).text(): labels.item(row) for row in range(labels.count())}
    assert list(items) == ["Inbox", "Sent", "Archive", "Work"]

    items["Work"].setCheckState(Qt.CheckState.Checked)
    items["Sent"].setCheckState(Qt.CheckState.Unchecked)
    press(qtbot, page, "save_labels_button")

    def chosen() -> set[str]:
        return {state.name for state in mailbox.of_account(account_id) if state.is_chosen}

    qtbot.waitUntil(lambda: chosen() == {"INBOX", "Work"}, timeout=PATIENCE)


def test_a_role_is_corrected(qtbot: QtBot, service: MailService, theme: Theme) -> None:
    account_id = add_account()
    dialog = opened(qtbot, service, theme)
    page = account_page(dialog, account_id)
    combo = part(page, QComboBox, "role_archive_combo")
    assert combo.currentText() == "Archive"

    combo.setCurrentIndex(combo.findText("Work"))
    combo.activated.emit(combo.currentIndex())

    def is_work() -> bool:
        found = mailbox.by_role(account_id, Role.ARCHIVE)
        return found is not None and found.name == "Work"

    qtbot.waitUntil(is_work, timeout=PATIENCE)


def test_stop_and_sync_again(qtbot: QtBot, service: MailService, theme: Theme) -> None:
    account_id = add_account()
    dialog = opened(qtbot, service, theme)
    page = account_page(dialog, account_id)
    button = part(page, QPushButton, "stop_syncing_button")
    assert button.text() == "Sync again"

    press(qtbot, page, "stop_syncing_button")
    qtbot.waitUntil(lambda: button.text() == "Stop syncing", timeout=PATIENCE)
    assert stored(account_id).state != "stopped"

    press(qtbot, page, "stop_syncing_button")
    qtbot.waitUntil(lambda: button.text() == "Sync again", timeout=PATIENCE)
    assert stored(account_id).state == "stopped"


def test_removing_asks_and_keeps_the_history_by_default(
    qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    account_id = add_account()
    dialog = opened(qtbot, service, theme)
    page = account_page(dialog, account_id)
    press(qtbot, page, "remove_account_button")
    question = part(dialog, QDialog, "remove_account_dialog")
    assert part(question, QRadioButton, "keep_history_radio").isChecked()

    press(qtbot, question, "remove_button")

    qtbot.waitUntil(lambda: account.configs() == [], timeout=PATIENCE)
    assert stored(account_id).state == "removed"
    qtbot.waitUntil(
        lambda: dialog.findChild(QWidget, f"account_page_{account_id}") is None, timeout=PATIENCE
    )


def test_erase_all_leaves_no_account(qtbot: QtBot, service: MailService, theme: Theme) -> None:
    account_id = add_account()
    dialog = opened(qtbot, service, theme)
    press(qtbot, account_page(dialog, account_id), "remove_account_button")
    question = part(dialog, QDialog, "remove_account_dialog")
    part(question, QRadioButton, "erase_all_radio").setChecked(True)

    press(qtbot, question, "remove_button")

    qtbot.waitUntil(lambda: account.config(account_id) is None, timeout=PATIENCE)


def test_the_theme_changes_at_once_and_is_kept(
    qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    dialog = opened(qtbot, service, theme)
    dialog.show_page("appearance")

    choose(dialog, "theme_combo", "dark")
    combo = part(dialog, QComboBox, "theme_combo")
    combo.activated.emit(combo.currentIndex())
    part(dialog, QCheckBox, "simple_html_check").setChecked(True)

    assert theme.is_dark
    qtbot.waitUntil(lambda: settings.get("theme") == "dark", timeout=PATIENCE)
    qtbot.waitUntil(lambda: settings.is_on("simple_html"), timeout=PATIENCE)
    theme.set_mode("light")
