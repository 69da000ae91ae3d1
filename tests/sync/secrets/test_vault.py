"""Secrets are sealed for their account, and readable only with the key the user chose to keep."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail, null
from pytestqt.qtbot import QtBot

from models.accounts import secrets
from models.store import database, profile
from sync.errors import SecretLockedError
from sync.qt.service.vault import QuestionKind, VaultAnswer, VaultQuestion, VaultService, _Ticketed
from sync.secrets import system_keyring
from sync.secrets import vault as vault_module
from sync.secrets.vault import Vault, VaultMode, VaultState, WrongPassphraseError
from tests.conftest import MemoryKeyring
from tests.support import quick_scrypt

PASSWORD = "correct horse battery staple"
PATIENCE_MS = 30_000


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Path]:
    """A store with two accounts."""
    path = tmp_path / "dealpost.db"
    database.bind(path)
    database.open_for_thread()
    for step in profile.STEPS:
        for statement in step:
            database.run(statement)
    for account_id in (1, 2):
        database.run(
            "INSERT INTO account (id, address, imap_host, imap_port, imap_security, smtp_host,"
            " smtp_port, smtp_security, created_at) VALUES (?, ?, 'h', 1, 'tls', 'h', 2, 'tls', 0)",
            (account_id, f"ann{account_id}@example.org"),
        )
    yield path
    database.close_for_thread()


def keep(vault: Vault, account_id: int = 1, password: str = PASSWORD) -> None:
    with database.writing(durable=True):
        secrets.store(account_id, vault.encrypted({"imap": password}))


def with_a_secret(mode: VaultMode, passphrase: str = "") -> Vault:
    """A vault that has the password of the first account."""
    vault = Vault()
    vault.prepare(mode, passphrase)
    keep(vault)
    return vault


def restarted() -> Vault:
    vault = Vault()
    vault.load()
    return vault


def test_a_secret_comes_back_after_a_restart_with_the_keyring(accounts: Path) -> None:
    vault = Vault()
    vault.load()
    assert vault.state is VaultState.NEW

    vault.prepare(VaultMode.KEYRING)
    keep(vault)
    again = restarted()

    assert again.state is VaultState.LOCKED
    assert again.open_keyring() is VaultState.OPEN
    assert again.secret(1, "imap") == PASSWORD
    assert again.secret(1, "smtp") == PASSWORD


def test_the_keyring_holds_one_key_for_each_profile(
    accounts: Path, memory_keyring: MemoryKeyring
) -> None:
    first, second = Vault(), Vault()

    first.prepare(VaultMode.KEYRING)
    keep(first)
    keep(first, 2)
    assert len(memory_keyring.entries) == 1

    second.prepare(VaultMode.KEYRING)
    assert len(memory_keyring.entries) == 2
    assert {service for service, _ in memory_keyring.entries} == {"Dealpost"}


def test_a_lost_key_asks_for_a_new_sign_in_and_loses_nothing_else(
    accounts: Path, memory_keyring: MemoryKeyring
) -> None:
    vault = with_a_secret(VaultMode.KEYRING)
    keep(vault, 2)
    memory_keyring.entries.clear()

    again = restarted()
    assert again.open_keyring() is VaultState.MISSING
    with pytest.raises(SecretLockedError, match="no longer has the key"):
        again.secret(1, "imap")

    again.prepare(VaultMode.KEYRING)
    keep(again, 1, "a new one")
    assert again.secret(1, "imap") == "a new one"
    with pytest.raises(SecretLockedError, match="cannot be read any more"):
        again.secret(2, "imap")


def test_a_guess_at_a_passphrase_costs_128_mib_and_half_a_second(
    accounts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All other tests stretch a passphrase less; this one as the product does."""
    assert quick_scrypt.PRODUCT_COST * vault_module.SCRYPT_BLOCK * 128 == 128 * 2**20
    monkeypatch.setattr(vault_module, "SCRYPT_COST", quick_scrypt.PRODUCT_COST)
    vault = Vault()
    vault.prepare(VaultMode.PASSPHRASE, "a passphrase")
    keep(vault)

    with pytest.raises(WrongPassphraseError):
        restarted().unlock("another passphrase")
    again = restarted()
    again.unlock("a passphrase")
    assert again.secret(1, "imap") == PASSWORD

    quick_scrypt.make_quick()
    with pytest.raises(WrongPassphraseError):
        restarted().unlock("a passphrase")


