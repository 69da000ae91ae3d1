"""Lines that die, hang, sleep and change: the worker behind a proxy, in its own thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from models.accounts import account
from models.commands.archive import Archive
from models.events import Phase
from models.server import sync_facts
from models.store import database
from models.store.settings import SetOption
from sync.providers import Security, ServerPlace
from sync.qt.probes.probe import Probe, SignIn
from sync.timing import Timing
from tests.support.servers.dovecot import Dovecot
from tests.sync.qt.rig import QUICK, Rig

PATIENT = replace(QUICK, backoff_first=3600.0, backoff_most=3600.0)
HASTY = replace(QUICK, command=2.0)  # for lines that hang

MakeRig = Callable[..., Rig]


@pytest.fixture
def make_rig(qtbot: QtBot, store: Path, dovecot: Dovecot, mail_user: str) -> Iterator[MakeRig]:
    made: list[Rig] = []

    def make(timing: Timing = QUICK, user: str = mail_user) -> Rig:
        made.append(Rig(qtbot, store, dovecot, user, timing))
        return made[-1]

    yield make
    for one in made:
        one.close()


# --- IDLE ------------------------------------------------------------------------------------------


def test_idle_is_renewed_and_hears_on(make_rig: MakeRig) -> None:
    rig = make_rig(replace(QUICK, idle_renew=0.2))
    rig.wait(lambda: rig.dovecot.commands(rig.user).count("IDLE") >= 4)
    assert rig.proxy.connections == 1
    rig.deliver("after the renewal")
    rig.wait_for_mail(1)
    assert rig.proxy.connections == 1


def test_a_line_that_hangs_while_idling_is_noticed_at_the_renewal(make_rig: MakeRig) -> None:
    rig = make_rig(replace(HASTY, idle_renew=0.3))
    rig.wait_for(Phase.IDLE)
    before = len(rig.waits())
    rig.proxy.freeze()
    rig.wait(lambda: len(rig.waits()) > before)  # which is soon over: another connection is tried
    assert "did not answer" in rig.waits()[before].error
    rig.deliver("meanwhile")
    rig.proxy.thaw()
    rig.wait_for_mail(1)
    assert rig.proxy.connections >= 2


def test_a_line_that_hangs_within_a_command_is_noticed_in_time(make_rig: MakeRig) -> None:
    rig = make_rig(HASTY)
    rig.wait_for(Phase.IDLE)
    rig.run(SetOption("archive_on_server", True))
    rig.deliver("one")
    rig.wait_for_mail(1)
    rig.wait_for(Phase.IDLE)
    conversation = int(database.value("SELECT conversation_id FROM message"))
    before = len(rig.waits())
    rig.proxy.freeze()
    rig.run(Archive((conversation,)))
    rig.wait(lambda: len(rig.waits()) > before)
    assert sync_facts.of_account(rig.account_id).pending == 1
    rig.proxy.thaw()
    rig.wait(lambda: sync_facts.of_account(rig.account_id).pending == 0)
    other = rig.dovecot.other(rig.user)
    assert (len(other.uids("INBOX")), len(other.uids("Archive"))) == (0, 1)
    other.close()


# --- back-off --------------------------------------------------------------------------------------


def test_a_server_that_hangs_up_at_once_is_asked_ever_more_seldom(make_rig: MakeRig) -> None:
    rig = make_rig(replace(QUICK, backoff_most=60.0))
    rig.wait_for(Phase.IDLE)
    for count in range(1, 6):
        rig.proxy.cut()
        rig.wait(lambda count=count: len(rig.waits()) >= count)  # type: ignore[misc]
        rig.wait_for(Phase.IDLE)
    assert rig.seconds[0] < 0.1
    assert rig.seconds[4] > 0.4  # 0.05 s doubled four times, with jitter


def test_a_connection_that_lived_begins_anew_with_short_waits(make_rig: MakeRig) -> None:
    """After the first loss nothing would be tried for an hour, had the line not lived before."""
    rig = make_rig(replace(QUICK, backoff_reset=0.0, backoff_most=3600.0))
    for count in range(1, 12):
        rig.wait_for(Phase.IDLE)
        rig.proxy.cut()
        rig.wait(lambda count=count: len(rig.waits()) >= count)  # type: ignore[misc]
    rig.deliver("after eleven cuts")
    rig.wait_for_mail(1)

    # --- sleep, and another network ----------------------------------------------------------------------
    assert rig.proxy.connections >= 12


def test_after_a_sleep_the_line_is_a_new_one_at_once(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.wait_for(Phase.IDLE)
    rig.proxy.freeze()  # the old line is dead, and nobody says so
    rig.surroundings.slept = 3600.0
    rig.wait(lambda: rig.proxy.connections == 2)
    rig.proxy.thaw()
    rig.deliver("good morning")
    rig.wait_for_mail(1)
    assert rig.proxy.connections >= 2


def test_after_a_sleep_nothing_waits_for_the_back_off(make_rig: MakeRig) -> None:
    rig = make_rig(PATIENT)
    rig.wait_for(Phase.IDLE)
    rig.proxy.go_away()
    rig.wait_for(Phase.WAITING)
    rig.proxy.come_back()
    rig.deliver("good morning")
    rig.surroundings.slept = 3600.0
    rig.wait_for_mail(1)
    assert rig.proxy.connections >= 2


def test_another_network_ends_the_line_and_the_wait(make_rig: MakeRig) -> None:
    rig = make_rig(PATIENT)
    rig.wait_for(Phase.IDLE)
    rig.proxy.freeze()
    rig.surroundings.own = frozenset({"192.0.2.7"})  # the line's own address is gone
    rig.wait(lambda: rig.proxy.connections == 2)
    rig.proxy.thaw()
    rig.surroundings.own = frozenset({"127.0.0.1", "::1"})
    rig.deliver("elsewhere")
    rig.wait_for_mail(1)
    assert rig.proxy.connections >= 2


def test_one_more_address_leaves_a_good_line_alone(make_rig: MakeRig) -> None:
    rig = make_rig(PATIENT)
    rig.wait_for(Phase.IDLE)
    rig.surroundings.own |= {"192.0.2.8"}
    rig.deliver("one")
    rig.wait_for_mail(1)
    assert rig.proxy.connections == 1


def test_a_network_that_comes_ends_the_wait(make_rig: MakeRig) -> None:
    rig = make_rig(PATIENT)
    rig.wait_for(Phase.IDLE)
    rig.proxy.go_away()
    rig.wait_for(Phase.WAITING)
    rig.proxy.come_back()
    rig.deliver("one")
    rig.surroundings.own |= {"192.0.2.8"}
    rig.wait_for_mail(1)

    # --- how many, and who -------------------------------------------------------------------------------
    assert rig.proxy.connections >= 2


def test_at_most_three_connections_with_the_wizard_and_bodies(
    make_rig: MakeRig, qtbot: QtBot
) -> None:
    rig = make_rig()
    rig.deliver(*(f"mail {n}" for n in range(20)))
    probe = Probe(QUICK)
    place = ServerPlace("localhost", rig.proxy.port, Security.NONE)
    sign_in = SignIn(
        address="me@dealpost.example",
        user_name=rig.user,
        password="secret",  # of the test's own server
        imap=place,
        smtp=place,
    )
    for _ in range(3):
        ended: list[object] = []
        probe.tried.connect(ended.append)
        probe.try_sign_in(sign_in)
        rig.service.sync_now()
        for message_id in range(1, 20):
            rig.service.want_body(message_id)
        rig.wait(lambda ended=ended: bool(ended))  # type: ignore[misc]
        rig.wait(lambda: rig.proxy.open_now <= 1)  # the proxy hears of their ends a moment later
    rig.wait_for_mail(20)
    rig.proxy.cut()
    rig.wait(lambda: len(rig.waits()) >= 1)
    rig.wait_for(Phase.IDLE)
    assert 1 <= rig.proxy.most_open <= 3


def test_a_sign_in_that_expires_within_a_session_keeps_the_queue(
    make_rig: MakeRig, dovecot: Dovecot
) -> None:
    user = dovecot.new_user("own")
    dovecot.set_password(user, "secret")
    rig = make_rig(user=user)
    rig.run(SetOption("archive_on_server", True))
    rig.deliver("one")
    rig.wait_for_mail(1)
    rig.wait_for(Phase.IDLE)
    conversation = int(database.value("SELECT conversation_id FROM message"))
    _change_password(rig, "another")  # and the server ends the session
    rig.wait_for(Phase.NEEDS_SIGN_IN)
    rig.run(Archive((conversation,)))
    rig.surroundings.slept = 3600.0  # neither a sleep nor a network asks in vain again
    connected = rig.proxy.connections
    rig.service.sync_now()
    rig.wait(lambda: rig.proxy.connections > connected)
    rig.wait_for(Phase.NEEDS_SIGN_IN)
    assert sync_facts.of_account(rig.account_id).pending == 1
    config = account.config(rig.account_id)
    assert config is not None
    assert config.state == account.NEEDS_SIGN_IN
    _change_password(rig, "secret")
    rig.service.sync_now()
    rig.wait(lambda: sync_facts.of_account(rig.account_id).pending == 0)
    rig.wait_for(Phase.IDLE)


def _change_password(rig: Rig, password: str) -> None:
    rig.proxy.go_away()
    rig.dovecot.set_password(rig.user, password)
    rig.dovecot.restart()
    rig.proxy.come_back()
