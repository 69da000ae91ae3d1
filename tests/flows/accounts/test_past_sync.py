"""Sync past emails in the window: widen, deleted mail, stop, restart, offline (S5, S6, R8)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton, QRadioButton, QToolButton

from models.accounts import account
from models.commands.accounts import ChooseMailboxes, RemoveAccount
from models.events import Phase
from models.server.mailbox import by_name
from models.server.past_sync import BeginPastSync
from models.store.clock import now_ms
from tests.flows.accounts.stalling import freeze_after_a_step
from tests.flows.asking import past_dialog, sync_past
from tests.flows.desk import Desk
from tests.flows.profile_file import rows, write
from tests.flows.rig import Rig
from tests.support.builders import a_mail
from tests.support.servers.proxy import Proxy
from tests.ui.setup.parts import choose, part

DAY = 24 * 3600 * 1000
AGES = (10, 80, 170, 350)


def deliver(rig: Rig, *, mailbox: str = "INBOX", ages: tuple[int, ...] = AGES) -> None:
    assert rig.dovecot is not None
    mails = [a_mail(subject=f"{mailbox} {age}", from_="x@y.example") for age in ages]
    rig.dovecot.deliver(rig.user, mailbox, mails, received_at=[now_ms() - a * DAY for a in ages])


def since(days: int, **more: object) -> dict[str, object]:
    return {"start": "1m", "start_at": now_ms() - days * DAY, "past_started": True, **more}


def inbox(*ages: int) -> list[str]:
    return [f"INBOX {age}" for age in ages]


def test_an_earlier_start_adds_exactly_its_range(desk: Desk, rig: Rig) -> None:
    deliver(rig)
    desk.add_account(rig, **since(30))
    desk.wait_for(*inbox(10))
    dialog = past_dialog(desk)
    assert dialog.start.currentData() == "3m"  # the next step back is proposed
    assert dialog.counts.row_text("6m").startswith("6 months ago — 2 messages")
    assert not dialog.scope_choice.isVisible()
    assert not dialog.deleted.isVisible()
    dialog.reject()
    sync_past(desk, "6m")
    desk.wait_for(*inbox(10, 80, 170))
    sync_past(desk, "1m")
    desk.wait_for(*inbox(10, 80, 170))


def test_after_now_the_scope_is_asked_once(desk: Desk, rig: Rig) -> None:
    write(
        desk.profile,
        ("INSERT INTO person (id, name, created_at, changed_at) VALUES (1, 'A', 1, 1)", ()),
        ("INSERT INTO person_address (person_id, address, key) VALUES (1, 'a@c.example', 1)", ()),
    )
    deliver(rig)
    assert rig.dovecot is not None
    friend = a_mail(subject="friend", from_="a@c.example")
    rig.dovecot.deliver(rig.user, "INBOX", friend, received_at=now_ms() - 20 * DAY)
    account_id = desk.add_account(rig, start="now", start_at=now_ms())
    assert desk.subjects() == []
    dialog = past_dialog(desk)
    assert dialog.scope_choice.isVisible()
    assert dialog.counts.row_text("6m").endswith(", 1 from contacts")
    choose(dialog, "start_combo", "6m")
    part(dialog, QRadioButton, "scope_contacts_radio").setChecked(True)
    part(dialog, QPushButton, "sync_button").click()
    desk.wait_for("friend")
    desk.settle(account_id)
    assert desk.has("friend")
    sync_past(desk, "6m")
    desk.wait_for("friend", *inbox(10, 80, 170))


def test_deleted_mail_is_counted_skipped_and_brought_back(desk: Desk, rig: Rig) -> None:
    deliver(rig)
    account_id = desk.add_account(rig, **since(400))
    desk.wait_for(*inbox(*AGES))
    desk.archive("INBOX 80")
    write(
        desk.profile,
        ("INSERT INTO deal (id, title, created_at, changed_at) VALUES (7, 'Deal', 1, 1)", ()),
        (
            (
                "INSERT INTO link (conversation_id, record_key, origin, linked_at) SELECT id, "
                "'deal:7', 'person', 1 FROM conversation WHERE subject IN ('INBOX 80', 'INBOX 10')"
            ),
            (),
        ),
    )
    desk.open_folder("archive")
    desk.delete("INBOX 80")
    desk.open_folder("inbox")
    desk.delete("INBOX 10", "INBOX 350")
    desk.settle(account_id)
    words = sync_past(desk, "6m")
    assert words == "2 messages that you deleted here are in this range:"
    desk.wait_for(*inbox(170))
    words = sync_past(desk, "6m", bring_back=True)
    assert words == "2 messages that you deleted here are in this range:"
    desk.wait_for(*inbox(10, 80, 170))  # in Inbox: the archive state did not come back
    assert rows(desk.profile, "SELECT count(*) FROM link") == [(0,)]
    words = sync_past(desk, "6m")
    assert words == "No message that you deleted here is in this range."
    assert desk.has(*inbox(10, 80, 170))
    words = sync_past(desk, "1y", bring_back=True)
    assert words == "1 message that you deleted here is in this range:"
    desk.wait_for(*inbox(*AGES))


def test_what_lies_in_the_servers_trash_is_not_in_the_count(desk: Desk, rig: Rig) -> None:
    deliver(rig)
    assert rig.dovecot is not None
    account_id = desk.add_account(rig, **since(400))
    desk.wait_for(*inbox(*AGES))
    desk.delete("INBOX 10", "INBOX 80")
    with rig.other() as client:
        client.move("INBOX", [rig.uid("INBOX", "INBOX 10")], "Trash")
    desk.settle(account_id)
    dialog = past_dialog(desk)
    choose(dialog, "start_combo", "1y")
    assert dialog.deleted.text.text() == "1 message that you deleted here is in this range:"
    assert part(dialog, QRadioButton, "deleted_skip_radio").isChecked()
    dialog.reject()


def test_deleted_in_an_earlier_life_of_the_account(desk: Desk, rig: Rig) -> None:
    """The account's locations are forgotten, so the server is asked about the tombstones."""
    deliver(rig)
    account_id = desk.add_account(rig, **since(400))
    desk.wait_for(*inbox(*AGES))
    desk.delete("INBOX 170")
    desk.run(RemoveAccount(account_id, "linked"))
    desk.add_account(rig, **since(30))
    desk.wait_for(*inbox(10))
    words = sync_past(desk, "1y")
    assert words == "1 message that you deleted here is in this range:"
    desk.wait_for(*inbox(10, 80, 350))


