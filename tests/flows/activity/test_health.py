"""An account's health in the window: real servers with and without what Dealpost prefers."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from models.commands.accounts import UpdateAccount
from models.commands.security import TrustCertificate
from models.events import Phase
from models.store.settings import SetOption
from sync.health.report import Finding, Severity
from tests.flows.desk import Desk
from tests.flows.profile_file import rows
from tests.flows.rig import Rig, dovecot_rig
from tests.support.builders import a_mail
from tests.support.certificates import make_certificate
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.fake_mailboxes import Mailboxes
from tests.support.servers.proxy import Proxy
from ui.settings.account.health import HealthPart
from ui.settings.dialog import PreferencesDialog

FEW = "IMAP4rev1 LITERAL+ ID ENABLE"
MISSED = {
    f"no_{name}"
    for name in (
        "idle", "move", "uidplus", "condstore", "special_use", "list_status", "esearch", "objectid",
    )
}  # fmt: skip


def part(desk: Desk, account_id: int) -> HealthPart:
    """On the account's page, as the user gets there."""
    dialog = desk.window.findChild(PreferencesDialog, "preferences_dialog")
    if dialog is None or not dialog.isVisible():
        desk.action("action_preferences").trigger()
        dialog = desk.find(PreferencesDialog, "preferences_dialog")
    dialog.show_account(account_id)
    page = dialog.findChild(QWidget, f"account_page_{account_id}")
    assert page is not None
    found = page.findChild(HealthPart)
    assert found is not None
    return found


def findings(desk: Desk, account_id: int) -> dict[str, Finding]:
    return {each.code: each for each in part(desk, account_id).findings()}


def fact(desk: Desk, account_id: int, code: str) -> str:
    """The fact of one finding, or '' if there is none."""
    found = findings(desk, account_id).get(code)
    return found.fact if found is not None else ""


def check(desk: Desk, account_id: int) -> dict[str, Finding]:
    """Press "Check now" and wait for its report."""
    shown = part(desk, account_id)
    press(shown, "health_check_button")
    desk.wait(shown.check_button.isEnabled, "the check is through")
    return findings(desk, account_id)


def press(shown: HealthPart, name: str) -> None:
    button = shown.findChild(QPushButton, name)
    assert button is not None
    assert button.isEnabled()
    button.click()


def words(shown: HealthPart) -> list[str]:
    """What the findings say, from top to bottom."""
    return [label.text() for label in shown.findChildren(QLabel) if label.isVisible()]


def copied(desk: Desk, account_id: int) -> str:
    press(part(desk, account_id), "health_copy_button")
    return str(QGuiApplication.clipboard().text())


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    """A Dovecot made for this test: `@pytest.mark.parametrize("served", […], indirect=True)`."""
    server = Dovecot(**request.param).start()
    yield server
    server.stop()


def test_a_good_server_is_fine_and_the_report_costs_nothing(desk: Desk, rig: Rig) -> None:
    account_id = desk.add_account(rig)
    shown = part(desk, account_id)
    desk.wait(lambda: "roles" in findings(desk, account_id), "the report is here")

    found = findings(desk, account_id)
    assert found["connection"].severity is Severity.OK
    assert "Dovecot" in found["software"].sentence
    assert "special-use" in found["roles"].fact
    assert {code for code in found if code.startswith("no_")} == {"no_objectid"}
    assert not any(text.startswith("The server is") for text in words(shown))
    press(shown, "health_all_button")
    desk.wait(lambda: any("Dovecot" in text for text in words(shown)), "all is shown")
    assert rig.dovecot is not None
    commands = rig.dovecot.commands(rig.user)
    assert not [line for line in commands if "QUOTA" in line]
    assert rig.changing_commands() == []


@pytest.mark.parametrize("served", [{"capability": FEW, "special_use": False}], indirect=True)
def test_what_a_poor_server_lacks_is_told_with_its_cost(desk: Desk, served: Dovecot) -> None:
    rig = dovecot_rig(served, served.new_user(), smtp_port=9)
    account_id = desk.add_account_quickly(rig)
    desk.wait(lambda: findings(desk, account_id).keys() >= MISSED, "the report is here")

    shown = part(desk, account_id)
    desk.wait(lambda: "=name" in fact(desk, account_id, "roles"), "roles are known")
    desk.wait(lambda: any("shows up a little later" in text for text in words(shown)), "advice")
    text = "\n".join(words(shown))
    for name in ("IDLE", "MOVE", "CONDSTORE", "LIST-STATUS"):
        assert f"({name})" in text


@pytest.mark.parametrize("served", [{"special": ("Sent", "Archive", "Drafts")}], indirect=True)
def test_a_missing_trash_grows_with_the_option_that_needs_it(desk: Desk, served: Dovecot) -> None:
    rig = dovecot_rig(served, served.new_user(), smtp_port=9)
    account_id = desk.add_account(rig)
    assert check(desk, account_id)["no_trash"].severity is Severity.NOTE

    desk.run(SetOption("delete_on_server", True))

    told = check(desk, account_id)["no_trash"]
    assert told.severity is Severity.WARNING
    assert "Folder roles" in told.advice


