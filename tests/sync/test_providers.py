"""Known providers."""

from __future__ import annotations

import pytest

from sync import providers
from sync.providers import AppPassword, Security


def test_every_provider_has_what_its_customers_need() -> None:
    everyone = providers.everyone()

    assert len(everyone) >= 100
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
        ("ann@ionos.de", "imap.ionos.de"),
        ("ann@online.de", "imap.1und1.de"),
        ("ann@1and1.co.uk", "imap.ionos.co.uk"),
        ("ann@proton.me", "127.0.0.1"),
    ],
)
def test_an_address_leads_to_its_provider(address: str, host: str) -> None:
    provider = providers.of_address(address)

    assert provider is not None
    assert provider.imap is not None
    assert provider.imap.host == host


def test_what_no_source_confirms_is_tried_first() -> None:
    """Whoever adds a provider says what its servers were compared with, or leaves them to a try."""
    unsure = {each.name for each in providers.everyone() if not each.is_checked}

    assert unsure == {
        "Aruba", "Interia", "Centrum.cz", "Zone", "Telia", "TalkTalk", "Rogers", "Shaw", "iiNet",
        "Mailfence", "StartMail", "Hostinger", "Titan", "Namecheap Private Email",
    }  # fmt: skip


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
