"""Where the keyboard is after the wizard has said that something is missing, or failed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from sync.qt.service.service import MailService
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.smtp import SmtpSink
from tests.sync.detection.town import DOMAIN, Town, build
from tests.ui.setup.parts import (
    ADDRESS,
    PASSWORD,
    PATIENCE,
    choose,
    error,
    fill_address,
    fill_servers,
    focused,
    go_on,
    opened,
    part,
    press,
    type_server,
    use_no_keyring,
)
from ui.setup.wizard import SetupWizard
from ui.style.theme import Theme


@pytest.fixture
def wizard(qtbot: QtBot, service: MailService, theme: Theme) -> SetupWizard:
    """It has the keyboard."""
    made = opened(qtbot, service, theme)
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=PATIENCE)
    return made


def refused(qtbot: QtBot, wizard: SetupWizard) -> str:
    """Next, which is refused with a sentence; where the keyboard is then."""
    part(wizard, QPushButton, "cancel_button").setFocus()
    go_on(qtbot, wizard)
    assert error(wizard)
    return focused()


def test_a_missing_answer_gets_the_keyboard(
    qtbot: QtBot, wizard: SetupWizard, dovecot: Dovecot, plain_sink: SmtpSink, user: str
) -> None:
    """From page to page, with each thing left out once."""
    use_no_keyring()
    address = part(wizard, QLineEdit, "address_edit")
    assert refused(qtbot, wizard) == "address_edit"
    address.setText("no address")
    assert refused(qtbot, wizard) == "address_edit"
    address.setText(ADDRESS)
    assert refused(qtbot, wizard) == "password_edit"
    fill_address(wizard)
    fill_servers(wizard, dovecot, plain_sink, user)
    go_on(qtbot, wizard)

    smtp = part(wizard, QLineEdit, "smtp_host_edit")
    smtp.setText("smtp.example.com:465")
    assert refused(qtbot, wizard) == "smtp_host_edit"
    imap = part(wizard, QLineEdit, "imap_host_edit")
    imap.clear()
    assert refused(qtbot, wizard) == "imap_host_edit"
    imap.setText("mail.example.com")
    smtp.setText("mail.example.com")
    assert refused(qtbot, wizard) == "plain_text_check"
    fill_servers(wizard, dovecot, plain_sink, user)
    go_on(qtbot, wizard)

    phrase, again = (
        part(wizard, QLineEdit, name) for name in ("passphrase_edit", "passphrase_again_edit")
    )
    phrase.setText("short")
    assert refused(qtbot, wizard) == "passphrase_edit"
    phrase.setText("tulip and daffodil")
    again.setText("tulip and crocus")
    assert refused(qtbot, wizard) == "passphrase_again_edit"
    again.setText("tulip and daffodil")
    go_on(qtbot, wizard)
    go_on(qtbot, wizard)

    labels = part(wizard, QListWidget, "labels_list")
    for row in range(labels.count()):
        labels.item(row).setCheckState(Qt.CheckState.Unchecked)
    assert refused(qtbot, wizard) == "labels_list"


def test_the_label_that_space_ticks_is_marked(
    qtbot: QtBot, wizard: SetupWizard, dovecot: Dovecot, plain_sink: SmtpSink, user: str
) -> None:
    fill_address(wizard)
    fill_servers(wizard, dovecot, plain_sink, user)
    for _ in range(3):
        go_on(qtbot, wizard)
    labels = part(wizard, QListWidget, "labels_list")
    assert focused() == "labels_list"
    assert [item.text() for item in labels.selectedItems()] == ["Inbox"]

    QTest.keyClick(labels, Qt.Key.Key_Space)

    assert labels.item(0).checkState() is Qt.CheckState.Unchecked
    QTest.keyClick(labels, Qt.Key.Key_Down)
    assert [item.text() for item in labels.selectedItems()] == ["Sent"]


def test_a_wrong_password_leads_to_it_with_enter(
    qtbot: QtBot, wizard: SetupWizard, dovecot: Dovecot, plain_sink: SmtpSink, user: str
) -> None:
    fill_address(wizard, password="refused")
    fill_servers(wizard, dovecot, plain_sink, user)
    go_on(qtbot, wizard)
    assert refused(qtbot, wizard) == "change_password_button"

    QTest.keyClick(part(wizard, QPushButton, "change_password_button"), Qt.Key.Key_Return)

    assert focused() == "password_edit"
    part(wizard, QLineEdit, "password_edit").setText(PASSWORD)
    QTest.keyClick(part(wizard, QLineEdit, "password_edit"), Qt.Key.Key_Return)
    qtbot.waitUntil(part(wizard, QLineEdit, "imap_host_edit").isVisible, timeout=PATIENCE)


@pytest.mark.parametrize("failing", ["imap", "smtp"])
def test_the_server_that_failed_gets_the_keyboard(
    qtbot: QtBot, wizard: SetupWizard, dovecot: Dovecot, plain_sink: SmtpSink, user: str,
    failing: str,
) -> None:  # fmt: skip
    fill_address(wizard)
    fill_servers(wizard, dovecot, plain_sink, user)
    part(wizard, QLineEdit, f"{failing}_host_edit").setText("no-such-host.invalid")
    choose(wizard, f"{failing}_security_combo", "tls")
    go_on(qtbot, wizard)

    assert refused(qtbot, wizard) == f"{failing}_host_edit"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    folder = tmp_path / "town"
    folder.mkdir()
    return build(folder)


def is_whole(button: QWidget) -> bool:
    """Whether the user sees all of it, without scrolling."""
    area = button.parentWidget()
    while not isinstance(area, QScrollArea):
        assert area is not None
        area = area.parentWidget()
    view = area.viewport()
    corner = button.mapTo(view, QPoint(0, 0))
    return bool(view.rect().contains(corner) and view.rect().contains(corner + _far(button)))


def _far(button: QWidget) -> QPoint:
    return QPoint(button.width() - 1, button.height() - 1)


def test_a_certificate_is_seen_whole_though_the_details_were_open(
    qtbot: QtBot, wizard: SetupWizard, town: Town, dovecot: Dovecot, plain_sink: SmtpSink
) -> None:
    """The keyboard is on its fingerprint, from where Tab leads to "Trust this certificate"."""
    town.dns.host("localhost")
    town.services(imaps=f"0 1 {dovecot.tls_port} localhost.")
    town.start()
    wizard.network = town.network
    part(wizard, QLineEdit, "address_edit").setText(f"fixed-ann@{DOMAIN}")
    part(wizard, QLineEdit, "password_edit").setText(PASSWORD)
    go_on(qtbot, wizard)
    press(qtbot, wizard, "detection_details_button")
    details = part(wizard, QAbstractItemView, "detection_list")
    assert details.isVisible()
    type_server(wizard, "imap", port=dovecot.tls_port, security="tls")
    type_server(wizard, "smtp", port=plain_sink.port)

    assert refused(qtbot, wizard) == "imap_fingerprint"

    trust = part(wizard, QPushButton, "trust_imap_certificate_button")
    qtbot.waitUntil(lambda: is_whole(trust), timeout=PATIENCE)
    assert not details.isVisible()
    QTest.keyClick(part(wizard, QWidget, "imap_fingerprint"), Qt.Key.Key_Tab)
    assert trust.hasFocus()
    town.stop()
