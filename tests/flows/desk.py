"""Act in the window as the user does: find things by stable names, and wait by looking."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import shiboken6
from PySide6.QtCore import (
    QAbstractItemModel,
    QCoreApplication,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    Qt,
    QTimer,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
)
from pytestqt.qtbot import QtBot

import app
from models.accounts.account import NewAccount
from models.commands.accounts import AddAccount
from models.commands.execute import Command
from models.events import Phase
from models.store.clock import now_ms
from sync.qt.service.command_thread import CommandDone
from sync.qt.service.service import MailService
from sync.qt.service.vault import VaultAnswer
from sync.secrets.vault import VaultMode
from sync.timing import Timing
from tests.flows.rig import Rig
from tests.flows.screen import Screen
from ui.conversations.pane import ConversationPane
from ui.window.main_window import MainWindow

FAST = Timing(
    second_sitting=0.3,
    cycle=0.4,
    idle_settle=0.02,
    backoff_first=0.1,
    backoff_most=0.4,
    operation_retry_first=0.1,
    operation_retry_most=0.4,
    undo=3.0,
    wipe_idle=0.5,
    status=0.02,
    flags_all=1.0,
    full_check=5.0,
)
PATIENCE_MS = 45_000  # A busy machine takes its time. Only a flow that fails waits this long.


class Desk(Screen):
    """One open window, and what the user does with it."""

    def __init__(
        self, qtbot: QtBot, profile: Path, timing: Timing = FAST, *, read_only: bool = False
    ) -> None:
        self.qtbot = qtbot
        self.profile = profile
        self.timing = timing
        self.read_only = read_only
        self.patience_ms = PATIENCE_MS
        _clear_away()
        self.window = app.start(profile, timing=timing, read_only=read_only)

    # --- life ----------------------------------------------------------------------------

    def close(self) -> None:
        """Close the window. When this returns, everything is released."""
        if shiboken6.isValid(self.window):
            self.window.close()

    def reopen(self, timing: Timing | None = None) -> None:
        """Quit and start again on the same profile."""
        self.close()
        self.open_again(timing)

    def open_again(self, timing: Timing | None = None) -> None:
        """Start again on the profile, which must be closed. Waits until the list is read."""
        timing = timing or self.timing
        _clear_away()
        self.window = app.start(self.profile, timing=timing, read_only=self.read_only)
        self._read_on()

    def wait(self, condition: Callable[[], bool], what: str = "") -> None:
        """Run the event loop until the condition holds."""
        try:
            self.qtbot.waitUntil(condition, timeout=self.patience_ms)
        except Exception as error:
            statuses = [str(each) for each in self.window.service.statuses()]
            raise AssertionError(f"never became so: {what}; {statuses}") from error

    def wait_for(self, *subjects: str) -> None:
        """Wait until the list has exactly these subjects."""
        self.wait(lambda: self.has(*subjects), f"list is {subjects}, but is {self.subjects()}")

    # --- accounts ------------------------------------------------------------------------

    def add_account(self, rig: Rig, **columns: object) -> int:
        """Add an account as the wizard's "Sync" does, without its pages. Waits for past mail."""
        account_id = self.add_account_quickly(rig, **columns)
        self.settle(account_id)
        return account_id

    def add_account_quickly(self, rig: Rig, **columns: object) -> int:
        """Add an account as `add_account` does, but return as soon as it is stored."""
        self._prepare_vault()
        new = NewAccount(
            **{
                "address": rig.address,
                "user_name": rig.user,
                "imap_host": rig.host,
                "imap_port": rig.imap_port,
                "imap_security": "none",
                "smtp_host": rig.host,
                "smtp_port": rig.smtp_port,
                "smtp_security": "none",
                "start": "1y",
                **columns,
            }  # type: ignore[arg-type]
        )
        labels = {name: {"delimiter": "/", "is_chosen": True} for name in ("INBOX", "Sent")}
        done = self.run(AddAccount(new, self.service.vault.encrypted(rig.password), labels))
        assert done.done is not None, done.error
        assert done.done.account_id is not None
        return done.done.account_id

    def _prepare_vault(self) -> None:
        if self.service.vault.vault.can_seal:
            return
        answers: list[VaultAnswer] = []
        self.service.vault.answered.connect(answers.append)
        self.service.vault.prepare(VaultMode.KEYRING)
        self.wait(lambda: bool(answers), "the vault is ready")
        assert answers[0].is_done, answers[0].error

    def settle(self, account_id: int) -> None:
        """Wait for a whole cycle that begins after this call, and for the list to show its result.

        The next cycle to end may have looked at the server before this call. The one after it
        has not.
        """
        called_at = now_ms()
        ends: list[int] = []

        def is_settled() -> bool:
            now = self.service.status(account_id)
            ended_at = (now.last_success_at or 0) if now is not None else 0
            if ended_at >= called_at and ended_at not in ends:
                ends.append(ended_at)
                if len(ends) == 1:
                    self.service.sync_now(account_id)
            is_at_rest = now is not None and now.phase is Phase.IDLE and now.pending == 0
            return is_at_rest and len(ends) > 1

        self.service.sync_now(account_id)
        self.wait(is_settled, "the account is up to date")
        self._read_on()

    def _read_on(self) -> None:
        """Wait until the conversation list shows every change that the window received."""
        pane = self.window.findChild(ConversationPane)
        assert pane is not None
        self.wait(lambda: pane.is_current, "the list is read")

    @property
    def service(self) -> MailService:
        """The window's service."""
        return self.window.service

    def run(self, command: Command) -> CommandDone:
        """Run a command as the window would, and wait until it is done."""
        ended: list[CommandDone] = []
        self.service.commanded.connect(ended.append)
        ticket = self.service.run(command)
        self.wait(lambda: any(each.ticket == ticket for each in ended), f"{command} is done")
        self.service.commanded.disconnect(ended.append)
        return next(each for each in ended if each.ticket == ticket)

    # --- doing ---------------------------------------------------------------------------

    def open_folder(self, key: str) -> None:
        """Click an entry of the sidebar."""
        sidebar: QAbstractItemView = self.find(QAbstractItemView, "sidebar")
        index = _index_with(sidebar.model(), key)
        assert index is not None, f"the sidebar has no {key}"
        sidebar.setCurrentIndex(index)
        sidebar.clicked.emit(index)
        self._read_on()

    def select(self, *subjects: str) -> None:
        """Select rows as Ctrl and a click do."""
        self.wait(lambda: set(subjects) <= set(self.subjects()), f"{subjects} are in the list")
        selection = self.table.selectionModel()
        selection.clearSelection()
        for subject in subjects:
            row = self.subjects().index(subject)
            index = self.model.index(row, 0)
            flags = (
                QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            )
            selection.setCurrentIndex(index, flags)

    def trigger(self, name: str) -> None:
        """Trigger an action, as its toolbar button or its key does."""
        action = self.action(name)
        self.wait(action.isEnabled, f"{name} can be used")
        action.trigger()

    def archive(self, *subjects: str) -> None:
        """Select, archive, and wait until the conversations left the list."""
        self.select(*subjects)
        self.trigger("action_archive")
        self.wait(lambda: not set(subjects) & set(self.subjects()), "archived")

    def restore(self, *subjects: str) -> None:
        """Select in Archive, restore, and wait until the conversations left the list."""
        self.select(*subjects)
        self.trigger("action_restore")
        self.wait(lambda: not set(subjects) & set(self.subjects()), "restored")

    def delete(self, *subjects: str) -> str:
        """Select, delete, agree, and wait. Returns the words of the dialog."""
        self.select(*subjects)
        words = self.agree(lambda: self.trigger("action_delete"))
        self.wait(lambda: not set(subjects) & set(self.subjects()), "deleted")
        return words

    def agree(
        self,
        act: Callable[[], None],
        button: str = "confirm_delete_button",
        ready: Callable[[], bool] = lambda: True,
    ) -> str:
        """Start an action that asks before a delete, press a button, return the dialog's words.

        The button is pressed once `ready` is true, which is checked while the dialog is open.
        """
        words: list[str] = []

        def look() -> None:
            box = self.window.findChild(QMessageBox, "confirm_delete")
            if box is None or not box.isVisible() or not ready():
                QTimer.singleShot(10, self.window, look)
                return
            words.append(f"{box.text()}\n{box.informativeText()}")
            pressed = box.findChild(QPushButton, button) or box.button(
                QMessageBox.StandardButton.Cancel
            )
            pressed.click()

        QTimer.singleShot(10, self.window, look)
        act()
        self.wait(lambda: bool(words), "the dialog was answered")
        return words[0]

    def pick(self, button: str, words: str) -> None:
        """Open the menu of a button in the records pane, and choose an entry of it."""
        self.find(QAbstractButton, button).click()
        self.pick_line(words)

    def pick_line(self, words: str) -> None:
        """Choose an entry of the open menu, by its `words` without dots and underlined letters."""
        menu = next(menu for menu in self.window.findChildren(QMenu) if menu.isVisible())
        lines = {each.text().replace("&", "").rstrip("…"): each for each in menu.actions()}
        action = lines[words.rstrip("…")]
        action.trigger()
        menu.close()

    def dialog(self, name: str) -> QDialog:
        """Wait until a dialog is open."""
        find: Callable[[], list[QDialog]] = lambda: [  # noqa: E731
            found for found in self.window.findChildren(QDialog, name) if found.isVisible()
        ]
        self.wait(lambda: bool(find()), f"{name} is open")
        return find()[0]

    def search(self, text: str) -> None:
        """Type into the search box."""
        edit: QLineEdit = self.find(QLineEdit, "search_edit")
        edit.setFocus()
        edit.clear()
        QTest.keyClicks(edit, text)


def _clear_away() -> None:
    """Delete closed windows, as the end of their process would.

    Otherwise the next window's style sheet would style their widgets too.
    """
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, MainWindow) and not widget.isVisible():
            widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _index_with(model: QAbstractItemModel, key: str) -> QModelIndex | None:
    found = model.match(
        model.index(0, 0), Qt.ItemDataRole.UserRole, key, 1,
        Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive,
    )  # fmt: skip
    return found[0] if found else None
