"""Known providers, and the search for servers of a domain nobody knows."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sync import autodetect, providers
from sync.autodetect import Candidates
from sync.providers import AppPassword, Security, ServerPlace
from tests.support.dovecot import Dovecot
from tests.support.smtp import SmtpSink


def test_every_provider_has_what_its_customers_need() -> None:
    everyone = providers.everyone()

    assert len(everyone) >= 40
    for provider in everyone:
        assert provider.domains, provider.name
        assert (provider.imap is None) == (provider.smtp is None), provider.name
        assert provider.imap or provider.note, provider.name
        if provider.app_password is not AppPassword.NO:
            assert provider.words, provider.name


def test_no_domain_belongs_to_two_providers() -> None:
    domains = [domain for provider in providers.everyone() for domain in provider.domains]

    assert len(domains) == len(set(domains))
    assert all(domain == domain.lower().strip() for domain in domains)


def test_no_provider_gets_a_password_over_an_open_line() -> None:
    for provider in providers.everyone():
        for place in (provider.imap, provider.smtp):
            assert place is None or place.security is not Security.NONE, provider.name


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("Ann.Lee@GMAIL.com", "imap.gmail.com"),
        ("ann@gmx.at", "imap.gmx.net"),
        ("ann@wp.pl", "imap.wp.pl"),
        ("ann@icloud.com", "imap.mail.me.com"),
        ("ann@proton.me", "127.0.0.1"),
    ],
)
def test_an_address_leads_to_its_provider(address: str, host: str) -> None:
    provider = providers.of_address(address)

    assert provider is not None
    assert provider.imap is not None
    assert provider.imap.host == host


def test_microsoft_says_that_no_password_gets_in() -> None:
    provider = providers.of_address("ann@outlook.com")

    assert provider is not None
    assert provider.password_sign_in_is_off
    assert "switched off" in provider.note


def test_an_unknown_domain_has_no_provider() -> None:
    assert providers.of_address("ann@nordicpaper.example") is None


def test_an_own_domain_at_a_known_provider_is_known_by_its_server() -> None:
    provider = providers.of_host(" IMAP.fastmail.com ")

    assert provider is not None
    assert provider.name == "Fastmail"
    assert providers.of_host("127.0.0.1") is None


def test_the_usual_names_are_tried_tls_first_and_never_an_open_line() -> None:
    places = autodetect.candidates("example.org")

    assert places.imap[0] == ServerPlace("imap.example.org", 993, Security.TLS)
    assert places.smtp[0] == ServerPlace("smtp.example.org", 465, Security.TLS)
    assert [place.host for place in places.imap[:3]] == [
        "imap.example.org",
        "mail.example.org",
        "example.org",
    ]
    assert {place.security for place in places.imap + places.smtp} == {
        Security.TLS,
        Security.STARTTLS,
    }
    assert {place.port for place in places.smtp} == {465, 587}


def test_a_known_provider_needs_no_try() -> None:
    found = autodetect.detect("ann@posteo.de", threading.Event())

    assert found.provider is not None
    assert found.imap == ServerPlace("posteo.de", 993, Security.TLS)


def test_the_best_server_that_answers_is_found(dovecot: Dovecot, smtp_sink: SmtpSink) -> None:
    places = Candidates(
        imap=(
            ServerPlace("no-such-host.invalid", 993, Security.TLS),
            ServerPlace("localhost", dovecot.port, Security.STARTTLS),
        ),
        smtp=(
            ServerPlace("localhost", dovecot.port, Security.STARTTLS),  # speaks another protocol
            ServerPlace("localhost", smtp_sink.port, Security.STARTTLS),
        ),
    )

    found = autodetect.try_all(places, threading.Event(), limit=8)

    assert found.imap == places.imap[1]
    assert found.smtp == places.smtp[1]


def test_a_server_with_an_unknown_certificate_is_found_but_comes_last(dovecot: Dovecot) -> None:
    unknown = ServerPlace("localhost", dovecot.tls_port, Security.TLS)
    good = ServerPlace("localhost", dovecot.port, Security.STARTTLS)

    alone = autodetect.try_all(Candidates((unknown,), ()), threading.Event(), limit=8)
    both = autodetect.try_all(Candidates((unknown, good), ()), threading.Event(), limit=8)

    assert (alone.imap, both.imap) == (unknown, good)


@contextmanager
def silent_port() -> Iterator[int]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


def test_a_silent_server_costs_no_more_than_the_limit() -> None:
    with silent_port() as port:
        place = ServerPlace("127.0.0.1", port, Security.STARTTLS)
        begun = time.monotonic()
        found = autodetect.try_all(Candidates((place,), ()), threading.Event(), limit=0.4)

    assert found.imap is None
    assert time.monotonic() - begun < 1.5


def test_a_cancelled_search_ends_at_once() -> None:
    cancel = threading.Event()
    with silent_port() as port:
        place = ServerPlace("127.0.0.1", port, Security.STARTTLS)
        threading.Timer(0.1, cancel.set).start()
        begun = time.monotonic()
        found = autodetect.try_all(Candidates((place,), (place,)), cancel, limit=30)

    assert (found.imap, found.smtp) == (None, None)
    assert time.monotonic() - begun < 2
