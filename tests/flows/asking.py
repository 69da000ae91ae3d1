"""Answer the wizard's questions and "Sync past emails" as a user would."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QPushButton,
    QRadioButton,
    QWidget,
)

from models.accounts import account
from tests.flows.desk import Desk
from tests.flows.rig import Rig
from tests.ui.setup.parts import choose, part, type_server
from ui.setup.past_mail.past_dialog import PastSyncDialog
from ui.setup.wizard import SetupWizard


def wizard_at_choices(desk: Desk, rig: Rig) -> SetupWizard:
    """A wizard that has signed in to both servers and now shows its questions."""
    wizard = desk.window.findChild(SetupWizard, "setup_wizard")
    if wizard is None:
        desk.trigger("action_add_account")
        wizard = desk.find(SetupWizard, "setup_wizard")
    part(wizard, QLineEdit, "address_edit").setText(rig.address)
    part(wizard, QLineEdit, "password_edit").setText(rig.password)
    type_server(wizard, "imap", port=rig.imap_port)
    type_server(wizard, "smtp", port=rig.smtp_port)
    part(wizard, QLineEdit, "user_name_edit").setText(rig.user)
    show(desk, wizard, "track_receipts_check")
    return wizard


def show(desk: Desk, wizard: SetupWizard, name: str) -> None:
    """Press Next until the page with this field is shown."""
    for _ in range(8):
        if part(wizard, QWidget, name).isVisible():
            return
        part(wizard, QPushButton, "next_button").click()
        edit = part(wizard, QLineEdit, "address_edit")
        desk.wait(edit.isEnabled, "the try is over")
    raise AssertionError(f"{name} is on no page")


def tick(wizard: SetupWizard, *names: str) -> None:
    """Tick exactly these labels."""
    view = part(wizard, QListWidget, "labels_list")
    for row in range(view.count()):
        item = view.item(row)
        state = (
            Qt.CheckState.Checked
            if item.data(Qt.ItemDataRole.UserRole) in names
            else Qt.CheckState.Unchecked
        )
        item.setCheckState(state)


def press_sync(desk: Desk, wizard: SetupWizard) -> int:
    """Press "Sync" on the last page and wait for the past mail. Returns the account's id."""
    show(desk, wizard, "start_combo")
    part(wizard, QPushButton, "sync_button").click()
    desk.wait(lambda: bool(account.configs()), "the account is stored")
    account_id = account.configs()[0].id
    desk.settle(account_id)
    return account_id


def past_dialog(desk: Desk) -> PastSyncDialog:
    """Open "Sync past emails" and wait until everything is counted."""
    desk.trigger("action_sync_past")
    dialogs = [d for d in desk.window.findChildren(QDialog, "sync_past_dialog") if d.isVisible()]
    assert len(dialogs) == 1
    dialog = dialogs[0]
    assert isinstance(dialog, PastSyncDialog)
    desk.wait(lambda: "Counting" not in dialog.counts.note.text(), "it was counted")
    return dialog


def sync_past(desk: Desk, start: str = "1y", *, bring_back: bool = False) -> str:
    """Answer the dialog and wait for the mail. Returns what it says about deleted mail."""
    dialog = past_dialog(desk)
    choose(dialog, "start_combo", start)
    words = dialog.deleted.text.text() if dialog.deleted.isVisible() else ""
    if bring_back:
        part(dialog, QRadioButton, "deleted_bring_back_radio").setChecked(True)
    part(dialog, QPushButton, "sync_button").click()
    account_id = account.configs()[0].id
    desk.settle(account_id)
    desk.settle(account_id)
    return words
