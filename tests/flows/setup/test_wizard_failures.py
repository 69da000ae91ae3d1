"""Every failure of a sign-in in the real wizard: what it says, and what stays."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QStyle,
    QStyleOptionButton,
)
from pytestqt.qtbot import QtBot

from tests.flows.desk import FAST, Desk
from tests.flows.rig import Rig
from tests.flows.setup.wizard_desk import Place, WizardDesk
from tests.support.builders import a_mail
from tests.support.ports import free_port
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.fake_imap import FakeConnection, FakeImap
from tests.support.servers.smtp import SmtpSink

QUICK = replace(FAST, connect=2.0, command=2.0, sign_in=2.0)
PATIENT = replace(FAST, connect=60.0, command=60.0, sign_in=60.0)
WRONG = "does not accept this user name and password. Check both."


@pytest.fixture
def quick(qtbot: QtBot, profile: Path) -> Iterator[Desk]:
    """A window that waits for no server longer than two seconds, for servers that are silent.

    On a busy machine a server that answers may take longer, and would count as another failure.
    """
    made = Desk(qtbot, profile, QUICK)
    yield made
    made.close()


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[SmtpSink]:
    made = SmtpSink(tmp_path, "plain").start()
    yield made
    made.stop()


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    """A user whose password is `secret`."""
    return dovecot.new_user("fixed")


class Tries:
    """The wizard on its second page, and what must hold after each failure."""

    def __init__(self, desk: Desk, user: str, imap: Place, smtp: Place, password: str) -> None:
        self.wizard = WizardDesk(desk)
        self.wizard.fill(f"{user}@dealpost.invalid", imap, smtp, password=password, user=user)
        self.wizard.to_servers()

    def failure(self) -> list[str]:
        """Next: what it says, line by line. What was typed stays, and nothing is stored."""
        typed = self.wizard.typed()
        said = self.wizard.try_servers().split("\n")
        assert self.wizard.typed() == typed
        assert self.wizard.stored() == 0
        assert self.wizard.part(QLineEdit, "imap_host_edit").isVisible()
        assert self.wizard.part(QPushButton, "next_button").isEnabled()
        return said


def receiving(place: Place, sentence: str) -> str:
    return f"Receiving (IMAP): {place.host}:{place.port} {sentence}"


def sending(place: Place, sentence: str) -> str:
    return f"Sending (SMTP): {place.host}:{place.port} {sentence}"


def room(button: QPushButton) -> int:
    """How wide the words of a button may be."""
    option = QStyleOptionButton()
    button.initStyleOption(option)
    contents = QStyle.SubElement.SE_PushButtonContents
    return button.style().subElementRect(contents, option, button).width()


def bold_width(button: QPushButton) -> int:
    """How wide they are on a button that Enter presses."""
    font = QFont(button.font())
    font.setWeight(QFont.Weight.DemiBold)
    return QFontMetrics(font).horizontalAdvance(button.text())


def test_a_wrong_password(desk: Desk, dovecot: Dovecot, sink: SmtpSink, user: str) -> None:
    """Both are named; the button leads to the field, and the right one goes on from there."""
    imap, smtp = Place(dovecot.port), Place(sink.port)
    tries = Tries(desk, user, imap, smtp, "refused")

    tries.wizard.dialog.activateWindow()
    assert tries.failure() == [receiving(imap, WRONG), sending(smtp, WRONG)]
    button = tries.wizard.part(QPushButton, "change_password_button")
    desk.wait(button.isDefault, "Enter presses it")
    assert room(button) >= bold_width(button), "its words are whole, though bold now"
    tries.wizard.press("change_password_button")
    edit = tries.wizard.part(QLineEdit, "password_edit")
    assert edit.isVisible()
    assert edit.selectedText() == "refused"
    edit.setText("secret")
    tries.wizard.to_servers()
    assert tries.wizard.try_servers() == ""


def test_imap_works_and_smtp_does_not_and_the_other_way(
    desk: Desk, dovecot: Dovecot, sink: SmtpSink, user: str
) -> None:
    """Only the server that failed is named. Once it is corrected, the wizard continues."""
    closed = Place(free_port())
    tries = Tries(desk, user, Place(dovecot.port), closed, "secret")
    no_port = f"localhost accepts no connection on port {closed.port}. Check the port."

    assert tries.failure() == [f"Sending (SMTP): {no_port}"]
    tries.wizard.server("smtp", Place(sink.port))
    tries.wizard.server("imap", closed)
    assert tries.failure() == [f"Receiving (IMAP): {no_port}"]
    tries.wizard.server("imap", Place(dovecot.port))
    assert tries.wizard.try_servers() == ""


def test_a_closed_port(desk: Desk, user: str) -> None:
    """With TLS and with STARTTLS."""
    closed = Place(free_port(), "tls")
    tries = Tries(desk, user, closed, replace(closed, security="starttls"), "secret")
    no_port = f"localhost accepts no connection on port {closed.port}. Check the port."

    assert tries.failure() == [f"Receiving (IMAP): {no_port}", f"Sending (SMTP): {no_port}"]


def test_an_unknown_host(desk: Desk, user: str) -> None:
    """Said by its name; without a network the look-up itself may fail."""
    imap, smtp = (Place(993, "tls", f"{kind}.no-such-host.invalid") for kind in ("imap", "smtp"))
    tries = Tries(desk, user, imap, smtp, "secret")

    said = tries.failure()

    for line, title, place in zip(
        said, ("Receiving (IMAP)", "Sending (SMTP)"), (imap, smtp), strict=True
    ):
        assert line in (
            f"{title}: There is no host named {place.host}. Check its spelling.",
            f"{title}: The name {place.host} could not be looked up. Check the network connection.",
            f"{title}: The name {place.host} could not be looked up in time. Is the network up?",
        )


@contextmanager
def silent_port() -> Iterator[int]:
    """A server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


