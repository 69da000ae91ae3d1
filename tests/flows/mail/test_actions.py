"""Archive, restore and delete in the window, and the commands the server gets (R1 to R6, R13)."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton

from models.store.settings import SetOption
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from tests.flows.rig import Rig
from tests.support.builders import a_mail


def _three(rig: Rig) -> None:
    rig.deliver(*(a_mail(subject=name) for name in ("Alpha", "Beta", "Gamma")))


def _options(desk: Desk, *, archive: bool = False, delete: bool = False) -> None:
    desk.run(SetOption("archive_on_server", archive))
    desk.run(SetOption("delete_on_server", delete))


def test_first_sync_fills_the_inbox(desk: Desk, any_rig: Rig) -> None:
    """Mail of INBOX and Sent is here; Sent's own mail is in Sent, not in Inbox (R15)."""
    _three(any_rig)
    any_rig.deliver(a_mail(subject="Mine", from_=any_rig.address), mailbox="Sent")
    desk.add_account(any_rig)
    desk.wait_for("Alpha", "Beta", "Gamma")
    desk.open_folder("sent")
    desk.wait_for("Mine")
    assert any_rig.subjects("INBOX") == ["Alpha", "Beta", "Gamma"]


def test_new_mail_comes_by_itself(desk: Desk, any_rig: Rig) -> None:
    """Mail that arrives while the window is open appears in the list by itself."""
    _three(any_rig)
    desk.add_account(any_rig)
    any_rig.deliver(a_mail(subject="News"))
    desk.wait_for("Alpha", "Beta", "Gamma", "News")
    assert desk.subjects()[0] == "News"


def test_archive_with_the_option_moves_the_mail_on_the_server(desk: Desk, any_rig: Rig) -> None:
    """With the option on the copy in INBOX goes to the archive, and comes back (R10, R13)."""
    _three(any_rig)
    account_id = desk.add_account(any_rig)
    _options(desk, archive=True)
    desk.archive("Beta")
    desk.wait_for("Alpha", "Gamma")
    desk.settle(account_id)
    assert any_rig.subjects("INBOX") == ["Alpha", "Gamma"]
    assert any_rig.subjects("Archive") == ["Beta"]
    desk.open_folder("archive")
    desk.wait_for("Beta")
    desk.restore("Beta")
    desk.settle(account_id)
    assert any_rig.subjects("INBOX") == ["Alpha", "Beta", "Gamma"]
    assert any_rig.subjects("Archive") == []
    desk.open_folder("inbox")
    desk.wait_for("Alpha", "Beta", "Gamma")


def test_archive_without_the_option_changes_nothing_on_the_server(desk: Desk, rig: Rig) -> None:
    """Option off: archived here, and no command that changes a mailbox (R2)."""
    _three(rig)
    account_id = desk.add_account(rig)
    desk.archive("Beta")
    desk.settle(account_id)
    assert rig.subjects("INBOX") == ["Alpha", "Beta", "Gamma"]
    desk.open_folder("archive")
    desk.wait_for("Beta")
    desk.restore("Beta")
    desk.settle(account_id)
    assert rig.changing_commands() == []


def test_restore_moves_back_only_while_the_option_is_on(desk: Desk, rig: Rig) -> None:
    """R10: the option is read when the user restores."""
    _three(rig)
    account_id = desk.add_account(rig)
    _options(desk, archive=True)
    desk.archive("Beta")
    desk.settle(account_id)
    _options(desk, archive=False)
    desk.open_folder("archive")
    desk.wait_for("Beta")
    desk.restore("Beta")
    desk.settle(account_id)
    assert rig.subjects("Archive") == ["Beta"]
    desk.open_folder("inbox")
    desk.wait_for("Alpha", "Beta", "Gamma")


@pytest.mark.parametrize("is_on", [True, False], ids=["option on", "option off"])
def test_delete_from_the_list(desk: Desk, any_rig: Rig, is_on: bool) -> None:
    """Delete moves to the server's Trash with the option on, and touches nothing with it off."""
    _three(any_rig)
    account_id = desk.add_account(any_rig)
    _options(desk, delete=is_on)
    words = desk.delete("Alpha", "Gamma")
    assert "Delete" in words
    desk.wait_for("Beta")
    desk.settle(account_id)
    if is_on:
        assert any_rig.subjects("INBOX") == ["Beta"]
        assert any_rig.subjects("Trash") == ["Alpha", "Gamma"]
    else:
        assert any_rig.subjects("INBOX") == ["Alpha", "Beta", "Gamma"]
        assert any_rig.subjects("Trash") == []
        if any_rig.records_commands:
            assert any_rig.changing_commands() == []
    desk.reopen()
    desk.settle(account_id)
    desk.wait_for("Beta")


