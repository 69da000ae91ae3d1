"""What the program asks and the user answers: held linked mails, labels to choose, reasons."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)

from models.commands.links import LinkConversations
from models.commands.records import SaveRecord
from models.records.records import Deal
from models.store import database
from models.store.clock import now_ms
from models.store.settings import SetOption
from tests.flows import profile_file
from tests.flows.desk import Desk
from tests.flows.rig import Rig, dovecot_rig
from tests.support.builders import a_mail
from tests.support.servers.dovecot import Dovecot

DAY_MS = 24 * 3600 * 1000


def _texts(desk: Desk, name: str) -> list[str]:
    model: QAbstractItemModel = desk.find(QAbstractItemView, name).model()
    return [str(model.index(row, 0).data(11) or "") for row in range(model.rowCount())]


def _visible(desk: Desk, name: str) -> bool:
    found = desk.window.findChild(QWidget, name)
    return found is not None and found.isVisible()


def _press(desk: Desk, name: str) -> None:
    button = desk.find(QAbstractButton, name)
    desk.wait(lambda: button.isVisible() and button.isEnabled(), f"{name} can be pressed")
    button.click()


def test_the_bar_says_how_many_of_the_held_are_linked(desk: Desk, rig: Rig) -> None:
    """Six linked ones at once are unusual, though seven mails are not."""
    assert rig.dovecot is not None
    names = [f"Mail {number}" for number in range(12)]
    rig.dovecot.deliver(rig.user, "INBOX", [a_mail(subject=name) for name in names])
    desk.add_account(rig)
    desk.wait_for(*names)
    key = desk.run(SaveRecord(Deal(title="Solar roof"))).done
    assert key is not None
    wanted = names[:6]
    model = desk.model
    rows = [model.index(row, 0) for row in range(model.rowCount())]
    ids = tuple(i.data(Qt.ItemDataRole.UserRole) for i in rows if i.data() in wanted)
    assert len(ids) == 6
    desk.run(LinkConversations(ids, key.record_key))
    uids = [rig.uid("INBOX", name) for name in names[:7]]
    with rig.other() as client:
        client.expunge("INBOX", uids)
    desk.wait(lambda: _visible(desk, "held_deletes_bar"), "the brake's bar")
    desk.wait(lambda: "6 linked to “Solar roof”" in desk.text_of("held_deletes_bar"), "linked ones")
    desk.wait(lambda: names[6] not in desk.subjects(), "the one without a link is gone")
    assert set(names[:6]) <= set(desk.subjects())


@pytest.fixture
def bare_rig() -> Iterator[Rig]:
    """A mailbox on a server that has only INBOX and one label of the user's."""
    server = Dovecot(special=())
    server.start()
    made = dovecot_rig(server, server.new_user(), smtp_port=9)
    with made.other() as client:
        client.create("Ablage")
    yield made
    server.stop()


def test_a_missing_archive_is_asked_for_once_with_the_labels_offered(
    desk: Desk, bare_rig: Rig
) -> None:
    """The program guesses no label. It uses the chosen one for what waits and what comes."""
    rig = bare_rig
    rig.deliver(*(a_mail(subject=name) for name in ("Alpha", "Beta", "Gamma")))
    account_id = desk.add_account(rig)
    desk.run(SetOption("archive_on_server", True))
    desk.wait_for("Alpha", "Beta", "Gamma")
    desk.archive("Alpha", "Beta")
    desk.wait(lambda: _visible(desk, "role_bar"), "asked")
    assert rig.changing_commands() == []
    _press(desk, "choose_role_button")
    combo = desk.find(QComboBox, "role_combo")
    desk.wait(combo.isVisible, "the dialog")
    offered = [combo.itemText(row) for row in range(combo.count())]
    assert combo.currentIndex() == 0
    assert any("Ablage" in text for text in offered)
    assert not any("INBOX" in text or "Inbox" in text for text in offered[1:])
    combo.setCurrentIndex(next(row for row, text in enumerate(offered) if "Ablage" in text))
    _press(desk, "role_use_button")
    desk.wait(lambda: rig.subjects("Ablage") == ["Alpha", "Beta"], "what waited goes out")
    desk.wait(lambda: not _visible(desk, "role_bar"), "the bar is gone")
    desk.archive("Gamma")
    desk.settle(account_id)
    assert rig.subjects("Ablage") == ["Alpha", "Beta", "Gamma"]
    assert not _visible(desk, "role_bar")
    assert not [line for line in rig.changing_commands() if line.startswith("CREATE")]


