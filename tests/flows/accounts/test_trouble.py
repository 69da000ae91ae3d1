"""Several accounts: one in trouble never blocks another, and accounts come and go meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QListView, QPushButton, QWidget

from models.commands.accounts import UpdateAccount
from models.events import Event, Phase
from models.intake import intake
from models.parsed_mail import Incoming
from models.store.settings import SetOption
from tests.flows.accounts import office
from tests.flows.accounts.stalling import freeze_after_a_step
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from tests.flows.rig import Rig
from tests.support.builders import a_mail
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.fake_imap import FakeImap, hang
from tests.support.servers.proxy import Proxy

TAKE_IN = intake.take_in


@contextmanager
def silent(_rig: Rig) -> Iterator[int]:
    """A server that accepts the connection and never answers."""
    with FakeImap({"CAPABILITY": hang, "LOGIN": hang}, greeting=b"") as server:
        yield server.port


@contextmanager
def wrong_password(_rig: Rig) -> Iterator[int]:
    no = b"{tag} NO [AUTHENTICATIONFAILED] no\r\n"
    with FakeImap({"LOGIN": no, "AUTHENTICATE": no}) as server:
        yield server.port


@contextmanager
def hangs_up(_rig: Rig) -> Iterator[int]:
    with FakeImap(greeting=b"* BYE too many connections\r\n") as server:
        yield server.port


@contextmanager
def hangs_while_syncing(_rig: Rig) -> Iterator[int]:
    """A server that signs the user in and never answers LIST."""
    with FakeImap({"LIST": hang}) as server:
        yield server.port


@contextmanager
def nobody_there(rig: Rig) -> Iterator[int]:
    with Proxy(rig.imap_port) as proxy:
        proxy.go_away()
        yield proxy.port


Trouble = Callable[[Rig], AbstractContextManager[int]]
TROUBLES = (silent, wrong_password, hangs_up, hangs_while_syncing, nobody_there)


def is_ready(desk: Desk, account_id: int) -> bool:
    status = desk.service.status(account_id)
    return status is not None and status.phase is Phase.IDLE


def works(desk: Desk, rig: Rig, account_id: int, name: str) -> None:
    """Check that new mail comes in, and that an archive and a delete reach the server."""
    rig.deliver(a_mail(subject=f"{name} filed"), a_mail(subject=f"{name} gone"))
    desk.open_folder("inbox")
    desk.archive(f"{name} filed")
    desk.delete(f"{name} gone")
    desk.wait(lambda: f"{name} filed" in rig.subjects("Archive"), "the archive reached the server")
    desk.wait(lambda: f"{name} gone" in rig.subjects("Trash"), "the delete reached the server")
    desk.wait(lambda: is_ready(desk, account_id), "it listens again")


def options_on(desk: Desk) -> None:
    desk.run(SetOption("archive_on_server", True))
    desk.run(SetOption("delete_on_server", True))


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: each.__name__)
def test_trouble_from_the_start(desk: Desk, dovecot: Dovecot, trouble: Trouble) -> None:
    """The account in trouble was there first, and comes first in every list."""
    bad, good = office.rigs(dovecot, 2)
    options_on(desk)
    with trouble(bad) as port:
        bad_id = desk.add_account_quickly(office.behind(bad, port))
        desk.wait(lambda: desk.service.status(bad_id) is not None, "it is tried")
        good_id = desk.add_account(good)

        works(desk, good, good_id, "One")

        assert not is_ready(desk, bad_id)
        assert desk.service.status(bad_id).last_success_at is None  # type: ignore[union-attr]
        desk.close()  # a thread that waits for a silent host does not delay quitting
        desk.open_again()
        works(desk, good, good_id, "Two")


def test_a_line_that_dies_later(desk: Desk, dovecot: Dovecot) -> None:
    """Changes made meanwhile in the hanging account go out when its server is back."""
    bad, good = office.rigs(dovecot, 2)
    options_on(desk)
    bad.deliver(a_mail(subject="Waiting"))
    with Proxy(bad.imap_port) as proxy:
        bad_id = desk.add_account(office.behind(bad, proxy.port))
        good_id = desk.add_account(good)
        desk.wait_for("Waiting")
        proxy.freeze()
        desk.archive("Waiting")

        works(desk, good, good_id, "One")

        assert bad.subjects("INBOX") == ["Waiting"]
        proxy.thaw()
        desk.wait(lambda: bad.subjects("Archive") == ["Waiting"], "it goes out late")
        desk.settle(bad_id)


def test_a_fault_of_ours_pauses_one_account(
    desk: Desk, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A bug, or a store that refuses one account's mail, is shown and stops that account only."""
    bad, good = office.rigs(dovecot, 2)
    options_on(desk)
    bad_id = desk.add_account(bad)
    good_id = desk.add_account(good)

    def broken(
        account_id: int, mails: Sequence[Incoming], *, past: bool, quiet: bool
    ) -> list[Event]:
        if account_id == bad_id:
            raise RuntimeError("a fault")
        return TAKE_IN(account_id, mails, past=past, quiet=quiet)

    monkeypatch.setattr(intake, "take_in", broken)
    bad.deliver(a_mail(subject="Never taken in"))
    desk.wait(
        lambda: desk.service.status(bad_id).phase is Phase.PAUSED,  # type: ignore[union-attr]
        "it is paused",
    )
    works(desk, good, good_id, "One")
    assert "met a fault" in caplog.text
    assert "Never taken in" not in desk.subjects()
    caplog.clear()  # the fault was logged, as it should be

    monkeypatch.setattr(intake, "take_in", TAKE_IN)
    desk.service.sync_now(bad_id)
    desk.wait(lambda: "Never taken in" in desk.subjects(), "it goes on")


