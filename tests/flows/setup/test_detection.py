"""From an address to running servers: the domain names them, and the user types nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QTreeWidget

from sync.detection import Network
from tests.flows.desk import Desk
from tests.flows.setup.wizard_desk import WizardDesk
from tests.support.builders import a_mail
from tests.support.ports import free_port
from tests.support.servers.dns_server import DnsServer
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.smtp import SmtpSink
from tests.support.servers.web_server import WebServer
from tests.sync.detection.town import DOMAIN, FILE, config, server
from ui.setup.wizard import SetupWizard

ADDRESS = f"ann@{DOMAIN}"


@pytest.fixture
def sink(tmp_path: Path, dovecot: Dovecot) -> Iterator[SmtpSink]:
    made = SmtpSink(tmp_path, "tls")
    made.certificate = dovecot.certificate  # of two with one name OpenSSL trusts the first alone
    made.start()
    yield made
    made.stop()


@pytest.fixture
def dns() -> Iterator[DnsServer]:
    made = DnsServer().start()
    made.host(DOMAIN, "localhost", f"autoconfig.{DOMAIN}")
    yield made
    made.stop()


@pytest.fixture
def network(dns: DnsServer, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Network:
    """The system trusts the servers of this test, for the search and for the sign-in alike."""
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate.cert_file))
    closed = free_port()
    return Network(dns.place, ports=dict.fromkeys((80, 443, 143, 465, 587, 993), closed))


def wizard_of(desk: Desk, network: Network) -> WizardDesk:
    """The wizard with address and password, which looks for servers in this network."""
    wizard = WizardDesk(desk)
    desk.find(SetupWizard, "setup_wizard").network = network
    wizard.part(QLineEdit, "address_edit").setText(ADDRESS)
    wizard.part(QLineEdit, "password_edit").setText("correct horse")
    return wizard


def servers(desk: Desk) -> list[tuple[str, int, str]]:
    """What the two servers' fields hold."""
    return [
        (
            desk.find(QLineEdit, f"{kind}_host_edit").text(),
            desk.find(QSpinBox, f"{kind}_port_spin").value(),
            desk.find(QComboBox, f"{kind}_security_combo").currentData(),
        )
        for kind in ("imap", "smtp")
    ]


def lines(desk: Desk) -> list[tuple[str, str, str]]:
    """Every line of "Details"."""
    tree = desk.find(QTreeWidget, "detection_list")
    items = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    return [(item.text(0), item.text(1), item.text(2)) for item in items if item is not None]


def test_service_records_lead_to_the_mail(
    desk: Desk, dovecot: Dovecot, sink: SmtpSink, dns: DnsServer, network: Network
) -> None:
    """The servers belong to another domain. The wizard says so, and Next confirms it."""
    dovecot.watch(ADDRESS)
    dovecot.deliver(ADDRESS, "INBOX", [a_mail(subject="Found you")])
    dns.add(f"_imaps._tcp.{DOMAIN}", "SRV", f"0 1 {dovecot.tls_port} localhost.")
    dns.add(f"_submissions._tcp.{DOMAIN}", "SRV", f"0 1 {sink.port} localhost.")
    wizard = wizard_of(desk, network)

    wizard.to_servers()

    assert servers(desk) == [
        ("localhost", dovecot.tls_port, "tls"),
        ("localhost", sink.port, "tls"),
    ]
    assert desk.find(QLineEdit, "imap_host_edit").isEnabled()
    assert "localhost does not belong to firma.test" in desk.text_of("outside_notice")
    wizard.press("detection_details_button")
    assert desk.find(QTreeWidget, "detection_list").isVisible()
    assert (f"localhost:{dovecot.tls_port}  IMAP TLS", "DNS record", "answers") in lines(desk)
    assert ("autoconfig.firma.test", "Domain’s settings", "refused") in [
        (target.removeprefix("https://"), source, said) for target, source, said in lines(desk)
    ]
    wizard.finish()
    desk.wait_for("Found you")


def test_a_settings_file_leads_there_and_what_it_says_can_be_changed(
    desk: Desk, dovecot: Dovecot, sink: SmtpSink, network: Network
) -> None:
    """A file over plain http is a hint: its servers prove their names, so they are taken."""
    web = WebServer().start()
    web.add(
        f"autoconfig.{DOMAIN}{FILE}",
        config(
            server("imap", "localhost", dovecot.port, "STARTTLS", user="box-%EMAILLOCALPART%"),
            server("smtp", "localhost", sink.port, user="box-%EMAILLOCALPART%"),
        ),
    )
    wizard = wizard_of(desk, Network(network.nameserver, ports={**network.ports, 80: web.port}))

    wizard.to_servers()
    web.stop()

    assert servers(desk) == [
        ("localhost", dovecot.port, "starttls"),
        ("localhost", sink.port, "tls"),
    ]
    assert desk.find(QLineEdit, "user_name_edit").text() == "box-ann"
    desk.find(QLineEdit, "user_name_edit").setText("refused-ann")
    wizard.press("next_button")
    desk.wait(lambda: "does not accept" in desk.text_of("wizard_error"), "the changed name is used")