def test_the_queue_says_since_when_and_why(desk: Desk, bare_rig: Rig) -> None:
    bare_rig.deliver(a_mail(subject="Alpha"), a_mail(subject="Beta"))
    desk.add_account(bare_rig)
    desk.run(SetOption("delete_on_server", True))
    desk.wait_for("Alpha", "Beta")
    desk.delete("Beta")
    desk.wait(lambda: _visible(desk, "role_bar"), "asked")
    desk.trigger("action_queue")
    desk.wait(lambda: _visible(desk, "operation_list"), "the queue is open")
    desk.wait(
        lambda: any(
            "waits for you to choose the Trash" in t for t in _texts(desk, "operation_list")
        ),
        "it says why",
    )
    assert "since" in _texts(desk, "operation_list")[0]


def test_why_is_this_message_here_from_the_reader(desk: Desk, rig: Rig) -> None:
    """The link among a message's details is about this message alone."""
    first = a_mail(subject="Alpha", message_id="<first@customer.example>")
    second = a_mail(
        subject="Re: Alpha",
        message_id="<second@customer.example>",
        references=("<first@customer.example>",),
    )
    rig.deliver(first)
    account_id = desk.add_account(rig)
    rig.deliver(second, mailbox="INBOX")
    desk.settle(account_id)
    desk.wait(lambda: database.value("SELECT count(*) FROM message") == 2, "both are here")
    desk.select(*desk.subjects()[:1])
    QTest.keyClick(desk.table, Qt.Key.Key_Return)

    def links() -> list[QLabel]:
        labels: list[QLabel] = desk.window.findChildren(QLabel)
        return [label for label in labels if "href='why'" in label.text()]

    desk.wait(lambda: bool(links()), "the message is open")
    links()[-1].linkActivated.emit("why")
    desk.wait(lambda: _visible(desk, "ledger_list"), "its story")
    desk.wait(lambda: len(_texts(desk, "ledger_list")) >= 1, "entries")
    assert len([text for text in _texts(desk, "ledger_list") if "inbox" in text]) == 1


def test_what_happened_is_narrowed_by_time(desk: Desk, rig: Rig) -> None:
    """A mail that is gone is found by its sender within the time that is chosen."""
    rig.deliver(
        a_mail(subject="Old news", from_="Vera Lind <vera@gone.example>"), a_mail(subject="Other")
    )
    account_id = desk.add_account(rig)
    desk.wait_for("Old news", "Other")
    desk.delete("Old news")
    desk.settle(account_id)
    # As if it had been ten days ago; the window's own connection cannot write.
    sql = "UPDATE ledger SET at = ? WHERE kind = 'delete'"
    profile_file.write(desk.profile, (sql, (now_ms() - 10 * DAY_MS,)))
    desk.trigger("action_what_happened")
    desk.find(QLineEdit, "ledger_search_edit").setText("vera@gone.example")
    combo = desk.find(QComboBox, "ledger_time_combo")
    for days, is_told in ((7, False), (30, True)):
        combo.setCurrentIndex(combo.findData(days))
        desk.wait(
            lambda is_told=is_told: (  # type: ignore[misc]
                any("You deleted it" in text for text in _texts(desk, "ledger_list")) is is_told
            ),
            f"within {days} days: {is_told}",
        )
    assert not any("Old news" in text for text in _texts(desk, "ledger_list"))