def test_the_banner_names_the_account_and_opens_its_page(desk: Desk, dovecot: Dovecot) -> None:
    bad, good = office.rigs(dovecot, 2)
    with wrong_password(bad) as port:
        good_id = desk.add_account(good)
        bad_id = desk.add_account_quickly(office.behind(bad, port))
        button = desk.find(QPushButton, "sign_in_button")
        desk.wait(button.isVisible, "the banner shows")
        assert any(bad.address in text for text in desk.labels())
        button.click()
        dialog = office.preferences(desk)
        page = office.part(dialog, QWidget, f"account_page_{bad_id}")
        desk.wait(page.isVisible, "its page")
        assert office.part(page, QLineEdit, "password_edit").isVisible()
        dialog.accept()
        desk.wait(lambda: is_ready(desk, good_id), "the other one listens between its cycles")


def test_a_third_is_added_while_others_fill(
    desk: Desk, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = office.rigs(dovecot, 3)
    for rig, name in ((first, "First"), (second, "Second")):
        rig.deliver(*(a_mail(subject=f"{name} {number}") for number in range(150)))
    third.deliver(a_mail(subject="Third"))
    with Proxy(first.imap_port) as one, Proxy(second.imap_port) as two:
        freeze_after_a_step(monkeypatch, {1: one, 2: two})
        slow = [
            desk.add_account_quickly(office.behind(rig, proxy.port))
            for rig, proxy in ((first, one), (second, two))
        ]
        desk.wait(lambda: all(_count(desk, id_) for id_ in slow), "both fill")
        third_id = desk.add_account_quickly(third)

        desk.wait(lambda: "Third" in desk.subjects(), "the third is here")
        desk.wait(lambda: is_ready(desk, third_id), "and complete")
        assert desk.model.rowCount() < 301
        monkeypatch.undo()
        one.thaw()
        two.thaw()
        desk.wait(lambda: desk.model.rowCount() == 301, "all is here")
        assert [_count(desk, id_) for id_ in slow] == [150, 150]


def _count(desk: Desk, account_id: int) -> int:
    sql = "SELECT count(*) FROM message WHERE account_id = ?"
    return int(rows(desk.profile, sql, (account_id,))[0][0])


@pytest.mark.parametrize("radio", ["keep_history_radio", "erase_all_radio"])
def test_one_is_removed_in_the_middle_of_its_past_sync(
    desk: Desk, dovecot: Dovecot, radio: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its worker waits for the next part, and is cut off."""
    gone, stays = office.rigs(dovecot, 2)
    gone.deliver(*(a_mail(subject=f"Gone {number}") for number in range(400)))
    stays.deliver(*(a_mail(subject=f"Stays {number}") for number in range(150)))
    with Proxy(gone.imap_port) as one, Proxy(stays.imap_port, delay=0.02) as two:
        freeze_after_a_step(monkeypatch, {1: one})
        gone_id = desk.add_account_quickly(office.behind(gone, one.port))
        stays_id = desk.add_account_quickly(office.behind(stays, two.port))
        desk.wait(lambda: any(each.startswith("Gone") for each in desk.subjects()), "it began")

        office.remove(desk, gone_id, radio)

        sql = "SELECT count(*) FROM account WHERE id = ? AND (state <> 'removed' OR removing <> '')"
        desk.wait(lambda: rows(desk.profile, sql, (gone_id,))[0][0] == 0, "it is removed")
        desk.wait(lambda: is_ready(desk, stays_id), "the other goes on")
        desk.wait_for(*(f"Stays {number}" for number in range(150)))
        left = _count(desk, gone_id)
        assert (left == 0) == (radio == "erase_all_radio")
        assert left < 400
        assert not gone.changing_commands()
        assert desk.service.status(gone_id) is None


def test_stop_and_go_on(desk: Desk, dovecot: Dovecot) -> None:
    """One account is stopped and keeps its mail. The other continues."""
    first, second = office.rigs(dovecot, 2)
    first.deliver(a_mail(subject="Before"))
    first_id, second_id = desk.add_account(first), desk.add_account(second)
    office.press(office.page(desk, f"account:{first_id}"), "stop_syncing_button")
    desk.wait(lambda: office.stands_still(desk, first_id), "it is stopped")
    office.preferences(desk).accept()
    first.deliver(a_mail(subject="For the stopped one"))
    second.deliver(a_mail(subject="For the other one"))
    desk.wait_for("Before", "For the other one")
    desk.settle(second_id)
    desk.reopen()
    desk.settle(second_id)
    desk.wait_for("Before", "For the other one")
    page = office.page(desk, f"account:{first_id}")
    office.press(page, "stop_syncing_button")
    desk.wait_for("Before", "For the other one", "For the stopped one")
    assert rows(desk.profile, "SELECT DISTINCT state FROM account") == [("active",)]


def test_the_same_mail_in_two_accounts(desk: Desk, dovecot: Dovecot) -> None:
    """R14: two conversations; a delete acts on one, and its dialog says that the other stays."""
    first, second = office.rigs(dovecot, 2)
    options_on(desk)
    raw = a_mail(subject="Twice", message_id="<same@customer.example>")
    for rig in (first, second):
        rig.deliver(raw)
    first_id, second_id = desk.add_account(first), desk.add_account(second)
    desk.wait_for("Twice", "Twice")

    desk.open_folder(f"inbox:{first_id}")
    desk.wait_for("Twice")
    words = desk.delete("Twice")
    desk.settle(first_id)
    desk.settle(second_id)

    assert "The same mail in another of your accounts stays there." in words
    assert (first.subjects("Trash"), second.subjects("Trash")) == (["Twice"], [])
    assert second.changing_commands() == []
    desk.open_folder("inbox")
    desk.wait_for("Twice")
    desk.open_folder(f"inbox:{second_id}")
    desk.wait_for("Twice")


def test_one_account_is_read_only_while_the_other_works(desk: Desk, dovecot: Dovecot) -> None:
    """X2 per account: changes wait here, and go out when read-only is switched off."""
    quiet, busy = office.rigs(dovecot, 2)
    options_on(desk)
    quiet.deliver(a_mail(subject="Kept back"), a_mail(subject="Read here"))
    quiet_id, busy_id = desk.add_account(quiet), desk.add_account(busy)
    office.tick(desk, f"account:{quiet_id}", "read_only_check", is_on=True)
    office.preferences(desk).accept()
    desk.archive("Kept back")
    works(desk, busy, busy_id, "One")
    desk.reopen()
    works(desk, busy, busy_id, "Two")
    assert quiet.all_changing_commands() == []
    page = office.page(desk, f"account:{quiet_id}")
    assert office.part(page, QCheckBox, "read_only_check").isChecked()
    office.tick(desk, f"account:{quiet_id}", "read_only_check", is_on=False)
    office.preferences(desk).accept()
    desk.wait(lambda: quiet.subjects("Archive") == ["Kept back"], "it goes out")


def test_one_inbox_over_all_and_each_alone(desk: Desk, dovecot: Dovecot) -> None:
    """Unread counts of each, and of all together; the order is the user's."""
    first, second = office.rigs(dovecot, 2)
    first.deliver(a_mail(subject="A1"), a_mail(subject="A2"))
    second.deliver(a_mail(subject="B1"))
    second.deliver(a_mail(subject="B2"), flags=("\\Seen",))
    first_id, second_id = desk.add_account(first), desk.add_account(second)
    desk.wait_for("A1", "A2", "B1", "B2")
    desk.open_folder(f"inbox:{first_id}")
    desk.wait_for("A1", "A2")
    desk.open_folder(f"inbox:{second_id}")
    desk.wait_for("B1", "B2")

    def unread() -> dict[str, int]:
        model = desk.find(QListView, "sidebar").model()
        lines = [model.index(row, 0) for row in range(model.rowCount())]
        role = Qt.ItemDataRole.UserRole
        return {line.data(role): line.data(role + 1) for line in lines if line.data(role)}

    keys = ("inbox", f"inbox:{first_id}", f"inbox:{second_id}")
    desk.wait(lambda: [unread()[key] for key in keys] == [3, 2, 1], "unread is counted")

    desk.run(SetOption("account_order", [str(second_id), str(first_id)]))

    desk.wait(lambda: list(unread())[-2:] == list(reversed(keys[1:])), "the order")
    assert [unread()[key] for key in keys] == [3, 2, 1]
    desk.wait_for("B1", "B2")  # the one that was shown still is
    desk.run(UpdateAccount(first_id, {"name": "Any"}))
    desk.wait(lambda: list(unread())[-2:] == list(reversed(keys[1:])), "and stays")