def test_offline_is_a_finding_and_the_server_is_told_as_it_was(desk: Desk, rig: Rig) -> None:
    with Proxy(rig.imap_port) as proxy:
        through = Rig(rig.address, rig.user, rig.password, proxy.port, 9, dovecot=rig.dovecot)
        account_id = desk.add_account(through)
        assert check(desk, account_id)["connection"].severity is Severity.OK
        proxy.go_away()

        desk.wait(lambda: _is_cut(check(desk, account_id)), "the cut is told")
        shown = part(desk, account_id)
        found = findings(desk, account_id)
        assert "Not connected. What is said of the server is from" in "\n".join(words(shown))
        assert "Dovecot" in found["software"].sentence
        assert found["connection"].fact in ("ConnectRefusedError", "ConnectionLostError")
        # Each try may meet the cut connection in another way.
        desk.wait(
            lambda: findings(desk, account_id)["connection"].sentence in words(shown),
            "it can be read",
        )

        proxy.come_back()
        desk.settle(account_id)
        desk.wait(lambda: findings(desk, account_id)["connection"].severity is Severity.OK, "back")


def _is_cut(found: dict[str, Finding]) -> bool:
    return found["connection"].severity is Severity.PROBLEM


def test_a_stopped_account_says_so_when_it_is_checked(desk: Desk, rig: Rig) -> None:
    account_id = desk.add_account(rig)
    check(desk, account_id)
    desk.run(UpdateAccount(account_id, {"state": "stopped"}))

    press(part(desk, account_id), "health_check_button")

    told = findings(desk, account_id)["connection"]
    assert (told.severity, told.fact) == (Severity.NOTE, "stopped")
    assert "Not connected" in "\n".join(words(part(desk, account_id)))


def test_the_end_of_a_certificate_that_is_trusted_by_hand(
    qtbot: QtBot, profile: Path, desk: Desk
) -> None:
    server = Dovecot()
    server.certificate = make_certificate(server.folder, days=9, stem="soon")
    server.start()
    try:
        rig = dovecot_rig(server, server.new_user(), smtp_port=9)
        desk.run(TrustCertificate("localhost", server.certificate.fingerprint))
        account_id = desk.add_account(
            rig, imap_host="localhost", imap_port=server.tls_port, imap_security="tls"
        )
        found = check(desk, account_id)
        assert found["tls"].fact == "TLSv1.3 tls"
        assert found["certificate"].severity is Severity.WARNING
        assert "trusted it by hand" in found["certificate"].advice
        assert re.fullmatch(r"[89] days by-hand", found["certificate"].fact)
    finally:
        desk.close()
        server.stop()


@pytest.mark.parametrize("served", [{"quota": "*:storage=20K"}], indirect=True)
def test_room_is_asked_for_once_and_again_when_the_person_asks(desk: Desk, served: Dovecot) -> None:
    rig = dovecot_rig(served, served.new_user(), smtp_port=9)
    account_id = desk.add_account(rig)
    assert findings(desk, account_id)["quota"].severity is Severity.OK
    rig.deliver(a_mail(subject="Large", text="x" * 70 + "\n" * 9_300))
    desk.settle(account_id)
    desk.reopen()
    desk.settle(account_id)
    asked = [line for line in served.commands(rig.user) if "GETQUOTAROOT" in line]
    assert len(asked) == 1  # once a day, also over two starts

    told = check(desk, account_id)["quota"]

    assert told.severity is Severity.WARNING
    assert "of 20.0 KB are used" in told.sentence


@pytest.mark.parametrize("is_hidden", [True, False])
def test_gmail_without_all_mail(desk: Desk, is_hidden: bool) -> None:
    with Mailboxes(gmail=True) as server:
        if is_hidden:
            del server.boxes["[Gmail]/All Mail"]
        rig = Rig("me@gmail.example", "me", "secret", server.port, 9, host="localhost")
        account_id = desk.add_account_quickly(rig)
        desk.wait(lambda: "sent=" in fact(desk, account_id, "roles"), "roles are known")

        found = findings(desk, account_id)
        assert found["saves_sent"].fact == "yes"
        assert found["all_mail"].fact == ("hidden" if is_hidden else "shown")
        desk.settle(account_id)
        shown = part(desk, account_id)
        desk.wait(lambda: len(words(shown)) > 2, "the findings are shown")
        assert ("Show in IMAP" in "\n".join(words(shown))) is is_hidden
        desk.close()


