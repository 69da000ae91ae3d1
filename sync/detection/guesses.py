"""Guesses a domain's servers by the usual names: TLS before STARTTLS, never unencrypted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sync import providers
from sync.detection.answers import Protocol, Source
from sync.detection.candidates import Candidate
from sync.providers import Security, ServerPlace

SECURED = (Security.TLS, Security.STARTTLS)
AFTER_NAMES = 100  # an MX host comes after every usual name


def of_domain(domain: str) -> tuple[Candidate, ...]:
    """Servers with the usual names in a domain."""
    return (
        *_candidates("imap", ("imap", "mail", ""), domain, providers.IMAP_PORTS),
        *_candidates("smtp", ("smtp", "mail", ""), domain, providers.SMTP_PORTS),
    )


def of_mx(host: str) -> tuple[Candidate, ...]:
    """The MX host itself: a small server often receives, serves and sends mail under one name."""
    return tuple(
        Candidate(protocol, ServerPlace(host, ports[security], security), Source.GUESS, position)
        for protocol, ports in _PORTS
        for position, security in enumerate(SECURED, AFTER_NAMES)
    )


_PORTS: tuple[tuple[Protocol, Mapping[Security, int]], ...] = (
    ("imap", providers.IMAP_PORTS),
    ("smtp", providers.SMTP_PORTS),
)


def _candidates(
    protocol: Protocol, labels: Sequence[str], domain: str, ports: Mapping[Security, int]
) -> tuple[Candidate, ...]:
    places = [
        ServerPlace(f"{label}.{domain}" if label else domain, ports[security], security)
        for security in SECURED
        for label in labels
    ]
    return tuple(
        Candidate(protocol, place, Source.GUESS, position) for position, place in enumerate(places)
    )
