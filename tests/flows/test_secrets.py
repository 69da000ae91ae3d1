"""Passwords at the window: keychains on bad days, every way to keep the key, and back again."""

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

from models.commands import Archive, SetOption
from models.events import Phase
from sync.qt.vault import VaultMode
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from tests.flows.rig import Rig, dovecot_rig
from tests.support.builders import a_mail
from tests.support.dovecot import Dovecot
from tests.support.keyrings import FILE_VARIABLE, FileKeyring, MoodyKeyring
from tests.support.smtp import SmtpSink
from tests.ui.setup.parts import use_no_keyring
from ui.settings.dialog import PreferencesDialog

PHRASE = "tulip and daffodil 42"
OTHER_PHRASE = "crocus and hyacinth 7"


@pytest.fixture
def moody() -> MoodyKeyring:
    """The keyring of this test; the one of before comes back with `memory_keyring`."""
    made = MoodyKeyring()
    keyring.set_keyring(made)
    return made


@pytest.fixture
def desk(qtbot: QtBot, profile: Path, moody: MoodyKeyring) -> Iterator[Desk]:
    """An open window whose keyring has moods."""
    made = Desk(qtbot, profile)
    yield made
    moody.speak()
    made.close()


@pytest.fixture
def rig(dovecot: Dovecot, tmp_path: Path) -> Iterator[Rig]:
    """A mailbox that wants its password."""
    sink = SmtpSink(tmp_path, "plain").start()
    yield dovecot_rig(dovecot, dovecot.new_user("fixed"), smtp_port=sink.port)
    sink.stop()


def page(desk: Desk) -> QWidget:
    """The page of the preferences about passwords."""
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
    """Choose another way and wait until it counts."""
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
    """In the dialog that asks for it after a start."""
    desk.wait(lambda: desk.window.findChild(QLineEdit, "unlock_passphrase_edit") is not None)
    edit = desk.find(QLineEdit, "unlock_passphrase_edit")
    edit.setText(phrase)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def needs_sign_in(desk: Desk, account_id: int) -> bool:
    status = desk.service.status(account_id)
    return status is not None and status.phase is Phase.NEEDS_SIGN_IN


def raw_files(profile: Path) -> bytes:
    """Every byte of the profile."""
    return b"".join(path.read_bytes() for path in profile.rglob("*") if path.is_file())


def keys_of(moody: MoodyKeyring) -> list[bytes]:
    return [base64.b64decode(text) for text in moody.entries.values()]


def banner(desk: Desk) -> str:
    bar = desk.find(QWidget, "vault_bar")
    return str(bar.text()) if bar.isVisible() else ""  # type: ignore[attr-defined]  # of Banner


# --- keychains on bad days -------------------------------------------------------------------


@pytest.mark.parametrize("mood", ["locked", "failing"])
def test_a_shut_keychain_is_told_and_asked_again(
    desk: Desk, rig: Rig, moody: MoodyKeyring, mood: str, caplog: pytest.LogCaptureFixture
) -> None:
    account_id = desk.add_account(rig)
    desk.close()
    moody.mood = mood
    desk.reopen()
    desk.wait(lambda: "keychain" in banner(desk), "the bar tells")
    assert ("locked" if mood == "locked" else "failed") in banner(desk)
    rig.deliver(a_mail(subject="Alpha"))

    moody.mood = "open"
    press(desk.find(QPushButton, "vault_button"))
    desk.wait(lambda: not banner(desk), "the bar is gone")
    desk.settle(account_id)
    desk.wait_for("Alpha")
    caplog.clear()


def test_a_keychain_that_came_back_is_found_by_sync_now(
    desk: Desk, rig: Rig, moody: MoodyKeyring
) -> None:
    account_id = desk.add_account(rig)
    desk.close()
    moody.mood = "locked"
    desk.reopen()
    desk.wait(lambda: bool(banner(desk)), "the bar tells")
    moody.mood = "open"
    desk.trigger("action_sync_now")
    desk.wait(lambda: not banner(desk), "the bar is gone")
    desk.settle(account_id)


