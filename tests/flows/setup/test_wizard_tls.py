"""Certificates through the window: looked at, trusted, stored at "Sync", taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSpinBox, QWidget

from models.accounts.account import configs
from models.events import Phase
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from tests.flows.setup.wizard_desk import Place, WizardDesk
from tests.support.builders import a_mail
from tests.support.certificates import Certificate, make_certificate
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.proxy import Proxy
from tests.support.servers.smtp import SmtpSink
from ui.settings.dialog import PreferencesDialog

SELF_SIGNED = "is self-signed: only the server itself vouches for it."


@pytest.fixture(scope="module")
def own_dovecot() -> Iterator[Dovecot]:
    """A server whose certificate is changed."""
    server = Dovecot().start()
    yield server
    server.stop()


@pytest.fixture
def made(own_dovecot: Dovecot, tmp_path: Path) -> Certificate:
    """The self-signed certificate that it shows at first."""
    made = make_certificate(tmp_path, stem="first")
    own_dovecot.show_certificate(made)
    return made


@pytest.fixture
def user(own_dovecot: Dovecot) -> str:
    """A user with one mail."""
    name = own_dovecot.new_user("fixed")
    own_dovecot.deliver(name, "INBOX", a_mail(subject="Welcome"))
    return name


@pytest.fixture
def plain_sink(tmp_path: Path) -> Iterator[SmtpSink]:
    sink = SmtpSink(tmp_path, "plain").start()
    yield sink
    sink.stop()


def fingerprint_in(wizard: WizardDesk, name: str) -> str:
    """As the user reads it, without the gaps."""
    return ":".join(wizard.part(QLabel, name).text().split())


def at_servers(desk: Desk, user: str, imap: Place, smtp: Place) -> WizardDesk:
    wizard = WizardDesk(desk)
    wizard.fill(f"{user}@dealpost.invalid", imap, smtp, user=user)
    wizard.to_servers()
    return wizard


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_valid_certificate_asks_nothing(
    desk: Desk,
    own_dovecot: Dovecot,
    user: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    security: str,
) -> None:
    """The computer knows the issuer: no box, nothing to trust, and mail comes."""
    valid = make_certificate(tmp_path, stem="valid", is_vouched=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(valid.ca_file))
    own_dovecot.show_certificate(valid)
    sink = SmtpSink(tmp_path, security, valid).start()
    port = own_dovecot.tls_port if security == "tls" else own_dovecot.port
    wizard = at_servers(desk, user, Place(port, security), Place(sink.port, security))

    assert wizard.try_servers() == ""
    wizard.finish()
    desk.wait_for("Welcome")

    assert sink.sign_ins == [user]
    assert rows(desk.profile, "SELECT count(*) FROM trusted_certificate") == [(0,)]
    sink.stop()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_self_signed_certificate_from_the_wizard_to_taking_it_back(
    desk: Desk,
    own_dovecot: Dovecot,
    made: Certificate,
    user: str,
    plain_sink: SmtpSink,
    security: str,
) -> None:
    """Trust, sync, start again, take back: each step does what it says, and no more."""
    port = own_dovecot.tls_port if security == "tls" else own_dovecot.port
    wizard = at_servers(desk, user, Place(port, security), Place(plain_sink.port))

    assert wizard.try_servers() == (
        f"Receiving (IMAP): The certificate of localhost:{port} {SELF_SIGNED} Nothing was "
        "sent to it."
    )
    assert fingerprint_in(wizard, "imap_fingerprint") == made.fingerprint
    assert not wizard.part(QWidget, "smtp_certificate_box").isVisible()
    assert own_dovecot.commands(user) == []
    typed = wizard.typed()
    wizard.press("trust_imap_certificate_button")
    wizard.settle()
    assert wizard.error() == ""
    assert wizard.typed() == typed
    assert wizard.stored() == 0
    wizard.finish()
    desk.wait_for("Welcome")
    stored = rows(desk.profile, "SELECT host, fingerprint, subject FROM trusted_certificate")
    assert stored == [("localhost", made.fingerprint, "localhost")]

    desk.reopen()
    own_dovecot.deliver(user, "INBOX", a_mail(subject="After the restart"))
    desk.wait_for("After the restart", "Welcome")

    preferences = _preferences(desk)
    (config,) = configs()
    preferences.show_account(config.id)
    _button(preferences, "distrust_button_0").click()
    _wait_for_phase(desk, config.id, Phase.NEEDS_ANSWER)
    status = desk.service.status(config.id)
    assert status is not None
    assert f"The certificate of localhost:{port} {SELF_SIGNED}" in status.error
    assert rows(desk.profile, "SELECT count(*) FROM trusted_certificate") == [(0,)]

    own_dovecot.deliver(user, "INBOX", a_mail(subject="With trust again"))
    button = _button(preferences, "trust_server_certificate_button")
    desk.wait(button.isVisible, "the certificate can be looked at")
    button.click()
    desk.wait_for("With trust again", "After the restart", "Welcome")
    box = preferences.findChild(QWidget, "server_certificate_box")
    assert box is not None
    desk.wait(lambda: not box.isVisible(), "nothing is left to look at")


@pytest.mark.usefixtures("made")
def test_a_certificate_that_changes_under_a_running_account(
    desk: Desk,
    own_dovecot: Dovecot,
    user: str,
    plain_sink: SmtpSink,
    tmp_path: Path,
) -> None:
    """It is named as another one, nothing is sent, and the bar leads to where it is trusted."""
    with Proxy(own_dovecot.tls_port) as line:
        _change_under_it(desk, own_dovecot, user, plain_sink, line, tmp_path)
        assert line.connections > 1


def _change_under_it(
    desk: Desk, own_dovecot: Dovecot, user: str, sink: SmtpSink, line: Proxy, folder: Path
) -> None:
    place = Place(line.port, "tls")
    wizard = at_servers(desk, user, place, Place(sink.port))
    wizard.try_servers()
    wizard.press("trust_imap_certificate_button")
    wizard.settle()
    wizard.finish()
    desk.wait_for("Welcome")
    before = _sessions(own_dovecot, user)
    (config,) = configs()

    renewed = make_certificate(folder, stem="renewed")
    own_dovecot.show_certificate(renewed)
    line.cut()

    _wait_for_phase(desk, config.id, Phase.NEEDS_ANSWER)
    status = desk.service.status(config.id)
    assert status is not None
    assert status.error.startswith(
        f"localhost:{place.port} shows another certificate than you trusted for this host. This "
        "one is self-signed"
    )
    assert _sessions(own_dovecot, user) == before
    bar = desk.find(QPushButton, "answer_button")
    desk.wait(bar.isVisible, "the bar tells of it")
    assert bar.text() == "Look at it…"
    bar.click()
    dialog = desk.find(PreferencesDialog, "preferences_dialog")
    shown = dialog.findChild(QLabel, "server_fingerprint")
    assert shown is not None
    desk.wait(shown.isVisible, "its facts are shown")
    assert ":".join(shown.text().split()) == renewed.fingerprint
    own_dovecot.deliver(user, "INBOX", a_mail(subject="Renewed"))
    _button(dialog, "trust_server_certificate_button").click()
    desk.wait_for("Renewed", "Welcome")


def test_one_certificate_of_both_servers_is_asked_about_once(
    desk: Desk, own_dovecot: Dovecot, user: str, tmp_path: Path
) -> None:
    """The same host and certificate for receiving and sending."""
    both = make_certificate(tmp_path, stem="both")
    own_dovecot.show_certificate(both)
    sink = SmtpSink(tmp_path, "starttls", both).start()
    try:
        wizard = at_servers(
            desk, user, Place(own_dovecot.tls_port, "tls"), Place(sink.port, "starttls")
        )
        assert wizard.try_servers().count(SELF_SIGNED) == 2
        assert wizard.part(QPushButton, "trust_imap_certificate_button").isVisible()
        assert not wizard.part(QPushButton, "trust_smtp_certificate_button").isVisible()
        wizard.press("trust_imap_certificate_button")
        wizard.settle()
        assert wizard.error() == ""
        assert sink.sign_ins == [user]
    finally:
        sink.stop()


def test_expired_and_for_another_name_at_both_servers(
    desk: Desk, own_dovecot: Dovecot, user: str, tmp_path: Path
) -> None:
    """Two certificates, two boxes; every fault is named; cancelling leaves nothing behind."""
    expired = make_certificate(tmp_path, days=-2, stem="expired")
    wrong = make_certificate(tmp_path, "mail.example.net", stem="wrong")
    own_dovecot.show_certificate(expired)
    sink = SmtpSink(tmp_path, "tls", wrong).start()
    try:
        wizard = at_servers(desk, user, Place(own_dovecot.tls_port, "tls"), Place(sink.port, "tls"))
        imap, smtp = wizard.try_servers().split("\n")
        assert imap.startswith("Receiving (IMAP): The certificate of localhost")
        assert "is self-signed: only the server itself vouches for it, and expired on 20" in imap
        assert smtp.startswith("Sending (SMTP): The certificate of localhost")
        assert ", and is for mail.example.net, 127.0.0.1, not for localhost." in smtp
        assert fingerprint_in(wizard, "imap_fingerprint") == expired.fingerprint
        assert fingerprint_in(wizard, "smtp_fingerprint") == wrong.fingerprint
        wizard.press("trust_imap_certificate_button")
        wizard.settle()
        assert wizard.error().startswith(
            f"Sending (SMTP): localhost:{sink.port} shows another certificate than you trusted for "
            "this host. This one is self-signed"
        )
        assert "for mail.example.net, 127.0.0.1, not for localhost" in wizard.error()
        wizard.press("distrust_imap_certificate_button")
        assert len(wizard.try_servers().split("\n")) == 2
        wizard.press("trust_imap_certificate_button")
        wizard.settle()
        wizard.press("trust_smtp_certificate_button")
        wizard.settle()
        assert wizard.error() == ""
        wizard.press("cancel_button")
        assert wizard.stored() == 0
        assert sink.sign_ins == [user]
    finally:
        sink.stop()


@pytest.mark.usefixtures("made")
def test_trust_given_to_another_account_of_the_host_counts(
    desk: Desk, own_dovecot: Dovecot, user: str, plain_sink: SmtpSink
) -> None:
    """Trust is per host: another account on the same server does not ask again."""
    place = Place(own_dovecot.tls_port, "tls")
    wizard = at_servers(desk, user, place, Place(plain_sink.port))
    wizard.try_servers()
    wizard.press("trust_imap_certificate_button")
    wizard.settle()
    wizard.finish()
    desk.wait_for("Welcome")

    desk.action("action_add_account").trigger()
    other = own_dovecot.new_user("fixed")
    second = at_servers(desk, other, place, Place(plain_sink.port))

    assert second.try_servers() == ""


def _preferences(desk: Desk) -> PreferencesDialog:
    desk.trigger("action_preferences")
    dialog = desk.find(PreferencesDialog, "preferences_dialog")
    desk.wait(dialog.isVisible, "the preferences are open")
    return dialog


def _button(window: QWidget, name: str) -> QPushButton:
    button = window.findChild(QPushButton, name)
    assert isinstance(button, QPushButton), name
    return button


def _wait_for_phase(desk: Desk, account_id: int, phase: Phase) -> None:
    def is_so() -> bool:
        status = desk.service.status(account_id)
        return status is not None and status.phase is phase

    desk.wait(is_so, f"the account is {phase}")


def _sessions(server: Dovecot, user: str) -> int:
    """How often there was a sign-in. Each session sends its ID."""
    return sum(line.startswith("ID ") for line in server.commands(user))


@pytest.mark.usefixtures("made")
def test_preferences_that_turn_an_account_to_tls(
    desk: Desk, own_dovecot: Dovecot, user: str, plain_sink: SmtpSink
) -> None:
    """The same box as in the wizard; trust is stored only when the try was good."""
    wizard = at_servers(desk, user, Place(own_dovecot.port), Place(plain_sink.port))
    assert wizard.try_servers() == ""
    wizard.finish()
    desk.wait_for("Welcome")
    dialog = _preferences(desk)
    (config,) = configs()
    dialog.show_account(config.id)
    security = dialog.findChild(QComboBox, "imap_security_combo")
    port = dialog.findChild(QSpinBox, "imap_port_spin")
    assert security is not None
    assert port is not None
    security.setCurrentIndex(security.findData("tls"))
    port.setValue(own_dovecot.tls_port)

    _button(dialog, "save_sign_in_button").click()
    trust = _button(dialog, "trust_imap_certificate_button")
    desk.wait(trust.isVisible, "the certificate is shown")
    assert SELF_SIGNED in desk.text_of("sign_in_error")
    assert rows(desk.profile, "SELECT count(*) FROM trusted_certificate") == [(0,)]
    trust.click()
    done = dialog.findChild(QLabel, "sign_in_done")
    assert done is not None
    desk.wait(lambda: bool(done.text()), "it is stored")

    assert rows(desk.profile, "SELECT host FROM trusted_certificate") == [("localhost",)]
    own_dovecot.deliver(user, "INBOX", a_mail(subject="Over TLS"))
    desk.wait_for("Over TLS", "Welcome")
    (config,) = configs()
    assert (config.imap_security, config.imap_port) == ("tls", own_dovecot.tls_port)
