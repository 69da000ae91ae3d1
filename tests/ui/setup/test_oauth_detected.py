"""What the wizard does with a sign-in of the browser once the servers are found."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from sync.providers import Security, ServerPlace
from sync.qt.probes.probe import Detected, Detection
from sync.qt.service.service import MailService
from tests.support.servers.authorization_server import AuthorizationServer
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.token_sink import TokenSink
from tests.ui.setup.parts import BROWSER_ADDRESS, PATIENCE, error, opened, part
from ui.style.theme import Theme


def test_servers_that_were_found_are_tried_without_another_press(
    provider: AuthorizationServer,
    qtbot: QtBot,
    service: MailService,
    theme: Theme,
    tmp_path: Path,
) -> None:
    mail = Dovecot(introspect_url=f"{provider.url}/introspect").start()
    sink = TokenSink(tmp_path, provider)
    sink.start()
    service.open_url = provider.agree
    try:
        wizard = opened(qtbot, service, theme)
        part(wizard, QLineEdit, "address_edit").setText(BROWSER_ADDRESS)
        part(wizard, QPushButton, "oauth_button").click()
        state = part(wizard, QLabel, "oauth_state")
        qtbot.waitUntil(lambda: state.text().startswith("Signed in"), timeout=PATIENCE)
        found = Detected(
            ServerPlace("localhost", mail.port, Security.NONE),
            ServerPlace("localhost", sink.port, Security.NONE),
        )
        wizard._probe.detected.emit(Detection(0, found))
        tracking = part(wizard, QCheckBox, "track_receipts_check")
        qtbot.waitUntil(tracking.isVisible, timeout=PATIENCE)
    finally:
        sink.stop()
        mail.stop()
    assert sink.sign_ins == [BROWSER_ADDRESS]


def test_servers_that_want_a_browser_nobody_knows_are_told(
    provider: AuthorizationServer, qtbot: QtBot, service: MailService, theme: Theme
) -> None:
    wizard = opened(qtbot, service, theme)
    part(wizard, QLineEdit, "address_edit").setText("ann@other.example")
    place = ServerPlace("imap.other.example", 993, Security.TLS)
    wizard._probe.detected.emit(Detection(0, Detected(place, place, auth=("oauth2",))))

    said = part(wizard, QLabel, "servers_oauth_error")
    assert said.isVisible()
    assert "wants its customers to sign in in the browser" in said.text()
    part(wizard, QPushButton, "next_button").click()
    assert error(wizard) == "Enter the password, or the app password."
    wizard._probe.detected.emit(Detection(0, Detected(place, place, auth=("oauth2", "password"))))
    assert not said.isVisible()
