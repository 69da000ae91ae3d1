"""What another mail program does, and what Dealpost does about it (R8, R9)."""

from __future__ import annotations

import pytest

from tests.flows.desk import Desk
from tests.flows.rig import Rig
from tests.support.builders import a_mail


def _synced(desk: Desk, rig: Rig) -> int:
    rig.deliver(*(a_mail(subject=name) for name in ("Alpha", "Beta", "Gamma")))
    account_id = desk.add_account(rig)
    desk.wait_for("Alpha", "Beta", "Gamma")
    return account_id


@pytest.mark.parametrize("mailbox", ["Archive", "Junk", "Projects"])
def test_moved_elsewhere_is_not_deleted(desk: Desk, rig: Rig, mailbox: str) -> None:
    """Archived, marked as junk or filed by another program: no effect here."""
    with rig.other() as client:
        client.create("Projects")
    account_id = _synced(desk, rig)
    with rig.other() as client:
        client.move("INBOX", [rig.uid("INBOX", "Beta")], mailbox)
    for _ in range(3):
        desk.settle(account_id)
    assert desk.has("Alpha", "Beta", "Gamma")
    assert rig.subjects(mailbox) == ["Beta"]


def test_moved_to_trash_is_deleted_here(desk: Desk, any_rig: Rig) -> None:
    """The usual delete by another program."""
    account_id = _synced(desk, any_rig)
    with any_rig.other() as client:
        client.move("INBOX", [any_rig.uid("INBOX", "Beta")], "Trash")
    desk.wait_for("Alpha", "Gamma")
    desk.reopen()
    desk.settle(account_id)
    desk.wait_for("Alpha", "Gamma")
    assert any_rig.subjects("Trash") == ["Beta"]


def test_expunged_for_good_is_deleted_here_after_proof(desk: Desk, any_rig: Rig) -> None:
    """Vanished and found in no other mailbox, proven twice."""
    _synced(desk, any_rig)
    with any_rig.other() as client:
        client.expunge("INBOX", [any_rig.uid("INBOX", "Beta")])
    desk.wait_for("Alpha", "Gamma")
    assert any_rig.subjects("INBOX") == ["Alpha", "Gamma"]


def test_copied_and_then_expunged_is_not_deleted(desk: Desk, rig: Rig) -> None:
    """Older programs archive so: COPY first, EXPUNGE later."""
    with rig.other() as client:
        client.create("Projects")
    account_id = _synced(desk, rig)
    uid = rig.uid("INBOX", "Beta")
    with rig.other() as client:
        client.copy("INBOX", [uid], "Projects")
    desk.settle(account_id)
    with rig.other() as client:
        client.expunge("INBOX", [uid])
    for _ in range(3):
        desk.settle(account_id)
    assert desk.has("Alpha", "Beta", "Gamma")


def test_deleted_here_stays_away_although_the_server_has_it(desk: Desk, rig: Rig) -> None:
    """R8: neither a moved copy nor a new UIDVALIDITY brings it back."""
    with rig.other() as client:
        client.create("Projects")
    account_id = _synced(desk, rig)
    desk.delete("Beta")
    desk.settle(account_id)
    with rig.other() as client:
        client.move("INBOX", [rig.uid("INBOX", "Beta")], "Projects")
        client.move("Projects", [rig.uid("Projects", "Beta")], "INBOX")
    for _ in range(2):
        desk.settle(account_id)
    desk.reopen()
    desk.settle(account_id)
    desk.wait_for("Alpha", "Gamma")
    desk.settle(account_id)
    assert desk.has("Alpha", "Gamma")
    assert "Beta" in rig.subjects("INBOX")