def test_a_silent_host(quick: Desk, user: str) -> None:
    """Without TLS, with STARTTLS, with TLS."""
    with silent_port() as port:
        silent = Place(port)
        tries = Tries(quick, user, silent, silent, "secret")
        hint = "If this port wants TLS from the start, choose TLS."
        for security in ("none", "starttls"):
            silent = replace(silent, security=security)
            tries.wizard.server("imap", silent)
            tries.wizard.server("smtp", silent)
            assert tries.failure() == [
                receiving(silent, f"sent no greeting in time. {hint}"),
                sending(silent, "does not greet. Perhaps this port needs TLS from the start."),
            ]
        silent = replace(silent, security="tls")
        tries.wizard.server("imap", silent)
        tries.wizard.server("smtp", silent)
        late = "did not finish the TLS handshake in time."
        assert tries.failure() == [receiving(silent, late), sending(silent, late)]


def test_starttls_that_is_not_offered(desk: Desk, sink: SmtpSink, user: str) -> None:
    """Also what a man in the middle does who strips the offer: no password goes out."""
    with FakeImap() as server:
        imap, smtp = Place(server.port, "starttls"), Place(sink.port, "starttls")
        tries = Tries(desk, user, imap, smtp, "secret")

        assert tries.failure() == [
            receiving(
                imap,
                "offers no secure connection by STARTTLS. Choose TLS with port 993, or ask the "
                "provider.",
            ),
            sending(
                smtp, "does not offer STARTTLS. Choose TLS with port 465, or ask your provider."
            ),
        ]
        assert "AUTHENTICATE" not in server.commands
        assert b"secret" not in server.received
    assert sink.sign_ins == []


def test_servers_of_another_protocol(
    desk: Desk, dovecot: Dovecot, sink: SmtpSink, user: str
) -> None:
    """The two ports mixed up; and TLS where the server starts without."""
    imap, smtp = Place(sink.port), Place(dovecot.port)
    tries = Tries(desk, user, imap, smtp, "secret")

    assert tries.failure() == [
        receiving(imap, "is not an IMAP server. Check the port."),
        sending(smtp, "does not answer like a mail server (SMTP). Check the port."),
    ]
    imap, smtp = Place(dovecot.port, "tls"), Place(sink.port, "tls")
    tries.wizard.server("imap", imap)
    tries.wizard.server("smtp", smtp)
    start = "does not speak TLS from the start. Choose STARTTLS for this port, or port"
    assert tries.failure() == [
        receiving(imap, f"{start} 993 with TLS."),
        sending(smtp, f"{start} 465 with TLS."),
    ]


