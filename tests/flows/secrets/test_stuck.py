"""Ways out: a keychain that falls silent during a change, and a forgotten passphrase."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QRadioButton, QWidget

from models.accounts import account
from sync.qt.service.vault import VaultMode
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from tests.flows.rig import Rig, dovecot_rig
from tests.flows.secrets.secrets_desk import (
    PHRASE,
    change,
    enter_passphrase,
    moody_desk,
    moody_keyring,
    on_page,
    press,
    rig_with_password,
    text_on_page,
)
from tests.flows.setup.wizard_desk import Place, WizardDesk
from tests.support.builders import a_mail
from tests.support.keyrings import MoodyKeyring
from tests.support.servers.dovecot import Dovecot
from ui.settings.dialog import PreferencesDialog

__all__ = ["moody_desk", "moody_keyring", "rig_with_password"]  # fixtures of these tests


def at_the_questions(desk: Desk, rig: Rig) -> WizardDesk:
    """The wizard, signed in to both servers."""
    wizard = WizardDesk(desk)
    imap, smtp = Place(rig.imap_port), Place(rig.smtp_port)
    wizard.fill(rig.address, imap, smtp, password=rig.password, user=rig.user)
    wizard.to_servers()
    assert wizard.try_servers() == ""
    return wizard


def test_the_wait_for_a_keychain_can_be_ended_in_the_middle_of_a_change(
    desk: Desk, rig: Rig, moody: MoodyKeyring
) -> None:
    """All is as before, also when the keychain speaks after all."""
    account_id = desk.add_account(rig)
    change(desk, "passphrase_radio", PHRASE)
    moody.mood = "silent"
    keyring_radio = on_page(desk, QRadioButton, "keyring_radio")
    press(keyring_radio)
    press(on_page(desk, QPushButton, "secret_change_button"))
    desk.wait(lambda: "Waiting for" in text_on_page(desk, "secret_trouble"), "the page tells")
    assert not keyring_radio.isEnabled()

    stop = on_page(desk, QPushButton, "secret_open_button")
    assert stop.isVisible()
    press(stop)
    desk.wait(lambda: "does not answer" in text_on_page(desk, "secret_error"), "it is given up")
    assert keyring_radio.isEnabled()
    assert not stop.isVisible()
    moody.speak()
    assert desk.service.vault.vault.mode is VaultMode.PASSPHRASE

    change(desk, "keyring_radio")
    desk.reopen()
    desk.settle(account_id)


def test_a_change_waits_for_a_silent_keychain_no_longer_than_a_prompt_takes(
    desk: Desk, rig: Rig, moody: MoodyKeyring
) -> None:
    account_id = desk.add_account(rig)
    change(desk, "passphrase_radio", PHRASE)
    moody.mood = "silent"
    desk.service.vault.patience.setInterval(300)
    press(on_page(desk, QRadioButton, "keyring_radio"))
    press(on_page(desk, QPushButton, "secret_change_button"))

    desk.wait(lambda: "does not answer" in text_on_page(desk, "secret_error"), "it is given up")

    moody.speak()
    desk.reopen()
    enter_passphrase(desk, PHRASE)
    desk.settle(account_id)
    assert desk.service.vault.vault.can_seal


def test_a_keychain_that_falls_silent_at_sync_is_left_for_a_passphrase(
    desk: Desk, rig: Rig, moody: MoodyKeyring
) -> None:
    """It answered the wizard's first question, and never again."""
    rig.deliver(a_mail(subject="Alpha"))
    wizard = at_the_questions(desk, rig)
    moody.mood = "silent"
    desk.service.vault.patience.setInterval(300)
    for _ in range(2):
        wizard.press("next_button")

    wizard.press("sync_button")
    wizard.settle()

    assert "does not answer" in wizard.error()
    assert wizard.part(QWidget, "secret_store_page").isVisible()
    assert wizard.stored() == 0
    for name in ("passphrase_edit", "passphrase_again_edit"):
        wizard.part(QLineEdit, name).setText(PHRASE)
    wizard.finish()
    desk.wait_for("Alpha")
    moody.speak()  # no account uses the key that the keychain takes so late
    assert desk.service.vault.vault.mode is VaultMode.PASSPHRASE
    (config,) = account.configs()
    desk.reopen()
    enter_passphrase(desk, PHRASE)
    desk.settle(config.id)


def test_a_forgotten_passphrase_leaves_a_way_to_add_an_account(
    desk: Desk, rig: Rig, dovecot: Dovecot
) -> None:
    """Both places that ask for it say where to go; from there the wizard asks nothing."""
    desk.add_account(rig)
    change(desk, "passphrase_radio", PHRASE)
    desk.reopen()
    desk.wait(lambda: desk.window.findChild(QWidget, "unlock_dialog") is not None, "it asks")
    asking = desk.find(QWidget, "unlock_dialog")
    assert any("Preferences › Passwords" in each.text() for each in asking.findChildren(QLabel))
    press(desk.find(QPushButton, "later_button"))
    other = dovecot_rig(dovecot, dovecot.new_user("fixed"), smtp_port=rig.smtp_port)
    other.deliver(a_mail(subject="Beta"))

    desk.trigger("action_add_account")
    wizard = at_the_questions(desk, other)
    shown = wizard.part(QWidget, "secret_store_page")
    assert shown.isVisible()
    assert any("Preferences › Passwords" in each.text() for each in shown.findChildren(QLabel))
    wizard.dialog.activateWindow()
    edit = wizard.part(QLineEdit, "passphrase_edit")
    edit.setText("not this one")
    wizard.press("next_button")
    wizard.settle()
    assert "not the passphrase" in wizard.error()
    assert wizard.dialog.focusWidget() is edit
    assert edit.selectedText() == "not this one"
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert not wizard.dialog.isVisible()

    press(on_page(desk, QRadioButton, "keyring_radio"))
    press(on_page(desk, QPushButton, "secret_change_button"))
    desk.wait(lambda: text_on_page(desk, "secret_done") != "", "the change is done")
    desk.find(PreferencesDialog, "preferences_dialog").accept()
    desk.wait(lambda: desk.window.findChild(QWidget, "setup_wizard") is None, "the wizard is gone")
    desk.trigger("action_add_account")
    at_the_questions(desk, other).finish()

    desk.wait_for("Beta")
    assert rows(desk.profile, "SELECT count(*) FROM account") == [(2,)]
