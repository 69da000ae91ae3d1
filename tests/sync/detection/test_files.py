"""Autoconfig files: what is read out of them, and what a hostile one gets."""

from __future__ import annotations

import threading
from urllib.parse import quote

import pytest

from sync import detection
from sync.detection import Outcome, Source, autoconfig, strict_xml
from sync.detection.candidates import LookUp
from sync.providers import Security, ServerPlace
from tests.sync.detection.town import ADDRESS, DOMAIN, FILE, WELL_KNOWN, Town, config, server

NAMED = f"named.{DOMAIN}"
SERVERS = (server("imap", NAMED, 993), server("smtp", NAMED, 465))
HOME = f"autoconfig.{DOMAIN}"


def read(body: bytes, address: str = ADDRESS) -> LookUp:
    return autoconfig.read(body, address, Source.AUTOCONFIG)


def refused(body: bytes) -> bool:
    try:
        return read(body).outcome is not Outcome.FOUND
    except strict_xml.NotTakenError:
        return True


# --- what it says ------------------------------------------------------------------------


def test_servers_come_in_the_order_of_the_file() -> None:
    found = read(
        config(
            server("pop3", "pop.firma.test", 995),
            server("imap", "a.firma.test", 993),
            server("imap", "b.firma.test", 143, "STARTTLS"),
            server("smtp", "c.firma.test", 587, "STARTTLS"),
        )
    )

    assert [(each.protocol, each.place, each.position) for each in found.candidates] == [
        ("imap", ServerPlace("a.firma.test", 993, Security.TLS), 0),
        ("imap", ServerPlace("b.firma.test", 143, Security.STARTTLS), 1),
        ("smtp", ServerPlace("c.firma.test", 587, Security.STARTTLS), 0),
    ]


def test_placeholders_are_filled_in() -> None:
    found = read(
        config(
            server("imap", "imap.%EMAILDOMAIN%", 993, user="%EMAILLOCALPART%"),
            server("imap", "two.firma.test", 993, user="%EMAILADDRESS%"),
            server("imap", "three.firma.test", 993, user="box-%EMAILLOCALPART%.%EMAILDOMAIN%"),
        ),
        "Ann@Firma.test",
    )

    assert found.candidates[0].place.host == "imap.firma.test"
    assert [each.user_name for each in found.candidates] == ["Ann", "", "box-Ann.Firma.test"]


def test_ways_to_sign_in_keep_their_order() -> None:
    ways = ("OAuth2", "password-cleartext", "password-encrypted", "GSSAPI", "secure")
    (found,) = read(config(server("imap", NAMED, 993, auth=ways))).candidates

    assert found.auth == ("oauth2", "password", "password-encrypted", "gssapi")


def test_the_page_about_the_servers_is_told() -> None:
    page = '<documentation url="https://firma.test/help"><descr>x</descr></documentation>'
    evil = '<documentation url="javascript:alert(1)"/>'

    assert read(config(*SERVERS, extra=evil + page)).documentation == "https://firma.test/help"
    assert read(config(*SERVERS, extra=evil)).documentation == ""


def test_what_the_file_says_reaches_the_answer(town: Town) -> None:
    town.dns.host(HOME, NAMED)
    page = '<documentation url="https://firma.test/help"/>'
    town.web.add(
        f"{HOME}{FILE}",
        config(
            server("imap", NAMED, 993, user="%EMAILLOCALPART%", auth=("OAuth2",)),
            server("smtp", NAMED, 465, user="%EMAILLOCALPART%"),
            extra=page,
        ),
    )

    found = town.detect()

    assert (found.auth, found.user_name, found.smtp_user_name) == (("oauth2",), "ann", "ann")
    assert found.documentation == "https://firma.test/help"


def test_the_page_of_somebody_else_is_not_told_as_the_domains(town: Town) -> None:
    """The host that takes the mail in fills in a server, and no link in the domain's name."""
    town.dns.host(HOME, NAMED, "autoconfig.host.test", "smtp.host.test")
    town.dns.add(DOMAIN, "MX", "10 mx7.host.test.")
    page = '<documentation url="https://host.test/evil"/>'
    town.web.add(f"{HOME}{FILE}", config(SERVERS[0]))
    town.web.add(
        f"autoconfig.host.test{FILE}", config(server("smtp", "smtp.host.test", 465), extra=page)
    )

    found = town.detect()

    assert found.smtp is not None
    assert (found.source, found.smtp.host) == (Source.AUTOCONFIG, "smtp.host.test")
    assert found.documentation == ""


def test_an_open_line_is_named_and_never_taken(town: Town) -> None:
    town.dns.host(HOME, NAMED)
    town.web.add(f"{HOME}{FILE}", config(server("imap", NAMED, 4143, "plain"), SERVERS[1]))

    found = town.detect()

    assert town.outcome(Source.AUTOCONFIG, f"{NAMED}:4143") is Outcome.OPEN_LINE
    assert found.imap is None or found.imap.security is not Security.NONE


# --- who is told the address -------------------------------------------------------------


