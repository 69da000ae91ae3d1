"""The boxes of a form: reached by keyboard, gone with an edit, honest about what can be trusted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from models.shown_certificate import CertificateFault, ShownCertificate
from sync.providers import Security, ServerPlace
from sync.qt.probes.probe import Failure, FailureKind, SignIn, Tried
from ui.forms.fields import ServerFields
from ui.setup.sign_in.certificate_box import CertificateBoxes
from ui.style.theme import Theme

SHOWN = ShownCertificate(
    "Mail.Example.org",
    ":".join(["AB"] * 32),
    "mail",
    "Somebody",
    0,
    1,
    ("mail.example.org",),
    (CertificateFault.UNKNOWN_ISSUER,),
)
IMAP = ServerPlace("Mail.Example.org", 993, Security.TLS)
SMTP = ServerPlace("smtp.example.org", 465, Security.TLS)


class Form(QWidget):
    """As the wizard and the preferences have it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.imap = ServerFields("imap", "IMAP", self)
        self.smtp = ServerFields("smtp", "SMTP", self)
        self.imap.fill(IMAP)
        self.smtp.fill(SMTP)
        self.boxes = CertificateBoxes(theme, self)
        column = QVBoxLayout(self)
        for part in (self.imap, self.boxes.imap, self.smtp, self.boxes.smtp):
            column.addWidget(part)
        self.boxes.follow(self.imap, self.smtp)


@pytest.fixture
def form(qtbot: QtBot, theme: Theme) -> Form:
    made = Form(theme)
    qtbot.addWidget(made)
    made.show()
    return made


def failed(shown: ShownCertificate) -> Failure:
    return Failure(FailureKind.CERTIFICATE, "no", shown)


def test_the_tab_key_leads_through_a_box_where_it_stands(form: Form, qtbot: QtBot) -> None:
    form.boxes.show(Tried(1, failed(SHOWN), None))
    form.activateWindow()
    form.imap.security.setFocus()
    way = []
    for _ in range(3):
        QTest.keyClick(form, Qt.Key.Key_Tab)
        way.append(form.focusWidget())

    assert way == [form.boxes.imap.fingerprint, form.boxes.imap.button, form.smtp.host]


def test_trust_is_for_the_host_that_stands_there_in_the_end(form: Form, store: Path) -> None:
    assert store.exists()
    form.boxes.show(Tried(1, failed(SHOWN), None))
    form.boxes.imap.button.click()

    (command,) = form.boxes.to_store("mail.example.ORG", "smtp.example.org")
    assert command.fingerprint == SHOWN.fingerprint
    assert form.boxes.to_store("another.example.org") == ()
    tried = form.boxes.with_trust(SignIn("a@example.org", "x", IMAP, SMTP))
    assert tried.trusted_of("MAIL.example.org") == {SHOWN.fingerprint}
    assert tried.trusted_of("smtp.example.org") == frozenset()
    assert form.boxes.imap.back_button.isVisible()
    form.boxes.imap.back_button.click()
    assert form.boxes.to_store("mail.example.org") == ()
    assert not form.boxes.imap.isVisible()


def test_an_edit_takes_a_box_away_that_may_be_of_another_server(form: Form) -> None:
    form.boxes.show(Tried(1, failed(SHOWN), failed(replace(SHOWN, host="smtp.example.org"))))
    assert form.boxes.imap.isVisible()
    assert form.boxes.smtp.isVisible()

    form.smtp.port.setValue(2465)

    assert form.boxes.imap.isVisible()
    assert not form.boxes.smtp.isVisible()


@pytest.mark.parametrize(
    "shown",
    [
        replace(SHOWN, faults=(CertificateFault.EXPIRED, CertificateFault.REVOKED)),
        replace(SHOWN, fingerprint=""),
    ],
)
def test_what_nobody_can_vouch_for_has_no_button(form: Form, shown: ShownCertificate) -> None:
    form.boxes.show(Tried(1, failed(shown), None))

    assert form.boxes.imap.isVisible()
    assert not form.boxes.imap.button.isVisible()
