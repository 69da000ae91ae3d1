"""Keychains on bad days: locked, silent, failing, gone, back again, and without their key."""

from __future__ import annotations

from pathlib import Path

import keyring
import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton, QRadioButton, QWidget

from models.commands.archive import Archive
from models.store.settings import SetOption
from sync.qt.service.vault import VaultMode
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from tests.flows.rig import Rig, dovecot_rig
from tests.flows.secrets.secrets_desk import (
    PHRASE,
    banner,
    change,
    enter_passphrase,
    moody_desk,
    moody_keyring,
    needs_sign_in,
    on_page,
    press,
    rig_with_password,
    sign_in,
    text_on_page,
)
from tests.support.builders import a_mail
from tests.support.keyrings import FILE_VARIABLE, FileKeyring, MoodyKeyring
from tests.support.servers.dovecot import Dovecot
from tests.ui.setup.parts import use_no_keyring

__all__ = ["moody_desk", "moody_keyring", "rig_with_password"]  # fixtures of these tests


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
    assert not banner(desk)


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
    assert not banner(desk)


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
    """A desktop without its keyring service. Once that is started, "Sync now" is enough."""
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


def test_with_a_lost_key_each_account_signs_in_by_itself(
    desk: Desk, rig: Rig, moody: MoodyKeyring, dovecot: Dovecot
) -> None:
    """The first one makes the new key; the second one still asks, and then syncs as well."""
    second = dovecot_rig(dovecot, dovecot.new_user("fixed"), smtp_port=rig.smtp_port)
    ids = [desk.add_account(each) for each in (rig, second)]
    desk.close()
    moody.entries.clear()
    desk.reopen()
    desk.wait(lambda: all(needs_sign_in(desk, each) for each in ids), "both ask")

    sign_in(desk, ids[0], rig)
    assert needs_sign_in(desk, ids[1])
    desk.wait(lambda: second.address in _sign_in_bar(desk), "the bar names the second")
    sign_in(desk, ids[1], second)

    desk.reopen()
    for account_id in ids:
        desk.settle(account_id)


def _sign_in_bar(desk: Desk) -> str:
    bar = desk.find(QPushButton, "sign_in_button").parentWidget()
    return bar.accessibleName() if bar is not None and bar.isVisible() else ""


def test_a_forgotten_passphrase_costs_a_new_sign_in_and_no_mail(
    desk: Desk, rig: Rig, moody: MoodyKeyring
) -> None:
    rig.deliver(a_mail(subject="Alpha"))
    account_id = desk.add_account(rig)
    change(desk, "passphrase_radio", PHRASE)
    desk.reopen()
    desk.wait(lambda: desk.window.findChild(QWidget, "unlock_dialog") is not None, "it asks")
    press(desk.find(QPushButton, "later_button"))

    press(on_page(desk, QRadioButton, "keyring_radio"))
    assert "If you forgot it, go on" in text_on_page(desk, "secret_loss")
    press(on_page(desk, QPushButton, "secret_change_button"))
    desk.wait(lambda: needs_sign_in(desk, account_id), "the account asks for its password")

    desk.wait_for("Alpha")
    sign_in(desk, account_id, rig)
    desk.reopen()
    desk.settle(account_id)
    assert len(moody.entries) == 1
