"""The real window on a real store and service, without a server."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QTableView,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

import app
from models.events import Phase, StatusChanged
from models.store import database, settings
from sync.timing import Timing
from tests.ui.seeding import Seed, fill, subjects
from ui.conversations import roles
from ui.window import menus
from ui.window.main_window import MainWindow

WAIT = 20_000
NAMES = [
    "action_archive",
    "action_restore",
    "action_delete",
    "action_mark_read",
    "action_mark_unread",
    "action_undo",
    "action_compose",
    "action_reply",
    "action_reply_all",
    "action_forward",
    "action_link",
    "action_unlink",
    "action_preferences",
    "action_add_account",
    "action_sync_now",
    "action_sync_past",
    "action_delete_email",
    "action_new_person",
    "action_new_organization",
    "action_new_deal",
    "action_new_lead",
    "action_new_project",
]


class Hand:
    """A user at an open window."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot = qtbot
        self.window = window

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=WAIT)

    def action(self, name: str) -> QAction:
        found = self.window.findChild(QAction, name)
        assert isinstance(found, QAction), name
        return found

    @property
    def table(self) -> QTableView:
        found = self.window.findChild(QTableView, "conversation_list")
        assert isinstance(found, QTableView)
        return found

    @property
    def sidebar(self) -> QAbstractItemView:
        found = self.window.findChild(QAbstractItemView, "sidebar")
        assert isinstance(found, QAbstractItemView)
        return found

    @property
    def search(self) -> QLineEdit:
        found = self.window.findChild(QLineEdit, "search_edit")
        assert isinstance(found, QLineEdit)
        return found

    def widget(self, name: str) -> QWidget:
        found = self.window.findChild(QWidget, name)
        assert isinstance(found, QWidget), name
        return found

    def subjects(self) -> list[str]:
        model = self.table.model()
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]

    def selected(self) -> list[str]:
        return [str(index.data()) for index in self.table.selectionModel().selectedRows()]

    def choose(self, key: str) -> None:
        model = self.sidebar.model()
        for row in range(model.rowCount()):
            if model.index(row, 0).data(Qt.ItemDataRole.UserRole) == key:
                self.sidebar.setCurrentIndex(model.index(row, 0))
                return
        raise AssertionError(f"the sidebar has no {key}")

    def answer(self, button: str) -> list[str]:
        """Press a button of the delete dialog as soon as it is there; its words."""
        words: list[str] = []

        def look() -> None:
            box = self.window.findChild(QMessageBox, "confirm_delete")
            if box is None or not box.isVisible():
                QTimer.singleShot(10, self.window, look)
                return
            words.append(box.text())
            found = box.findChild(QPushButton, button)
            (found or box.button(QMessageBox.StandardButton.Cancel)).click()

        QTimer.singleShot(10, self.window, look)
        return words


@pytest.fixture
def hand(qtbot: QtBot, profile: Path) -> Iterator[Hand]:
    """A window with five conversations, the third already read."""
    seeds = subjects(5)
    seeds[2] = Seed("Offer 2", minutes_ago=12, is_read=True)
    fill(profile, seeds)
    window = app.start(profile, timing=Timing(undo=2.0))
    made = Hand(qtbot, window)
    made.wait(lambda: len(made.subjects()) == 5)
    yield made
    window.close()


def test_it_opens_with_what_is_there(hand: Hand) -> None:
    assert hand.window.objectName() == "main_window"
    assert hand.subjects() == [f"Offer {number}" for number in range(5)]
    assert hand.table.hasFocus() or hand.window.focusWidget() is hand.table


def test_every_action_has_its_stable_name(hand: Hand) -> None:
    for name in NAMES:
        assert hand.action(name).parent() is hand.window
    assert not hand.action("action_compose").isVisible()
    assert not hand.action("action_compose").isEnabled()


