"""The yes to a connection without encryption: for the hosts that it was given to."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from sync.providers import Security, ServerPlace
from ui.forms.fields import ServerFields
from ui.setup.sign_in.open_line import OpenLine
from ui.style.theme import Theme

AWAY = ServerPlace("mail.example.org", 143, Security.NONE)
SECURED = ServerPlace("mail.example.org", 465, Security.TLS)


@pytest.fixture
def form(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_it_is_asked_only_for_open_lines_to_other_computers(form: QWidget, theme: Theme) -> None:
    imap, smtp = ServerFields("imap", "IMAP", form), ServerFields("smtp", "SMTP", form)
    line = OpenLine(theme, imap, smtp, form)
    assert line.isHidden()

    imap.fill(ServerPlace("localhost", 143, Security.NONE))
    assert line.isHidden()
    smtp.fill(AWAY)
    assert not line.isHidden()
    assert not line.check.isChecked()
    smtp.fill(SECURED)
    assert line.isHidden()


def test_a_yes_does_not_outlive_its_host(form: QWidget, theme: Theme) -> None:
    """Neither another host nor a way round over TLS takes it along."""
    imap, smtp = ServerFields("imap", "IMAP", form), ServerFields("smtp", "SMTP", form)
    line = OpenLine(theme, imap, smtp, form)
    imap.fill(AWAY)
    smtp.fill(SECURED)
    line.check.setChecked(True)

    imap.port.setValue(1143)
    assert line.check.isChecked()
    imap.host.setText("mail.example.net")
    assert not line.check.isChecked()

    line.check.setChecked(True)
    smtp.security.setCurrentIndex(smtp.security.findData("none"))
    assert not line.check.isChecked()

    line.check.setChecked(True)
    for fields in (imap, smtp):
        fields.security.setCurrentIndex(fields.security.findData("tls"))
    assert not line.check.isChecked()
    line.check.setChecked(True)
    assert not line.check.isChecked()
