"""Access tokens: when they are renewed, by whom, and what is on disk before they are used."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from models.accounts import account
from models.accounts.account import AccountConfig, NewAccount
from models.commands import accounts
from models.commands.accounts import AddAccount, UpdateAccount
from models.store import database
from models.store.database import BusyStoreError
from sync.connecting import connect
from sync.errors import (
    ConnectionLostError,
    RetryError,
    SecretLockedError,
    SignInError,
    ThrottledError,
    TokenRefusedError,
)
from sync.oauth.access import PURPOSE, HeldTokens, access_token, stored_access_token
from sync.oauth.tokens import Client, Tokens, from_answer, from_text
from sync.secrets.vault import Vault, VaultMode
from sync.session import ImapSession
from sync.timing import Timing
from tests.support.servers.authorization_server import CLIENT_ID, AuthorizationServer
from tests.support.servers.dovecot import Dovecot

QUICK = Timing(connect=30.0, sign_in=30.0, command=30.0)
ADDRESS = "ann@dealpost.example"


def tokens_of(provider: AuthorizationServer, user: str = ADDRESS) -> Tokens:
    client = Client("example", "Example", f"{provider.url}/token", CLIENT_ID)
    answer = provider._told(provider.grant(user))
    return from_answer(client, answer)


def add(vault: Vault, tokens: Tokens, port: int = 143) -> AccountConfig:
    new = NewAccount(
        ADDRESS, "localhost", port, "none", "localhost", 25, "none",
        auth="oauth2", oauth_provider="example",
    )  # fmt: skip
    secrets = vault.encrypted({PURPOSE: tokens.text()})
    _, account_id = accounts.execute(AddAccount(new, secrets))
    assert account_id is not None
    config = account.config(account_id)
    assert config is not None
    return config


def stored(vault: Vault, config: AccountConfig) -> Tokens:
    return from_text(vault.secret(config.id, PURPOSE))


def due(tokens: Tokens) -> Tokens:
    return replace(tokens, expires_at=tokens.obtained_at)


def test_a_good_token_is_used_as_it_is(provider: AuthorizationServer, vault: Vault) -> None:
    tokens = tokens_of(provider)
    assert access_token(add(vault, tokens).id, vault, QUICK) == tokens.access_token
    assert provider.token_requests == []


@pytest.mark.parametrize(
    ("left", "lifetime", "is_due"),
    [
        (75, 3600, False),
        (55, 3600, True),
        (-1, 3600, True),
        (20, 30, False),  # half of a short life is enough
        (10, 30, True),
        (3600 + 120, 3600, True),  # the clock was set back two minutes
    ],
)
def test_a_minute_early(
    provider: AuthorizationServer, left: int, lifetime: int, is_due: bool
) -> None:
    now = time.time_ns() // 1_000_000
    tokens = replace(
        tokens_of(provider),
        obtained_at=now + (left - lifetime) * 1000,
        expires_at=now + left * 1000,
    )
    assert tokens.is_due() is is_due


def test_a_token_without_an_end_is_used_until_it_is_refused(
    provider: AuthorizationServer, vault: Vault
) -> None:
    tokens = replace(tokens_of(provider), expires_at=0)
    config = add(vault, tokens)

    assert access_token(config.id, vault, QUICK) == tokens.access_token
    assert access_token(config.id, vault, QUICK, refused=tokens.access_token) != tokens.access_token


@pytest.mark.parametrize("told", [float("inf"), float("nan"), "soon", [1]])
def test_an_end_that_nobody_understands_loses_no_tokens(told: object) -> None:
    """The refresh token of before is worth nothing any more when this answer comes."""
    client = Client("example", "Example", "https://localhost/token", CLIENT_ID)
    answer = {"access_token": "a", "refresh_token": "r", "expires_in": told}

    assert from_answer(client, answer).expires_at == 0


def test_the_rotated_token_is_stored_before_the_new_one_is_given_out(
    provider: AuthorizationServer, vault: Vault
) -> None:
    config = add(vault, due(tokens_of(provider)))

    token = access_token(config.id, vault, QUICK)

    kept = stored(vault, config)
    assert kept.access_token == token
    assert kept.refresh_token == provider.secrets[-2]
    assert provider.is_good(token, ADDRESS)


def test_two_connections_renew_once(provider: AuthorizationServer, vault: Vault) -> None:
    config = add(vault, due(tokens_of(provider)))
    both = threading.Barrier(2)
    given: list[str] = []

    def ask() -> None:
        both.wait(15)
        given.append(stored_access_token(config.id, vault, QUICK))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert provider.refreshes == 1
    assert len(given) == 2
    assert len(set(given)) == 1


def test_what_the_store_does_not_take_is_kept_and_stored_later(
    provider: AuthorizationServer, vault: Vault, store: Path
) -> None:
    config = add(vault, due(tokens_of(provider)))
    other = apsw.Connection(str(store / "dealpost.db"))
    database.db.connection().set_busy_timeout(50)
    provider.before_answer = lambda: None if other.in_transaction else _hold(other)

    with pytest.raises(BusyStoreError):
        access_token(config.id, vault, QUICK)
    assert provider.refreshes == 1
    other.execute("ROLLBACK")
    other.close()
    provider.before_answer = lambda: None
    token = access_token(config.id, vault, QUICK)

    assert provider.refreshes == 1
    assert provider.is_good(token, ADDRESS)
    assert stored(vault, config).access_token == token


def _hold(other: apsw.Connection) -> None:
    other.execute("BEGIN IMMEDIATE")


def test_a_revoked_sign_in_ends(provider: AuthorizationServer, vault: Vault) -> None:
    config = add(vault, due(tokens_of(provider)))
    provider.forbid()
    with pytest.raises(
        SignInError, match=r"Example no longer accepts this sign-in\. Sign in again\."
    ):
        access_token(config.id, vault, QUICK)


def test_a_sign_in_of_meanwhile_is_not_overwritten(
    provider: AuthorizationServer, vault: Vault
) -> None:
    config = add(vault, due(tokens_of(provider)))
    newer = tokens_of(provider)

    def sign_in_again() -> None:
        database.open_for_thread()
        command = UpdateAccount(config.id, {}, vault.encrypted({PURPOSE: newer.text()}))
        accounts.execute(command)
        database.close_for_thread()

    def from_elsewhere() -> None:
        thread = threading.Thread(target=sign_in_again)
        thread.start()
        thread.join()

    provider.before_answer = from_elsewhere
    assert access_token(config.id, vault, QUICK) == newer.access_token
    assert stored(vault, config).refresh_token == newer.refresh_token


def test_a_revoked_token_beside_a_new_sign_in_does_not_end_it(
    provider: AuthorizationServer, vault: Vault
) -> None:
    config = add(vault, due(tokens_of(provider)))
    provider.forbid()
    newer = tokens_of(provider)

    def from_elsewhere() -> None:
        def run() -> None:
            database.open_for_thread()
            command = UpdateAccount(config.id, {}, vault.encrypted({PURPOSE: newer.text()}))
            accounts.execute(command)
            database.close_for_thread()

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()

    provider.before_answer = from_elsewhere
    assert access_token(config.id, vault, QUICK) == newer.access_token


def test_trouble_that_passes_leaves_everything(provider: AuthorizationServer, vault: Vault) -> None:
    tokens = due(tokens_of(provider))
    config = add(vault, tokens)
    provider.fails_status, provider.fails_with = 400, "temporarily_unavailable"
    with pytest.raises(RetryError):
        access_token(config.id, vault, QUICK)
    provider.fails_status, provider.retry_after = 503, "7"
    with pytest.raises(ThrottledError) as asked:
        access_token(config.id, vault, QUICK)

    assert asked.value.wait_seconds == 7.0
    assert stored(vault, config) == tokens


def test_without_a_refresh_token_the_end_is_the_end(
    provider: AuthorizationServer, vault: Vault
) -> None:
    config = add(vault, due(replace(tokens_of(provider), refresh_token="")))
    with pytest.raises(SignInError, match="has ended"):
        access_token(config.id, vault, QUICK)


def test_tokens_of_a_session_stay_in_memory(provider: AuthorizationServer, store: Path) -> None:
    vault = Vault()
    vault.load()
    vault.prepare(VaultMode.SESSION)
    config = add(vault, due(tokens_of(provider)))

    token = access_token(config.id, vault, QUICK)

    assert stored(vault, config).access_token == token
    assert database.value("SELECT count(*) FROM secret") == 0
    again = Vault()
    again.load()
    with pytest.raises(SecretLockedError):
        access_token(config.id, again, QUICK)


def test_quitting_waits_for_the_answer_that_replaces_the_token(
    provider: AuthorizationServer, vault: Vault
) -> None:
    config = add(vault, due(tokens_of(provider)))
    was_asked, was_told = threading.Event(), threading.Event()

    def is_stopped() -> bool:
        if was_asked.is_set():
            was_told.set()
        return was_asked.is_set()

    def answer_after_the_quit() -> None:
        was_asked.set()
        assert was_told.wait(15)

    provider.before_answer = answer_after_the_quit
    token = access_token(config.id, vault, QUICK, is_stopped=is_stopped)

    assert stored(vault, config).access_token == token


def test_quitting_does_not_wait_for_another_renewal(vault: Vault) -> None:
    lock = vault.rotations.of(7).lock
    with lock, pytest.raises(ConnectionLostError):
        access_token(7, vault, QUICK, is_stopped=lambda: True)


def test_tokens_in_memory_are_renewed_once(provider: AuthorizationServer) -> None:
    held = HeldTokens(due(tokens_of(provider)), QUICK)
    tokens = {held.access_token() for _ in range(3)}
    assert tokens == {held.tokens.access_token}
    assert provider.refreshes == 1


# --- at a mail server ------------------------------------------------------------------------


@pytest.fixture
def token_dovecot(provider: AuthorizationServer) -> Iterator[Dovecot]:
    server = Dovecot(introspect_url=f"{provider.url}/introspect").start()
    yield server
    server.stop()


def test_a_refused_token_is_renewed_once(
    provider: AuthorizationServer,
    vault: Vault,
    token_dovecot: Dovecot,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    config = add(vault, tokens_of(provider), token_dovecot.port)
    held: list[ImapSession] = []
    connect(config, vault, QUICK, read_only=True, hold=held.append).close()
    assert (len(held), provider.refreshes) == (1, 0)

    provider.expire()  # the server knows it sooner than we do
    connect(config, vault, QUICK, read_only=True, hold=held.append).close()
    assert (len(held), provider.refreshes) == (3, 1)
    assert not held[1].is_open

    provider.lifetime = 0  # renewed, and no good all the same
    provider.expire()
    with pytest.raises(TokenRefusedError, match="Sign in again") as refused:
        connect(config, vault, QUICK, read_only=True, hold=held.append)
    assert provider.refreshes == 2
    words = caplog.text + str(refused.value) + refused.value.server_words
    assert "invalid_token" in refused.value.server_words
    assert not any(secret in words for secret in provider.secrets)
