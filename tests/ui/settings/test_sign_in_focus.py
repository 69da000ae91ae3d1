"""Where the keyboard is on an account's page when "Try and save" says that something is missing."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from models import account, database
from models.account import NewAccount
from sync.qt.service import MailService
from tests.ui.setup.parts import ADDRESS, PATIENCE, part, press
from ui.settings.dialog import PreferencesDialog
from ui.setup.fields import Notice
from ui.theme import Theme


@pytest.mark.parametrize(
    ("name", "text", "focused"),
    [
        ("imap_host_edit", "", "imap_host_edit"),
        ("smtp_host_edit", "", "smtp_host_edit"),
        ("smtp_host_edit", "smtp.example.com:465", "smtp_host_edit"),
        ("imap_host_edit", "mail.example.com", "plain_text_check"),
        ("password_edit", "", "password_edit"),
    ],
)
def test_what_is_missing_gets_the_keyboard(
    qtbot: QtBot, service: MailService, theme: Theme, name: str, text: str, focused: str
) -> None:
    with database.writing(durable=True):
        new = NewAccount(ADDRESS, "localhost", 9, "none", "localhost", 9, "none")
        account_id = account.create(new)
        account.update(account_id, state="stopped")
    dialog = PreferencesDialog(service, theme)
    qtbot.addWidget(dialog)
    dialog.open_sign_in(account_id)
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=PATIENCE)
    page = part(dialog, QWidget, f"account_page_{account_id}")
    part(page, QLineEdit, "password_edit").setText("secret")
    part(page, QLineEdit, name).setText(text)

    press(qtbot, page, "save_sign_in_button")

    assert part(page, Notice, "sign_in_error").text()
    widget = QApplication.focusWidget()
    assert widget is not None
    assert widget.objectName() == focused