def test_a_key_that_was_only_locked_is_never_replaced(
    accounts: Path, memory_keyring: MemoryKeyring
) -> None:
    with_a_secret(VaultMode.KEYRING)
    again = restarted()  # its keyring was not asked yet

    again.prepare(VaultMode.KEYRING)

    assert again.secret(1, "imap") == PASSWORD


def test_the_passphrase_opens_and_a_wrong_one_is_told(accounts: Path) -> None:
    with_a_secret(VaultMode.PASSPHRASE, "tulip 42")

    again = restarted()
    with pytest.raises(SecretLockedError, match="Enter your passphrase"):
        again.secret(1, "imap")
    with pytest.raises(WrongPassphraseError, match="not the passphrase"):
        again.unlock("tulip 43")
    again.unlock("tulip 42")

    assert again.secret(1, "imap") == PASSWORD


def test_a_session_keeps_nothing(accounts: Path) -> None:
    vault = with_a_secret(VaultMode.SESSION)

    assert vault.secret(1, "imap") == PASSWORD
    assert secrets.account_ids() == ()
    again = restarted()
    assert again.mode is VaultMode.SESSION
    with pytest.raises(SecretLockedError, match="one session only"):
        again.secret(1, "imap")


def test_a_row_moved_to_another_account_does_not_open(accounts: Path) -> None:
    vault = with_a_secret(VaultMode.KEYRING)
    database.run("UPDATE secret SET account_id = 2")

    with pytest.raises(SecretLockedError, match="cannot be read"):
        vault.secret(2, "imap")


def test_a_new_way_to_keep_the_key_leaves_every_secret_readable(accounts: Path) -> None:
    vault = with_a_secret(VaultMode.KEYRING)
    vault.prepare(VaultMode.PASSPHRASE, "tulip 42")
    keep(vault, 2, "second")

    again = restarted()
    again.unlock("tulip 42")

    assert (again.secret(1, "imap"), again.secret(2, "imap")) == (PASSWORD, "second")


@pytest.mark.parametrize("mode", [VaultMode.KEYRING, VaultMode.PASSPHRASE, VaultMode.SESSION])
def test_no_secret_stands_in_the_files_of_the_profile(
    accounts: Path, mode: VaultMode, memory_keyring: MemoryKeyring
) -> None:
    vault = with_a_secret(mode, "tulip 42")

    raw = b"".join(path.read_bytes() for path in accounts.parent.glob("dealpost.db*"))
    assert b"ann1@example.org" in raw
    keys = [key.encode() for key in memory_keyring.entries.values()]
    for words in [PASSWORD.encode(), b"tulip 42", *keys]:
        assert words not in raw
    assert PASSWORD not in repr(vault.encrypted({"imap": PASSWORD}))


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring])
def test_a_keyring_that_keeps_nothing_is_not_usable(backend: Callable[[], object]) -> None:
    keyring.set_keyring(backend())  # type: ignore[arg-type]  # both are backends

    assert not system_keyring.is_usable()
    with pytest.raises(SecretLockedError, match="no keychain"):
        Vault().prepare(VaultMode.KEYRING)


def test_a_memory_keyring_is_usable() -> None:
    assert system_keyring.is_usable()


class StubbornKeyring(MemoryKeyring):
    """A keyring whose prompt stays open until the test closes it."""

    def __init__(self) -> None:
        super().__init__()
        self.is_answered = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.is_answered.wait(60)
        return super().get_password(service, username)