def test_a_row_speaks(hand: Hand) -> None:
    index = hand.table.model().index(0, 0)
    words = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Unread" in words
    assert "Ada Tamm" in words
    assert "Offer 0" in words
    assert index.data(roles.KIND) == "conversation"
    assert index.data(roles.UNREAD) is True
    assert index.data(roles.ARCHIVED) is False
    assert index.data(roles.LINK_KEY) == ""
    assert isinstance(index.data(roles.ID), int)


def test_archive_moves_on_and_undo_brings_back(hand: Hand) -> None:
    hand.table.selectRow(2)
    assert hand.action("action_archive").isEnabled()
    hand.action("action_archive").trigger()
    hand.wait(lambda: "Offer 2" not in hand.subjects())
    assert hand.selected() == ["Offer 3"]
    toast = hand.widget("undo_toast")
    hand.wait(toast.isVisible)
    assert toast.text() == "Archived"  # type: ignore[attr-defined]
    hand.action("action_undo").trigger()
    hand.wait(lambda: "Offer 2" in hand.subjects())
    hand.wait(lambda: not hand.action("action_undo").isEnabled())


def test_archived_mail_is_in_archive_and_comes_back(hand: Hand) -> None:
    hand.table.selectRow(1)
    hand.action("action_archive").trigger()
    hand.wait(lambda: len(hand.subjects()) == 4)
    hand.choose("archive")
    hand.wait(lambda: hand.subjects() == ["Offer 1"])
    hand.table.selectRow(0)
    assert not hand.action("action_archive").isEnabled()
    hand.action("action_restore").trigger()
    hand.wait(lambda: hand.subjects() == [])
    hand.choose("inbox")
    hand.wait(lambda: len(hand.subjects()) == 5)


def test_delete_asks_and_cancel_keeps(hand: Hand) -> None:
    hand.table.selectRow(0)
    words = hand.answer("no_such_button")
    hand.action("action_delete").trigger()
    hand.wait(lambda: bool(words))
    assert words == ["Delete 1 mail for good?"]
    assert len(hand.subjects()) == 5


def test_delete_takes_all_that_are_selected(hand: Hand) -> None:
    hand.table.selectAll()
    words = hand.answer("confirm_delete_button")
    QTest.keyClick(hand.table, Qt.Key.Key_Delete)
    hand.wait(lambda: hand.subjects() == [])
    assert words == ["Delete 5 conversations with 5 mails for good?"]
    hand.choose("archive")
    hand.wait(lambda: hand.subjects() == [])


def test_read_and_unread_go_by_the_keyboard(hand: Hand) -> None:
    hand.table.selectAll()
    model = hand.table.model()
    QTest.keyClick(hand.table, Qt.Key.Key_U)
    hand.wait(lambda: not any(model.index(r, 0).data(roles.UNREAD) for r in range(5)))
    hand.wait(lambda: "(" not in hand.window.windowTitle())
    QTest.keyClick(hand.table, Qt.Key.Key_U)
    hand.wait(lambda: all(model.index(r, 0).data(roles.UNREAD) for r in range(5)))
    hand.wait(lambda: hand.window.windowTitle() == "Dealpost (5)")
    assert len(hand.subjects()) == 5


def test_opening_marks_as_read(hand: Hand) -> None:
    hand.table.selectRow(0)
    model = hand.table.model()
    hand.wait(lambda: model.index(0, 0).data(roles.UNREAD) is False)
    assert model.index(1, 0).data(roles.UNREAD) is True


def test_j_and_k_move(hand: Hand) -> None:
    for key, expected in ((Qt.Key.Key_J, 0), (Qt.Key.Key_J, 1), (Qt.Key.Key_K, 0)):
        QTest.keyClick(hand.table, key)
        assert hand.selected() == [f"Offer {expected}"]


