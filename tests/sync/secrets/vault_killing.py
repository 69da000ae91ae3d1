"""A process that changes how secrets are kept, over and over, until it is killed.

    python -m tests.sync.secrets.vault_killing FOLDER

Before each change it names the mode and the passphrase; `prepared` comes when only the store is
left. Its keyring is the file that the environment names.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import keyring

from models.commands.execute import execute
from models.commands.security import ChangeSecrets, ForgetOldKey
from models.store import database
from models.store.profile import open_profile
from sync.secrets import rekey
from sync.secrets.rekey import Rekeying
from sync.secrets.vault import Vault, VaultMode
from tests.support import quick_scrypt
from tests.support.keyrings import FileKeyring

MODES = (VaultMode.PASSPHRASE, VaultMode.KEYRING)


def opened(phrases: list[str]) -> Vault:
    """The vault after a start, opened with the keyring or the first passphrase that fits."""
    vault = Vault()
    vault.load()
    if vault.mode is VaultMode.KEYRING:
        vault.open_keyring()
        return vault
    for phrase in phrases:
        try:
            vault.unlock(phrase)
        except Exception:  # noqa: S112  # the next one may fit
            continue
        return vault
    raise AssertionError("no passphrase fits")


def change(vault: Vault, mode: VaultMode, phrase: str) -> None:
    """What `VaultChange` does, without its threads."""
    made = Rekeying(vault, mode)
    made.prepare(phrase)
    sys.stdout.write("prepared\n")
    sys.stdout.flush()
    execute(ChangeSecrets(made))
    lock = vault.lock
    for name in rekey.clear_up(lock.leftovers) if lock else ():
        execute(ForgetOldKey(name))


def main(folder: Path, phrases: list[str]) -> None:
    """Until somebody kills it."""
    keyring.set_keyring(FileKeyring())  # type: ignore[no-untyped-call]  # keyring's own has none
    quick_scrypt.make_quick()
    open_profile(folder)
    database.open_for_thread()
    vault = opened(phrases)
    for number in itertools.count():
        mode = MODES[number % 2]
        phrase = f"phrase {number} of {phrases[0]}"
        sys.stdout.write(f"{mode} {phrase}\n")
        sys.stdout.flush()
        change(vault, mode, phrase)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
