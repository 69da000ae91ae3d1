"""Which server is taken where several are named."""

from __future__ import annotations

import json

import pytest

import resources
from sync import providers
from sync.detection import Outcome, Source, dns_records, guesses
from sync.providers import AppPassword, Security, ServerPlace
from tests.support.servers.mail_door import MailDoor
from tests.sync.detection.town import DOMAIN, FILE, Town, config, server


def everything(town: Town) -> None:
    """All sources name a server of their own, and all answer."""
    town.dns.host(
        f"autoconfig.{DOMAIN}", f"named.{DOMAIN}", f"mail.{DOMAIN}", f"imap.{DOMAIN}", "imap.host.test"
    )  # fmt: skip
    town.services(imaps=f"0 1 993 mail.{DOMAIN}.", submissions=f"0 1 465 mail.{DOMAIN}.")
    town.plain_web.add(f"autoconfig.{DOMAIN}{FILE}", config(server("imap", "imap.host.test", 993)))


def test_the_domains_file_comes_first(town: Town) -> None:
    everything(town)
    town.web.add(
        f"autoconfig.{DOMAIN}{FILE}",
        config(server("imap", f"named.{DOMAIN}", 993), server("smtp", f"named.{DOMAIN}", 465)),
    )

    found = town.detect()

    assert found.source is Source.AUTOCONFIG
    assert found.imap == ServerPlace(f"named.{DOMAIN}", 993, Security.TLS)


def test_then_dns(town: Town) -> None:
    everything(town)

    found = town.detect()

    assert found.source is Source.SRV
    assert found.imap == ServerPlace(f"mail.{DOMAIN}", 993, Security.TLS)


def test_a_named_server_that_is_down_leaves_its_place_to_one_that_answers(town: Town) -> None:
    town.dns.host(f"imap.{DOMAIN}", f"named.{DOMAIN}")
    town.services(imaps=f"0 1 4999 named.{DOMAIN}.")
    town.ports[4999] = 1

    found = town.detect()

    assert found.source is Source.GUESS
    assert found.imap == ServerPlace(f"imap.{DOMAIN}", 993, Security.TLS)


def test_priority_decides_and_then_weight(town: Town) -> None:
    doors = [MailDoor("imap", town.certificate.server_context()).start() for _ in range(3)]
    for number, door in enumerate(doors):
        town.ports[4991 + number] = door.port
    names = [f"mail.{DOMAIN}", f"imap.{DOMAIN}", f"named.{DOMAIN}"]
    town.dns.host(*names)
    town.services(imaps=f"20 90 4991 {names[0]}.")
    town.services(imaps=f"10 5 4992 {names[1]}.")
    town.services(imaps=f"10 60 4993 {names[2]}.")

    first = town.detect()
    doors[2].stop()
    second = town.detect()
    for door in doors[:2]:
        door.stop()

    assert first.imap == ServerPlace(names[2], 4993, Security.TLS)
    assert second.imap == ServerPlace(names[1], 4992, Security.TLS)


def test_tls_comes_before_starttls_whatever_the_priority(town: Town) -> None:
    door = MailDoor("imap", town.certificate.server_context(), starttls=True).start()
    town.ports[143] = door.port
    town.dns.host(f"named.{DOMAIN}")
    town.services(imaps=f"50 0 993 named.{DOMAIN}.", imap=f"0 9 143 named.{DOMAIN}.")

    found = town.detect()
    door.stop()

    assert found.imap == ServerPlace(f"named.{DOMAIN}", 993, Security.TLS)


def test_a_service_that_is_not_offered_is_not_guessed(town: Town) -> None:
    town.dns.host(f"imap.{DOMAIN}", f"smtp.{DOMAIN}")
    town.services(imaps="0 0 0 .", imap="0 0 0 .")

    found = town.detect()

    assert town.outcome(Source.SRV, "_imaps._tcp") is Outcome.NOT_OFFERED
    assert found.imap is None
    assert found.smtp == ServerPlace(f"smtp.{DOMAIN}", 465, Security.TLS)


