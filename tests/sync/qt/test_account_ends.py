"""What the user decides about an account while its worker, or an older command, is at work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from models.accounts import account
from models.commands import account_jobs
from models.commands.account_jobs import Keep
from models.commands.accounts import RemoveAccount, UpdateAccount
from models.events import Event, Phase
from models.store import database
from models.store.database import StoreError
from sync.qt.service.command_thread import CommandDone
from tests.flows.profile_file import rows, write
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.fake_imap import FakeConnection, FakeImap
from tests.sync.qt.rig import QUICK, Rig


@pytest.fixture
def rig(qtbot: QtBot, store: Path, dovecot: Dovecot, mail_user: str) -> Iterator[Rig]:
    """A service with one account that is up to date."""
    made = Rig(qtbot, store, dovecot, mail_user, QUICK)
    made.wait_for(Phase.IDLE)
    yield made
    made.close()


def ended(rig: Rig) -> Callable[[int], CommandDone | None]:
    """Finds the end of a command by its ticket."""
    found: dict[int, CommandDone] = {}
    rig.service.commanded.connect(lambda done: found.update({done.ticket: done}))
    return found.get


@pytest.mark.parametrize("keep", ["history", "nothing"])
def test_a_change_that_comes_before_a_removal_does_not_start_the_worker_again(
    rig: Rig, keep: Keep
) -> None:
    """The change is carried out first, and tells that the account has to connect anew."""
    end_of = ended(rig)
    rig.service.run(UpdateAccount(rig.account_id, aliases=("more@dealpost.example",)))
    ticket = rig.service.run(RemoveAccount(rig.account_id, keep))
    rig.wait(lambda: end_of(ticket) is not None)
    connections = rig.proxy.connections
    rig.wait(lambda: not account_jobs.is_due())
    config = account.config(rig.account_id)
    assert (config is None) if keep == "nothing" else config is not None
    assert config is None or config.state == account.REMOVED
    rig.wait(lambda: rig.proxy.open_now == 0)
    assert rig.proxy.connections == connections == 1
    assert rig.service.status(rig.account_id) is None


def test_a_removal_that_fails_lets_the_account_go_on(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_of = ended(rig)

    def full(_account_id: int, _keep: Keep) -> list[Event]:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(account_jobs, "begin_removal", full)
    ticket = rig.service.run(RemoveAccount(rig.account_id, "nothing"))
    rig.wait(lambda: end_of(ticket) is not None)
    done = end_of(ticket)
    assert done is not None
    assert done.error == "The disk is full."
    rig.wait(lambda: rig.proxy.connections == 2)
    rig.wait_for(Phase.IDLE)
    rig.deliver("goes on")
    rig.wait_for_mail(1)


def test_a_refused_sign_in_does_not_undo_stop_syncing(rig: Rig, store: Path) -> None:
    """The user stops while the server thinks about the password."""

    def refuse(connection: FakeConnection) -> None:
        write(store, ("UPDATE account SET state = 'stopped'", ()))
        connection.send(b"{tag} NO [AUTHENTICATIONFAILED] no\r\n")

    with FakeImap({"LOGIN": refuse, "AUTHENTICATE": refuse}) as server:
        rig.proxy.target = server.port
        rig.proxy.cut()
        rig.wait_for(Phase.NEEDS_SIGN_IN)
    assert rows(store, "SELECT state FROM account") == [("stopped",)]


def test_a_sign_in_that_works_again_does_not_undo_stop_syncing(rig: Rig) -> None:
    with database.writing(durable=False):
        account.update(rig.account_id, state=account.STOPPED)
    assert not account.change_state(rig.account_id, account.NEEDS_SIGN_IN, account.ACTIVE)
    config = account.config(rig.account_id)
    assert config is not None
    assert config.state == account.STOPPED
    with database.writing(durable=False):
        account.update(rig.account_id, state=account.NEEDS_SIGN_IN)
    assert account.change_state(rig.account_id, account.NEEDS_SIGN_IN, account.ACTIVE)
