"""The brake, queue, ledger and read-only mode in the real window (X1 to X3, R12, S9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QCheckBox,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from models.events import Event, Phase, StatusChanged
from models.store.settings import SetOption
from tests.flows.desk import Desk
from tests.flows.rig import Rig, dovecot_rig
from tests.support.builders import a_mail
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.proxy import Proxy
from tests.support.servers.smtp import SmtpSink

MANY = 30


def _texts(desk: Desk, name: str) -> list[str]:
    """A list as the user reads it."""
    model: QAbstractItemModel = desk.find(QAbstractItemView, name).model()
    return [str(model.index(row, 0).data(11) or "") for row in range(model.rowCount())]


def _has(desk: Desk, name: str, part: str) -> bool:
    """Whether an entry of a list contains this."""
    return any(part in text for text in _texts(desk, name))


def _open_queue(desk: Desk) -> None:
    desk.trigger("action_queue")
    desk.wait(lambda: _visible(desk, "operation_list"), "the queue is open")


def _press(desk: Desk, name: str) -> None:
    button = desk.find(QAbstractButton, name)
    desk.wait(lambda: button.isVisible() and button.isEnabled(), f"{name} can be pressed")
    button.click()


def _visible(desk: Desk, name: str) -> bool:
    found = desk.window.findChild(QWidget, name)
    return found is not None and found.isVisible()


def _status(desk: Desk, account_id: int, is_so: Callable[[StatusChanged], bool], what: str) -> None:
    desk.wait(lambda: (now := desk.service.status(account_id)) is not None and is_so(now), what)


def _expunge_many(desk: Desk, rig: Rig) -> int:
    """An account with 35 mails, of which another program expunges 30: all are held."""
    assert rig.dovecot is not None
    names = [f"Mail {number}" for number in range(MANY)] + [f"Other {n}" for n in range(5)]
    rig.dovecot.deliver(rig.user, "INBOX", [a_mail(subject=name) for name in names])
    account_id = desk.add_account(rig)
    desk.wait(lambda: desk.model.rowCount() == len(names), "all here")
    with rig.other() as client:
        client.expunge("INBOX", client.uids("INBOX")[:MANY])
    desk.wait(lambda: _visible(desk, "held_deletes_bar"), "the brake's bar")
    desk.wait(lambda: "30 mails" in desk.text_of("held_deletes_bar"), "all are held")
    return account_id


# --- the brake --------------------------------------------------------------------------------


def test_held_deletes_are_told_shown_and_kept_over_a_restart(desk: Desk, rig: Rig) -> None:
    """30 mails gone at once: nothing is deleted; the bar says how many, whose, since when."""
    _expunge_many(desk, rig)
    assert rig.address in desk.text_of("held_deletes_bar")
    assert "since" in desk.text_of("held_deletes_bar")
    assert desk.model.rowCount() == MANY + 5
    _press(desk, "held_show_button")
    desk.wait(lambda: desk.model.rowCount() == MANY, "only the held ones are listed")
    desk.wait(lambda: all(desk.subjects()), "rows are read")
    words = str(desk.model.index(0, 0).data(11))
    assert "deleted on the server" in words
    _press(desk, "held_show_button")
    desk.wait(lambda: desk.model.rowCount() == MANY + 5, "back in the inbox")
    desk.reopen()
    desk.wait(lambda: _visible(desk, "held_deletes_bar"), "the bar after a restart")
    desk.wait(lambda: "30 mails" in desk.text_of("held_deletes_bar"), "still all")
    desk.wait(lambda: desk.model.rowCount() == MANY + 5, "nothing is deleted")


def test_keep_keeps_the_held_mails(desk: Desk, rig: Rig) -> None:
    """Keep: the mails stay for good, and the bar never asks about them again."""
    account_id = _expunge_many(desk, rig)
    _press(desk, "held_keep_button")
    desk.wait(lambda: not _visible(desk, "held_deletes_bar"), "answered")
    for _ in range(3):
        desk.settle(account_id)
    desk.reopen()
    desk.settle(account_id)
    desk.wait(lambda: desk.model.rowCount() == MANY + 5, "all are here")
    assert not _visible(desk, "held_deletes_bar")
    assert rig.changing_commands() == []


def test_delete_here_too_asks_and_deletes(desk: Desk, rig: Rig) -> None:
    """Delete here too asks again with the count, then deletes exactly these."""
    _expunge_many(desk, rig)
    words = desk.agree(lambda: _press(desk, "held_delete_button"), button="no such button")
    assert "30" in words
    assert desk.model.rowCount() == MANY + 5
    desk.agree(lambda: _press(desk, "held_delete_button"))
    desk.wait(lambda: desk.model.rowCount() == 5, "the held ones are deleted")
    desk.wait(lambda: not _visible(desk, "held_deletes_bar"), "answered")
    desk.trigger("action_what_happened")
    desk.wait(lambda: any("agreed" in text for text in _texts(desk, "ledger_list")), "recorded")


def test_check_again_finds_what_came_back(desk: Desk, rig: Rig) -> None:
    """Check again releases what is on the server after all, and holds the rest again."""
    account_id = _expunge_many(desk, rig)
    rig.deliver(*(a_mail(subject=f"Fresh {number}") for number in range(2)))
    desk.settle(account_id)
    told: list[int] = []

    def listen(event: Event) -> None:
        if isinstance(event, StatusChanged):
            told.append(event.held)

    desk.service.happened.connect(listen)
    _press(desk, "held_check_button")
    desk.wait(lambda: 0 in told and told[-1] == MANY, "checked anew and held anew")
    desk.wait(lambda: desk.model.rowCount() == MANY + 7, "nothing is lost")
    desk.wait(lambda: "30 mails" in desk.text_of("held_deletes_bar"), "told anew")
    assert desk.model.rowCount() == MANY + 7


# --- the queue --------------------------------------------------------------------------------


@pytest.fixture
def strict_rig() -> Iterator[Rig]:
    """A mailbox on a server that can forbid writing to a label."""
    server = Dovecot(forbids=True).start()
    yield dovecot_rig(server, server.new_user(), smtp_port=9)
    server.stop()


def test_a_refused_operation_is_shown_and_tried_again_by_hand(desk: Desk, strict_rig: Rig) -> None:
    """The server refuses: its words are shown, the mail stays archived here, Retry works."""
    rig, server = strict_rig, strict_rig.dovecot
    assert server is not None
    rig.deliver(a_mail(subject="Alpha"), a_mail(subject="Beta"))
    account_id = desk.add_account(rig)
    desk.run(SetOption("archive_on_server", True))
    desk.wait_for("Alpha", "Beta")
    server.forbid("Archive")
    desk.archive("Beta")
    _status(desk, account_id, lambda now: now.refused == 1, "refused")
    desk.wait(lambda: "1 change was refused" in desk.sentence(), "the status says so")
    _open_queue(desk)
    desk.wait(lambda: _has(desk, "operation_list", "Archive “Beta”"), "the queue names it")
    assert "refused it: [NOPERM] Permission denied" in _texts(desk, "operation_list")[0]
    desk.find(QAbstractItemView, "operation_list").selectAll()
    server.forbid()
    _press(desk, "retry_button")
    desk.wait(lambda: _texts(desk, "operation_list") == [], "the queue is empty")
    desk.wait(lambda: rig.subjects("Archive") == ["Beta"], "archived on the server")
    desk.trigger("action_what_happened")
    desk.wait(lambda: _has(desk, "ledger_list", "refused to archive it"), "recorded")
    assert _has(desk, "ledger_list", "You had it tried again")


def test_what_waits_is_listed_offline_and_can_be_given_up(desk: Desk, rig: Rig) -> None:
    """Offline: each change with its mail and why it waits; given up it never goes out."""
    assert rig.dovecot is not None
    rig.deliver(a_mail(subject="Alpha"), a_mail(subject="Beta"), a_mail(subject="Gamma"))
    account_id = desk.add_account(rig, read_only=True)
    desk.run(SetOption("archive_on_server", True))
    desk.run(SetOption("delete_on_server", True))
    desk.wait_for("Alpha", "Beta", "Gamma")
    desk.archive("Beta")
    desk.delete("Gamma")
    _open_queue(desk)
    desk.wait(
        lambda: (
            _has(desk, "operation_list", "Archive “Beta”")
            and _has(desk, "operation_list", "Move a deleted mail to Trash")
        ),
        "both wait",
    )
    assert all("read-only" in text for text in _texts(desk, "operation_list"))
    desk.find(QAbstractItemView, "operation_list").selectAll()

    def agree() -> None:
        box = desk.window.findChild(QMessageBox, "give_up_question")
        if box is None:
            QTimer.singleShot(10, desk.window, agree)
        else:
            desk.find(QPushButton, "give_up_agreed_button").click()

    QTimer.singleShot(10, desk.window, agree)
    _press(desk, "give_up_button")
    desk.wait(
        lambda: (
            not _has(desk, "operation_list", "Archive “Beta”")
            and not _has(desk, "operation_list", "deleted mail")
        ),
        "given up",
    )
    assert rig.changing_commands() == []
    desk.reopen()
    _status(desk, account_id, lambda now: now.phase is Phase.IDLE, "idle")
    assert rig.subjects("INBOX") == ["Alpha", "Beta", "Gamma"]


# --- a missing Trash --------------------------------------------------------------------------


@pytest.fixture
def bare_rig() -> Iterator[Rig]:
    """A mailbox on a server that has only INBOX."""
    server = Dovecot(special=())
    server.start()
    yield dovecot_rig(server, server.new_user(), smtp_port=9)
    server.stop()


def test_a_missing_trash_is_asked_for_and_created_on_agreement(desk: Desk, bare_rig: Rig) -> None:
    """The program guesses no label: the delete waits, the user agrees, Trash is made and used."""
    bare_rig.deliver(a_mail(subject="Alpha"), a_mail(subject="Beta"))
    account_id = desk.add_account(bare_rig)
    desk.run(SetOption("delete_on_server", True))
    desk.wait_for("Alpha", "Beta")
    desk.delete("Beta")
    desk.wait(lambda: _visible(desk, "role_bar"), "asked")
    assert bare_rig.changing_commands() == []
    _press(desk, "choose_role_button")
    create = desk.find(QAbstractButton, "role_create_button")
    desk.wait(create.isVisible, "the dialog")
    assert "Trash" in create.text()
    create.click()
    desk.wait(lambda: "CREATE" in " ".join(bare_rig.changing_commands()), "created")
    desk.settle(account_id)
    assert bare_rig.subjects("Trash") == ["Beta"]
    assert bare_rig.subjects("INBOX") == ["Alpha"]
    desk.wait(lambda: not _visible(desk, "role_bar"), "the bar is gone")


# --- the ledger -------------------------------------------------------------------------------


def test_the_ledger_answers_for_a_mail_that_is_gone(desk: Desk, rig: Rig) -> None:
    """By sender, by subject, by Message-ID; without one word of the deleted mail in the store."""
    rig.deliver(
        a_mail(
            subject="Quarterly numbers",
            from_="Vera Lind <vera@gone.example>",
            message_id="<numbers-1@gone.example>",
        ),
        a_mail(subject="Other"),
    )
    account_id = desk.add_account(rig)
    desk.wait_for("Quarterly numbers", "Other")
    desk.delete("Quarterly numbers")
    desk.settle(account_id)
    desk.trigger("action_what_happened")
    edit = desk.find(QLineEdit, "ledger_search_edit")
    for typed in ("vera@gone.example", "Quarterly numbers", "<numbers-1@gone.example>"):
        edit.setText("")
        edit.setText(typed)
        desk.wait(
            lambda: (
                any("You deleted it" in text for text in _texts(desk, "ledger_list"))
                and len(_texts(desk, "ledger_list")) == 2
            ),
            f"the delete is found by {typed}",
        )
        texts = _texts(desk, "ledger_list")
        assert any("with past mail from the inbox" in text for text in texts)
        assert all("no longer here" in text for text in texts)
        assert not any("Quarterly" in text or "vera" in text for text in texts)
    edit.setText("nobody@nowhere.example")
    desk.wait(lambda: _texts(desk, "ledger_list") == [], "nothing is made up")


def test_why_is_this_here(desk: Desk, rig: Rig) -> None:
    """A conversation's own story: arrival, our archive, the move on the server, the restore."""
    rig.deliver(a_mail(subject="Alpha"), a_mail(subject="Beta"))
    account_id = desk.add_account(rig)
    desk.run(SetOption("archive_on_server", True))
    desk.archive("Beta")
    desk.settle(account_id)
    desk.open_folder("archive")
    desk.select("Beta")
    desk.trigger("action_why")
    desk.wait(lambda: len(_texts(desk, "ledger_list")) == 3, "three entries")
    moved, archived, arrived = _texts(desk, "ledger_list")
    assert "because you archived it" in moved
    assert "You archived it" in archived
    assert "from the inbox" in arrived
    assert "“Archive”" in desk.text_of("ledger_summary")


