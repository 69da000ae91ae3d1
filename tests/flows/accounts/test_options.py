"""R1 and R2 for a personal and a team account side by side, each with its own option."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QCheckBox, QDialog

from tests.flows.accounts import office
from tests.flows.desk import Desk
from tests.flows.rig import Rig
from tests.support.builders import a_mail
from tests.support.servers.dovecot import Dovecot

NAMES = ("Filed", "Gone", "Left")


@pytest.fixture
def pair(desk: Desk, dovecot: Dovecot) -> tuple[Rig, Rig, int, int]:
    """A personal and a team account, each with three mails."""
    mine, ours = office.rigs(dovecot, 2)
    for rig, who in ((mine, "my"), (ours, "our")):
        rig.deliver(*(a_mail(subject=f"{name} {who}") for name in NAMES))
    personal = desk.add_account(mine)
    team = desk.add_account(ours, kind="team")
    desk.wait_for(*(f"{name} {who}" for name in NAMES for who in ("my", "our")))
    return mine, ours, personal, team


def settle(desk: Desk, *account_ids: int) -> None:
    for account_id in account_ids:
        desk.settle(account_id)


def act(desk: Desk) -> str:
    """Archive one mail and delete one of each account at once. Returns the words of the dialog."""
    desk.open_folder("inbox")
    desk.archive("Filed my", "Filed our")
    return desk.delete("Gone my", "Gone our")


def assert_server(rig: Rig, who: str, *, archived: bool, deleted: bool) -> None:
    """Check where the three mails are on the server, and which commands it got."""
    inbox = [f"Left {who}"]
    inbox += [] if archived else [f"Filed {who}"]
    inbox += [] if deleted else [f"Gone {who}"]
    assert rig.subjects("INBOX") == sorted(inbox)
    assert rig.subjects("Archive") == ([f"Filed {who}"] if archived else [])
    assert rig.subjects("Trash") == ([f"Gone {who}"] if deleted else [])
    said = rig.changing_commands()
    assert len(said) == archived + deleted, said
    assert all(line.startswith("UID MOVE") for line in said)


@pytest.mark.parametrize("general", [(False, False), (True, True), (True, False)])
@pytest.mark.parametrize("own", [(False, False), (True, True), (False, True)])
def test_each_account_follows_its_own_option(
    desk: Desk,
    pair: tuple[Rig, Rig, int, int],
    general: tuple[bool, bool],
    own: tuple[bool, bool],
) -> None:
    """One selection over both accounts: each server gets what its account's option says."""
    mine, ours, personal, team = pair
    office.set_options(desk, "general", archive=general[0], delete=general[1])
    office.set_options(desk, f"account:{team}", archive=own[0], delete=own[1])

    words = act(desk)
    settle(desk, personal, team)

    assert_server(mine, "my", archived=general[0], deleted=general[1])
    assert_server(ours, "our", archived=own[0], deleted=own[1])
    assert ("are moved to its Trash" in words) == (general[1] and own[1])
    assert ("as each account's option says" in words) == (general[1] != own[1])
    desk.open_folder("archive")
    desk.wait_for("Filed my", "Filed our")


def test_options_changed_after_the_act_change_nothing(
    desk: Desk, pair: tuple[Rig, Rig, int, int]
) -> None:
    """R2: an option is read when the user acts, also across a restart."""
    mine, ours, personal, team = pair
    act(desk)
    settle(desk, personal, team)
    office.set_options(desk, "general", archive=True, delete=True)
    office.set_options(desk, f"account:{team}", archive=True, delete=True)
    settle(desk, personal, team)
    desk.reopen()
    settle(desk, personal, team)

    assert_server(mine, "my", archived=False, deleted=False)
    assert_server(ours, "our", archived=False, deleted=False)


def test_an_act_with_the_option_on_is_done_though_it_is_off_by_then(
    desk: Desk, pair: tuple[Rig, Rig, int, int]
) -> None:
    """The other half of R2: what was queued while the servers were unreachable still goes out."""
    mine, ours, personal, team = pair
    office.set_options(desk, "general", archive=True, delete=True)
    office.set_options(desk, f"account:{team}", archive=True, delete=False)
    for account_id in (personal, team):
        office.press(office.page(desk, f"account:{account_id}"), "stop_syncing_button")
    office.preferences(desk).accept()
    for account_id in (personal, team):
        desk.wait(lambda at=account_id: office.stands_still(desk, at), "it is stopped")  # type: ignore[misc]
    act(desk)
    office.set_options(desk, "general", archive=False, delete=False)
    office.set_options(desk, f"account:{team}", archive=False, delete=True)
    assert mine.subjects("INBOX") == ["Filed my", "Gone my", "Left my"]
    for account_id in (personal, team):
        office.press(office.page(desk, f"account:{account_id}"), "stop_syncing_button")
    office.preferences(desk).accept()
    settle(desk, personal, team)

    assert_server(mine, "my", archived=True, deleted=True)
    assert_server(ours, "our", archived=True, deleted=False)


def test_a_converted_account_does_as_before_until_its_own_option_is_changed(
    desk: Desk, pair: tuple[Rig, Rig, int, int]
) -> None:
    """Personal to team: the own options begin as the general ones are; nothing else happens."""
    mine, _ours, personal, team = pair
    office.set_options(desk, "general", archive=True, delete=False)
    office.press(office.page(desk, f"account:{personal}"), "convert_account_button")
    dialog = office.part(office.preferences(desk), QDialog, "convert_account_dialog")
    office.press(dialog, "convert_button")
    page = office.page(desk, f"account:{personal}")
    desk.wait(
        lambda: page.findChild(QCheckBox, "archive_on_server_check") is not None,
        "it has options of its own",
    )
    office.preferences(desk).accept()
    assert mine.changing_commands() == []
    office.set_options(desk, "general", archive=False, delete=True)

    act(desk)
    settle(desk, personal, team)
    assert_server(mine, "my", archived=True, deleted=False)

    office.set_options(desk, f"account:{personal}", archive=False, delete=True)
    desk.open_folder("inbox")
    desk.archive("Left my")
    desk.settle(personal)
    assert mine.subjects("INBOX") == ["Gone my", "Left my"]