def test_a_clock_that_is_wrong_shows_with_the_mail_that_comes(desk: Desk, rig: Rig) -> None:
    """The server's clock is played by the INTERNALDATE that it gives to what arrives."""
    account_id = desk.add_account(rig)
    assert rig.dovecot is not None
    assert findings(desk, account_id)["clock"].fact == "unknown"
    for number in range(2):
        desk.wait(lambda: _is_listening(desk, account_id), "the server is listened to")
        late = (int(time.time()) - 11 * 60) * 1000
        name = f"Late {number}"
        rig.dovecot.deliver(rig.user, "INBOX", a_mail(subject=name), received_at=late)
        desk.wait(lambda name=name: name in desk.subjects(), name)  # type: ignore[misc]

    desk.wait(
        lambda: findings(desk, account_id)["clock"].severity is Severity.WARNING, "it is told"
    )
    assert "11 minutes ahead" in findings(desk, account_id)["clock"].sentence


def _is_listening(desk: Desk, account_id: int) -> bool:
    status = desk.service.status(account_id)
    return status is not None and status.phase is Phase.IDLE


# --- Copy for support ----------------------------------------------------------------------------

ADDRESS = "zelda.quux@acme-secret-corp.example"
NAMES = ("Projekt Kranich", "Mandanten/Vogelsang")


@pytest.mark.parametrize("is_offline", [False, True])
def test_copy_for_support_has_no_word_of_the_persons(
    desk: Desk, dovecot: Dovecot, is_offline: bool
) -> None:
    user = dovecot.new_user("fixed")
    rig = Rig(ADDRESS, user, "secret", dovecot.port, 9, dovecot=dovecot)
    for number, name in enumerate(NAMES):
        dovecot.deliver(user, name, a_mail(subject=f"Kranichfeder {number}"))
    mail = a_mail(
        subject="Quitte gegen Zwetschge",
        from_="Ottilie Birnbaum <ottilie@birnbaum-kunde.example>",
        to=ADDRESS,
        text="Holunderbeeren",
    )
    rig.deliver(mail)
    with Proxy(rig.imap_port) as proxy:
        through = Rig(ADDRESS, user, "secret", proxy.port, 9, dovecot=dovecot)
        account_id = desk.add_account(through, name="Zelda Quux", smtp_host="smtp.acme.example")
        desk.run(UpdateAccount(account_id, {"signature": "Herzlich, Zelda"}))
        desk.settle(account_id)
        if is_offline:
            proxy.go_away()
            desk.wait(lambda: _is_cut(check(desk, account_id)), "the cut is told")
        text = copied(desk, account_id)

    known = _words_of_the_store(desk) | {user, "secret", "127.0.0.1", str(proxy.port), desk.profile}
    assert len(known) > 20
    for word in sorted(map(str, known)):
        assert word.lower() not in text.lower(), word
    for wanted in ("Dealpost", "Python", "Qt", "Capabilities: ", "IDLE", "Dovecot", "own server"):
        assert wanted in text
    assert re.search(r"^  (ok|problem) +connection: ", text, re.MULTILINE)
    assert ("ConnectRefusedError" in text or "ConnectionLostError" in text) is is_offline
    assert "no addresses" in "\n".join(words(part(desk, account_id)))


def _words_of_the_store(desk: Desk) -> set[str]:
    """Every word of four letters and more that the user or a mail brought into the store."""
    sources = (
        ("account", "address name user_name signature imap_host smtp_host"),
        ("mailbox WHERE role = ''", "name"),
        ("message", "subject snippet from_name from_address recipients message_id_header"),
    )
    columns = [
        f"SELECT {' || char(32) || '.join(names.split())} FROM {table}" for table, names in sources
    ]
    found: set[str] = set()
    for sql in columns:
        for (text,) in rows(desk.profile, sql):
            found |= set(re.findall(r"[^\W_]{4,}", text))
    keyed = rows(desk.profile, "SELECT hex(ciphertext) FROM secret")
    plain = {"example", "test", "IMAP", "mail", "Sent", "smtp"}
    return {word for word in found if word not in plain} | {value for (value,) in keyed}


def test_a_server_that_names_its_owner_is_not_quoted(desk: Desk) -> None:
    """In ID, capabilities and errors a server may say anything."""
    with Mailboxes() as server:
        server.imap.capabilities += " ID X-ACME-SECRET-CORP"
        server.imap.answers["ID"] = b'* ID ("name" "Acme Mail of Zelda")\r\n{tag} OK done\r\n'
        rig = Rig(ADDRESS, "zelda", "secret", server.port, 9, host="localhost")
        account_id = desk.add_account_quickly(rig)
        desk.wait(lambda: "roles" in findings(desk, account_id), "the report is here")
        text = copied(desk, account_id)
        desk.close()

    assert "acme" not in text.lower()
    assert "zelda" not in text.lower()
    assert "and 1 others" in text
    assert "unknown software" in text
    assert str(datetime.now(UTC).year) in text
