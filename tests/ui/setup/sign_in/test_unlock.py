"""What stands between the user and the passwords after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from models.accounts import account, secrets
from models.accounts.account import NewAccount
from models.store import database
from sync.qt.service.service import MailService
from sync.qt.service.vault import QuestionKind, VaultQuestion
from sync.secrets.vault import Vault, VaultMode
from tests.support.keyrings import MoodyKeyring
from tests.ui.setup.parts import PASSWORD, PATIENCE, QUICK, part, press, use_no_keyring
from ui.forms.fields import Notice
from ui.setup.sign_in.flow import PASSPHRASE_LEAST
from ui.setup.sign_in.unlock import KeepDialog, UnlockDialog
from ui.style.theme import Theme

PASSPHRASE = "tulip and daffodil"


def add_account(mode: VaultMode) -> int:
    """An account on a port where nobody listens, its password kept in this way."""
    vault = Vault()
    vault.prepare(mode, PASSPHRASE)
    with database.writing(durable=True):
        new = NewAccount("ann@nordicpaper.invalid", "127.0.0.1", 9, "none", "127.0.0.1", 9, "none")
        account_id = account.create(new)
        secrets.store(account_id, vault.encrypted({"imap": PASSWORD}))
    return account_id


@pytest.fixture
def service(store: Path) -> Iterator[MailService]:
    made = MailService(store, timing=QUICK)
    yield made
    made.close()


def asked(qtbot: QtBot, service: MailService) -> VaultQuestion:
    with qtbot.waitSignal(service.vault.asked, timeout=PATIENCE) as question:
        service.start()
    assert question.args is not None
    found = question.args[0]
    assert isinstance(found, VaultQuestion)
    return found


def dialog(
    qtbot: QtBot, service: MailService, theme: Theme, question: VaultQuestion
) -> UnlockDialog:
    made = UnlockDialog(service, theme, question)
    qtbot.addWidget(made)
    made.open()
    return made


def test_the_passphrase_unlocks_and_a_wrong_one_is_told(
    qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    account_id = add_account(VaultMode.PASSPHRASE)
    question = asked(qtbot, service)
    assert question.kind is QuestionKind.PASSPHRASE
    window = dialog(qtbot, service, theme, question)
    edit = part(window, QLineEdit, "unlock_passphrase_edit")
    error = part(window, Notice, "unlock_error")

    QTest.keyClicks(edit, "not it")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(error.text()), timeout=PATIENCE)
    assert "not the passphrase" in error.text()

    edit.setText(PASSPHRASE)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)

    assert service.vault.vault.secret(account_id, "imap") == PASSWORD
    assert edit.text() == ""


def test_not_now_leaves_the_passwords_locked(
    qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    add_account(VaultMode.PASSPHRASE)
    window = dialog(qtbot, service, theme, asked(qtbot, service))

    press(qtbot, window, "later_button")

    assert not window.isVisible()
    assert not service.vault.vault.can_seal


@pytest.mark.parametrize("mode", [VaultMode.SESSION, VaultMode.KEYRING])
def test_passwords_that_are_gone_are_asked_for_each_account(
    qtbot: QtBot, service: MailService, theme: Theme, mode: VaultMode
) -> None:
    account_id = add_account(mode)
    keyring.get_keyring().entries.clear()  # type: ignore[attr-defined]  # the test's own keyring
    question = asked(qtbot, service)
    assert question.kind is QuestionKind.SIGN_IN
    window = dialog(qtbot, service, theme, question)

    part(window, QLineEdit, f"password_edit_{account_id}").setText("a new one")
    press(qtbot, window, "unlock_button")
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)

    assert service.vault.vault.secret(account_id, "imap") == "a new one"
    assert bool(secrets.account_ids()) is (mode is VaultMode.KEYRING)


@pytest.mark.parametrize(
    ("mood", "kind"), [("locked", QuestionKind.KEYRING_LOCKED), ("gone", QuestionKind.NO_KEYRING)]
)
def test_a_keychain_that_is_shut_is_asked_again(
    qtbot: QtBot, service: MailService, theme: Theme, mood: str, kind: QuestionKind
) -> None:
    moody = MoodyKeyring()
    keyring.set_keyring(moody)
    account_id = add_account(VaultMode.KEYRING)
    moody.mood = "locked"
    if mood == "gone":
        use_no_keyring()
    question = asked(qtbot, service)
    assert question.kind is kind
    window = dialog(qtbot, service, theme, question)

    with qtbot.waitSignal(service.vault.asked, timeout=PATIENCE):
        press(qtbot, window, "unlock_button")
    qtbot.waitUntil(part(window, QPushButton, "unlock_button").isEnabled, timeout=PATIENCE)
    assert window.isVisible()

    moody.mood = "open"
    keyring.set_keyring(moody)
    press(qtbot, window, "unlock_button")
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)
    assert service.vault.vault.secret(account_id, "imap") == PASSWORD


def test_another_way_to_keep_passwords_is_checked(qtbot: QtBot, theme: Theme) -> None:
    window = KeepDialog(theme, "Your keychain did not accept the key.", Vault())
    qtbot.addWidget(window)
    window.open()
    window.page.passphrase.setText("x" * (PASSPHRASE_LEAST - 1))
    press(qtbot, window, "keep_button")
    assert window.isVisible()

    window.page.passphrase.setText(PASSPHRASE)
    press(qtbot, window, "keep_button")

    assert not window.isVisible()
    assert window.page.mode() == "passphrase"
