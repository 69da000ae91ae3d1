"""The card of an account in the sync details: past mail label by label, updated in place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from models.accounts import account
from models.events import LabelProgress, PastProgress, Phase, StatusChanged
from models.server import mailbox
from tests.models.building import boxes
from ui.activity.account_card import AccountCard
from ui.style.theme import Theme

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture
def card(qtbot: QtBot) -> Iterator[AccountCard]:
    parent = QWidget()
    parent.resize(QSize(600, 400))
    qtbot.addWidget(parent)
    account_id = boxes().account_id
    for box in mailbox.of_account(account_id):
        mailbox.update(box.id, is_chosen=False)
    made = AccountCard(account_id, Theme(), parent)
    parent.show()
    yield made
    parent.close()  # it lives so long


def syncing(*labels: LabelProgress, seconds: float | None = None) -> StatusChanged:
    done, total = sum(each.done for each in labels), sum(each.total for each in labels)
    return StatusChanged(
        1, Phase.SYNCING, done=done, total=total, past=PastProgress(labels, seconds)
    )


def label(name: str, done: int, total: int, *, is_done: bool = False) -> LabelProgress:
    return LabelProgress(name, "/", "", done, total, is_done)


def texts(card: AccountCard) -> list[str]:
    return [each.text() for each in card.past.findChildren(QLabel)]


def test_each_label_has_its_line(card: AccountCard) -> None:
    card.show_facts(
        syncing(label("A/B", 40, 40, is_done=True), label("C", 5, 20), label("D", 0, 0)), "me"
    )
    assert texts(card) == ["A › B", "40 of 40", "C", "5 of 20", "D", "waits"]
    bars = [bar.value() for bar in card.past.findChildren(QProgressBar)]
    assert bars == [1000, 250, 0]


def test_lines_and_buttons_stay_while_numbers_change(card: AccountCard) -> None:
    card.show_facts(syncing(label("C", 5, 20)), "me")
    bar = card.past.findChild(QProgressBar)
    buttons = card.findChildren(QPushButton)
    card.show_facts(syncing(label("C", 10, 20), seconds=170.0), "me")
    assert card.past.findChild(QProgressBar) is bar
    assert card.findChildren(QPushButton) == buttons
    assert bar is not None
    assert bar.value() == 500
    said = [each.text() for each in card.findChildren(QLabel)]
    assert any("about 3 minutes left" in text for text in said)


def test_one_that_was_stopped_can_go_on(card: AccountCard) -> None:
    account_id = account.configs()[0].id
    inbox = next(box for box in mailbox.of_account(account_id) if box.name == "INBOX")
    mailbox.update(inbox.id, is_chosen=True, past_done=3, past_total=9)
    asked: list[int] = []
    card.start_requested.connect(asked.append)
    card.show_facts(StatusChanged(account_id, Phase.STOPPED), "me")
    assert texts(card) == ["Inbox", "3 of 9"]
    button = next(b for b in card.findChildren(QPushButton) if not b.isHidden())
    assert button.text() == "Go on"
    button.click()
    assert asked == [account_id]


def test_when_all_is_here_there_are_no_lines(card: AccountCard) -> None:
    card.show_facts(syncing(label("C", 5, 20)), "me")
    card.show_facts(StatusChanged(1, Phase.IDLE), "me")
    assert card.past.isHidden()
