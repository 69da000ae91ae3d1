"""Accounts and mailboxes as commands make and change them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.accounts import account, secrets
from models.accounts.secrets import EncryptedSecrets, SealedSecret
from models.commands.accounts import AddAccount, ChooseMailboxes, SetRole, UpdateAccount
from models.commands.execute import execute
from models.events import AccountsChanged, MailboxesChanged
from models.server import mailbox
from models.server.mailbox import Role
from models.store.database import StoreError
from tests.models.building import boxes, new_account, one

pytestmark = pytest.mark.usefixtures("store")


def sealed(account_id: int) -> tuple[SealedSecret, ...]:
    return (SealedSecret("imap", b"n" * 12, f"for {account_id}".encode()),)


def test_an_account_is_made_with_its_secrets_and_mailboxes() -> None:
    new = replace(new_account(name="Me"), aliases=("Alias@Example.com",))
    chosen: dict[str, dict[str, Any]] = {
        "INBOX": {"role": Role.INBOX, "is_chosen": True},
        "Offers": {"is_chosen": True},
    }
    done = execute(AddAccount(new, EncryptedSecrets(sealed), chosen))
    account_id = done.account_id
    assert account_id is not None
    config = account.config(account_id)
    assert config is not None
    assert config.addresses == {"me@example.com", "alias@example.com"}
    assert (config.name, config.state, config.set_up) == ("Me", "active", False)
    stored = secrets.sealed_secret(account_id, "imap")
    assert stored is not None
    assert stored.ciphertext == f"for {account_id}".encode()
    assert [box.name for box in mailbox.of_account(account_id)] == ["INBOX", "Offers"]
    assert AccountsChanged((account_id,)) in done.events


def test_one_address_is_one_account() -> None:
    boxes()
    with pytest.raises(StoreError, match="already"):
        execute(AddAccount(new_account("ME@example.com"), EncryptedSecrets(sealed)))
    assert len(account.configs()) == 1


def test_an_account_is_edited() -> None:
    box = boxes()
    execute(
        UpdateAccount(box.account_id, {"name": "New", "state": "stopped"}, aliases=("b@x.test",))
    )
    config = account.config(box.account_id)
    assert config is not None
    assert (config.name, config.state) == ("New", "stopped")
    assert "b@x.test" in config.addresses
    with pytest.raises(ValueError, match="colour"):
        account.update(box.account_id, colour="blue")
    assert account.config(99) is None


def test_the_person_says_what_a_mailbox_is_for() -> None:
    box = boxes()
    done = execute(SetRole(box.account_id, box.ids["Other"], Role.ARCHIVE))
    assert done.events == (MailboxesChanged(box.account_id),)
    found = mailbox.by_role(box.account_id, Role.ARCHIVE)
    assert found is not None
    assert (found.id, found.role_source) == (box.ids["Other"], "person")
    before = mailbox.get(box.ids["Archive"])
    assert before is not None
    assert before.role == Role.NONE


def test_fewer_labels_remove_no_mail() -> None:
    box = boxes()
    box.take(box.mail("a", "Customers"))
    execute(ChooseMailboxes(box.account_id, (box.ids["INBOX"],)))
    chosen = [state.name for state in mailbox.of_account(box.account_id) if state.is_chosen]
    assert chosen == ["INBOX"]
    assert one("SELECT count(*) FROM message") == 1
    assert one("SELECT count(*) FROM location") == 1


def test_a_mailbox_is_saved_by_its_name() -> None:
    box = boxes()
    again = mailbox.save(box.account_id, "Customers", watermark=7)
    assert again == box.ids["Customers"]
    found = mailbox.by_name(box.account_id, "Customers")
    assert found is not None
    assert (found.watermark, found.is_chosen) == (7, True)
    with pytest.raises(ValueError, match="id"):
        mailbox.update(box.ids["INBOX"], id=9)
