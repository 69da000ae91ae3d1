"""Trust in certificates: for one host and certificate, stored with the account, taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.accounts import certificates
from models.accounts.account import NewAccount
from models.accounts.secrets import EncryptedSecrets
from models.commands.accounts import AddAccount, RemoveAccount, UpdateAccount
from models.commands.execute import execute
from models.commands.security import DistrustCertificate, TrustCertificate
from models.events import AccountsChanged

MARK = "AA:BB"
OTHER = "CC:DD"

pytestmark = pytest.mark.usefixtures("store")


def add(address: str, host: str, *trusted: TrustCertificate) -> int:
    new = NewAccount(
        address=address,
        imap_host=host,
        imap_port=993,
        imap_security="tls",
        smtp_host=f"smtp.{host}",
        smtp_port=465,
        smtp_security="tls",
    )
    done = execute(AddAccount(new, EncryptedSecrets(lambda _: ()), trusted=trusted))
    assert done.account_id is not None
    return done.account_id


def test_trust_is_for_one_host_and_one_certificate() -> None:
    first = add("a@one.example", "One.Example")
    second = add("b@two.example", "two.example")

    done = execute(TrustCertificate("one.example", MARK, "One", 5))

    assert done.events == (AccountsChanged((first,)),)
    assert certificates.of_host("ONE.example") == {MARK}
    assert certificates.of_host("two.example") == frozenset()
    (known,) = certificates.everyone()
    assert (known.host, known.fingerprint, known.subject, known.expires_at) == (
        "one.example", MARK, "One", 5,
    )  # fmt: skip
    assert execute(TrustCertificate("smtp.two.example", OTHER)).events == (
        AccountsChanged((second,)),
    )


def test_it_can_be_taken_back_and_the_accounts_of_the_host_hear_of_it() -> None:
    account_id = add("a@one.example", "one.example", TrustCertificate("one.example", MARK))
    execute(TrustCertificate("one.example", OTHER))

    done = execute(DistrustCertificate("One.Example", MARK))

    assert done.events == (AccountsChanged((account_id,)),)
    assert certificates.of_host("one.example") == {OTHER}


def test_what_no_account_connects_to_is_trusted_no_more() -> None:
    """A removed account, or one that moved, leaves nothing behind that nobody can see."""
    first = add("a@one.example", "one.example", TrustCertificate("one.example", MARK))
    second = add("b@two.example", "two.example", TrustCertificate("two.example", MARK))

    execute(RemoveAccount(first))
    assert [each.host for each in certificates.everyone()] == ["two.example"]
    execute(
        UpdateAccount(
            second,
            {"imap_host": "three.example"},
            trusted=(TrustCertificate("three.example", OTHER),),
        )
    )

    assert [each.host for each in certificates.everyone()] == ["three.example"]


def test_another_account_of_the_host_keeps_the_trust(store: Path) -> None:
    first = add("a@one.example", "one.example", TrustCertificate("one.example", MARK))
    add("b@one.example", "one.example")

    execute(RemoveAccount(first, "nothing"))

    assert certificates.of_host("one.example") == {MARK}
    assert store.exists()
