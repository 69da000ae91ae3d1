"""The wizard while servers are looked for, and what it says about those that were found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QSpinBox, QTreeWidget
from pytestqt.qtbot import QtBot

from sync.detection import Answer, Detected, Outcome, Source
from sync.providers import Security, ServerPlace
from sync.qt.service.service import MailService
from tests.support.servers.mail_door import MailDoor
from tests.sync.detection.town import DOMAIN, Town, build
from tests.ui.setup.parts import PATIENCE, go_on, opened, part, press
from ui.setup import detection_words
from ui.setup.detection_details import DetectionDetails
from ui.setup.wizard import SetupWizard
from ui.style.theme import Theme

IMAP = ServerPlace("imap.firma.test", 993, Security.TLS)
SMTP = ServerPlace("smtp.firma.test", 465, Security.TLS)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    folder = tmp_path / "town"
    folder.mkdir()
    made = build(folder).start()
    yield made
    made.stop()


@pytest.fixture
def silent(town: Town) -> Iterator[MailDoor]:
    """Servers of the usual names that say nothing for ever."""
    door = MailDoor("silent").start()
    town.ports |= {993: door.port, 465: door.port}
    town.dns.host(f"imap.{DOMAIN}")
    yield door
    door.stop()


def wizard_at(
    qtbot: QtBot, service: MailService, theme: Theme, town: Town, address: str = f"ann@{DOMAIN}"
) -> SetupWizard:
    wizard = opened(qtbot, service, theme)
    wizard.network = town.network
    part(wizard, QLineEdit, "address_edit").setText(address)
    part(wizard, QLineEdit, "password_edit").setText("x")
    return wizard


def lines(wizard: SetupWizard) -> dict[str, str]:
    """What was asked, and what it answered."""
    tree = part(wizard, QTreeWidget, "detection_list")
    items = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    return {item.text(0): item.text(2) for item in items if item is not None}


def test_answers_are_shown_while_the_search_runs(
    qtbot: QtBot, service: MailService, theme: Theme, town: Town, silent: MailDoor
) -> None:
    wizard = wizard_at(qtbot, service, theme, town)
    press(qtbot, wizard, "next_button")
    qtbot.waitUntil(part(wizard, QPushButton, "detection_stop_button").isVisible, timeout=PATIENCE)

    press(qtbot, wizard, "detection_details_button")

    assert part(wizard, QTreeWidget, "detection_list").isVisible()
    qtbot.waitUntil(
        lambda: lines(wizard).get("_imaps._tcp.firma.test") == "has nothing", timeout=PATIENCE
    )
    qtbot.waitUntil(lambda: silent.came > 0, timeout=PATIENCE)
    assert lines(wizard)["imap.firma.test:993  IMAP TLS"] == "asking…"
    wizard.reject()


def test_stop_searching_leads_on_at_once(
    qtbot: QtBot, service: MailService, theme: Theme, town: Town, silent: MailDoor
) -> None:
    wizard = wizard_at(qtbot, service, theme, town)
    press(qtbot, wizard, "next_button")
    qtbot.waitUntil(lambda: silent.came > 0, timeout=PATIENCE)
    stop = part(wizard, QPushButton, "detection_stop_button")
    assert stop.hasFocus()

    QTest.keyClick(stop, Qt.Key.Key_Space)

    qtbot.waitUntil(part(wizard, QLineEdit, "imap_host_edit").isVisible, timeout=PATIENCE)
    assert part(wizard, QLineEdit, "imap_host_edit").isEnabled()
    assert part(wizard, QLineEdit, "imap_host_edit").text() == ""
    assert stop.isHidden()
    assert "not asked any more" in lines(wizard).values()
    assert "asking…" not in lines(wizard).values()


@pytest.mark.parametrize("button", ["cancel_button", "back_button"])
def test_cancel_and_back_abandon_the_search_at_once(
    qtbot: QtBot, service: MailService, theme: Theme, town: Town, silent: MailDoor, button: str
) -> None:
    wizard = wizard_at(qtbot, service, theme, town)
    press(qtbot, wizard, "next_button")
    qtbot.waitUntil(lambda: silent.came > 0, timeout=PATIENCE)

    press(qtbot, wizard, button)

    assert wizard.isVisible() == (button == "back_button")
    assert part(wizard, QLineEdit, "address_edit").isEnabled()
    assert part(wizard, DetectionDetails, "detection_details").isHidden()


def test_another_address_forgets_the_servers_of_the_first(
    qtbot: QtBot, service: MailService, theme: Theme, town: Town
) -> None:
    """A password must not go to the provider of an address that was corrected."""
    wizard = wizard_at(qtbot, service, theme, town, "ann@posteo.de")
    go_on(qtbot, wizard)
    assert part(wizard, QLineEdit, "imap_host_edit").text() == "posteo.de"
    press(qtbot, wizard, "back_button")

    part(wizard, QLineEdit, "address_edit").setText("ann@nobody.test")
    go_on(qtbot, wizard)

    assert part(wizard, QLineEdit, "imap_host_edit").text() == ""
    assert part(wizard, QLineEdit, "smtp_host_edit").text() == ""
    assert list(lines(wizard)) != []


def test_a_typed_port_outlives_other_addresses(
    qtbot: QtBot, service: MailService, theme: Theme, town: Town
) -> None:
    """It stays typed beside each host that is found, however often the address is corrected."""
    wizard = wizard_at(qtbot, service, theme, town, "ann@posteo.de")
    go_on(qtbot, wizard)
    port = part(wizard, QSpinBox, "imap_port_spin")
    port.setValue(1993)

    for domain, host in (("icloud.com", "imap.mail.me.com"), ("posteo.de", "posteo.de")):
        press(qtbot, wizard, "back_button")
        part(wizard, QLineEdit, "address_edit").setText(f"ann@{domain}")
        go_on(qtbot, wizard)

        assert part(wizard, QLineEdit, "imap_host_edit").text() == host
        assert port.value() == 1993
    assert part(wizard, QSpinBox, "smtp_port_spin").value() == 465


def test_a_known_provider_shows_where_it_is_known_from(
    qtbot: QtBot, service: MailService, theme: Theme, town: Town
) -> None:
    wizard = wizard_at(qtbot, service, theme, town, "ann@posteo.de")
    go_on(qtbot, wizard)

    assert lines(wizard) == {"Posteo": "names servers"}
    assert part(wizard, QPushButton, "detection_stop_button").isHidden()


def test_details_open_and_close_with_the_keyboard(
    qtbot: QtBot, service: MailService, theme: Theme, town: Town
) -> None:
    wizard = wizard_at(qtbot, service, theme, town, "ann@posteo.de")
    go_on(qtbot, wizard)
    toggle = part(wizard, QPushButton, "detection_details_button")
    tree = part(wizard, QTreeWidget, "detection_list")
    toggle.setFocus()

    QTest.keyClick(toggle, Qt.Key.Key_Space)
    assert tree.isVisible()
    QTest.keyClick(toggle, Qt.Key.Key_Tab)
    assert tree.hasFocus()
    toggle.setFocus()
    QTest.keyClick(toggle, Qt.Key.Key_Space)

    assert tree.isHidden()


def test_servers_of_another_domain_are_told(
    qtbot: QtBot, service: MailService, theme: Theme, town: Town
) -> None:
    town.dns.host("mail.host.test")
    town.services(imaps="0 1 993 mail.host.test.", submissions="0 1 465 mail.host.test.")
    wizard = wizard_at(qtbot, service, theme, town)

    go_on(qtbot, wizard)

    notice = part(wizard, QLabel, "outside_notice")
    assert notice.isVisible()
    assert notice.text().startswith("mail.host.test does not belong to firma.test.")


# --- words -------------------------------------------------------------------------------


def test_every_source_and_outcome_has_words() -> None:
    assert len({detection_words.source_text(source) for source in Source}) == len(Source)
    assert all(detection_words.outcome_text(outcome) for outcome in Outcome)


@pytest.mark.parametrize(
    ("detected", "begins"),
    [
        (Detected(None, None, is_offline=True), "This computer has no network connection"),
        (Detected(None, None), "No servers were found for firma.test"),
        (Detected(IMAP, SMTP, source=Source.SRV), "firma.test names these servers, and they"),
        (Detected(IMAP, None, source=Source.SRV), "firma.test names these servers"),
        (Detected(IMAP, SMTP, source=Source.GUESS), "Found by their usual names"),
        (
            Detected(IMAP, SMTP, source=Source.SRV, silent=("x",)),
            "firma.test names these servers, but not all",
        ),
    ],
)
def test_what_was_found_is_said(detected: Detected, begins: str) -> None:
    assert detection_words.found_text(detected, DOMAIN).startswith(begins)


def test_the_domains_own_page_is_linked_and_cannot_smuggle_anything_in() -> None:
    page = 'https://firma.test/?a="><b>x'
    link = detection_words.help_link(
        Detected(IMAP, SMTP, source=Source.AUTOCONFIG, documentation=page), DOMAIN
    )
    unsafe = Detected(IMAP, SMTP, source=Source.HINT, documentation=page)

    assert link.startswith('<a href="https://firma.test/?a=&quot;&gt;&lt;b&gt;x">What firma.test')
    assert link.endswith("(firma.test)")
    assert detection_words.help_link(unsafe, DOMAIN) == ""


def test_a_line_names_host_port_and_security() -> None:
    answer = Answer(1, Source.SRV, "imap.firma.test:993", Outcome.ANSWERS, "imap", IMAP)

    assert detection_words.line_text(answer) == (
        "imap.firma.test:993  IMAP TLS",
        "DNS record",
        "answers",
    )
