"""Quit, crash and offline: nothing is lost, nothing is done twice (R12)."""

from __future__ import annotations

import pytest

from models.commands.read_state import MarkRead
from models.store.settings import SetOption
from tests.flows.desk import FAST, Desk
from tests.flows.profile_file import rows
from tests.flows.rig import Rig
from tests.support.builders import a_mail
from tests.support.servers.proxy import Proxy


def test_restart_in_the_middle_of_past_mail(desk: Desk, rig: Rig) -> None:
    """A past sync that was cut short continues where it was, and brings each mail once."""
    assert rig.dovecot is not None
    names = [f"Mail {number}" for number in range(700)]
    rig.dovecot.deliver(rig.user, "INBOX", [a_mail(subject=name) for name in names])
    account_id = desk.add_account_quickly(rig)
    desk.wait(lambda: desk.model.rowCount() > 0, "the first mail is here")
    desk.close()
    desk.reopen()
    desk.settle(account_id)
    desk.wait(lambda: sorted(desk.subjects()) == sorted(names), "all mail is here, once")
    desk.settle(account_id)
    desk.wait(lambda: sorted(desk.subjects()) == sorted(names), "and stays")
    assert rows(desk.profile, "SELECT count(*) FROM message") == [(700,)]


def test_archive_offline_reaches_the_server_later(desk: Desk, rig: Rig) -> None:
    """The server is unreachable: archived here at once, and there when it is back."""
    rig.deliver(a_mail(subject="Alpha"), a_mail(subject="Beta"))
    with Proxy(rig.imap_port) as proxy:
        through = Rig(rig.address, rig.user, rig.password, proxy.port, 9, dovecot=rig.dovecot)
        account_id = desk.add_account(through)
        desk.run(SetOption("archive_on_server", True))
        desk.wait_for("Alpha", "Beta")
        proxy.go_away()
        desk.archive("Beta")
        desk.wait_for("Alpha")

        def something_waits() -> bool:
            status = desk.service.status(account_id)
            return status is not None and status.pending > 0

        desk.wait(something_waits, "something waits")
        assert rig.subjects("INBOX") == ["Alpha", "Beta"]
        desk.reopen()
        desk.wait_for("Alpha")
        proxy.come_back()
        desk.settle(account_id)
        assert rig.subjects("INBOX") == ["Alpha"]
        assert rig.subjects("Archive") == ["Beta"]
        desk.wait_for("Alpha")


def test_quit_with_operations_pending(desk: Desk, rig: Rig) -> None:
    """What was decided just before quitting reaches the server after the next start."""
    rig.deliver(*(a_mail(subject=f"Mail {number}") for number in range(30)))
    account_id = desk.add_account(rig)
    desk.run(SetOption("delete_on_server", True))
    names = [f"Mail {number}" for number in range(20)]
    desk.wait(lambda: desk.model.rowCount() == 30, "all here")
    desk.delete(*names)
    desk.reopen(FAST)
    desk.settle(account_id)
    assert rig.subjects("Trash") == sorted(names)
    assert len(rig.subjects("INBOX")) == 10
    desk.wait(lambda: desk.model.rowCount() == 10, "the rest is here")


@pytest.mark.timeout(60)  # a quit that waits for the server's 60 s would end here
def test_quit_while_the_server_is_silent(desk: Desk, rig: Rig) -> None:
    """A dead connection does not delay quitting, and nothing is half-written."""
    rig.deliver(*(a_mail(subject=f"Mail {number}") for number in range(5)))
    with Proxy(rig.imap_port) as proxy:
        through = Rig(rig.address, rig.user, rig.password, proxy.port, 9, dovecot=rig.dovecot)
        account_id = desk.add_account(through)
        proxy.freeze()
        desk.service.sync_now(account_id)
        desk.run(MarkRead((1,)))
        desk.close()
        assert rows(desk.profile, "PRAGMA integrity_check") == [("ok",)]
        proxy.thaw()
        desk.reopen()
        desk.settle(account_id)
        desk.wait(lambda: desk.model.rowCount() == 5, "all here")