def test_a_silent_keychain_holds_up_neither_the_window_nor_the_quit(
    desk: Desk, rig: Rig, moody: MoodyKeyring
) -> None:
    rig.deliver(a_mail(subject="Alpha"))
    account_id = desk.add_account(rig)
    desk.close()
    moody.mood = "silent"
    desk.reopen()
    desk.wait(lambda: "Waiting for your keychain" in banner(desk), "the bar tells")
    desk.wait_for("Alpha")
    desk.close()  # returns although the keychain never answered
    moody.speak()
    desk.reopen()
    desk.settle(account_id)


def test_a_keychain_that_never_answers_is_left_for_a_passphrase(
    desk: Desk, rig: Rig, moody: MoodyKeyring
) -> None:
    """The key can't be read, so the account signs in again; mail and settings stay."""
    rig.deliver(a_mail(subject="Alpha"))
    account_id = desk.add_account(rig)
    desk.close()
    moody.mood = "silent"
    desk.reopen()
    desk.wait(lambda: "Waiting for your keychain" in banner(desk), "the bar tells")
    press(desk.find(QPushButton, "vault_button"))
    press(on_page(desk, QRadioButton, "passphrase_radio"))
    for name in ("passphrase_edit", "passphrase_again_edit"):
        on_page(desk, QLineEdit, name).setText(PHRASE)  # type: ignore[attr-defined]
    assert "sign in to your accounts again" in text_on_page(desk, "secret_loss")
    press(on_page(desk, QPushButton, "secret_change_button"))
    desk.wait(lambda: needs_sign_in(desk, account_id), "the account asks for its password")
    moody.speak()  # the answer that comes too late changes nothing
    assert desk.service.vault.vault.mode is VaultMode.PASSPHRASE
    desk.wait_for("Alpha")
    sign_in(desk, account_id, rig)
    desk.reopen()
    enter_passphrase(desk, PHRASE)
    desk.settle(account_id)