def test_a_server_outside_the_domain_is_told(town: Town) -> None:
    town.dns.host("mail.host.test")
    town.services(imaps="0 1 993 mail.host.test.", submissions="0 1 465 mail.host.test.")

    found = town.detect()

    assert found.source is Source.SRV
    assert found.outside == ("mail.host.test",)


def test_one_place_is_tried_once_and_shown_for_its_best_source(town: Town) -> None:
    town.dns.host(f"imap.{DOMAIN}")
    town.services(imaps=f"0 1 993 imap.{DOMAIN}.")

    found = town.detect()

    lines = [each for each in town.answers.values() if each.target == f"imap.{DOMAIN}:993"]
    assert [line.source for line in lines] == [Source.SRV]
    assert found.source is Source.SRV


def test_a_domain_that_takes_no_mail(town: Town) -> None:
    town.dns.add(DOMAIN, "MX", "0 .")

    town.detect()

    assert town.outcome(Source.MX, "MX") is Outcome.NOT_OFFERED


def test_the_usual_names_are_tried_tls_first_and_never_an_open_line() -> None:
    found = guesses.of_domain("example.org")
    imap = [each.place for each in found if each.protocol == "imap"]
    smtp = [each.place for each in found if each.protocol == "smtp"]

    assert imap[:3] == [
        ServerPlace(host, 993, Security.TLS)
        for host in ("imap.example.org", "mail.example.org", "example.org")
    ]
    assert smtp[0] == ServerPlace("smtp.example.org", 465, Security.TLS)
    assert {place.security for place in imap + smtp} == {Security.TLS, Security.STARTTLS}
    assert {place.port for place in smtp} == {465, 587}


@pytest.mark.parametrize(
    ("host", "parent"),
    [
        ("mx7.host.test", "host.test"),
        ("w0.mail.host.co.uk", "mail.host.co.uk"),
        ("mx.co.uk", ""),
        ("mx.test", ""),
        ("mail.host.de", "host.de"),
    ],
)
def test_the_domain_of_an_mx_host_is_never_a_registrys(host: str, parent: str) -> None:
    assert dns_records.parent_domain(host) == parent


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("ASPMX2.GoogleMail.com.", "Gmail"),
        ("x.mail.protection.outlook.com", "Microsoft 365"),
        ("outlook-com.olc.protection.outlook.com", "Outlook.com"),
        ("mta7.am0.yahoodns.net", "Yahoo"),
        ("mx-aol.mail.gm0.yahoodns.net", "AOL"),
        ("mx.notgoogle.com", None),
        ("evilgoogle.com", None),
    ],
)
def test_an_mx_host_leads_to_its_provider_by_whole_labels(host: str, name: str | None) -> None:
    found = providers.of_mx(host)

    assert (found.name if found else None) == name


def test_every_entry_says_what_it_was_compared_with() -> None:
    listed = json.loads(resources.path("providers.json").read_text(encoding="utf-8"))

    assert all(entry["checked"] in ("ispdb", "chatmail", "help", "") for entry in listed)
    assert sum(bool(entry["checked"]) for entry in listed) >= 100


def test_no_mx_ending_belongs_to_two_providers() -> None:
    endings = [ending for provider in providers.everyone() for ending in provider.mx]

    assert len(endings) == len(set(endings))
    assert all("." in ending and ending == ending.lower() for ending in endings)


def test_a_provider_with_a_second_factor_says_where_the_password_is_made() -> None:
    for provider in providers.everyone():
        assert provider.app_password is AppPassword.NO or provider.words, provider.name


def test_an_entry_that_nobody_checked_is_tried(town: Town) -> None:
    unchecked = [each for each in providers.everyone() if each.imap and not each.is_checked]
    (domain, *_) = sorted(unchecked[0].domains)
    assert unchecked[0].imap is not None

    town.detect(f"ann@{domain}")

    assert town.outcome(Source.PROVIDER, unchecked[0].imap.host) is Outcome.NO_HOST
