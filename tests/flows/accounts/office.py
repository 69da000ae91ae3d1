"""Several accounts side by side, and what a user does with them in the preferences."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QDialog, QPushButton, QRadioButton, QWidget

from models.events import Phase
from tests.flows.desk import Desk
from tests.flows.rig import Rig, dovecot_rig
from tests.support.servers.dovecot import Dovecot
from ui.settings.dialog import PreferencesDialog

Found = TypeVar("Found", bound=QWidget)


def rigs(dovecot: Dovecot, count: int) -> list[Rig]:
    """One empty mailbox for each user, all on one server."""
    return [dovecot_rig(dovecot, dovecot.new_user(), smtp_port=9) for _ in range(count)]


def behind(rig: Rig, port: int) -> Rig:
    """The same mailbox, but Dealpost reaches it through a proxy."""
    return replace(rig, imap_port=port, host="localhost")


def preferences(desk: Desk) -> PreferencesDialog:
    """The preferences window. Opens it as Ctrl+, does, if it is closed."""
    if not _open(desk):
        desk.trigger("action_preferences")
    (dialog,) = _open(desk)
    return dialog


def _open(desk: Desk) -> list[PreferencesDialog]:
    """The open preferences, if any. A closed window lives on until the next turn of the loop."""
    return [each for each in desk.window.findChildren(PreferencesDialog) if each.isVisible()]


def page(desk: Desk, key: str) -> QWidget:
    """A page of the preferences: `general`, or `account:3`."""
    dialog = preferences(desk)
    dialog.show_page(key)
    name = key if not key.startswith("account:") else f"account_page_{key.partition(':')[2]}"
    return part(dialog, QWidget, name if "_" in name else f"{name}_page")


def part(window: QWidget, kind: type[Found], name: str) -> Found:
    """A widget by its stable name."""
    found = window.findChild(kind, name)
    assert isinstance(found, kind), name
    return found


def press(window: QWidget, name: str) -> None:
    """Click a button that can be seen and used."""
    button = part(window, QPushButton, name)
    assert button.isVisible(), name
    assert button.isEnabled(), name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def stands_still(desk: Desk, account_id: int) -> bool:
    """Whether the account's worker has ended. That follows a moment after the store says so."""
    status = desk.service.status(account_id)
    return status is not None and status.phase is Phase.STOPPED


def tick(desk: Desk, key: str, name: str, *, is_on: bool) -> None:
    """Tick or untick a box on a page, and wait until the change is stored."""
    done: list[object] = []
    desk.service.commanded.connect(done.append)
    check = part(page(desk, key), QCheckBox, name)
    if check.isChecked() != is_on:
        check.click()
        desk.wait(lambda: bool(done), f"{name} is stored")
    desk.service.commanded.disconnect(done.append)
    assert check.isChecked() == is_on


def set_options(desk: Desk, key: str, *, archive: bool, delete: bool) -> None:
    """Set the two options of R1 on a page, then close the preferences."""
    tick(desk, key, "archive_on_server_check", is_on=archive)
    tick(desk, key, "delete_on_server_check", is_on=delete)
    preferences(desk).accept()


def remove(desk: Desk, account_id: int, radio: str = "keep_history_radio") -> None:
    """Remove an account: press "Remove account…" on its page, choose what to keep, and agree."""
    press(page(desk, f"account:{account_id}"), "remove_account_button")
    question = part(preferences(desk), QDialog, "remove_account_dialog")
    choose(question, radio)
    press(question, "remove_button")
    preferences(desk).accept()


def choose(window: QWidget, name: str) -> None:
    """Choose one of several radio buttons."""
    part(window, QRadioButton, name).setChecked(True)
