"""The three questions of the wizard, each answer with exactly the mail it brings (S2 to S5)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QListWidget, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from models.events import Event, MessagesAdded
from models.store.clock import now_ms
from tests.flows.asking import press_sync, show, tick, wizard_at_choices
from tests.flows.desk import Desk
from tests.flows.profile_file import rows, write
from tests.flows.rig import Rig, dovecot_rig
from tests.support.builders import a_mail
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.smtp import SmtpSink
from tests.ui.setup.parts import choose, part
from ui.records.imports.import_dialog import ImportDialog
from ui.setup.past_mail.counted_labels import COUNT_ROLE
from ui.setup.sign_in import flow

HOUR = 3600 * 1000
DAY = 24 * HOUR
EVERY_START = ("now", *flow.MONTHS)


@pytest.fixture
def rig(dovecot: Dovecot, mail_user: str, tmp_path: Path) -> Iterator[Rig]:
    """An empty mailbox whose SMTP server accepts the sign-in too."""
    sink = SmtpSink(tmp_path, "plain").start()
    yield dovecot_rig(dovecot, mail_user, smtp_port=sink.port)
    sink.stop()


@pytest.fixture
def desk(qtbot: QtBot, profile: Path) -> Iterator[Desk]:
    made = Desk(qtbot, profile)
    yield made
    made.close()


def deliver_at_the_borders(rig: Rig) -> list[str]:
    """Of each start a mail an hour within and an hour before; their subjects, newest first."""
    assert rig.dovecot is not None
    now = datetime.now(UTC)
    times: dict[str, int] = {}
    for start in flow.MONTHS:
        border = flow.starts_at(start, now)
        times |= {f"within {start}": border + HOUR, f"before {start}": border - HOUR}
    mails = [a_mail(subject=subject) for subject in times]
    rig.dovecot.deliver(rig.user, "INBOX", mails, received_at=list(times.values()))
    return list(times)


@pytest.mark.parametrize("start", EVERY_START)
def test_each_start_brings_exactly_its_range(desk: Desk, rig: Rig, start: str) -> None:
    names = deliver_at_the_borders(rig)
    wizard = wizard_at_choices(desk, rig)
    show(desk, wizard, "start_combo")
    choose(wizard, "start_combo", start)
    account_id = press_sync(desk, wizard)
    expected = [] if start == "now" else names[: names.index(f"within {start}") + 1]
    desk.wait_for(*expected)
    desk.settle(account_id)
    assert desk.has(*expected)


def test_now_takes_old_mail_that_is_moved_in_without_a_word(desk: Desk, rig: Rig) -> None:
    assert rig.dovecot is not None
    rig.deliver(a_mail(subject="was here"))
    rig.dovecot.deliver(
        rig.user, "Attic", [a_mail(subject="old"), a_mail(subject="an hour old")],
        received_at=[now_ms() - 90 * DAY, now_ms() - HOUR],
    )  # fmt: skip
    wizard = wizard_at_choices(desk, rig)
    show(desk, wizard, "start_combo")
    choose(wizard, "start_combo", "now")
    assert not part(wizard, QRadioButton, "scope_everyone_radio").isVisible()
    account_id = press_sync(desk, wizard)
    told: list[MessagesAdded] = []

    def listen(event: Event) -> None:
        if isinstance(event, MessagesAdded):
            told.append(event)

    desk.service.happened.connect(listen)
    with rig.other() as client:
        client.move("Attic", client.uids("Attic"), "INBOX")
    rig.deliver(a_mail(subject="new"))
    desk.settle(account_id)
    desk.wait_for("old", "an hour old", "new")
    notified = {id_ for event in told if event.notify for id_ in event.message_ids}
    found = rows(desk.profile, "SELECT id FROM message WHERE subject = 'new'")
    assert notified == {found[0][0]}


def make_contacts(desk: Desk) -> None:
    write(
        desk.profile,
        ("INSERT INTO organization (id, name, created_at, changed_at) VALUES (1, 'O', 1, 1)", ()),
        ("INSERT INTO organization_domain VALUES (1, 1, 'firm.example', 2)", ()),
        ("INSERT INTO person (id, name, created_at, changed_at) VALUES (1, 'A', 1, 1)", ()),
        (
            "INSERT INTO person_address (person_id, address, key) VALUES (1, 'ada@c.example', 1)",
            (),
        ),
    )


def deliver_parties(rig: Rig) -> None:
    assert rig.dovecot is not None
    own = rig.address
    mails = [
        a_mail(subject="person", from_="Ada <ada@c.example>"),
        a_mail(subject="organization", from_="x@y.example", cc="b@firm.example"),
        a_mail(subject="stranger", from_="x@y.example", to=own),
        a_mail(subject="no organization", from_="x@notfirm.example"),
    ]
    rig.dovecot.deliver(rig.user, "INBOX", mails, received_at=now_ms() - 5 * DAY)


def test_only_my_contacts_with_counts_before(desk: Desk, rig: Rig) -> None:
    make_contacts(desk)
    deliver_parties(rig)
    wizard = wizard_at_choices(desk, rig)
    show(desk, wizard, "start_combo")
    counts = wizard.pages.start.counts
    desk.wait(lambda: "2 from contacts" in counts.row_text("1m"), counts.row_text("1m"))
    assert counts.row_text("1m").startswith("1 month ago — 4 messages, ")
    part(wizard, QRadioButton, "scope_contacts_radio").setChecked(True)
    press_sync(desk, wizard)
    desk.wait_for("organization", "person")
    rig.deliver(a_mail(subject="future", from_="x@y.example"))
    desk.wait_for("future", "organization", "person")


def test_contacts_that_are_imported_meanwhile_can_be_chosen_at_once(desk: Desk, rig: Rig) -> None:
    deliver_parties(rig)
    wizard = wizard_at_choices(desk, rig)
    show(desk, wizard, "start_combo")
    radio = part(wizard, QRadioButton, "scope_contacts_radio")
    assert not radio.isEnabled()
    part(wizard, QPushButton, "import_contacts_button").click()
    desk.wait(lambda: desk.window.findChild(QPushButton, "import_button") is not None, "import")
    file = desk.profile.parent / "contacts.csv"
    file.write_text("Name,Email\nAda,ada@c.example\n")
    dialog = desk.window.findChild(ImportDialog, "import_dialog")
    assert dialog is not None
    dialog.open_file(file)
    button = part(dialog, QPushButton, "import_button")
    desk.wait(button.isEnabled, "the file was read")
    button.click()
    desk.wait(radio.isEnabled, "the contacts can be chosen")
    counts = wizard.pages.start.counts
    desk.wait(lambda: "1 from contacts" in counts.row_text("1m"), "counted anew")
    radio.setChecked(True)
    press_sync(desk, wizard)
    desk.wait_for("person")


def test_labels_are_counted_and_only_the_ticked_ones_come(desk: Desk, rig: Rig) -> None:
    assert rig.dovecot is not None
    for name in ("INBOX", "Projects", "Junk", "Trash", "Drafts"):
        rig.dovecot.deliver(rig.user, name, [a_mail(subject=name)], received_at=now_ms() - DAY)
    wizard = wizard_at_choices(desk, rig)
    show(desk, wizard, "labels_list")
    view = part(wizard, QListWidget, "labels_list")
    offered = [view.item(row).text() for row in range(view.count())]
    assert set(offered) == {"Inbox", "Sent", "Archive", "Projects"}
    row = offered.index("Projects")
    desk.wait(lambda: view.item(row).data(COUNT_ROLE) == "1", "Projects is counted")
    tick(wizard, "Projects")
    press_sync(desk, wizard)
    desk.wait_for("Projects")


def test_labels_show_what_was_counted_before_their_page_came_up(desk: Desk, rig: Rig) -> None:
    rig.deliver(a_mail(subject="one"), a_mail(subject="two"))
    wizard = wizard_at_choices(desk, rig)
    note = wizard.pages.labels.counts_note
    desk.wait(lambda: note.text() == "Messages of the last year.", "counted")
    show(desk, wizard, "labels_list")
    view = part(wizard, QListWidget, "labels_list")
    assert view.item(0).data(COUNT_ROLE) == "2"


def test_the_connection_that_counts_ends_with_the_wizard(desk: Desk, rig: Rig) -> None:
    deliver_at_the_borders(rig)
    wizard = wizard_at_choices(desk, rig)
    show(desk, wizard, "start_combo")
    part(wizard, QPushButton, "cancel_button").click()

    def counts() -> bool:
        return any(thread.name.startswith("counting") for thread in threading.enumerate())

    desk.wait(lambda: not counts(), "nothing counts any more")
    assert rig.changing_commands() == []


def test_counting_needs_no_extension_and_refuses_nothing(desk: Desk, rig: Rig) -> None:
    deliver_at_the_borders(rig)
    wizard = wizard_at_choices(desk, rig)
    show(desk, wizard, "start_combo")
    counts = wizard.pages.start.counts
    desk.wait(lambda: counts.row_text("1y").startswith("1 year ago — 7 messages"), "counted")
    assert rig.changing_commands() == []
    wizard.reject()
    desk.wait(lambda: not wizard.isVisible(), "closed")


def test_past_mail_cannot_be_asked_for_without_an_account(desk: Desk) -> None:
    assert not desk.action("action_sync_past").isEnabled()
