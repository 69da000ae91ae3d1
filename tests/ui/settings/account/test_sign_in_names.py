"""Sign-in names that follow from the address stay so when an account is tried and saved again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from models.accounts import account
from models.accounts.account import NewAccount
from models.store import database
from sync import providers
from sync.qt.service.service import MailService
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.smtp import SmtpSink
from tests.ui.setup.parts import PASSWORD, PATIENCE, part, press
from ui.forms.fields import Notice
from ui.settings.dialog import PreferencesDialog
from ui.style.theme import Theme


def as_at_icloud(monkeypatch: pytest.MonkeyPatch) -> None:
    """The servers of this computer want what iCloud's want: the local part alone for IMAP."""
    icloud = providers.of_host("imap.mail.me.com")
    assert icloud is not None
    assert (icloud.imap_user_is_local_part, icloud.smtp_user_is_local_part) == (True, False)
    here = replace(icloud, name="Here")
    monkeypatch.setattr(providers, "of_host", lambda host: here if host == "localhost" else None)


@pytest.mark.parametrize(
    ("typed", "tried", "kept"),
    [
        ("", "{user}@nordicpaper.invalid", ("{user}", "")),
        ("{user}", "{user}", ("{user}", "{user}")),
    ],
)
def test_a_name_that_nobody_typed_does_not_go_to_the_other_server(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str, monkeypatch: pytest.MonkeyPatch, typed: str, tried: str, kept: tuple[str, str],
) -> None:  # fmt: skip
    """As the wizard stored them: shown only if typed, and each server gets its own again."""
    as_at_icloud(monkeypatch)
    names = tuple(name.format(user=user) for name in kept)
    with database.writing(durable=True):
        new = NewAccount(
            f"{user}@nordicpaper.invalid",
            *("localhost", dovecot.port, "none"),
            *("localhost", plain_sink.port, "none"),
            user_name=names[0],
            smtp_user_name=names[1],
        )
        account_id = account.create(new)
        account.update(account_id, state="stopped")
    dialog = PreferencesDialog(service, theme)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.show_account(account_id)
    page = part(dialog, QWidget, f"account_page_{account_id}")

    assert part(page, QLineEdit, "user_name_edit").text() == typed.format(user=user)
    part(page, QLineEdit, "password_edit").setText(PASSWORD)
    press(qtbot, page, "save_sign_in_button")
    done = part(page, Notice, "sign_in_done")
    error = part(page, Notice, "sign_in_error")
    qtbot.waitUntil(lambda: bool(done.text() or error.text()), timeout=PATIENCE)

    assert error.text() == ""
    assert plain_sink.sign_ins == [tried.format(user=user)]
    config = account.config(account_id)
    assert config is not None
    assert (config.user_name, config.smtp_user_name) == names
