"""Where the keyboard is on an account's page when "Try and save" says that something is missing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from models.accounts import account
from models.accounts.account import NewAccount
from models.store import database
from sync.qt.service.service import MailService
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.smtp import SmtpSink
from tests.ui.setup.parts import ADDRESS, PASSWORD, PATIENCE, choose, part, press, type_server
from ui.forms.fields import Notice
from ui.settings.dialog import PreferencesDialog
from ui.style.theme import Theme


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
    dialog = opened_dialog(qtbot, service, theme, (9, 9))
    part(dialog, QLineEdit, name).setText(text)

    press(qtbot, dialog, "save_sign_in_button")

    assert part(dialog, Notice, "sign_in_error").text()
    assert keyboard() == focused


@pytest.mark.parametrize(
    ("change", "focused"),
    [
        ("", "save_sign_in_button"),
        ("password", "password_edit"),
        ("imap_host", "imap_host_edit"),
        ("smtp_host", "smtp_host_edit"),
        ("imap_tls", "imap_fingerprint"),
    ],
)
def test_the_keyboard_stays_with_the_try_and_then_goes_to_what_helps(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str, change: str, focused: str,
) -> None:  # fmt: skip
    dialog = opened_dialog(qtbot, service, theme, (dovecot.port, plain_sink.port), user)
    if change == "password":
        part(dialog, QLineEdit, "password_edit").setText("refused")
    elif change == "imap_tls":
        type_server(dialog, "imap", port=dovecot.tls_port, security="tls")
    elif change:
        choose(dialog, f"{change.removesuffix('_host')}_security_combo", "tls")
        part(dialog, QLineEdit, f"{change}_edit").setText("no-such-host.invalid")
    save = part(dialog, QPushButton, "save_sign_in_button")
    save.setFocus()

    press(qtbot, dialog, "save_sign_in_button")

    assert keyboard() == "cancel_sign_in_button"
    qtbot.waitUntil(save.isEnabled, timeout=PATIENCE)
    said = part(dialog, Notice, "sign_in_error" if change else "sign_in_done")
    assert said.text()
    assert keyboard() == focused


def test_who_went_on_while_it_was_tried_keeps_the_keyboard(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str,
) -> None:  # fmt: skip
    dialog = opened_dialog(qtbot, service, theme, (dovecot.port, plain_sink.port), user)
    part(dialog, QLineEdit, "password_edit").setText("refused")
    press(qtbot, dialog, "save_sign_in_button")
    other = part(dialog, QPushButton, "health_check_button")
    other.setFocus(Qt.FocusReason.OtherFocusReason)
    save = part(dialog, QPushButton, "save_sign_in_button")
    qtbot.waitUntil(save.isEnabled, timeout=PATIENCE)
    assert part(dialog, Notice, "sign_in_error").text()
    assert other.hasFocus()


def keyboard() -> str:
    """What has it."""
    widget = QApplication.focusWidget()
    return "" if widget is None else widget.objectName()


def opened_dialog(
    qtbot: QtBot, service: MailService, theme: Theme, ports: tuple[int, int], user: str = ""
) -> PreferencesDialog:
    """At the page of a stopped account with servers on this computer; a password is typed.

    The whole dialog, since nobody else holds it.
    """
    with database.writing(durable=True):
        new = NewAccount(
            ADDRESS, "localhost", ports[0], "none", "localhost", ports[1], "none", user_name=user
        )
        account_id = account.create(new)
        account.update(account_id, state="stopped")
    dialog = PreferencesDialog(service, theme)
    qtbot.addWidget(dialog)
    dialog.open_sign_in(account_id)
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=PATIENCE)
    part(dialog, QLineEdit, "password_edit").setText(PASSWORD)
    return dialog
