"""The wizard without a mouse: every field by Tab, every letter once, and the whole way."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from models.accounts import account
from sync.qt.service.service import MailService
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.smtp import SmtpSink
from tests.sync.detection.town import DOMAIN, Town, build
from tests.ui.setup.parts import (
    PASSWORD,
    PATIENCE,
    fill_address,
    fill_servers,
    focused,
    go_on,
    opened,
    part,
    press,
    wait_idle,
)
from ui.setup.sign_in.flow import Page
from ui.setup.wizard import SetupWizard
from ui.style.theme import Theme

INPUTS = (QLineEdit, QSpinBox, QComboBox, QAbstractButton, QAbstractItemView)


def take_keyboard(qtbot: QtBot, wizard: SetupWizard) -> None:
    """Until the wizard has the keyboard."""
    wizard.activateWindow()

    def has_it() -> bool:
        widget = QApplication.focusWidget()
        return widget is not None and wizard.isAncestorOf(widget)

    qtbot.waitUntil(has_it, timeout=PATIENCE)


def key(code: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key wherever the keyboard is."""
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, code, modifiers)


def alt(letter: str) -> None:
    key(Qt.Key(ord(letter.upper())), Qt.KeyboardModifier.AltModifier)


def until(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    """A letter presses a button, which takes its time to come up again."""
    qtbot.waitUntil(condition, timeout=PATIENCE)


def write(text: str) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClicks(focused, text)


def inputs(wizard: SetupWizard) -> set[str]:
    """Everything that can be used now."""
    return {
        widget.objectName()
        for widget in wizard.findChildren(QWidget)
        if isinstance(widget, INPUTS)
        and widget.objectName()
        and not widget.objectName().startswith("qt_")
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(widget.parentWidget(), QSpinBox | QComboBox | QLineEdit)
    }


def round_trip(wizard: SetupWizard) -> list[str]:
    """The way of Tab, from where the keyboard is until it is there again."""
    way = [focused()]
    for _ in range(60):
        key(Qt.Key.Key_Tab)
        if focused() == way[0]:
            break
        way.append(focused())
    return way


def letters(wizard: SetupWizard) -> list[str]:
    """Every underlined letter that can be used now."""
    texts = [
        widget.text()
        for widget in wizard.findChildren(QWidget)
        if widget.isVisible()
        and (
            isinstance(widget, QAbstractButton)
            or (isinstance(widget, QLabel) and widget.buddy() is not None)
        )
    ]
    return [match.group(1).lower() for text in texts if (match := re.search(r"&(\w)", text))]


def test_each_page_by_tab_and_by_letters(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str,
) -> None:  # fmt: skip
    wizard = opened(qtbot, service, theme)
    take_keyboard(qtbot, wizard)
    fill_address(wizard)
    fill_servers(wizard, dovecot, plain_sink, user)
    for page in Page:
        if page is Page.SECRETS:
            continue
        found = letters(wizard)
        assert len(found) == len(set(found)), (page, found)
        reached = set(round_trip(wizard))
        # Of a group of radios Tab reaches one, and arrows the others.
        radios = {each.objectName() for each in wizard.findChildren(QRadioButton)}
        assert inputs(wizard) - reached <= radios, page
        if page is not Page.START:
            go_on(qtbot, wizard)


def test_fields_come_in_the_order_they_are_read(
    qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    wizard = opened(qtbot, service, theme)
    take_keyboard(qtbot, wizard)

    assert round_trip(wizard) == [
        "address_edit", "name_edit", "password_edit", "account_type_combo",
        "cancel_button", "next_button",
    ]  # fmt: skip


@pytest.fixture
def town(tmp_path: Path, dovecot: Dovecot) -> Town:
    """A domain that names Dovecot, whose certificate the system trusts in these tests."""
    folder = tmp_path / "town"
    folder.mkdir()
    return build(folder)


def test_from_the_address_to_sync_without_a_mouse(
    qtbot: QtBot, service: MailService, theme: Theme, town: Town, dovecot: Dovecot,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate.cert_file))
    sink = SmtpSink(tmp_path, "tls")
    sink.certificate = dovecot.certificate
    sink.start()
    town.dns.host("localhost")
    town.services(
        imaps=f"0 1 {dovecot.tls_port} localhost.", submissions=f"0 1 {sink.port} localhost."
    )
    town.start()
    wizard = opened(qtbot, service, theme)
    wizard.network = town.network
    take_keyboard(qtbot, wizard)

    assert focused() == "address_edit"
    write(f"fixed-ann@{DOMAIN}")
    key(Qt.Key.Key_Tab)
    write("Ann Lee")
    alt("p")
    write(PASSWORD)
    key(Qt.Key.Key_Return)
    wait_idle(qtbot, wizard)
    assert part(wizard, QLineEdit, "imap_host_edit").isVisible()
    alt("d")
    until(qtbot, part(wizard, QAbstractItemView, "detection_list").isVisible)
    alt("s")
    assert focused() == "smtp_host_edit"
    key(Qt.Key.Key_Return)
    wait_idle(qtbot, wizard)
    assert part(wizard, QWidget, "track_receipts_check").isVisible()
    alt("r")
    until(qtbot, part(wizard, QCheckBox, "track_receipts_check").isChecked)
    alt("x")
    until(qtbot, part(wizard, QAbstractItemView, "labels_list").isVisible)
    alt("x")
    until(qtbot, lambda: focused() == "start_combo")
    key(Qt.Key.Key_Down)
    sync = part(wizard, QPushButton, "sync_button")
    assert sync.isVisible()
    alt("y")
    qtbot.waitUntil(lambda: not wizard.isVisible(), timeout=PATIENCE)
    sink.stop()
    town.stop()

    (config,) = account.configs()
    assert (config.address, config.name) == (f"fixed-ann@{DOMAIN}", "Ann Lee")
    assert (config.imap_host, config.imap_port) == ("localhost", dovecot.tls_port)
    assert (config.track_receipts, config.start) == (True, "3m")


def test_escape_leaves_the_wizard(qtbot: QtBot, service: MailService, theme: Theme) -> None:
    wizard = opened(qtbot, service, theme)
    take_keyboard(qtbot, wizard)

    key(Qt.Key.Key_Escape)

    assert not wizard.isVisible()


def test_the_search_stops_by_its_letter(
    qtbot: QtBot, service: MailService, theme: Theme, town: Town
) -> None:
    town.dns.is_silent = True
    town.start()
    wizard = opened(qtbot, service, theme)
    wizard.network = town.network
    take_keyboard(qtbot, wizard)
    write(f"ann@{DOMAIN}")
    alt("p")
    write("x")
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(part(wizard, QPushButton, "detection_stop_button").isVisible, timeout=PATIENCE)
    found = letters(wizard)
    assert len(found) == len(set(found)), found

    alt("s")

    qtbot.waitUntil(part(wizard, QLineEdit, "imap_host_edit").isVisible, timeout=PATIENCE)
    assert focused() == "imap_host_edit"
    town.stop()


def test_back_and_forth_keeps_what_was_typed(
    qtbot: QtBot, service: MailService, theme: Theme, dovecot: Dovecot, plain_sink: SmtpSink,
    user: str,
) -> None:  # fmt: skip
    wizard = opened(qtbot, service, theme)
    take_keyboard(qtbot, wizard)
    fill_address(wizard)
    fill_servers(wizard, dovecot, plain_sink, user)
    go_on(qtbot, wizard)

    alt("b")
    until(qtbot, part(wizard, QLineEdit, "address_edit").isVisible)
    press(qtbot, wizard, "next_button")

    assert part(wizard, QSpinBox, "imap_port_spin").value() == dovecot.port
