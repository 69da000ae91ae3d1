"""What the window knows about the accounts: their settings, the facts of their sync, the vault."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from models.accounts import account
from models.accounts.account import AccountConfig
from models.events import AccountsChanged, Event, Phase, SettingsChanged, StatusChanged
from sync.qt.service.service import MailService
from sync.qt.service.vault import QuestionKind, VaultQuestion


class AccountFacts(QObject):
    """Follows the events, so that every part of the window reads the same facts.

    Attributes:
        configs: The accounts in the user's order.
        question: What the user has to do before secrets can be read, or None.

    Signals:
        accounts_changed: An account came, went or was edited.
        status_changed: A StatusChanged.
        vault_changed: The vault asks a question, waits, or is open.
    """

    accounts_changed = Signal()
    status_changed = Signal(object)
    vault_changed = Signal()

    def __init__(self, service: MailService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._statuses = {status.account_id: status for status in service.statuses()}
        self.configs: list[AccountConfig] = account.configs()
        self.question: VaultQuestion | None = None
        service.happened.connect(self._on_event)
        service.vault.asked.connect(self._on_asked)
        service.vault.opened.connect(self._on_opened)
        service.vault.waiting_changed.connect(self._on_waiting)

    @property
    def addresses(self) -> dict[int, str]:
        """The address of each account."""
        return {config.id: config.address for config in self.configs}

    @property
    def is_waiting_for_keychain(self) -> bool:
        """Whether the program still waits for the keychain's answer."""
        return self._service.vault.is_waiting

    def statuses(self) -> tuple[StatusChanged, ...]:
        """The facts of every account, also of stopped and signed-out ones, which have no worker."""
        return tuple(self._status(config) for config in self.configs)

    def in_phase(self, phase: Phase) -> list[StatusChanged]:
        """The ids of the accounts that are in this phase now."""
        return [status for status in self.statuses() if status.phase is phase]

    @property
    def read_only_ids(self) -> frozenset[int]:
        """Accounts in read-only mode: nothing is changed on their servers (X2)."""
        is_all = self._service.is_read_only
        return frozenset(config.id for config in self.configs if is_all or config.read_only)

    @property
    def is_read_only(self) -> bool:
        """Whether the whole program runs in read-only mode."""
        return self._service.is_read_only

    def vault_sentence(self) -> str:
        """Why secrets cannot be read now, or ''."""
        if self.question is not None:
            return self.question.sentence
        return self.tr("Waiting for your keychain…") if self.is_waiting_for_keychain else ""

    def needs_passphrase(self) -> bool:
        """Whether the user has to enter the passphrase."""
        return self.question is not None and self.question.kind is QuestionKind.PASSPHRASE

    def _status(self, config: AccountConfig) -> StatusChanged:
        known = self._statuses.get(config.id)
        if config.state == account.STOPPED:
            return StatusChanged(config.id, Phase.STOPPED, last_success_at=config.last_success_at)
        if known is None:
            phase = Phase.STARTING
            if config.state == account.NEEDS_SIGN_IN:
                phase = Phase.NEEDS_SIGN_IN
            return StatusChanged(config.id, phase, last_success_at=config.last_success_at)
        return known

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if isinstance(event, StatusChanged):
            self._statuses[event.account_id] = event
            self.status_changed.emit(event)
        elif isinstance(event, SettingsChanged) and event.name == account.ORDER:
            self.configs = account.configs()
            self.accounts_changed.emit()
        elif isinstance(event, AccountsChanged):
            self.configs = account.configs()
            known = self.addresses
            self._statuses = {k: v for k, v in self._statuses.items() if k in known}
            self.accounts_changed.emit()

    @Slot(object)
    def _on_asked(self, question: VaultQuestion) -> None:
        self.question = question
        self.vault_changed.emit()

    @Slot()
    def _on_opened(self) -> None:
        self.question = None
        self.vault_changed.emit()

    @Slot(bool)
    def _on_waiting(self, _is_waiting: bool) -> None:  # a Qt slot
        self.vault_changed.emit()
