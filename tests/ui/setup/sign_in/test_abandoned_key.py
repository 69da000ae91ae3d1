"""A key that was made for a sign-in that was never stored."""

from __future__ import annotations

import keyring
import pytest
from pytestqt.qtbot import QtBot

from models.accounts import account, secrets
from models.accounts.account import NewAccount
from models.store import database
from sync.qt.service.service import MailService
from sync.secrets.vault import Vault, VaultMode, VaultState
from tests.conftest import MemoryKeyring
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.smtp import SmtpSink
from tests.ui.setup.parts import (
    PATIENCE,
    fill_address,
    fill_servers,
    go_on,
    opened,
    use_no_keyring,
)
from ui.style.theme import Theme

PHRASE = "tulip and daffodil"


@pytest.fixture
def stranded(service: MailService, memory_keyring: MemoryKeyring) -> int:
    """An account whose password is sealed with a key in a keychain that is not there now."""
    vault = service.vault.vault
    vault.prepare(VaultMode.KEYRING)
    with database.writing(durable=True):
        account_id = account.create(NewAccount("ann@example.org", "h", 1, "tls", "h", 2, "tls"))
        secrets.store(account_id, vault.encrypted({"imap": "the password"}))
    use_no_keyring()
    vault.load()
    assert vault.open_keyring() is VaultState.ABSENT
    return account_id


@pytest.mark.usefixtures("stranded")
def test_another_way_says_what_it_costs(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str,
) -> None:  # fmt: skip
    """Else a second account would silently cost the first one its password."""
    wizard = opened(qtbot, service, theme)
    fill_address(wizard)
    fill_servers(wizard, dovecot, plain_sink, user)
    go_on(qtbot, wizard)
    go_on(qtbot, wizard)

    assert wizard.pages.secrets.isVisible()
    sentence = wizard.pages.secrets.sentence.text()
    assert "a keychain that is locked or not there now" in sentence
    assert "your other accounts ask for their passwords again" in sentence
    wizard.reject()


def test_the_key_of_the_other_accounts_stays_in_the_keychain(
    qtbot: QtBot, service: MailService, memory_keyring: MemoryKeyring, stranded: int
) -> None:
    """Only when the store has done without it may it go: the command may fail, or never come."""
    with qtbot.waitSignal(service.vault.answered, timeout=PATIENCE):
        service.vault.prepare(VaultMode.PASSPHRASE, PHRASE)
    keyring.set_keyring(memory_keyring)
    with qtbot.waitSignal(service.vault.opened, timeout=PATIENCE):
        service.vault.retry()
    qtbot.waitUntil(lambda: not service.vault.is_busy, timeout=PATIENCE)

    again = Vault()
    again.load()
    assert again.open_keyring() is VaultState.OPEN
    assert again.secret(stranded, "imap") == "the password"