def test_a_job_of_the_service_shows_no_passphrase() -> None:
    vault = Vault()
    work = functools.partial(vault.unlock, "tulip 42")

    assert "tulip" not in repr(_Ticketed(1, work, opens=False))


def test_the_service_opens_what_needs_no_person(accounts: Path, qtbot: QtBot) -> None:
    service = VaultService()

    with qtbot.waitSignal(service.opened, timeout=PATIENCE_MS):
        service.start()

    assert not service.is_waiting
    service.close()


def test_the_service_asks_for_the_passphrase_and_tells_a_wrong_one(
    accounts: Path, qtbot: QtBot
) -> None:
    with_a_secret(VaultMode.PASSPHRASE, "tulip 42")
    service = VaultService()

    with qtbot.waitSignal(service.asked, timeout=PATIENCE_MS) as asked:
        service.start()
    assert asked.args is not None
    assert isinstance(asked.args[0], VaultQuestion)
    assert asked.args[0].kind is QuestionKind.PASSPHRASE

    with qtbot.waitSignal(service.answered, timeout=PATIENCE_MS) as refused:
        service.unlock("tulip 43")
    assert refused.args is not None
    answer = refused.args[0]
    assert isinstance(answer, VaultAnswer)
    assert (answer.is_done, "not the passphrase" in answer.error) == (False, True)

    with qtbot.waitSignal(service.opened, timeout=PATIENCE_MS):
        service.unlock("tulip 42")
    assert service.vault.secret(1, "imap") == PASSWORD
    service.close()


def test_the_service_says_that_the_keychain_lets_it_wait(accounts: Path, qtbot: QtBot) -> None:
    with_a_secret(VaultMode.KEYRING)
    stubborn = StubbornKeyring()
    stubborn.entries = dict(keyring.get_keyring().entries)  # type: ignore[attr-defined]  # ours
    keyring.set_keyring(stubborn)
    service = VaultService()

    with qtbot.waitSignal(service.waiting_changed, timeout=PATIENCE_MS) as waits:
        service.start()
    assert waits.args == [True]

    with qtbot.waitSignals([service.waiting_changed, service.opened], timeout=PATIENCE_MS):
        stubborn.is_answered.set()
    assert not service.is_waiting
    service.close()


def test_a_lost_key_is_asked_about(
    accounts: Path, qtbot: QtBot, memory_keyring: MemoryKeyring
) -> None:
    with_a_secret(VaultMode.KEYRING)
    memory_keyring.entries.clear()
    service = VaultService()

    with qtbot.waitSignal(service.asked, timeout=PATIENCE_MS) as asked:
        service.start()

    assert asked.args is not None
    assert asked.args[0].kind is QuestionKind.SIGN_IN
    service.close()


def test_a_keychain_that_stays_silent_counts_as_none_after_a_while(
    accounts: Path, qtbot: QtBot
) -> None:
    """The wizard goes on with a passphrase; what was to be opened can be tried again."""
    with_a_secret(VaultMode.KEYRING)
    stubborn = StubbornKeyring()
    stubborn.entries = dict(keyring.get_keyring().entries)  # type: ignore[attr-defined]  # ours
    keyring.set_keyring(stubborn)
    service = VaultService()
    service.patience.setInterval(200)
    asked: list[VaultQuestion] = []
    service.asked.connect(asked.append)
    service.start()

    with qtbot.waitSignal(service.answered, timeout=PATIENCE_MS) as answered:
        ticket = service.check_keyring()

    assert answered.args is not None
    assert (answered.args[0].ticket, answered.args[0].is_done) == (ticket, False)
    assert not service.is_waiting
    qtbot.waitUntil(lambda: bool(asked), timeout=PATIENCE_MS)
    assert asked[0].kind is QuestionKind.KEYRING_LOCKED
    stubborn.is_answered.set()
    with qtbot.waitSignal(service.opened, timeout=PATIENCE_MS):
        service.retry()
    assert service.vault.secret(1, "imap") == PASSWORD
    service.close()