# --- read-only mode ---------------------------------------------------------------------------


def test_read_only_sends_no_changing_command(qtbot: QtBot, profile: Path, rig: Rig) -> None:
    """Every action works here and waits. It goes to the server when read-only ends."""
    rig.deliver(*(a_mail(subject=name) for name in ("Alpha", "Beta", "Gamma")))
    desk = Desk(qtbot, profile, read_only=True)
    try:
        account_id = desk.add_account(rig)
        desk.run(SetOption("archive_on_server", True))
        desk.run(SetOption("delete_on_server", True))
        desk.wait_for("Alpha", "Beta", "Gamma")
        assert "read-only" in desk.window.windowTitle()
        desk.wait(lambda: "Read-only" in desk.sentence(), "the status says so")
        desk.select("Alpha")
        desk.archive("Beta")
        desk.delete("Gamma")
        desk.wait_for("Alpha")
        _status(desk, account_id, lambda now: now.pending >= 2, "they wait")
        desk.service.sync_now()
        desk.reopen()
        _status(desk, account_id, lambda now: now.pending >= 2, "they still wait")
        _status(desk, account_id, lambda now: now.phase is Phase.IDLE, "idle")
        assert rig.all_changing_commands() == []
        assert rig.subjects("INBOX") == ["Alpha", "Beta", "Gamma"]
        desk.read_only = False
        desk.reopen()
        desk.settle(account_id)
        assert "read-only" not in desk.window.windowTitle()
        assert rig.subjects("INBOX") == ["Alpha"]
        assert rig.subjects("Archive") == ["Beta"]
        assert rig.subjects("Trash") == ["Gamma"]
        desk.wait_for("Alpha")
    finally:
        desk.close()


