"""The list follows what happens, keeps its place, and never reads what it does not show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from models.accounts.account import STOPPED
from models.events import ConversationsChanged, Phase, StatusChanged
from models.queries.conversation_list import ListQuery
from models.store import database
from sync.qt.service.service import MailService
from sync.timing import Timing
from tests.ui.seeding import fill, subjects
from ui.conversations.pane import ConversationPane
from ui.style.theme import Theme

WAIT = 20_000
COUNT = 400  # more than the first page and more than a block


@pytest.fixture
def pane(qtbot: QtBot, profile: Path) -> Iterator[ConversationPane]:
    """A shown pane over 400 conversations."""
    fill(profile, subjects(2))
    database.open_for_thread()
    with database.writing(durable=False):
        database.run("UPDATE account SET state = ?", (STOPPED,))
        for number in range(COUNT - 2):
            insert(f"Old {number}", 1_700_000_000_000 - number * 1000)
    service = MailService(profile, timing=Timing())
    service.start()
    made = ConversationPane(service, Theme())
    qtbot.addWidget(made)
    made.resize(420, 600)
    made.show()
    made.show_query(ListQuery("inbox"))
    qtbot.waitUntil(lambda: made.model.rowCount() == COUNT, timeout=WAIT)
    yield made
    service.close()
    database.close_for_thread()


def insert(subject: str, newest_at: int) -> int:
    return database.insert(
        "INSERT INTO conversation (account_id, subject, parties, newest_at, message_count, "
        'incoming_count) VALUES (1, ?, \'[["Ann", "a@x.example"]]\', ?, 1, 1)',
        (subject, newest_at),
    )


def tell(pane: ConversationPane, *ids: int, removed: tuple[int, ...] = ()) -> None:
    pane._service.happened.emit(ConversationsChanged(1, ids, removed))


def subject(pane: ConversationPane, row: int) -> str:
    return str(pane.model.index(row, 0).data())


def top_subject(pane: ConversationPane) -> str:
    return subject(pane, pane.view.rowAt(0))


def add(text: str, newest_at: int) -> int:
    with database.writing(durable=False):
        return insert(text, newest_at)


def test_new_mail_at_the_top_leaves_the_view_where_it_is(
    qtbot: QtBot, pane: ConversationPane
) -> None:
    pane.view.select_id(pane.model.id_at(150))
    chosen, seen = subject(pane, 150), top_subject(pane)
    new_id = add("Brand new", 1_900_000_000_000)
    tell(pane, new_id)
    qtbot.waitUntil(lambda: subject(pane, 0) == "Brand new", timeout=WAIT)
    assert top_subject(pane) == seen
    assert pane.view.open_id() == pane.model.id_at(151)
    assert subject(pane, 151) == chosen


def test_at_the_top_new_mail_is_seen(qtbot: QtBot, pane: ConversationPane) -> None:
    tell(pane, add("Brand new", 1_900_000_000_000))
    qtbot.waitUntil(lambda: top_subject(pane) == "Brand new", timeout=WAIT)


def test_much_at_once_reloads_and_keeps_place_and_selection(
    qtbot: QtBot, pane: ConversationPane
) -> None:
    pane.view.select_id(pane.model.id_at(150))
    chosen, seen = pane.view.open_id(), top_subject(pane)
    ids = [add(f"New {number}", 1_900_000_000_000 + number) for number in range(60)]
    tell(pane, *ids)
    qtbot.waitUntil(lambda: pane.model.rowCount() == COUNT + 60, timeout=WAIT)
    assert pane.view.open_id() == chosen
    assert top_subject(pane) == seen


def test_a_conversation_that_is_gone_leaves_and_shows_none(
    qtbot: QtBot, pane: ConversationPane
) -> None:
    gone = pane.model.id_at(10)
    pane.view.select_id(gone)
    with database.writing(durable=False):
        database.run("DELETE FROM conversation WHERE id = ?", (gone,))
    tell(pane, removed=(gone,))
    qtbot.waitUntil(lambda: pane.model.row_of(gone) < 0, timeout=WAIT)
    assert pane.view.open_id() is None


def test_what_the_person_sent_away_is_followed_by_the_next(
    qtbot: QtBot, pane: ConversationPane
) -> None:
    gone, following = pane.model.id_at(10), pane.model.id_at(11)
    pane.view.select_id(gone)
    pane.view.advance_after()
    with database.writing(durable=False):
        database.run("UPDATE conversation SET is_archived = 1 WHERE id = ?", (gone,))
    tell(pane, gone)
    qtbot.waitUntil(lambda: pane.view.open_id() == following, timeout=WAIT)


def test_all_are_selected_and_counted(pane: ConversationPane) -> None:
    pane.view.selectAll()
    assert pane.view.selected_count() == COUNT
    assert len(set(pane.view.selected_ids())) == COUNT


def test_an_empty_list_says_so(qtbot: QtBot, pane: ConversationPane) -> None:
    pane.show_query(ListQuery("archive"))
    qtbot.waitUntil(pane.empty.isVisible, timeout=WAIT)
    assert pane.empty.text() == "Nothing in Archive"
    pane.show_query(ListQuery("inbox"))
    qtbot.waitUntil(pane.view.isVisible, timeout=WAIT)


def status(pane: ConversationPane, phase: Phase, last_success_at: int | None) -> None:
    event = StatusChanged(1, phase, last_success_at=last_success_at)
    pane._service.happened.emit(event)


def test_an_empty_list_says_that_the_first_sync_runs(pane: ConversationPane, qtbot: QtBot) -> None:
    pane.show_query(ListQuery("archive"))
    qtbot.waitUntil(pane.empty.isVisible, timeout=WAIT)
    assert pane.empty.text() == "Nothing in Archive"
    status(pane, Phase.SYNCING, None)
    assert pane.empty.text() == "Your mail is on its way"
    status(pane, Phase.IDLE, 1)
    assert pane.empty.text() == "Nothing in Archive"
    status(pane, Phase.SYNCING, 1)
    assert pane.empty.text() == "Nothing in Archive"


def test_the_keyboard_stays_in_the_pane(pane: ConversationPane, qtbot: QtBot) -> None:
    pane.view.setFocus()
    pane.show_query(ListQuery("archive"))
    qtbot.waitUntil(pane.empty.isVisible, timeout=WAIT)
    assert pane.window().focusWidget() is pane.empty
    pane.show_query(ListQuery("inbox"))
    qtbot.waitUntil(pane.view.isVisible, timeout=WAIT)
    assert pane.window().focusWidget() is pane.view
