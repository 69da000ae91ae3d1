"""Another way to keep the key: all secrets or none, whatever happens in between."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import keyring
import pytest

from models.accounts import account, secrets
from models.accounts.account import NewAccount
from models.commands.execute import execute
from models.commands.security import ChangeSecrets
from models.store import database
from models.store.profile import open_profile
from sync.errors import SecretLockedError
from sync.secrets.rekey import Rekeying
from sync.secrets.vault import Vault, VaultMode, VaultState
from tests.conftest import MemoryKeyring
from tests.support.keyrings import FILE_VARIABLE, FileKeyring
from tests.sync.secrets.vault_killing import opened

PHRASE = "tulip and daffodil"
SECRETS = {"imap": "the first", "smtp": "the second", "oauth": '{"refresh": "the third"}'}
ROUNDS = 6
PATIENCE_SECONDS = 30.0


def add_account(vault: Vault, number: int) -> int:
    new = NewAccount(f"ann{number}@example.org", "h", 1, "tls", "h", 2, "tls")
    with database.writing(durable=True):
        account_id = account.create(new)
        secrets.store(account_id, vault.encrypted(SECRETS))
    return account_id


def change(vault: Vault, mode: VaultMode, phrase: str = PHRASE) -> None:
    made = Rekeying(vault, mode)
    made.prepare(phrase)
    execute(ChangeSecrets(made))


def known(vault: Vault, account_id: int) -> dict[str, str]:
    return {purpose: vault.secret(account_id, purpose) for purpose in SECRETS}


@pytest.fixture
def vault(store: Path) -> Vault:
    """Open, with its key in the keyring, and two accounts."""
    made = Vault()
    made.prepare(VaultMode.KEYRING)
    for number in (1, 2):
        add_account(made, number)
    return made


@pytest.mark.parametrize("mode", [VaultMode.PASSPHRASE, VaultMode.SESSION, VaultMode.KEYRING])
def test_secrets_of_every_purpose_and_account_move(vault: Vault, mode: VaultMode) -> None:
    before = secrets.everything()

    change(vault, mode)

    assert [known(vault, account_id) for account_id in (1, 2)] == [SECRETS, SECRETS]
    assert not set(before) & set(secrets.everything())
    assert len(secrets.everything()) == (0 if mode is VaultMode.SESSION else 6)


def test_what_a_session_knows_is_stored_again(vault: Vault) -> None:
    change(vault, VaultMode.SESSION)
    change(vault, VaultMode.PASSPHRASE)

    again = opened([PHRASE])
    assert known(again, 1) == SECRETS


def test_a_store_that_refuses_leaves_the_old_way(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = secrets.everything()
    database.run("CREATE TRIGGER full BEFORE INSERT ON secret BEGIN SELECT raise(FAIL, 'x'); END")

    with pytest.raises(Exception, match="x"):
        change(vault, VaultMode.PASSPHRASE)

    assert secrets.everything() == before
    assert vault.mode is VaultMode.KEYRING
    assert known(vault, 1) == SECRETS
    database.run("DROP TRIGGER full")
    again = Vault()
    again.load()
    assert again.open_keyring() is VaultState.OPEN
    assert known(again, 2) == SECRETS


def test_what_cannot_be_read_is_dropped_and_the_rest_moves(
    vault: Vault, memory_keyring: MemoryKeyring
) -> None:
    database.run("UPDATE secret SET ciphertext = zeroblob(40) WHERE account_id = 1")

    change(vault, VaultMode.PASSPHRASE)

    assert known(vault, 2) == SECRETS
    with pytest.raises(SecretLockedError, match="Sign in again"):
        vault.secret(1, "imap")
    assert secrets.account_ids() == (2,)


def test_a_password_that_was_on_its_way_is_stored_under_the_new_key(vault: Vault) -> None:
    """The window made the command before the change, and the store took it after."""
    travelling = vault.encrypted({"imap": "a new one"})
    change(vault, VaultMode.PASSPHRASE)
    with database.writing(durable=True):
        secrets.store(1, travelling)

    assert opened([PHRASE]).secret(1, "imap") == "a new one"


def test_readers_and_a_rotating_token_beside_many_changes(vault: Vault) -> None:
    """Nobody ever sees a secret that cannot be read, and the last token is not lost."""
    faults: list[Exception] = []
    over = threading.Event()
    tokens = [0]

    def read() -> None:
        database.open_for_thread(read_only=True)
        try:
            while not over.is_set():
                assert vault.secret(2, "imap") == SECRETS["imap"]
        except Exception as fault:  # told in the main thread
            faults.append(fault)
        database.close_for_thread()

    def rotate() -> None:
        database.open_for_thread()
        try:
            while not over.is_set():
                with database.writing(durable=True):
                    tokens[0] += 1
                    sealed = vault.seal(1, "oauth", f"token {tokens[0]}")
                    assert sealed is not None
                    secrets.put(1, sealed)
                assert vault.secret(1, "oauth") == f"token {tokens[0]}"
                over.wait(0.002)  # who writes without a pause keeps all others from the store
        except Exception as fault:  # told in the main thread
            faults.append(fault)
        database.close_for_thread()

    threads = [threading.Thread(target=work) for work in (read, read, rotate)]
    for thread in threads:
        thread.start()
    changes, ends_at = 0, time.monotonic() + PATIENCE_SECONDS
    # On a busy computer either side may be slow: go on until both have done something.
    while changes < 60 or (tokens[0] < 20 and time.monotonic() < ends_at):
        change(vault, VaultMode.KEYRING)
        changes += 1
    over.set()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)

    assert faults == []
    again = Vault()
    again.load()
    assert again.open_keyring() is VaultState.OPEN
    assert again.secret(1, "oauth") == f"token {tokens[0]}"
    assert tokens[0] >= 20


# --- kill -9 -----------------------------------------------------------------------------------


def killed_in_a_change(folder: Path, file: Path, phrases: list[str], wait: float) -> list[str]:
    """Start a process that changes the way, kill it soon after `prepared`; the ways it named."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.sync.secrets.vault_killing", str(folder), *phrases],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, FILE_VARIABLE: str(file)},
    )
    assert process.stdout is not None
    named: list[str] = []
    turns = random.randint(1, 2)
    while turns:
        line = process.stdout.readline().strip()
        assert line, "the process ended by itself"
        turns -= line == "prepared"
        if line != "prepared":
            named.append(line)
    time.sleep(wait)  # the moment of the kill, no condition
    process.send_signal(signal.SIGKILL)
    process.wait()
    named += process.stdout.read().splitlines()  # what it did between the last look and the kill
    process.stdout.close()
    return [line for line in named if line != "prepared"]


@pytest.mark.timeout(600)  # six processes, each of which has to start
def test_kill_9_in_the_middle_leaves_one_way_that_works(
    profile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either the old way opens every secret or the new one does, time after time."""
    file = tmp_path / "keyring.json"
    monkeypatch.setenv(FILE_VARIABLE, str(file))
    keyring.set_keyring(FileKeyring())  # type: ignore[no-untyped-call]  # keyring's own has none
    _new_profile(profile)
    phrases = [PHRASE]
    for number in range(int(os.environ.get("DEALPOST_KILLS", ROUNDS))):
        named = killed_in_a_change(profile, file, phrases, random.uniform(0.0, 0.03))
        tried = [way.partition(" ")[2] for way in named]
        database.open_for_thread()
        vault = opened([*tried, *phrases])
        assert vault.state is VaultState.OPEN, number
        assert known(vault, 1) == SECRETS
        assert known(vault, 2) == SECRETS
        database.close_for_thread()
        phrases = [*reversed(tried), *phrases]


def _new_profile(folder: Path) -> None:
    open_profile(folder)
    database.open_for_thread()
    vault = Vault()
    vault.prepare(VaultMode.KEYRING)
    for number in (1, 2):
        add_account(vault, number)
    database.close_for_thread()