def test_an_account_is_made_read_only_on_its_page(desk: Desk, rig: Rig) -> None:
    """The check on the account's page; switching it off lets out what waited."""
    rig.deliver(a_mail(subject="Alpha"), a_mail(subject="Beta"))
    account_id = desk.add_account(rig)
    desk.run(SetOption("archive_on_server", True))
    desk.trigger("action_preferences")
    check = desk.find(QCheckBox, "read_only_check")
    check.click()
    desk.wait(lambda: "Read-only" in desk.sentence(), "told")
    desk.archive("Beta")
    _status(desk, account_id, lambda now: now.pending >= 1, "it waits")
    assert rig.all_changing_commands() == []
    check.click()
    desk.wait(lambda: rig.subjects("Archive") == ["Beta"], "it goes out")
    desk.wait(lambda: "Read-only" not in desk.sentence(), "told")


# --- signing in again -------------------------------------------------------------------------


@pytest.fixture
def own_rig(dovecot: Dovecot, tmp_path: Path) -> Iterator[Rig]:
    """A mailbox whose password can change, and a server to send by."""
    user = dovecot.new_user("own")
    dovecot.set_password(user, "secret")
    dovecot.restart()
    sink = SmtpSink(tmp_path, "plain").start()
    yield dovecot_rig(dovecot, user, smtp_port=sink.port)
    sink.stop()


