"""Stores an account's password: opens or makes the vault's key, then runs the command."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from models.accounts.secrets import EncryptedSecrets
from models.commands.execute import Command
from sync.qt.service.command_thread import CommandDone
from sync.qt.service.service import MailService
from sync.qt.service.vault import VaultAnswer, VaultMode

MakeCommand = Callable[[EncryptedSecrets], Command]


class Keeper(QObject):
    """Stores one password at a time, without blocking.

    Signals:
        kept: The command is done.
        refused: The vault did not open; a sentence for the user.
        failed: The command failed; a sentence for the user.
    """

    kept = Signal()
    refused = Signal(str)
    failed = Signal(str)

    def __init__(self, service: MailService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._password = ""
        self._purpose = "imap"
        self._make: MakeCommand | None = None
        self._vault_ticket = 0
        self._command_ticket = 0
        service.vault.answered.connect(self._on_answered)
        service.commanded.connect(self._on_commanded)

    @property
    def is_running(self) -> bool:
        """Whether an answer is still on its way."""
        return bool(self._vault_ticket or self._command_ticket)

    def keep(
        self,
        password: str,
        make: MakeCommand,
        *,
        mode: VaultMode,
        passphrase: str = "",
        purpose: str = "imap",
    ) -> None:
        """Seal the password and run the command that `make` builds with it.

        `mode` says how to keep the key if none is open yet.
        """
        self._password, self._purpose, self._make = password, purpose, make
        if self._service.vault.vault.can_seal:
            self._run()
        else:
            self._vault_ticket = self._service.vault.prepare(mode, passphrase)

    def forget(self) -> None:
        """Forget everything. A command that already went to the store is still carried out."""
        self._password, self._make = "", None
        self._vault_ticket = self._command_ticket = 0

    def _run(self) -> None:
        if self._make is None:
            return
        secrets = self._service.vault.encrypted(self._password, self._purpose)
        self._command_ticket = self._service.run(self._make(secrets))
        self._password = ""

    @Slot(object)
    def _on_answered(self, answer: VaultAnswer) -> None:
        if answer.ticket != self._vault_ticket:
            return
        self._vault_ticket = 0
        if answer.is_done:
            self._run()
        else:
            self.refused.emit(answer.error)

    @Slot(object)
    def _on_commanded(self, done: CommandDone) -> None:
        if done.ticket != self._command_ticket:
            return
        self._command_ticket = 0
        if done.done is None:
            self.failed.emit(done.error)
        else:
            self.kept.emit()
