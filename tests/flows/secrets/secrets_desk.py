"""A user who changes how passwords are kept in the window, and a keyring with moods."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from models.events import Phase
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from tests.flows.rig import Rig, dovecot_rig
from tests.support.keyrings import MoodyKeyring
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.smtp import SmtpSink
from ui.settings.dialog import PreferencesDialog

PHRASE = "tulip and daffodil 42"
OTHER_PHRASE = "crocus and hyacinth 7"


@pytest.fixture(name="moody")
def moody_keyring() -> MoodyKeyring:
    """The keyring of this test. `memory_keyring` restores the earlier one."""
    made = MoodyKeyring()
    keyring.set_keyring(made)
    return made


@pytest.fixture(name="desk")
def moody_desk(qtbot: QtBot, profile: Path, moody: MoodyKeyring) -> Iterator[Desk]:
    """An open window whose keyring has moods."""
    made = Desk(qtbot, profile)
    yield made
    moody.speak()
    made.close()


@pytest.fixture(name="rig")
def rig_with_password(dovecot: Dovecot, tmp_path: Path) -> Iterator[Rig]:
    """A mailbox that takes only its own password."""
    sink = SmtpSink(tmp_path, "plain").start()
    yield dovecot_rig(dovecot, dovecot.new_user("fixed"), smtp_port=sink.port)
    sink.stop()


def page(desk: Desk) -> QWidget:
    """The preferences page about passwords."""
    dialog = desk.window.findChild(QWidget, "preferences_dialog")
    if dialog is None or not dialog.isVisible():
        desk.action("action_preferences").trigger()
    dialog = desk.find(PreferencesDialog, "preferences_dialog")
    dialog.show_page("secrets")
    return dialog.secrets_page


def on_page(desk: Desk, kind: type[QWidget], name: str) -> QWidget:
    found = page(desk).findChild(kind, name)
    assert found is not None, name
    return found


def change(desk: Desk, radio: str, phrase: str = "") -> None:
    """Choose another way to keep passwords, and wait until the change is done."""
    press(on_page(desk, QRadioButton, radio))
    for name in ("passphrase_edit", "passphrase_again_edit") if phrase else ():
        edit = on_page(desk, QLineEdit, name)
        assert isinstance(edit, QLineEdit)
        edit.setText(phrase)
    press(on_page(desk, QPushButton, "secret_change_button"))
    desk.wait(lambda: text_on_page(desk, "secret_done") != "", "the change is done")


def text_on_page(desk: Desk, name: str) -> str:
    label = on_page(desk, QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def press(button: QWidget) -> None:
    assert button.isEnabled(), button.objectName()
    button.click()  # type: ignore[attr-defined]  # of QAbstractButton


def enter_passphrase(desk: Desk, phrase: str) -> None:
    """Enter the passphrase in the dialog that asks for it after a start."""
    desk.wait(lambda: desk.window.findChild(QLineEdit, "unlock_passphrase_edit") is not None)
    edit = desk.find(QLineEdit, "unlock_passphrase_edit")
    edit.setText(phrase)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def needs_sign_in(desk: Desk, account_id: int) -> bool:
    status = desk.service.status(account_id)
    return status is not None and status.phase is Phase.NEEDS_SIGN_IN


def keys_of(moody: MoodyKeyring) -> list[bytes]:
    return [base64.b64decode(text) for text in moody.entries.values()]


def banner(desk: Desk) -> str:
    bar = desk.find(QWidget, "vault_bar")
    return str(bar.text()) if bar.isVisible() else ""  # type: ignore[attr-defined]  # of Banner


def sign_in(desk: Desk, account_id: int, rig: Rig) -> None:
    """Sign in on the account's page, from the button in its bar."""
    press(desk.find(QPushButton, "sign_in_button"))
    part = desk.find(QWidget, f"account_page_{account_id}")
    edit, save = (
        part.findChild(QLineEdit, "password_edit"),
        part.findChild(QPushButton, "save_sign_in_button"),
    )
    assert edit is not None
    assert save is not None
    edit.setText(rig.password)
    press(save)
    desk.wait(lambda: not needs_sign_in(desk, account_id), "signed in")
    desk.settle(account_id)


def lock_of(profile: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(
        rows(profile, "SELECT value FROM setting WHERE name = 'vault'")[0][0]
    )
    return found


def text_of_unlock(desk: Desk) -> str:
    notice = desk.window.findChild(QLabel, "unlock_error")
    return notice.text() if notice is not None else ""
