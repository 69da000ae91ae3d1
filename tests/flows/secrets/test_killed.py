"""kill -9 of the program while it changes how passwords are kept: one way always works."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from sync.qt.service.vault import QuestionKind
from sync.secrets.vault import Vault, WrongPassphraseError
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from tests.flows.rig import Rig, dovecot_rig
from tests.support.builders import a_mail
from tests.support.keyrings import FILE_VARIABLE, FileKeyring
from tests.support.servers.dovecot import Dovecot

ROUNDS = 3
START_SECONDS = 40.0


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The keyring of this test, for this process and for those that are killed."""
    path = tmp_path / "keyring.json"
    monkeypatch.setenv(FILE_VARIABLE, str(path))
    keyring.set_keyring(FileKeyring())  # type: ignore[no-untyped-call]  # keyring's own has none
    yield path
    assert path.exists()


def killed(profile: Path, phrases: list[str]) -> list[str]:
    """Let the program change the way a few times, and kill it. Returns its passphrases."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.flows.secrets.changing_secrets", str(profile), *phrases],
        stdout=subprocess.PIPE,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert process.stdout is not None
    named = [_line(process.stdout.fileno())]
    end = time.monotonic() + random.uniform(0.1, 1.0)
    while (left := end - time.monotonic()) > 0:
        if select.select([process.stdout], [], [], left)[0]:
            named.append(_line(process.stdout.fileno()))
    process.send_signal(signal.SIGKILL)
    process.wait()
    named.append(process.stdout.read().decode())  # a random time before the kill
    process.stdout.close()
    return [name for text in named for name in text.splitlines()]


def _line(descriptor: int) -> str:
    assert select.select([descriptor], [], [], START_SECONDS)[0], "the program says nothing"
    text = os.read(descriptor, 4096).decode()
    assert text, "the program ended by itself"
    return text


@pytest.mark.timeout(240)
def test_kill_9_during_changes_and_the_account_still_syncs(
    qtbot: QtBot, profile: Path, file: Path, dovecot: Dovecot
) -> None:
    rig = dovecot_rig(dovecot, dovecot.new_user("fixed"), smtp_port=9)
    desk = Desk(qtbot, profile)
    account_id = desk.add_account(rig)
    desk.close()
    phrases = ["the first one"]
    for number in range(ROUNDS):
        named = killed(profile, phrases)
        phrases = [*reversed(named), *phrases]
        _look(qtbot, rig, profile, account_id, f"Mail {number}", phrases)
    assert rows(profile, "SELECT count(*) FROM message") == [(ROUNDS,)]


def _look(
    qtbot: QtBot, rig: Rig, profile: Path, account_id: int, name: str, phrases: list[str]
) -> None:
    """Start after the kill: the account signs in with the password that was stored at first."""
    desk = Desk(qtbot, profile)
    _unlock(desk, phrases)
    rig.deliver(a_mail(subject=name))
    desk.settle(account_id)
    desk.wait(lambda: name in desk.subjects(), name)
    desk.close()


def _unlock(desk: Desk, phrases: list[str]) -> None:
    """If the program asks for the passphrase: the one of those that fits."""
    vault = desk.service.vault
    desk.wait(lambda: not vault.is_busy, "the vault was looked at")
    if vault.question is None:
        return
    assert vault.question.kind is QuestionKind.PASSPHRASE
    fitting = next(phrase for phrase in phrases if _fits(phrase))
    desk.wait(lambda: desk.window.findChild(QLineEdit, "unlock_passphrase_edit") is not None)
    edit = desk.find(QLineEdit, "unlock_passphrase_edit")
    edit.setText(fitting)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def _fits(phrase: str) -> bool:
    vault = Vault()
    vault.load()
    try:
        vault.unlock(phrase)
    except WrongPassphraseError:
        return False
    return True