@pytest.mark.parametrize("is_on", [True, False], ids=["option on", "option off"])
def test_delete_from_the_open_conversation(desk: Desk, rig: Rig, is_on: bool) -> None:
    """The open conversation's own button deletes the whole conversation, after asking (R5, R6)."""
    first = a_mail(
        subject="Offer",
        message_id="<offer@customer.example>",
        date="Mon, 2 Mar 2026 09:00:00 +0000",
    )
    second = a_mail(
        subject="Re: Offer", in_reply_to="<offer@customer.example>", from_="Bo <bo@c.example>"
    )
    rig.deliver(first, second, a_mail(subject="Other"))
    account_id = desk.add_account(rig)
    _options(desk, delete=is_on)
    desk.wait_for("Offer", "Other")
    desk.select("Offer")
    button = desk.find(QAbstractButton, "conversation_delete_button")
    desk.wait(lambda: button.isVisible() and button.isEnabled(), "the conversation is open")
    desk.settle(account_id)
    desk.agree(button.click)
    desk.wait_for("Other")
    desk.settle(account_id)
    expected = ["Offer", "Re: Offer"]
    assert rig.subjects("Trash") == (expected if is_on else [])
    if not is_on:
        assert rig.changing_commands() == []


def test_mail_that_comes_while_the_dialog_is_open_stays(desk: Desk, rig: Rig) -> None:
    """Only what the dialog counted is deleted, never a reply that the user has not seen (R5)."""
    rig.deliver(a_mail(subject="Offer", message_id="<offer@customer.example>"))
    account_id = desk.add_account(rig)
    desk.wait_for("Offer")
    desk.select("Offer")
    reply = a_mail(subject="Re: Offer", in_reply_to="<offer@customer.example>")
    asked: list[bool] = []

    def has_come() -> bool:
        if not asked:
            asked.append(True)
            rig.deliver(reply)
        return rows(desk.profile, "SELECT count(*) FROM message") == [(2,)]

    desk.agree(lambda: desk.trigger("action_delete"), ready=has_come)
    desk.wait_for("Re: Offer")
    desk.settle(account_id)
    assert rows(desk.profile, "SELECT subject FROM message") == [("Re: Offer",)]


def test_cancel_deletes_nothing(desk: Desk, rig: Rig) -> None:
    """The dialog's other button changes nothing."""
    _three(rig)
    account_id = desk.add_account(rig)
    desk.select("Beta")
    desk.agree(lambda: desk.trigger("action_delete"), button="no such button")
    desk.settle(account_id)
    desk.wait_for("Alpha", "Beta", "Gamma")
    assert rig.subjects("INBOX") == ["Alpha", "Beta", "Gamma"]
    assert rig.changing_commands() == []


def test_an_option_changed_later_is_not_applied_to_earlier_acts(desk: Desk, rig: Rig) -> None:
    """R2: what was archived or deleted while the option was off stays where it is."""
    _three(rig)
    account_id = desk.add_account(rig)
    desk.archive("Alpha")
    desk.delete("Beta")
    _options(desk, archive=True, delete=True)
    desk.settle(account_id)
    desk.reopen()
    desk.settle(account_id)
    assert rig.subjects("INBOX") == ["Alpha", "Beta", "Gamma"]
    assert rig.changing_commands() == []
    desk.wait_for("Gamma")


def test_undo_of_an_archive_before_the_server_heard_of_it(desk: Desk, rig: Rig) -> None:
    """Ctrl+Z after archive: back in Inbox, here and on the server (M3)."""
    _three(rig)
    account_id = desk.add_account(rig)
    _options(desk, archive=True)
    desk.archive("Beta")
    desk.trigger("action_undo")
    desk.wait_for("Alpha", "Beta", "Gamma")
    desk.settle(account_id)
    assert rig.subjects("INBOX") == ["Alpha", "Beta", "Gamma"]
    assert rig.subjects("Archive") == []


def test_opening_marks_read_on_the_server_too(desk: Desk, any_rig: Rig) -> None:
    """M5: read state goes both ways."""
    _three(any_rig)
    account_id = desk.add_account(any_rig)
    desk.wait_for("Alpha", "Beta", "Gamma")
    desk.select("Beta")
    desk.wait(lambda: "\\Seen" in any_rig.flags("INBOX", "Beta"), "read on the server")
    uid = any_rig.uid("INBOX", "Gamma")
    with any_rig.other() as client:
        client.flag("INBOX", [uid], "\\Seen")
    desk.settle(account_id)

    def is_read() -> bool:
        row = desk.subjects().index("Gamma")
        text = str(desk.model.index(row, 0).data(11) or "")  # Qt.AccessibleTextRole
        return "nread" not in text

    desk.wait(is_read, "read here too")
    assert "\\Seen" in any_rig.flags("INBOX", "Gamma")
