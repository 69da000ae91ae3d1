"""A key that was made for a sign-in that was never stored."""

from __future__ import annotations

import keyring
from pytestqt.qtbot import QtBot

from models import account, database, secret
from models.account import NewAccount
from sync.credentials import Vault, VaultMode, VaultState
from sync.qt.service import MailService
from tests.conftest import MemoryKeyring
from tests.ui.setup.parts import use_no_keyring

PHRASE = "tulip and daffodil"


def test_the_key_of_the_other_accounts_stays_in_the_keychain(
    qtbot: QtBot, service: MailService, memory_keyring: MemoryKeyring
) -> None:
    """Only when the store has done without it may it go: the command may fail, or never come."""
    vault = service.vault.vault
    vault.prepare(VaultMode.KEYRING)
    with database.writing(durable=True):
        account_id = account.create(NewAccount("ann@example.org", "h", 1, "tls", "h", 2, "tls"))
        secret.store(account_id, vault.encrypted({"imap": "the password"}))
    use_no_keyring()
    vault.load()
    assert vault.open_keyring() is VaultState.ABSENT

    with qtbot.waitSignal(service.vault.answered):
        service.vault.prepare(VaultMode.PASSPHRASE, PHRASE)
    keyring.set_keyring(memory_keyring)
    with qtbot.waitSignal(service.vault.opened):
        service.vault.retry()
    qtbot.waitUntil(lambda: not service.vault.is_busy)

    again = Vault()
    again.load()
    assert again.open_keyring() is VaultState.OPEN
    assert again.secret(account_id, "imap") == "the password"