def test_the_address_goes_to_its_own_domain_over_https_alone(town: Town) -> None:
    town.dns.host(HOME)
    town.dns.add(DOMAIN, "MX", "10 mx7.host.test.")
    town.dns.host("autoconfig.host.test")

    town.detect("ann+x@firma.test")

    asked = f"{HOME}{FILE}?emailaddress={quote('ann+x@firma.test', safe='')}"
    assert asked in town.web.asked
    others = [each for each in town.web.asked + town.plain_web.asked if each != asked]
    assert f"{DOMAIN}{WELL_KNOWN}" in others
    assert f"autoconfig.host.test{FILE}" in others
    assert not any("ann" in each for each in others)
    fields = {name for headers in town.web.headers for name in headers}
    assert fields == {"host", "accept", "accept-encoding"}


# --- plain http --------------------------------------------------------------------------


def test_plain_http_is_a_hint_that_has_to_prove_itself(town: Town) -> None:
    town.dns.host(HOME, NAMED)
    town.plain_web.add(f"{HOME}{FILE}", config(*SERVERS))

    found = town.detect()

    assert found.source is Source.HINT
    assert found.imap == ServerPlace(NAMED, 993, Security.TLS)


def test_a_hint_at_a_server_without_a_valid_name_is_not_taken(town: Town) -> None:
    town.dns.host(HOME, "liar.test")
    town.plain_web.add(f"{HOME}{FILE}", config(server("imap", "liar.test", 993)))

    found = town.detect()

    assert town.outcome(Source.HINT, "liar.test:993") is Outcome.BAD_CERTIFICATE
    assert found.imap is None or found.imap.host != "liar.test"


def test_plain_http_is_not_asked_when_https_has_the_file(town: Town) -> None:
    town.dns.host(HOME, NAMED)
    town.web.add(f"{HOME}{FILE}", config(*SERVERS))

    assert town.detect().source is Source.AUTOCONFIG
    assert town.plain_web.asked == []


# --- redirects ---------------------------------------------------------------------------


def test_a_redirect_to_https_is_followed(town: Town) -> None:
    town.dns.host(HOME, NAMED, f"mail.{DOMAIN}")
    town.web.add(f"{HOME}{FILE}", location=f"https://mail.{DOMAIN}/there.xml")
    town.web.add(f"mail.{DOMAIN}/there.xml", config(*SERVERS))

    assert town.detect().source is Source.AUTOCONFIG


def test_a_redirect_to_http_is_not(town: Town) -> None:
    town.dns.host(HOME, NAMED, f"mail.{DOMAIN}")
    town.web.add(f"{HOME}{FILE}", location=f"http://mail.{DOMAIN}/there.xml")
    town.plain_web.add(f"mail.{DOMAIN}/there.xml", config(*SERVERS))

    town.detect()

    assert town.outcome(Source.AUTOCONFIG, f"https://{HOME}") is Outcome.NOTHING
    assert not any("there.xml" in asked for asked in town.plain_web.asked)


def test_redirects_in_a_circle_end(town: Town) -> None:
    town.dns.host(HOME)
    town.web.add(f"{HOME}{FILE}", location=f"https://{HOME}{FILE}")

    town.detect()

    assert town.outcome(Source.AUTOCONFIG, f"https://{HOME}") is Outcome.NOTHING
    assert len([asked for asked in town.web.asked if asked.startswith(HOME)]) == 4


# --- hostile files -----------------------------------------------------------------------

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml at all",
        b"<clientConfig>",
        b"<html><body>Page not found</body></html>",
        b"<clientConfig/>",
        (LAUGHS + config(*SERVERS).decode().partition("?>")[2].replace("993", "&c;")).encode(),
        (OUTSIDE + config(server("imap", "&e;", 993)).decode().partition("?>")[2]).encode(),
        b"<clientConfig><emailProvider>" + b"<a>" * 20_000,
        config(server("imap", "evil host/..;rm", 993)),
        config(server("imap", "x" * 300, 993)),
        config(server("imap", NAMED, 0)),
        config(server("imap", NAMED, 70_000)),
        config(server("imap", NAMED, 993, "telepathy")),
        config(server("imap", "", 993)),
        b"<?xml version='1.0' encoding='utf-99'?><clientConfig/>",
        b"\xff\xfe\x00\x00",
    ],
)  # fmt: skip
def test_a_file_that_makes_no_sense_is_not_taken(body: bytes) -> None:
    assert refused(body)


def test_a_strange_sign_in_name_is_passed_over() -> None:
    (found,) = read(config(server("imap", NAMED, 993, user="%REALNAME%&#10;x"))).candidates

    assert found.user_name == ""


def test_a_hundred_servers_are_cut_down() -> None:
    many = [server("imap", f"i{number}.firma.test", 993) for number in range(100)]

    assert len(read(config(*many)).candidates) == autoconfig.MOST_SERVERS


def test_a_file_that_is_too_large_is_not_read(town: Town) -> None:
    town.dns.host(HOME)
    town.web.add(f"{HOME}{FILE}", config(*SERVERS, extra="<!--" + "x" * 80_000 + "-->"))

    town.detect()

    assert town.outcome(Source.AUTOCONFIG, f"https://{HOME}") is Outcome.UNREADABLE


def test_a_web_server_without_a_valid_name_is_not_believed(town: Town) -> None:
    town.dns.host("autoconfig.other.test", "other.test")
    town.web.add(f"autoconfig.other.test{FILE}", config(*SERVERS))

    detection.detect(
        "ann@other.test", threading.Event(), network=town.network, tell=town.tell, limit=30
    )

    outcome = town.outcome(Source.AUTOCONFIG, "https://autoconfig.other.test")
    assert outcome is Outcome.BAD_CERTIFICATE
    assert town.web.asked == []