def test_a_changed_password_asks_once_and_loses_nothing(desk: Desk, own_rig: Rig) -> None:
    """S9: a banner with one button. Changes made meanwhile go out after signing in."""
    rig, server = own_rig, own_rig.dovecot
    assert server is not None
    rig.deliver(a_mail(subject="Alpha"), a_mail(subject="Beta"))
    with Proxy(rig.imap_port) as proxy:
        through = replace(rig, imap_port=proxy.port)
        account_id = desk.add_account(through, plain_text_agreed=True)
        desk.run(SetOption("archive_on_server", True))
        desk.wait_for("Alpha", "Beta")
        proxy.go_away()
        server.set_password(rig.user, "another secret")
        server.restart()
        proxy.come_back()
        _sign_in_again(desk, rig, account_id)


def _sign_in_again(desk: Desk, rig: Rig, account_id: int) -> None:
    _status(desk, account_id, lambda now: now.phase is Phase.NEEDS_SIGN_IN, "asks")
    desk.wait(lambda: _visible(desk, "sign_in_button"), "the banner")
    desk.archive("Beta")
    _open_queue(desk)
    desk.wait(lambda: _has(desk, "operation_list", "waits for you to sign in"), "it says why")
    desk.reopen()
    desk.wait(lambda: _visible(desk, "sign_in_button"), "the banner after a restart")
    _press(desk, "sign_in_button")
    password = desk.find(QLineEdit, "password_edit")
    desk.wait(password.isVisible, "the page")
    password.setText("another secret")
    _press(desk, "save_sign_in_button")
    rig.password = "another secret"
    desk.wait(lambda: rig.subjects("Archive") == ["Beta"], "what waited goes out")
    desk.wait(lambda: not _visible(desk, "sign_in_button"), "the banner is gone")
    assert rig.subjects("INBOX") == ["Alpha"]
