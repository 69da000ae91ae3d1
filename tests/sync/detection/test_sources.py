"""Each source by itself: what it names is found, and "Details" says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.detection import Outcome, Source
from sync.providers import Security, ServerPlace
from tests.support.servers.mail_door import MailDoor
from tests.sync.detection.town import DOMAIN, FILE, WELL_KNOWN, Town, config, server

NAMED = f"named.{DOMAIN}"
TLS_IMAP = ServerPlace(NAMED, 993, Security.TLS)
TLS_SMTP = ServerPlace(NAMED, 465, Security.TLS)
BOTH = config(server("imap", NAMED, 993), server("smtp", NAMED, 465))


def test_a_file_at_the_domains_autoconfig_host(town: Town) -> None:
    town.dns.host(f"autoconfig.{DOMAIN}", NAMED)
    town.web.add(f"autoconfig.{DOMAIN}{FILE}", BOTH)

    found = town.detect()

    assert (found.imap, found.smtp, found.source) == (TLS_IMAP, TLS_SMTP, Source.AUTOCONFIG)
    assert (found.outside, found.silent) == ((), ())
    assert town.outcome(Source.AUTOCONFIG, "https://autoconfig.") is Outcome.FOUND
    assert town.outcome(Source.AUTOCONFIG, f"{NAMED}:993") is Outcome.ANSWERS


def test_a_file_at_the_well_known_place(town: Town) -> None:
    town.dns.host(NAMED)
    town.web.add(f"{DOMAIN}{WELL_KNOWN}", BOTH)

    found = town.detect()

    assert (found.imap, found.smtp, found.source) == (TLS_IMAP, TLS_SMTP, Source.AUTOCONFIG)
    assert town.outcome(Source.AUTOCONFIG, "https://autoconfig.") is Outcome.NO_HOST


def test_services_in_dns(town: Town) -> None:
    town.dns.host(NAMED)
    town.services(imaps=f"0 1 993 {NAMED}.", submissions=f"0 1 465 {NAMED}.")

    found = town.detect()

    assert (found.imap, found.smtp, found.source) == (TLS_IMAP, TLS_SMTP, Source.SRV)
    assert town.outcome(Source.SRV, "_imaps._tcp") is Outcome.FOUND
    assert town.outcome(Source.SRV, "_imap._tcp") is Outcome.NO_HOST


@pytest.mark.parametrize("truncates", [False, True])
def test_a_long_answer_comes_over_tcp(town: Town, truncates: bool) -> None:
    town.dns.truncates = truncates
    town.dns.host(NAMED)
    town.services(imaps=f"0 1 993 {NAMED}.")

    assert town.detect().imap == TLS_IMAP


def test_starttls_services_in_dns(town: Town, tmp_path: Path) -> None:
    context = town.certificate.server_context()
    imap = MailDoor("imap", context, starttls=True).start()
    smtp = MailDoor("smtp", context, starttls=True).start()
    town.ports |= {143: imap.port, 587: smtp.port}
    town.dns.host(NAMED)
    town.services(imap=f"0 1 143 {NAMED}.", submission=f"0 1 587 {NAMED}.")

    found = town.detect()
    imap.stop()
    smtp.stop()

    assert found.imap == ServerPlace(NAMED, 143, Security.STARTTLS)
    assert found.smtp == ServerPlace(NAMED, 587, Security.STARTTLS)
    assert imap.received.startswith(b"a CAPABILITY\r\n")
    assert {*imap.received.split(b"\r\n"), *smtp.received.split(b"\r\n")} == {
        b"a CAPABILITY", b"b STARTTLS", b"EHLO localhost", b"STARTTLS", b"",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("mx", "name", "host"),
    [
        ("aspmx.l.google.com.", "Gmail", "imap.gmail.com"),
        ("firma-test.mail.protection.outlook.com.", "Microsoft 365", "outlook.office365.com"),
        ("mx01.mail.icloud.com.", "iCloud", "imap.mail.me.com"),
        ("in1-smtp.messagingengine.com.", "Fastmail", "imap.fastmail.com"),
        ("mxext1.mailbox.org.", "mailbox.org", "imap.mailbox.org"),
        ("mx.zoho.eu.", "Zoho Mail (EU)", "imap.zoho.eu"),
    ],
)
def test_the_provider_who_takes_the_mail_in(town: Town, mx: str, name: str, host: str) -> None:
    """In this town its servers cannot prove their names; the sign-in would say so."""
    town.dns.add(DOMAIN, "MX", f"10 {mx}")
    town.dns.host(host)

    found = town.detect()

    assert town.outcome(Source.MX, "MX") is Outcome.FOUND
    assert town.outcome(Source.MX, f"{host}:993") is Outcome.BAD_CERTIFICATE
    assert found.provider is not None
    assert (found.provider.name, found.source) == (name, Source.MX)
    assert found.imap is not None
    assert found.imap.host == host


def test_the_file_of_the_mx_hosts_domain_is_asked_without_the_address(town: Town) -> None:
    town.dns.add(DOMAIN, "MX", "10 mx7.host.test.")
    town.dns.host("autoconfig.host.test", "mail.host.test")
    town.web.add(
        f"autoconfig.host.test{FILE}",
        config(server("imap", "mail.host.test", 993), server("smtp", "mail.host.test", 465)),
    )

    found = town.detect()

    assert found.source is Source.MX_AUTOCONFIG
    assert found.imap == ServerPlace("mail.host.test", 993, Security.TLS)
    assert found.outside == ("mail.host.test",)
    assert f"autoconfig.host.test{FILE}" in town.web.asked


def test_the_usual_names_are_tried(town: Town) -> None:
    town.dns.host(f"imap.{DOMAIN}", f"smtp.{DOMAIN}")

    found = town.detect()

    assert found.source is Source.GUESS
    assert found.imap == ServerPlace(f"imap.{DOMAIN}", 993, Security.TLS)
    assert found.smtp == ServerPlace(f"smtp.{DOMAIN}", 465, Security.TLS)
    assert town.outcome(Source.GUESS, f"mail.{DOMAIN}:993") is Outcome.NO_HOST


def test_the_mx_host_itself_is_tried(town: Town) -> None:
    town.dns.add(DOMAIN, "MX", f"10 mx.{DOMAIN}.")
    town.dns.host(f"mx.{DOMAIN}")
    town.imap.stop()  # the domain's own name answers for sending alone

    found = town.detect()

    assert found.imap is None
    assert town.outcome(Source.GUESS, f"mx.{DOMAIN}:993") is Outcome.REFUSED


def test_a_domain_with_letters_of_its_own(town: Town) -> None:
    town.dns.host("imap.xn--grn-ioa.test")

    found = town.detect("jörg@GRÜN.test")

    assert found.imap == ServerPlace("imap.xn--grn-ioa.test", 993, Security.TLS)
    assert not any("ü" in asked.lower() for asked in town.dns.asked)


def test_a_known_provider_asks_nobody(town: Town) -> None:
    found = town.detect("ann@posteo.de")

    assert found.provider is not None
    assert found.imap == ServerPlace("posteo.de", 993, Security.TLS)
    assert [answer.source for answer in town.told] == [Source.PROVIDER]
    assert town.dns.asked == []


def test_a_name_that_exists_nowhere_is_not_asked_for(town: Town) -> None:
    found = town.detect("ann@firma.invalid")

    assert (found.imap, found.smtp) == (None, None)
    assert town.dns.asked == []
