"""Opens the window's dialogs, each once, and does what they ask for."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QWidget

from models.accounts import account
from models.commands.accounts import UpdateAccount
from models.commands.operations import DropOperations, RetryOperations
from sync.qt.service.service import MailService
from ui.activity.sync_details import SyncDetails
from ui.records.imports.importing import open_import
from ui.settings.account.past_mail import open_past_sync
from ui.settings.dialog import PreferencesDialog
from ui.setup.sign_in.unlock import UnlockDialog
from ui.setup.wizard import SetupWizard
from ui.status.account_facts import AccountFacts
from ui.style.theme import Theme
from ui.widgets.placing import Centred
from ui.window.shortcuts import ShortcutSheet


class Dialogs(QObject):
    """Keeps at most one dialog of each kind open. Asking for it again raises it."""

    def __init__(
        self, service: MailService, theme: Theme, facts: AccountFacts, window: QWidget
    ) -> None:
        super().__init__(window)
        self._service = service
        self._theme = theme
        self._facts = facts
        self._window = window
        self._open: dict[str, QDialog] = {}
        self._details: SyncDetails | None = None
        facts.vault_changed.connect(self._on_vault)

    @Slot()
    def open_wizard(self) -> None:
        """The wizard that adds an account."""
        if not self._raise("wizard"):
            wizard = SetupWizard(self._service, self._theme, self._window)
            wizard.import_wanted.connect(lambda: open_import(self._service, self._theme, wizard))
            self._show("wizard", wizard)

    @Slot()
    def open_preferences(self) -> PreferencesDialog:
        """Personal preferences."""
        known = self._open.get("preferences")
        if isinstance(known, PreferencesDialog):
            self._raise("preferences")
            return known
        made = PreferencesDialog(self._service, self._theme, self._window)
        self._show("preferences", made)
        return made

    @Slot(int)
    def open_account(self, account_id: int) -> None:
        """Preferences at an account's page."""
        self.open_preferences().show_account(account_id)

    @Slot()
    def open_past_sync(self) -> None:
        """Ask how far back to sync, and what to do with deleted mail."""
        if not self._raise("past"):
            dialog = open_past_sync(self._service, self._theme, None, self._window)
            self._open["past"] = dialog
            dialog.finished.connect(self._on_finished)

    @Slot(int)
    def open_sign_in(self, account_id: int) -> None:
        """Preferences where this account's password is entered."""
        self.open_preferences().open_sign_in(account_id)

    @Slot(int)
    def open_certificate(self, account_id: int) -> None:
        """Preferences where this account's refused certificate is looked at."""
        self.open_preferences().open_certificate(account_id)

    @Slot()
    def open_secrets(self) -> None:
        """Preferences where the user chooses how passwords are kept."""
        self.open_preferences().show_page("secrets")

    @Slot()
    def open_unlock(self) -> None:
        """Say why secrets cannot be read, and offer to open them."""
        question = self._facts.question
        if question is not None and not self._raise("unlock"):
            dialog = UnlockDialog(self._service, self._theme, question, self._window)
            self._show("unlock", dialog)

    @Slot()
    def show_sync_details(self) -> None:
        """Show what sync is doing, waits for and failed at."""
        if self._details is None:
            self._details = SyncDetails(self._service, self._facts, self._theme, self._window)
            self._details.retry_requested.connect(self._on_retry)
            self._details.give_up_requested.connect(self._on_give_up)
            self._details.sync_requested.connect(self._service.sync_now)
            self._details.start_requested.connect(self._on_start)
            self._details.stop_requested.connect(lambda id_: self.stop_accounts((id_,)))
        self._details.show()
        self._details.refresh()
        self._details.raise_()

    def show_shortcuts(self, actions: Iterable[QAction]) -> None:
        """The sheet of shortcuts."""
        if not self._raise("shortcuts"):
            self._show("shortcuts", ShortcutSheet(actions, self._theme, self._window))

    @Slot(object)
    def stop_accounts(self, account_ids: tuple[int, ...]) -> None:
        """Stop syncing these accounts; their mail stays here."""
        for account_id in account_ids:
            self._service.run(UpdateAccount(account_id, {"state": account.STOPPED}))

    def close(self) -> None:
        """Close every open dialog, as if the user had cancelled it."""
        for dialog in self._window.findChildren(QDialog):
            if dialog.isVisible():
                dialog.close()

    def _show(self, name: str, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        Centred(dialog)
        self._open[name] = dialog
        dialog.finished.connect(self._on_finished)
        dialog.open()

    def _raise(self, name: str) -> bool:
        known = self._open.get(name)
        if known is None:
            return False
        known.raise_()
        known.activateWindow()
        return True

    @Slot()
    def _on_finished(self) -> None:
        self._open = {name: known for name, known in self._open.items() if known.isVisible()}

    @Slot()
    def _on_vault(self) -> None:
        if self._facts.needs_passphrase():
            self.open_unlock()

    @Slot(object)
    def _on_retry(self, operation_ids: tuple[int, ...]) -> None:
        self._service.run(RetryOperations(operation_ids))

    @Slot(object)
    def _on_give_up(self, operation_ids: tuple[int, ...]) -> None:
        self._service.run(DropOperations(operation_ids))

    @Slot(int)
    def _on_start(self, account_id: int) -> None:
        self._service.run(UpdateAccount(account_id, {"state": account.ACTIVE}))
