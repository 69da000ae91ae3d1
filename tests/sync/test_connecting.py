"""A connection for an account that cannot sign in leaves no socket behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from models.accounts import account
from models.accounts.account import AccountConfig, NewAccount
from models.commands import accounts
from models.commands.accounts import AddAccount
from sync.connecting import connect
from sync.errors import ConnectionLostError, SignInError, SyncError
from sync.secrets.vault import Vault
from sync.session import ImapSession
from sync.timing import Timing
from tests.support.servers.fake_imap import Answer, FakeImap, hang, hang_up

QUICK = Timing(connect=30.0, sign_in=3.0, command=3.0)


def _config(vault: Vault, port: int) -> AccountConfig:
    new = NewAccount("ann@c.example", "localhost", port, "none", "localhost", 25, "none")
    _, account_id = accounts.execute(AddAccount(new, vault.encrypted({"imap": "secret"})))
    assert account_id is not None
    config = account.config(account_id)
    assert config is not None
    return config


@pytest.mark.parametrize("is_account", [True, False])
def test_one_account_may_be_read_only_and_another_not(vault: Vault, is_account: bool) -> None:
    """The session itself refuses, whatever asks it; the program as a whole is not read-only."""
    with FakeImap(capabilities="IMAP4rev1 AUTH=PLAIN") as server:
        config = replace(_config(vault, server.port), read_only=is_account)
        session = connect(config, vault, QUICK, read_only=False, hold=_leave)
        assert session.read_only is is_account
        session.close()


def _cut(session: ImapSession) -> None:
    threading.Timer(0.1, session.abort).start()


def _leave(_: ImapSession) -> None:
    """Nobody cuts it."""


@pytest.mark.parametrize(
    ("answer", "hold", "error"),
    [
        (b"{tag} NO [AUTHENTICATIONFAILED] wrong\r\n", _leave, SignInError),
        (hang_up, _leave, ConnectionLostError),
        (hang, _cut, ConnectionLostError),
        (hang, _leave, SyncError),
    ],
)
@pytest.mark.parametrize("mechanism", ["AUTHENTICATE", "LOGIN"])
def test_a_sign_in_that_fails_gives_the_socket_back(
    vault: Vault,
    mechanism: str,
    answer: Answer,
    hold: Callable[[ImapSession], None],
    error: type[SyncError],
) -> None:
    held: list[ImapSession] = []

    def keep(session: ImapSession) -> None:
        held.append(session)
        hold(session)

    capabilities = "IMAP4rev1 AUTH=PLAIN" if mechanism == "AUTHENTICATE" else "IMAP4rev1"
    with FakeImap({mechanism: answer}, capabilities=capabilities) as server:
        config = _config(vault, server.port)
        with pytest.raises(error):
            connect(config, vault, QUICK, read_only=True, hold=keep)
        assert held[0].fileno() == -1
