"""The wizard from the first key to the running account, against real servers."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from models.accounts import account, secrets
from models.events import Phase
from models.server import mailbox
from models.store import database
from sync.qt.service.service import MailService
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.smtp import SmtpSink
from tests.ui.setup.parts import (
    ADDRESS,
    PASSWORD,
    PATIENCE,
    choose,
    error,
    fill_address,
    fill_servers,
    go_on,
    opened,
    part,
    press,
    type_server,
    use_no_keyring,
    wait_idle,
)
from ui.setup.sign_in.flow import Page
from ui.setup.wizard import SetupWizard
from ui.style.theme import Theme


def at_choices(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, sink: SmtpSink, user: str
) -> SetupWizard:
    """A wizard whose servers let us in."""
    wizard = opened(qtbot, service, theme)
    fill_address(wizard)
    fill_servers(wizard, dovecot, sink, user)
    go_on(qtbot, wizard)
    go_on(qtbot, wizard)
    assert error(wizard) == ""
    return wizard


def sync(qtbot: QtBot, wizard: SetupWizard) -> None:
    """Next to the end, then "Sync"."""
    button = part(wizard, QPushButton, "sync_button")
    for _ in range(len(Page)):
        if button.isVisible():
            break
        go_on(qtbot, wizard)
    press(qtbot, wizard, "sync_button")
    qtbot.waitUntil(lambda: not wizard.isVisible(), timeout=PATIENCE)


def test_sync_stores_the_account_and_it_starts(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str,
) -> None:  # fmt: skip
    wizard = at_choices(qtbot, service, theme, dovecot, plain_sink, user)
    part(wizard, QCheckBox, "track_receipts_check").setChecked(True)
    go_on(qtbot, wizard)
    go_on(qtbot, wizard)
    choose(wizard, "start_combo", "3m")

    sync(qtbot, wizard)

    (config,) = account.configs()
    assert (config.address, config.name, config.kind) == (ADDRESS, "Ann Lee", "personal")
    assert (config.imap_host, config.imap_port, config.imap_security) == (
        "localhost",
        dovecot.port,
        "none",
    )
    assert (config.start, config.scope, config.track_receipts) == ("3m", "everyone", True)
    chosen = {state.name for state in mailbox.of_account(config.id) if state.is_chosen}
    assert chosen == {"INBOX", "Sent"}
    assert service.vault.vault.secret(config.id, "imap") == PASSWORD

    def is_idle() -> bool:
        status = service.status(config.id)
        return status is not None and status.phase is Phase.IDLE

    qtbot.waitUntil(is_idle, timeout=PATIENCE)


def test_nothing_is_stored_before_sync(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str,
) -> None:  # fmt: skip
    before = database.rows("SELECT name FROM setting ORDER BY name")
    wizard = at_choices(qtbot, service, theme, dovecot, plain_sink, user)
    go_on(qtbot, wizard)
    go_on(qtbot, wizard)
    assert part(wizard, QPushButton, "sync_button").isVisible()

    press(qtbot, wizard, "cancel_button")

    assert not wizard.isVisible()
    assert account.configs(with_removed=True) == []
    assert secrets.account_ids() == ()
    assert database.rows("SELECT name FROM setting ORDER BY name") == before
    assert part(wizard, QLineEdit, "password_edit").text() == ""


def test_a_wrong_password_is_named_and_can_be_changed(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str,
) -> None:  # fmt: skip
    wizard = opened(qtbot, service, theme)
    fill_address(wizard, password="refused")
    fill_servers(wizard, dovecot, plain_sink, user)
    go_on(qtbot, wizard)
    go_on(qtbot, wizard)
    assert "Receiving (IMAP): " in error(wizard)
    assert "Sending (SMTP): " in error(wizard)
    assert "does not accept this user name and password" in error(wizard)

    press(qtbot, wizard, "change_password_button")
    assert part(wizard, QLineEdit, "password_edit").isVisible()
    part(wizard, QLineEdit, "password_edit").setText(PASSWORD)
    go_on(qtbot, wizard)
    go_on(qtbot, wizard)

    assert error(wizard) == ""
    assert part(wizard, QCheckBox, "track_receipts_check").isVisible()


def test_what_failed_is_named_with_its_server(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str,
) -> None:  # fmt: skip
    wizard = opened(qtbot, service, theme)
    fill_address(wizard)
    fill_servers(wizard, dovecot, plain_sink, user)
    type_server(wizard, "smtp", port=dovecot.tls_port, security="tls")
    go_on(qtbot, wizard)
    go_on(qtbot, wizard)

    assert error(wizard).startswith("Sending (SMTP): The certificate of localhost")
    assert "IMAP" not in error(wizard)


def test_what_was_typed_is_never_overwritten_by_detection(
    qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    wizard = opened(qtbot, service, theme)
    part(wizard, QLineEdit, "address_edit").setText("ann@posteo.de")
    part(wizard, QLineEdit, "password_edit").setText("x")
    part(wizard, QLineEdit, "imap_host_edit").setText("imap.mine.example")

    go_on(qtbot, wizard)

    assert part(wizard, QLineEdit, "imap_host_edit").text() == "imap.mine.example"
    assert part(wizard, QLineEdit, "smtp_host_edit").text() == "posteo.de"
    assert part(wizard, QLineEdit, "smtp_host_edit").isVisible()
    assert part(wizard, QSpinBox, "smtp_port_spin").value() == 465


def test_another_address_brings_other_servers(
    qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    wizard = opened(qtbot, service, theme)
    part(wizard, QLineEdit, "address_edit").setText("ann@posteo.de")
    part(wizard, QLineEdit, "password_edit").setText("x")
    go_on(qtbot, wizard)
    press(qtbot, wizard, "back_button")

    part(wizard, QLineEdit, "address_edit").setText("ann@icloud.com")
    go_on(qtbot, wizard)

    assert part(wizard, QLineEdit, "imap_host_edit").text() == "imap.mail.me.com"
    assert part(wizard, QComboBox, "smtp_security_combo").currentData() == "starttls"


def test_fields_are_disabled_while_a_try_runs_and_back_abandons_it(
    qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    wizard = opened(qtbot, service, theme)
    fill_address(wizard)
    part(wizard, QLineEdit, "address_edit").setText("ann@nothing-here.invalid")
    press(qtbot, wizard, "next_button")
    assert not part(wizard, QLineEdit, "address_edit").isEnabled()
    assert not part(wizard, QPushButton, "next_button").isEnabled()

    press(qtbot, wizard, "back_button")

    assert part(wizard, QLineEdit, "address_edit").isEnabled()
    assert part(wizard, QLineEdit, "address_edit").isVisible()


def test_a_changed_security_changes_the_usual_port_only(
    qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    wizard = opened(qtbot, service, theme)
    port = part(wizard, QSpinBox, "smtp_port_spin")

    choose(wizard, "smtp_security_combo", "starttls")
    assert port.value() == 587
    choose(wizard, "smtp_security_combo", "tls")
    assert port.value() == 465
    port.setValue(2525)
    choose(wizard, "smtp_security_combo", "none")
    assert port.value() == 2525


def test_an_open_line_to_another_computer_needs_an_agreement(
    qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    wizard = opened(qtbot, service, theme)
    fill_address(wizard)
    for protocol in ("imap", "smtp"):
        part(wizard, QLineEdit, f"{protocol}_host_edit").setText("no-such-host.invalid")
    choose(wizard, "imap_security_combo", "none")
    go_on(qtbot, wizard)
    go_on(qtbot, wizard)
    assert "others can read your password" in error(wizard)

    part(wizard, QCheckBox, "plain_text_check").setChecked(True)
    go_on(qtbot, wizard)

    assert "no-such-host.invalid" in error(wizard)


def test_a_known_address_is_said(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str,
) -> None:  # fmt: skip
    sync(qtbot, at_choices(qtbot, service, theme, dovecot, plain_sink, user))
    wizard = opened(qtbot, service, theme)
    fill_address(wizard)
    part(wizard, QLineEdit, "address_edit").setText(ADDRESS.upper())

    go_on(qtbot, wizard)

    assert "already has an account" in error(wizard)


def test_labels_are_offered_as_the_rules_say(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str,
) -> None:  # fmt: skip
    wizard = at_choices(qtbot, service, theme, dovecot, plain_sink, user)
    go_on(qtbot, wizard)
    labels = part(wizard, QListWidget, "labels_list")
    shown = {
        labels.item(row).data(Qt.ItemDataRole.UserRole): labels.item(row)
        for row in range(labels.count())
    }
    assert shown.keys() == {"INBOX", "Sent", "Archive"}
    assert shown["INBOX"].checkState() == Qt.CheckState.Checked
    assert shown["Sent"].checkState() == Qt.CheckState.Checked
    assert shown["Archive"].checkState() == Qt.CheckState.Unchecked
    warning = part(wizard, QLabel, "sent_warning")
    assert not warning.isVisible()

    shown["Sent"].setCheckState(Qt.CheckState.Unchecked)
    assert "Without Sent" in warning.text()
    shown["INBOX"].setCheckState(Qt.CheckState.Unchecked)
    go_on(qtbot, wizard)
    assert error(wizard) == "Choose at least one label."

    part(wizard, QRadioButton, "all_labels_radio").setChecked(True)
    assert not labels.isEnabled()
    sync(qtbot, wizard)
    (config,) = account.configs()
    assert config.all_labels


def test_a_team_account_takes_inbox_alone(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str,
) -> None:  # fmt: skip
    wizard = opened(qtbot, service, theme)
    choose(wizard, "account_type_combo", "team")
    fill_address(wizard)
    fill_servers(wizard, dovecot, plain_sink, user)

    sync(qtbot, wizard)

    (config,) = account.configs()
    assert config.kind == "team"
    chosen = {state.name for state in mailbox.of_account(config.id) if state.is_chosen}
    assert chosen == {"INBOX"}


def test_where_to_start_and_whose_mail(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str,
) -> None:  # fmt: skip
    wizard = at_choices(qtbot, service, theme, dovecot, plain_sink, user)
    go_on(qtbot, wizard)
    go_on(qtbot, wizard)
    combo = part(wizard, QComboBox, "start_combo")
    assert [combo.itemData(row) for row in range(combo.count())] == ["now", "1m", "3m", "6m", "1y"]
    assert combo.currentData() == "1m"
    contacts = part(wizard, QRadioButton, "scope_contacts_radio")
    assert contacts.isVisible()
    assert not contacts.isEnabled()
    assert "no contacts" in contacts.accessibleDescription()

    choose(wizard, "start_combo", "now")
    assert not contacts.isVisible()
    assert not part(wizard, QRadioButton, "scope_everyone_radio").isVisible()


def test_with_contacts_only_their_past_mail_can_be_chosen(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str,
) -> None:  # fmt: skip
    with database.writing(durable=False):
        database.run("INSERT INTO person (name, created_at, changed_at) VALUES ('Bo', 1, 1)")
    wizard = at_choices(qtbot, service, theme, dovecot, plain_sink, user)
    go_on(qtbot, wizard)
    go_on(qtbot, wizard)

    part(wizard, QRadioButton, "scope_contacts_radio").setChecked(True)
    sync(qtbot, wizard)

    assert account.configs()[0].scope == "contacts"


def test_without_a_keyring_a_passphrase_keeps_the_password(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str, store: Path, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    use_no_keyring()
    wizard = at_choices(qtbot, service, theme, dovecot, plain_sink, user)
    page = part(wizard, QWidget, "secret_store_page")
    assert page.isVisible()
    part(wizard, QRadioButton, "passphrase_radio").setChecked(True)
    for edit in wizard.findChildren(QLineEdit, "passphrase_edit"):
        edit.setText("tulip and daffodil")

    sync(qtbot, wizard)

    account_id = account.configs()[0].id
    assert service.vault.vault.mode == "passphrase"
    assert service.vault.vault.secret(account_id, "imap") == PASSWORD
    raw = b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())
    assert ADDRESS.encode() in raw
    assert b"tulip and daffodil" not in raw
    assert PASSWORD.encode() not in database.row("SELECT ciphertext FROM secret")[0]  # type: ignore[index]
    assert "tulip and daffodil" not in caplog.text


def test_without_a_keyring_the_session_may_keep_it(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str,
) -> None:  # fmt: skip
    use_no_keyring()
    wizard = at_choices(qtbot, service, theme, dovecot, plain_sink, user)
    part(wizard, QRadioButton, "session_radio").setChecked(True)

    sync(qtbot, wizard)

    assert secrets.account_ids() == ()
    assert service.vault.vault.secret(account.configs()[0].id, "imap") == PASSWORD


def test_the_keyboard_alone_is_enough(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str,
) -> None:  # fmt: skip
    wizard = opened(qtbot, service, theme)
    fill_servers(wizard, dovecot, plain_sink, user)
    QTest.keyClicks(part(wizard, QLineEdit, "address_edit"), ADDRESS)
    QTest.keyClicks(part(wizard, QLineEdit, "password_edit"), PASSWORD)

    QTest.keyClick(part(wizard, QLineEdit, "password_edit"), Qt.Key.Key_Return)
    assert part(wizard, QLineEdit, "imap_host_edit").isVisible()
    QTest.keyClick(part(wizard, QLineEdit, "imap_host_edit"), Qt.Key.Key_Return)
    wait_idle(qtbot, wizard)
    for _ in range(3):
        assert error(wizard) == ""
        QTest.keyClick(wizard, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not wizard.isVisible(), timeout=PATIENCE)

    assert len(account.configs()) == 1


def test_escape_cancels_also_while_a_try_runs(
    qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    wizard = opened(qtbot, service, theme)
    fill_address(wizard)
    press(qtbot, wizard, "next_button")

    QTest.keyClick(wizard, Qt.Key.Key_Escape)

    assert not wizard.isVisible()


def test_every_field_has_an_accessible_name(
    qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    wizard = opened(qtbot, service, theme)

    kinds = (QLineEdit, QComboBox, QSpinBox, QListWidget)
    fields = [
        field
        for kind in kinds
        for field in wizard.findChildren(kind)
        if field.objectName() and not field.objectName().startswith("qt_")
    ]

    assert len(fields) > 12
    assert [field.objectName() for field in fields if not field.accessibleName()] == []
