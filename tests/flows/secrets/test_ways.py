"""From one way to keep passwords to another at the window, with a restart after each."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from sync.qt.service.vault import VaultMode
from tests.flows.desk import Desk
from tests.flows.profile_file import every_byte, rows
from tests.flows.rig import Rig, dovecot_rig
from tests.flows.secrets.secrets_desk import (
    OTHER_PHRASE,
    PHRASE,
    banner,
    change,
    enter_passphrase,
    keys_of,
    lock_of,
    moody_desk,
    moody_keyring,
    on_page,
    page,
    press,
    rig_with_password,
    text_of_unlock,
    text_on_page,
)
from tests.support.builders import a_mail
from tests.support.keyrings import MoodyKeyring
from tests.support.servers.dovecot import Dovecot

__all__ = ["moody_desk", "moody_keyring", "rig_with_password"]  # fixtures of these tests


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
    wrapped = lock_of(desk.profile)

    change(desk, "passphrase_radio", OTHER_PHRASE)
    desk.reopen()
    enter_passphrase(desk, PHRASE)
    desk.wait(lambda: "not the passphrase" in text_of_unlock(desk), "the old one is refused")
    enter_passphrase(desk, OTHER_PHRASE)
    desk.settle(account_id)
    assert lock_of(desk.profile)["wrapped_key"] != wrapped["wrapped_key"]

    change(desk, "keyring_radio")
    second = keys_of(moody)
    desk.reopen()
    desk.settle(account_id)
    assert desk.service.vault.vault.mode is VaultMode.KEYRING
    assert len(second) == 1
    assert second != first
    desk.close()
    raw = every_byte(desk.profile)
    old_words = [str(wrapped["wrapped_key"]).encode(), bytes.fromhex(str(wrapped["wrapped_key"]))]
    passwords = [f'"{rig.password}"'.encode(), b"\0" + rig.password.encode() + b"\0"]
    for words in (*first, *second, *old_words, *passwords, PHRASE.encode(), OTHER_PHRASE.encode()):
        assert words not in raw
    assert rig.address.encode() in raw


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
    assert sealed[0][0] not in every_byte(desk.profile)

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
    before = lock_of(desk.profile)["wrapped_key"]
    moody.mood = mood

    press(on_page(desk, QRadioButton, "keyring_radio"))
    press(on_page(desk, QPushButton, "secret_change_button"))
    desk.wait(lambda: text_on_page(desk, "secret_error") != "", "the page tells")

    assert "keychain" in text_on_page(desk, "secret_error")
    assert lock_of(desk.profile)["wrapped_key"] == before
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
    assert lock_of(desk.profile)["leftovers"]
    moody.mood = "open"
    desk.reopen()
    enter_passphrase(desk, PHRASE)
    desk.settle(account_id)
    desk.wait(lambda: not moody.entries, "the key left the keychain")
    desk.wait(lambda: lock_of(desk.profile)["leftovers"] == [], "and the store knows")


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


@pytest.mark.parametrize("goes_on", [False, True], ids=["waits", "goes on"])
def test_the_keyboard_comes_back_to_the_choice_unless_the_person_went_on(
    desk: Desk, rig: Rig, goes_on: bool
) -> None:
    desk.add_account(rig)
    shown = page(desk)
    shown.window().activateWindow()
    desk.wait(shown.window().isActiveWindow, "it has the keyboard")
    radio = on_page(desk, QRadioButton, "passphrase_radio")
    press(radio)
    for name in ("passphrase_edit", "passphrase_again_edit"):
        edit = on_page(desk, QLineEdit, name)
        assert isinstance(edit, QLineEdit)
        edit.setText(PHRASE)
    button = on_page(desk, QPushButton, "secret_change_button")
    button.setFocus()
    press(button)
    assert text_on_page(desk, "secret_done") == ""
    navigation = desk.find(QWidget, "preferences_navigation")
    if goes_on:
        navigation.setFocus()
    desk.wait(lambda: text_on_page(desk, "secret_done") != "", "the change is done")
    assert shown.window().focusWidget() is (navigation if goes_on else radio)
