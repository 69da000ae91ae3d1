"""Whether the wizard must ask how to keep the password, and which question it asks."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from sync.qt.service.vault import VaultAnswer, VaultService
from ui.setup.sign_in.flow import SecretPage
from ui.setup.sign_in.secret_page import SecretPageWidget


class SecretQuestion(QObject):
    """Asks the vault whether a place for the key is at hand, and unlocks it with a passphrase.

    Attributes:
        page: The question, as far as it is known.
        is_known: Whether the vault has answered yet.

    Signals:
        settled: The vault has answered: the question is known.
        unlocked: The passphrase was right.
        refused: The passphrase was wrong; a sentence.
    """

    settled = Signal()
    unlocked = Signal()
    refused = Signal(str)

    def __init__(self, service: VaultService, widget: SecretPageWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._service = service
        self._widget = widget
        self._ticket = 0
        self._is_unlocking = False
        self.page = SecretPage.CHOOSE
        self.is_known = False
        service.answered.connect(self._on_answered)

    def ask(self) -> None:
        """Ask the vault whether it can keep a key: during the try, because it may take long."""
        if self._service.vault.can_seal:
            self._ticket = 0  # an answer to an earlier question does not count any more
            self._settle(SecretPage.NONE)
        else:
            self.is_known = False
            self._is_unlocking = False
            self._ticket = self._service.check_keyring()

    def unlock(self, passphrase: str) -> None:
        """Try a passphrase: `unlocked` or `refused` follows."""
        self._is_unlocking = True
        self._ticket = self._service.unlock(passphrase)

    def abandon(self) -> None:
        """Ignore what the vault still answers."""
        self._ticket = 0

    def need_another_way(self) -> None:
        """The keychain refused the key: ask the user for another way."""
        if self.page is SecretPage.NONE:
            self._settle(SecretPage.CHOOSE)

    def _settle(self, page: SecretPage) -> None:
        self.page = page
        self.is_known = True
        self._widget.show_question(page, self._service.vault)

    @Slot(object)
    def _on_answered(self, answer: VaultAnswer) -> None:
        if answer.ticket != self._ticket:
            return
        self._ticket = 0
        if not self._is_unlocking:
            self._settle(self._widget.question(self._service.vault, has_keyring=answer.is_done))
            self.settled.emit()
        elif answer.is_done:
            self.unlocked.emit()
        else:
            self.refused.emit(answer.error)