def test_stopped_it_goes_on_where_it_was_with_its_scope(
    desk: Desk, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(rig.imap_port) as line:
        through = replace(rig, imap_port=line.port)
        freeze_after_a_step(monkeypatch, {1: line})
        _stop_and_go_on(desk, through, line, monkeypatch)
        assert line.connections > 1


def _stop_and_go_on(desk: Desk, rig: Rig, line: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        desk.profile,
        ("INSERT INTO person (id, name, created_at, changed_at) VALUES (1, 'A', 1, 1)", ()),
        ("INSERT INTO person_address (person_id, address, key) VALUES (1, 'a@c.example', 1)", ()),
    )
    assert rig.dovecot is not None
    names = [f"friend {n:04}" for n in range(1200)]
    mails = [a_mail(subject=name, from_="a@c.example") for name in names]
    strangers = [a_mail(subject="stranger", from_="x@y.example") for _ in range(100)]
    rig.dovecot.deliver(rig.user, "INBOX", strangers + mails, received_at=now_ms() - DAY)
    account_id = desk.add_account_quickly(rig, **since(30, scope="contacts"))
    button = desk.find(QToolButton, "sync_stop_button")
    desk.wait(lambda: button.isVisible() and desk.model.rowCount() > 0, "it runs")
    button.click()
    desk.wait(lambda: desk.window.facts.statuses()[0].phase is Phase.STOPPED, "it is stopped")
    monkeypatch.undo()
    line.thaw()
    desk.reopen()
    held = rows(desk.profile, "SELECT count(*) FROM message")[0][0]
    assert 0 < held < 1200
    desk.trigger("action_sync_past")
    go_on = desk.find(QPushButton, "go_on_button")
    assert go_on.isVisible()
    assert "stopped at" in desk.text_of("past_state")
    go_on.click()
    desk.settle(account_id)
    desk.wait(lambda: desk.model.rowCount() == 1200, "all are here")
    assert rows(desk.profile, "SELECT count(*) FROM message WHERE subject = 'stranger'") == [(0,)]


def test_asked_for_without_a_line_it_comes_later(desk: Desk, rig: Rig) -> None:
    deliver(rig)
    with Proxy(rig.imap_port) as proxy:
        through = Rig(rig.address, rig.user, rig.password, proxy.port, 9, dovecot=rig.dovecot)
        account_id = desk.add_account(through, **since(30))
        desk.wait_for(*inbox(10))
        desk.delete("INBOX 10")
        proxy.go_away()
        dialog = past_dialog(desk)
        assert dialog.counts.note.text().startswith("It could not be counted")
        expected = "Messages that you deleted here may be in this range:"
        assert dialog.deleted.text.text() == expected
        choose(dialog, "start_combo", "6m")
        part(dialog, QRadioButton, "deleted_bring_back_radio").setChecked(True)
        part(dialog, QPushButton, "sync_button").click()
        desk.wait(lambda: account.configs()[0].start == "6m", "it is noted")
        desk.reopen()
        proxy.come_back()
        desk.settle(account_id)
        desk.wait_for(*inbox(10, 80, 170))


def test_other_labels_and_all_of_them(desk: Desk, rig: Rig) -> None:
    deliver(rig)
    deliver(rig, mailbox="Projects")
    account_id = desk.add_account(rig, **since(100))
    desk.wait_for(*inbox(10, 80))
    projects, first = by_name(account_id, "Projects"), by_name(account_id, "INBOX")
    assert projects is not None
    assert first is not None
    desk.run(ChooseMailboxes(account_id, (first.id, projects.id)))
    desk.wait_for(*inbox(10, 80), "Projects 10", "Projects 80")
    desk.run(ChooseMailboxes(account_id, (first.id,)))
    desk.settle(account_id)
    assert desk.has(*inbox(10, 80), "Projects 10", "Projects 80")
    desk.run(ChooseMailboxes(account_id, (), all_labels=True))
    deliver(rig, mailbox="Made later", ages=(10,))
    desk.settle(account_id)
    desk.wait_for(*inbox(10, 80), "Projects 10", "Projects 80", "Made later 10")


def test_no_ordinary_sync_brings_back_what_another_past_sync_was_asked_for(
    desk: Desk, rig: Rig
) -> None:
    """Bring back holds for what was deleted before, and ends with that past sync."""
    deliver(rig)
    account_id = desk.add_account(rig, **since(400))
    desk.wait_for(*inbox(*AGES))
    desk.run(BeginPastSync(account_id, "1y", now_ms() - 360 * DAY, bring_back=True))
    desk.settle(account_id)
    desk.delete("INBOX 170")
    with rig.other() as client:
        client.create("Elsewhere")
        client.move("INBOX", [rig.uid("INBOX", "INBOX 170")], "Elsewhere")
        client.move("Elsewhere", client.uids("Elsewhere"), "INBOX")
    for _ in range(2):
        desk.settle(account_id)
    assert desk.has(*inbox(10, 80, 350))