def test_a_keychain_that_is_not_there_and_comes_back(
    desk: Desk, rig: Rig, moody: MoodyKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A desktop without its keyring service; when that is started, "Sync now" is enough."""
    file = tmp_path / "keyring.json"
    monkeypatch.setenv(FILE_VARIABLE, str(file))
    keyring.set_keyring(FileKeyring())  # type: ignore[no-untyped-call]  # keyring's own has none
    account_id = desk.add_account(rig)
    desk.close()
    use_no_keyring()
    desk.reopen()
    desk.wait(lambda: "not there now" in banner(desk), "the bar tells")
    press(desk.find(QPushButton, "vault_button"))
    assert on_page(desk, QRadioButton, "passphrase_radio").isEnabled()
    press(on_page(desk, QPushButton, "secret_open_button"))
    desk.wait(lambda: not desk.service.vault.is_busy, "it was looked for")
    assert "not there now" in text_on_page(desk, "secret_trouble")

    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.support.keyrings.FileKeyring")
    desk.trigger("action_sync_now")
    desk.wait(lambda: not banner(desk), "the bar is gone")
    desk.settle(account_id)
    assert text_on_page(desk, "secret_trouble") == ""


def test_a_computer_without_a_keychain_goes_on_with_this_session(
    desk: Desk, rig: Rig, moody: MoodyKeyring
) -> None:
    rig.deliver(a_mail(subject="Alpha"))
    account_id = desk.add_account(rig)
    desk.close()
    use_no_keyring()
    desk.reopen()
    desk.wait(lambda: "not there now" in banner(desk), "the bar tells")
    press(on_page(desk, QRadioButton, "session_radio"))
    assert "sign in to your accounts again" in text_on_page(desk, "secret_loss")
    press(on_page(desk, QPushButton, "secret_change_button"))
    desk.wait(lambda: needs_sign_in(desk, account_id), "the account asks for its password")
    sign_in(desk, account_id, rig)
    desk.wait_for("Alpha")
    assert rows(desk.profile, "SELECT * FROM secret") == []


def test_a_lost_key_asks_for_a_new_sign_in_and_nothing_else_is_lost(
    desk: Desk, rig: Rig, moody: MoodyKeyring
) -> None:
    """Mail, settings and what waits for the server stay; it goes out after the sign-in."""
    rig.deliver(a_mail(subject="Alpha"), a_mail(subject="Beta"))
    account_id = desk.add_account(rig)
    desk.run(SetOption("archive_on_server", True))
    desk.wait_for("Alpha", "Beta")
    old = dict(moody.entries)
    desk.close()
    moody.entries.clear()
    desk.reopen()
    desk.wait(lambda: "no longer has" in banner(desk), "the bar tells")
    desk.wait_for("Alpha", "Beta")
    found = rows(desk.profile, "SELECT id FROM conversation WHERE subject = 'Beta'")
    desk.run(Archive((found[0][0],)))
    desk.wait(lambda: needs_sign_in(desk, account_id), "the account asks for its password")
    assert rig.subjects("Archive") == []

    sign_in(desk, account_id, rig)

    desk.wait_for("Alpha")
    assert rig.subjects("Archive") == ["Beta"]
    assert moody.entries
    assert moody.entries != old
    desk.reopen()
    desk.settle(account_id)


def sign_in(desk: Desk, account_id: int, rig: Rig) -> None:
    """On the account's page, where its bar leads."""
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


# --- from one way to another -----------------------------------------------------------------


def test_every_way_and_back_with_a_restart_after_each(
    desk: Desk, rig: Rig, moody: MoodyKeyring
) -> None:
    """Keychain > passphrase > another passphrase > keychain; no secret is readable in the files."""
    rig.deliver(a_mail(subject="Alpha"))
    account_id = desk.add_account(rig)
    first = keys_of(moody)

    change(desk, "passphrase_radio", PHRASE)
    desk.wait(lambda: not moody.entries, "the key left the keychain")
    desk.reopen()
    enter_passphrase(desk, PHRASE)
    desk.settle(account_id)
    wrapped = _lock(desk.profile)

    change(desk, "passphrase_radio", OTHER_PHRASE)
    desk.reopen()
    enter_passphrase(desk, PHRASE)
    desk.wait(lambda: "not the passphrase" in text_of_unlock(desk), "the old one is refused")
    enter_passphrase(desk, OTHER_PHRASE)
    desk.settle(account_id)
    assert _lock(desk.profile)["wrapped_key"] != wrapped["wrapped_key"]

    change(desk, "keyring_radio")
    second = keys_of(moody)
    desk.reopen()
    desk.settle(account_id)
    assert desk.service.vault.vault.mode is VaultMode.KEYRING
    assert len(second) == 1
    assert second != first
    desk.close()
    raw = raw_files(desk.profile)
    old_words = [str(wrapped["wrapped_key"]).encode(), bytes.fromhex(str(wrapped["wrapped_key"]))]
    passwords = [f'"{rig.password}"'.encode(), b"\0" + rig.password.encode() + b"\0"]
    for words in (*first, *second, *old_words, *passwords, PHRASE.encode(), OTHER_PHRASE.encode()):
        assert words not in raw
    assert rig.address.encode() in raw


def _lock(profile: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(
        rows(profile, "SELECT value FROM setting WHERE name = 'vault'")[0][0]
    )
    return found


def text_of_unlock(desk: Desk) -> str:
    notice = desk.window.findChild(QLabel, "unlock_error")
    return notice.text() if notice is not None else ""


def test_session_only_stores_nothing_and_asks_after_a_restart(
    desk: Desk, rig: Rig, moody: MoodyKeyring
) -> None:
    account_id = desk.add_account(rig)
    sealed = rows(desk.profile, "SELECT ciphertext FROM secret")

    change(desk, "session_radio")
    desk.settle(account_id)  # the session still knows the password
    desk.wait(lambda: not moody.entries, "the key left the keychain")
    assert rows(desk.profile, "SELECT * FROM secret") == []
    desk.close()
    assert sealed[0][0] not in raw_files(desk.profile)

    desk.reopen()
    desk.wait(lambda: "for this session" in banner(desk), "the bar asks")
    press(desk.find(QPushButton, "vault_button"))
    edit = desk.find(QLineEdit, f"password_edit_{account_id}")
    edit.setText(rig.password)
    press(desk.find(QPushButton, "unlock_button"))
    desk.settle(account_id)
    assert rows(desk.profile, "SELECT * FROM secret") == []

    change(desk, "keyring_radio")  # what the session knows is stored from now on
    desk.reopen()
    desk.settle(account_id)
    assert len(rows(desk.profile, "SELECT * FROM secret")) == 1


@pytest.mark.parametrize("mood", ["locked", "failing", "forgetful"])
def test_a_keychain_that_does_not_take_the_key_changes_nothing(
    desk: Desk, rig: Rig, moody: MoodyKeyring, mood: str, caplog: pytest.LogCaptureFixture
) -> None:
    account_id = desk.add_account(rig)
    change(desk, "passphrase_radio", PHRASE)
    before = _lock(desk.profile)["wrapped_key"]
    moody.mood = mood

    press(on_page(desk, QRadioButton, "keyring_radio"))
    press(on_page(desk, QPushButton, "secret_change_button"))
    desk.wait(lambda: text_on_page(desk, "secret_error") != "", "the page tells")

    assert "keychain" in text_on_page(desk, "secret_error")
    assert _lock(desk.profile)["wrapped_key"] == before
    moody.mood = "open"
    desk.reopen()
    enter_passphrase(desk, PHRASE)
    desk.settle(account_id)
    caplog.clear()


def test_a_key_that_could_not_leave_the_keychain_leaves_it_later(
    desk: Desk, rig: Rig, moody: MoodyKeyring
) -> None:
    account_id = desk.add_account(rig)
    moody.mood = "locked"
    change(desk, "passphrase_radio", PHRASE)
    desk.wait(lambda: not desk.service.vault.is_busy, "the vault is at rest")
    assert moody.entries
    assert _lock(desk.profile)["leftovers"]
    moody.mood = "open"
    desk.reopen()
    enter_passphrase(desk, PHRASE)
    desk.settle(account_id)
    desk.wait(lambda: not moody.entries, "the key left the keychain")
    desk.wait(lambda: _lock(desk.profile)["leftovers"] == [], "and the store knows")


def test_short_and_different_passphrases_are_refused(desk: Desk, rig: Rig) -> None:
    desk.add_account(rig)
    press(on_page(desk, QRadioButton, "passphrase_radio"))
    for phrase, again, sentence in (("short", "short", "8"), (PHRASE, OTHER_PHRASE, "differ")):
        on_page(desk, QLineEdit, "passphrase_edit").setText(phrase)  # type: ignore[attr-defined]
        on_page(desk, QLineEdit, "passphrase_again_edit").setText(again)  # type: ignore[attr-defined]
        press(on_page(desk, QPushButton, "secret_change_button"))
        assert sentence in text_on_page(desk, "secret_error")
    assert desk.service.vault.vault.mode is VaultMode.KEYRING


def test_two_profiles_do_not_share_a_key(
    qtbot: QtBot, tmp_path: Path, moody: MoodyKeyring, dovecot: Dovecot
) -> None:
    rigs = [dovecot_rig(dovecot, dovecot.new_user("fixed"), smtp_port=9) for _ in range(2)]
    for number, rig in enumerate(rigs):
        desk = Desk(qtbot, tmp_path / f"profile-{number}")
        desk.add_account(rig)
        desk.close()
    assert len(set(moody.entries.values())) == 2
    desk = Desk(qtbot, tmp_path / "profile-0")
    change(desk, "passphrase_radio", PHRASE)
    desk.wait(lambda: len(moody.entries) == 1, "only the own key left the keychain")
    desk.close()
    desk = Desk(qtbot, tmp_path / "profile-1")
    desk.settle(1)
    desk.close()
