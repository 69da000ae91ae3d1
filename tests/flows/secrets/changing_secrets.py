"""A process that runs the program and changes how passwords are kept until it is killed.

    python -m tests.flows.secrets.changing_secrets PROFILE PASSPHRASE …

It presses the buttons of the page. Before each press it prints a line with the way and the
passphrase.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import keyring
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

import app
from sync.qt.service.vault import QuestionKind, VaultAnswer, VaultMode
from tests.support import quick_scrypt
from tests.support.keyrings import FileKeyring
from ui.settings.dialog import PreferencesDialog
from ui.window.main_window import MainWindow

PAUSE_MS = 20


class Changer(QObject):
    """Opens the vault, then changes it again and again without end."""

    def __init__(self, window: MainWindow, phrases: list[str]) -> None:
        super().__init__(window)
        self._service = window.service
        self._phrases = list(phrases)
        self._first = phrases[0]
        self._numbers = itertools.count()
        window.actions_by_name["preferences"].trigger()
        dialog = window.findChild(PreferencesDialog, "preferences_dialog")
        assert dialog is not None
        self._page = dialog.secrets_page
        vault = self._service.vault
        vault.opened.connect(self._begin)
        vault.asked.connect(self._unlock)
        vault.answered.connect(self._on_answered)
        self._service.vault_change.ended.connect(self._go_on)
        self._has_begun = False

    @Slot()
    def _unlock(self) -> None:
        question = self._service.vault.question
        if question is not None and question.kind is QuestionKind.PASSPHRASE and self._phrases:
            self._service.vault.unlock(self._phrases.pop(0))

    @Slot(object)
    def _on_answered(self, answer: VaultAnswer) -> None:
        if not answer.is_done and not self._has_begun:
            self._unlock()

    @Slot()
    def _begin(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            self._change()

    @Slot()
    def _go_on(self) -> None:
        QTimer.singleShot(PAUSE_MS, self, self._change)

    @Slot()
    def _change(self) -> None:
        page = self._page
        number = next(self._numbers)
        is_phrase = self._service.vault.vault.mode is VaultMode.KEYRING or number % 3 == 0
        phrase = f"phrase {number} of {self._first}"
        (page.passphrase_radio if is_phrase else page.keyring_radio).setChecked(True)
        if is_phrase:
            page.passphrase.setText(phrase)
            page.again.setText(phrase)
        sys.stdout.write(f"{phrase}\n")
        sys.stdout.flush()
        page.change_button.click()


def main(profile: Path, phrases: list[str]) -> None:
    """Run until the process is killed."""
    keyring.set_keyring(FileKeyring())  # type: ignore[no-untyped-call]  # keyring's own has none
    quick_scrypt.make_quick()
    window = app.start(profile)
    changer = Changer(window, phrases)
    changer.setObjectName("changer")
    QApplication.exec()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
