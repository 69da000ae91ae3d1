"""The dialog before a delete says what goes."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from models.commands.delete import DeletePreview
from ui.commands.confirm_delete import ConfirmDelete, explanations, question


def preview(
    messages: int = 1,
    conversations: int = 1,
    *,
    records: tuple[str, ...] = (),
    to_trash: dict[int, bool] | None = None,
    others: int = 0,
) -> DeletePreview:
    return DeletePreview(
        messages, conversations, records, {1: False} if to_trash is None else to_trash, others
    )


def test_it_says_how_many() -> None:
    assert question(preview()) == "Delete 1 mail for good?"
    assert "with 4 mails" in question(preview(4))
    assert question(preview(9, 3)) == "Delete 3 conversations with 9 mails for good?"


def test_it_names_the_records_that_lose_it() -> None:
    words = "\n".join(explanations(preview(records=("Northwind rollout", "Ann Lee"))))
    assert "Northwind rollout, Ann Lee" in words


def test_many_records_are_cut_short() -> None:
    titles = tuple(f"Deal {number}" for number in range(10))
    assert "and 4 more" in "\n".join(explanations(preview(records=titles)))


def test_it_says_what_the_server_does() -> None:
    assert "Trash" in "\n".join(explanations(preview(to_trash={1: True})))
    assert "stay" in "\n".join(explanations(preview(to_trash={1: False})))
    assert "some accounts" in "\n".join(explanations(preview(to_trash={1: True, 2: False})))


def test_it_tells_of_other_accounts_and_of_backups() -> None:
    words = "\n".join(explanations(preview(others=2)))
    assert "another of your accounts stays" in words
    assert "Backups" in words


def test_enter_cancels(qtbot: QtBot) -> None:
    box = ConfirmDelete(preview())
    qtbot.addWidget(box)
    QTimer.singleShot(50, lambda: box.defaultButton().click())
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    assert not box.is_agreed()


def test_the_button_is_delete(qtbot: QtBot) -> None:
    box = ConfirmDelete(preview())
    qtbot.addWidget(box)
    button = box.findChild(QPushButton, "confirm_delete_button")
    assert isinstance(button, QPushButton)
    assert button.text() == "Delete"
    QTimer.singleShot(50, button.click)
    assert box.is_agreed()
