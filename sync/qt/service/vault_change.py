"""Changes how secrets are kept: keyring and scrypt in the vault's thread, the rest by a command."""

from __future__ import annotations

import functools
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from models.commands.execute import Command
from models.commands.security import ChangeSecrets, ForgetOldKey
from sync.qt.service.command_thread import CommandDone
from sync.qt.service.vault import VaultAnswer, VaultService
from sync.secrets import rekey
from sync.secrets.rekey import Rekeying
from sync.secrets.vault import VaultMode


class VaultChange(QObject):
    """Carries out one change at a time. Lives as long as the service, whatever page is closed.

    Signals:
        ended: '' if the change is done; else the sentence for the user, and nothing has changed.
    """

    ended = Signal(str)

    def __init__(
        self, vault: VaultService, run: Callable[[Command], int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._vault = vault
        self._run = run
        self._change: Rekeying | None = None
        self._vault_ticket = 0
        self._command_ticket = 0
        self._clearing = 0  # the ticket of the removal of old keys
        self._cleared: list[str] = []
        vault.answered.connect(self._on_answered)
        vault.opened.connect(self._clear_up)

    @property
    def is_running(self) -> bool:
        """Whether a change is running."""
        return bool(self._vault_ticket or self._command_ticket)

    def start(self, mode: VaultMode, passphrase: str = "") -> None:
        """Keep the key another way from now on; `ended` follows.

        A keychain that does not answer is given up, unless the key is to go into it.
        """
        if self.is_running:
            return
        if mode is not VaultMode.KEYRING:
            self._vault.give_up_waiting()
        self._change = Rekeying(self._vault.vault, mode)
        work = functools.partial(self._change.prepare, passphrase)
        asks = mode is VaultMode.KEYRING
        self._vault_ticket = self._vault.perform(work, asks_keyring=asks)

    @Slot(object)
    def _on_answered(self, answer: VaultAnswer) -> None:
        if answer.ticket == self._clearing:
            self._clearing = 0
            for name in self._cleared:
                self._run(ForgetOldKey(name))
            self._cleared = []
        if answer.ticket != self._vault_ticket or self._change is None:
            return
        self._vault_ticket = 0
        if answer.is_done:
            self._command_ticket = self._run(ChangeSecrets(self._change))
        else:
            self._end(answer.error)

    @Slot(object)
    def on_commanded(self, done: CommandDone) -> None:
        """Finish the change if the store took it, or take it back if the store refused it."""
        if done.ticket != self._command_ticket or self._change is None:
            return
        self._command_ticket = 0
        if done.done is None:
            self._vault.perform(self._change.take_back)
            self._end(done.error)
        else:
            self._end("")
            self._vault.retry()  # the vault is open now: `opened` follows

    def _end(self, error: str) -> None:
        self._change = None
        self.ended.emit(error)

    @Slot()
    def _clear_up(self) -> None:
        """The vault is open: remove old keys from the keychain, now or at a later start."""
        lock = self._vault.vault.lock
        if lock is None or not lock.leftovers or self._clearing:
            return
        self._clearing = self._vault.perform(
            lambda: self._cleared.extend(rekey.clear_up(rekey.stored_leftovers())),
            asks_keyring=False,
        )