def test_search_looks_everywhere_and_escape_ends_it(hand: Hand) -> None:
    hand.table.selectRow(4)
    hand.action("action_archive").trigger()
    hand.wait(lambda: len(hand.subjects()) == 4)
    QTest.keyClick(hand.table, Qt.Key.Key_Slash)
    hand.wait(lambda: hand.window.focusWidget() is hand.search)
    QTest.keyClicks(hand.search, "offer 4")
    hand.wait(lambda: hand.subjects() == ["Offer 4"])
    QTest.keyClick(hand.search, Qt.Key.Key_Escape)
    hand.wait(lambda: len(hand.subjects()) == 4)
    assert hand.search.text() == ""


def test_letters_in_the_search_field_are_letters(hand: Hand) -> None:
    hand.table.selectRow(0)
    hand.search.setFocus()
    QTest.keyClicks(hand.search, "eu#jk")
    assert hand.search.text() == "eu#jk"
    assert not hand.action("action_undo").isEnabled()


def test_nothing_found_offers_a_way_back(hand: Hand) -> None:
    hand.search.setText("xyzzy")
    hand.wait(lambda: hand.subjects() == [])
    buttons = [b for b in hand.window.findChildren(QPushButton) if b.text() == "Clear search"]
    hand.wait(buttons[0].isVisible)
    buttons[0].click()
    hand.wait(lambda: len(hand.subjects()) == 5)
    assert hand.search.text() == ""