def test_an_app_password_is_needed(desk: Desk, sink: SmtpSink, user: str) -> None:
    """The server says so itself; the password's button is offered."""

    def refuse(connection: FakeConnection) -> None:
        connection.send(b"+ \r\n")
        connection.read_line()
        connection.send(b"{tag} NO [ALERT] Application-specific password required\r\n")

    with FakeImap({"AUTHENTICATE": refuse}) as server:
        imap = Place(server.port)
        tries = Tries(desk, user, imap, Place(sink.port), "secret")

        (said,) = tries.failure()
        assert said.startswith(f"Receiving (IMAP): {imap.host}:{imap.port} ")
        assert "app password" in said
        assert tries.wizard.part(QPushButton, "change_password_button").isVisible()


def test_an_open_line_needs_a_yes_in_so_many_words(desk: Desk, user: str) -> None:
    """The wizard never chooses None silently. The user must agree before anything is tried."""
    away = Place(143, "none", "mail.no-such-host.invalid")
    tries = Tries(desk, user, away, away, "secret")

    (said,) = tries.failure()
    assert said == (
        "Without TLS or STARTTLS others can read your password and mail. Choose one of them, or "
        "tick that you agree."
    )
    assert tries.wizard.part(QComboBox, "imap_security_combo").currentData() == "none"


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_fields_rest_while_a_try_runs_and_cancel_works_at_once(
    qtbot: QtBot, profile: Path, user: str, security: str
) -> None:
    """A server that would keep us for a minute: Back gives the fields back, Cancel ends it."""
    desk = Desk(qtbot, profile, PATIENT)
    with silent_port() as port:
        silent = Place(port, security)
        tries = Tries(desk, user, silent, silent, "secret")
        wizard = tries.wizard
        typed = wizard.typed()
        wizard.press("next_button")
        assert wizard.is_busy
        for name in ("imap_host_edit", "smtp_host_edit", "user_name_edit"):
            assert not wizard.part(QLineEdit, name).isEnabled(), name
        assert not wizard.part(QSpinBox, "imap_port_spin").isEnabled()
        assert not wizard.part(QPushButton, "next_button").isEnabled()

        wizard.press("back_button")
        assert wizard.part(QLineEdit, "imap_host_edit").isEnabled()
        assert wizard.typed() == typed
        assert wizard.error() == ""

        wizard.press("next_button")
        assert wizard.is_busy
        wizard.press("cancel_button")
        assert not wizard.dialog.isVisible()
        assert wizard.stored() == 0
        running = [each.name for each in threading.enumerate() if each.name.startswith("probe-")]
        desk.wait(lambda: not _alive(running), "what was tried has ended")
    desk.close()


def _alive(names: list[str]) -> list[str]:
    return [each.name for each in threading.enumerate() if each.name in names]


def test_from_the_wizard_to_mail_on_every_server(desk: Desk, any_rig: Rig, sink: SmtpSink) -> None:
    """Dovecot and the embedded server, with what the latter offers: open lines on loopback."""
    any_rig.deliver(a_mail(subject="Welcome"))
    smtp = Place(sink.port if any_rig.records_commands else any_rig.smtp_port, host=any_rig.host)
    wizard = WizardDesk(desk)
    wizard.fill(
        any_rig.address,
        Place(any_rig.imap_port, host=any_rig.host),
        smtp,
        password=any_rig.password,
        user=any_rig.user,
    )
    wizard.to_servers()

    assert wizard.try_servers() == ""
    assert wizard.stored() == 0
    wizard.finish()
    desk.wait_for("Welcome")


def test_a_wrong_password_at_the_embedded_server(desk: Desk, any_rig: Rig, sink: SmtpSink) -> None:
    """The same words, whatever the server says of it."""
    if any_rig.records_commands:
        any_rig = replace(any_rig, user="refused-1")
    imap = Place(any_rig.imap_port, host=any_rig.host)
    wizard = WizardDesk(desk)
    wizard.fill(any_rig.address, imap, Place(sink.port), password="wrong", user=any_rig.user)
    wizard.to_servers()

    assert receiving(imap, WRONG) in wizard.try_servers().split("\n")
    assert wizard.stored() == 0
