"""Fixtures and moves that the tests of wizard and preferences share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import keyring
import pytest
from keyring.backends import fail
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from sync.qt.service.service import MailService
from sync.timing import Timing
from tests.support.servers.authorization_server import AuthorizationServer
from tests.support.servers.dovecot import FIXED_PASSWORD, Dovecot
from tests.support.servers.smtp import SmtpSink
from ui.forms.fields import Notice
from ui.setup.wizard import SetupWizard
from ui.style.theme import Theme

QUICK = Timing(connect=5.0, cycle=5.0, backoff_first=0.2, status=0.02)
PASSWORD = FIXED_PASSWORD
ADDRESS = "ann@nordicpaper.invalid"
PATIENCE = 20_000
BROWSER_ADDRESS = "ann@dealpost.example"  # whom the authorization server signs in

Widget = TypeVar("Widget", bound=QWidget)


@pytest.fixture
def theme(qtbot: QtBot) -> Theme:
    return Theme()


@pytest.fixture
def service(store: Path, qtbot: QtBot) -> Iterator[MailService]:
    """The real service on an empty profile; its vault was opened."""
    made = MailService(store, timing=QUICK)
    with qtbot.waitSignal(made.vault.opened, timeout=PATIENCE):
        made.start()
    yield made
    made.close()


@pytest.fixture
def plain_sink(tmp_path: Path) -> Iterator[SmtpSink]:
    sink = SmtpSink(tmp_path, "plain").start()
    yield sink
    sink.stop()


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    """A user whose password is `PASSWORD`."""
    return dovecot.new_user("fixed")


@pytest.fixture
def provider(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AuthorizationServer]:
    """Somebody who signs in in the browser, set up in the profile."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "person"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "organization"))
    server = AuthorizationServer().start()
    server.user = BROWSER_ADDRESS
    server.configure(store)
    yield server
    server.stop()


def part(window: QWidget, kind: type[Widget], name: str) -> Widget:
    """A widget by its stable name."""
    found = window.findChild(kind, name)
    assert isinstance(found, kind), name
    return found


def focused() -> str:
    """Where the keyboard is, by its stable name."""
    widget = QApplication.focusWidget()
    return "" if widget is None else widget.objectName()


def press(qtbot: QtBot, window: QWidget, name: str) -> None:
    button = part(window, QPushButton, name)
    assert button.isVisible(), name
    assert button.isEnabled(), name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(window: QWidget, name: str, value: str) -> None:
    combo = part(window, QComboBox, name)
    combo.setCurrentIndex(combo.findData(value))
    assert combo.currentData() == value


def error(wizard: SetupWizard) -> str:
    return part(wizard, Notice, "wizard_error").text()


def type_server(window: QWidget, protocol: str, *, port: int, security: str = "none") -> None:
    part(window, QLineEdit, f"{protocol}_host_edit").setText("localhost")
    choose(window, f"{protocol}_security_combo", security)
    part(window, QSpinBox, f"{protocol}_port_spin").setValue(port)


def fill_address(wizard: SetupWizard, *, password: str = PASSWORD) -> None:
    part(wizard, QLineEdit, "address_edit").setText(ADDRESS)
    part(wizard, QLineEdit, "name_edit").setText("Ann Lee")
    part(wizard, QLineEdit, "password_edit").setText(password)


def fill_servers(wizard: SetupWizard, dovecot: Dovecot, sink: SmtpSink, user: str) -> None:
    type_server(wizard, "imap", port=dovecot.port)
    type_server(wizard, "smtp", port=sink.port)
    part(wizard, QLineEdit, "user_name_edit").setText(user)


def opened(qtbot: QtBot, service: MailService, theme: Theme) -> SetupWizard:
    wizard = SetupWizard(service, theme)
    qtbot.addWidget(wizard)
    wizard.open()
    return wizard


def wait_idle(qtbot: QtBot, wizard: SetupWizard) -> None:
    """Until nothing is tried any more."""
    edit = part(wizard, QLineEdit, "address_edit")
    qtbot.waitUntil(lambda: edit.isEnabled() or not wizard.isVisible(), timeout=PATIENCE)


def go_on(qtbot: QtBot, wizard: SetupWizard) -> None:
    """Next, until its answer is here."""
    press(qtbot, wizard, "next_button")
    wait_idle(qtbot, wizard)


def use_no_keyring() -> None:
    """A computer without a keychain."""
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