def test_a_row_button_acts_on_its_row_and_keeps_the_selection(hand: Hand) -> None:
    hand.table.selectRow(0)
    rect = hand.table.visualRect(hand.table.model().index(3, 0))
    at = QPoint(rect.right() - 14 - 45, rect.top() + 20)  # the left one of two
    QTest.mouseMove(hand.table.viewport(), at)
    QTest.mouseClick(hand.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    hand.wait(lambda: "Offer 3" not in hand.subjects())
    assert hand.selected() == ["Offer 0"]


def test_selection_survives_what_happens_elsewhere(hand: Hand) -> None:
    hand.table.selectRow(3)
    rect = hand.table.visualRect(hand.table.model().index(0, 0))
    at = QPoint(rect.right() - 14 - 45, rect.top() + 20)
    QTest.mouseMove(hand.table.viewport(), at)
    QTest.mouseClick(hand.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    hand.wait(lambda: "Offer 0" not in hand.subjects())
    assert hand.selected() == ["Offer 3"]
    hand.action("action_undo").trigger()
    hand.wait(lambda: "Offer 0" in hand.subjects())
    assert hand.selected() == ["Offer 3"]


def test_theme_and_density_are_kept(hand: Hand, profile: Path) -> None:
    hand.action("action_theme_dark").trigger()
    hand.action("action_density_compact").trigger()
    hand.wait(lambda: hand.table.rowHeight(0) == 48)
    hand.window.close()
    database.open_for_thread()
    kept = settings.get("theme"), settings.get("density"), settings.get("window_state")
    database.close_for_thread()
    assert kept[:2] == ("dark", "compact")
    assert kept[2]


def test_an_account_that_needs_sign_in_has_one_button(hand: Hand) -> None:
    hand.window.findChild(QPushButton, "sign_in_button")
    config = hand.window.facts.configs[0]
    hand.window.facts.configs = [dataclasses.replace(config, state="active")]
    hand.window.service.happened.emit(
        StatusChanged(config.id, Phase.NEEDS_SIGN_IN, error="The password was refused.")
    )
    button = hand.window.findChild(QPushButton, "sign_in_button")
    assert isinstance(button, QPushButton)
    hand.wait(button.isVisible)
    assert "The password was refused." in hand.widget("sync_status").text()  # type: ignore[attr-defined]
    button.click()
    hand.wait(lambda: hand.widget("preferences_dialog").isVisible())


def test_past_mail_can_be_stopped(hand: Hand) -> None:
    config = hand.window.facts.configs[0]
    hand.window.facts.configs = [dataclasses.replace(config, state="active")]
    hand.window.service.happened.emit(StatusChanged(config.id, Phase.SYNCING, done=3, total=9))
    button = hand.window.findChild(QToolButton, "sync_stop_button")
    assert isinstance(button, QToolButton)
    hand.wait(button.isVisible)
    button.click()
    hand.wait(lambda: hand.window.facts.statuses()[0].phase is Phase.STOPPED)
    hand.wait(lambda: not button.isVisible())
    assert hand.widget("sync_status").text() == "Syncing is stopped"  # type: ignore[attr-defined]


def test_the_details_follow(hand: Hand) -> None:
    hand.action("action_sync_details").trigger()
    details = hand.widget("sync_details")
    hand.wait(details.isVisible)
    assert hand.widget("operation_list").isVisible()
    assert hand.window.findChild(QWidget, "account_facts_1") is not None


def test_every_button_has_a_name_for_screen_readers(hand: Hand) -> None:
    for button in hand.window.findChildren(QToolButton):
        if button.isVisible():
            assert button.text() or button.accessibleName(), button.objectName()


def test_the_first_start_opens_the_wizard(qtbot: QtBot, profile: Path) -> None:
    window = app.start(profile)
    qtbot.waitUntil(lambda: window.findChild(QDialog, "setup_wizard") is not None, timeout=WAIT)
    assert window.size().width() == 1280
    window.close()


def test_a_profile_opens_once(hand: Hand, profile: Path) -> None:
    with pytest.raises(app.ProfileError, match="already open"):
        app.start(profile)


def test_closing_releases_the_profile(qtbot: QtBot, profile: Path) -> None:
    for _ in range(3):
        window = app.start(profile)
        window.close()
    assert database.db.is_closed()


def test_a_file_that_is_no_database_is_refused(qtbot: QtBot, profile: Path) -> None:
    (profile / "dealpost.db").write_bytes(b"not a database at all" * 500)
    with pytest.raises(app.ProfileError, match=r"damaged|database"):
        app.start(profile)
    assert database.db.is_closed()


def test_the_sidebar_follows_a_theme_that_changes_live(hand: Hand) -> None:
    viewport = hand.sidebar.viewport()
    corner = QPoint(viewport.width() // 2, viewport.height() - 4)
    bright = viewport.grab().toImage().pixelColor(corner).lightness()
    hand.action("action_theme_dark").trigger()
    hand.wait(lambda: viewport.grab().toImage().pixelColor(corner).lightness() < 64)
    assert bright > 192
    hand.action("action_theme_light").trigger()
    hand.wait(lambda: viewport.grab().toImage().pixelColor(corner).lightness() > 192)


def test_a_letter_that_is_no_shortcut_selects_nothing(hand: Hand) -> None:
    hand.table.setFocus()
    QTest.keyClicks(hand.table, "oU")
    assert hand.selected() == []


def test_a_menu_of_the_list_goes_when_it_closes(hand: Hand) -> None:
    menu = menus.conversation_menu(hand.window.actions_by_name, hand.window)
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    assert hand.window.findChildren(QMenu, options=direct) == [menu]
    menu.close()
    hand.wait(lambda: not hand.window.findChildren(QMenu, options=direct))


def test_a_window_that_closes_takes_its_questions_along(hand: Hand) -> None:
    hand.table.selectRow(0)
    seen: list[bool] = []

    def close() -> None:
        box = hand.window.findChild(QMessageBox, "confirm_delete")
        if box is None or not box.isVisible():
            QTimer.singleShot(10, hand.window, close)
            return
        hand.window.close()
        seen.append(box.isVisible())
        box.reject()

    QTimer.singleShot(10, hand.window, close)
    hand.action("action_delete").trigger()
    hand.wait(lambda: bool(seen))
    assert seen == [False]


def test_nothing_is_asked_after_the_window_closed(hand: Hand) -> None:
    hand.table.selectRow(0)
    hand.action("action_delete").trigger()
    told: list[object] = []
    hand.window.service.answered.connect(told.append)
    hand.window.close()
    for _ in range(3):
        QCoreApplication.processEvents()
    assert told == []
    assert hand.window.findChild(QMessageBox, "confirm_delete") is None
