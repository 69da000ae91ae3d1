"""The first start as a new user meets it: the wizard, then mail; and profiles that can't open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from PySide6.QtWidgets import QDialog, QLineEdit
from pytestqt.qtbot import QtBot

import app
from tests.flows.desk import FAST, Desk
from tests.flows.profile_file import every_byte
from tests.flows.setup.wizard_desk import Place, WizardDesk
from tests.support.builders import a_mail
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.smtp import SmtpSink

ADDRESS = "ann@customers.invalid"
PASSWORD = "correct horse"


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[SmtpSink]:
    """An SMTP server on loopback that takes any sign-in."""
    made = SmtpSink(tmp_path, "plain").start()
    yield made
    made.stop()


def test_from_the_wizard_to_the_first_mail(desk: Desk, dovecot: Dovecot, sink: SmtpSink) -> None:
    """The wizard opens by itself, tries both servers, asks three things, and the window fills."""
    dovecot.watch(ADDRESS)
    dovecot.deliver(ADDRESS, "INBOX", [a_mail(subject="Welcome"), a_mail(subject="Order 7")])
    wizard = WizardDesk(desk)
    wizard.part(QLineEdit, "address_edit").setText(ADDRESS)
    wizard.part(QLineEdit, "name_edit").setText("Ann Lee")
    wizard.part(QLineEdit, "password_edit").setText(PASSWORD)
    wizard.to_servers()
    _server(wizard, "imap", dovecot.port)
    _server(wizard, "smtp", sink.port)
    wizard.press("next_button")
    wizard.finish()
    desk.wait_for("Welcome", "Order 7")
    assert desk.window.findChild(QDialog, "setup_wizard") is None
    assert PASSWORD.encode() not in every_byte(desk.profile)


def _server(wizard: WizardDesk, kind: str, port: int) -> None:
    """Typed once the search is over; it would fill the fields itself."""
    host = wizard.part(QLineEdit, f"{kind}_host_edit")
    wizard.desk.wait(host.isEnabled, "detection is over")
    wizard.server(kind, Place(port, host="127.0.0.1"))
    host.textEdited.emit("127.0.0.1")


def test_a_profile_opens_once(desk: Desk, qtbot: QtBot) -> None:
    """A second window on the same profile would undo the first one's work."""
    with pytest.raises(app.ProfileError, match="already open"):
        app.start(desk.profile, timing=FAST)


def test_a_newer_profile_is_named_and_not_touched(qtbot: QtBot, profile: Path) -> None:
    """A database of a newer Dealpost is refused with a sentence."""
    file = profile / "dealpost.db"
    store = apsw.Connection(str(file))
    store.execute("PRAGMA user_version = 9999; CREATE TABLE future (x)")
    store.close()
    before = file.read_bytes()
    with pytest.raises(app.ProfileError, match="newer"):
        app.start(profile, timing=FAST)
    assert file.read_bytes() == before


def test_a_damaged_profile_is_named(qtbot: QtBot, profile: Path) -> None:
    """A file that is no database gets a sentence, and is not changed."""
    (profile / "dealpost.db").write_bytes(b"This is no database. " * 500)
    with pytest.raises(app.ProfileError, match=r"damaged|database"):
        app.start(profile, timing=FAST)
    assert (profile / "dealpost.db").read_bytes().startswith(b"This is no database.")
