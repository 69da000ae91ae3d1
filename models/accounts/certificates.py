"""Certificates that the user trusts by hand: each for one host, until the user takes it back."""

from __future__ import annotations

from dataclasses import dataclass

from models.store import database
from models.store.clock import now_ms


@dataclass(frozen=True, slots=True)
class Trusted:
    """A trusted certificate. `fingerprint`: SHA-256 of its DER form as `AA:BB:…`."""

    host: str
    fingerprint: str
    subject: str
    expires_at: int | None
    trusted_at: int


def trust(host: str, fingerprint: str, *, subject: str = "", expires_at: int | None = None) -> None:
    """Trust this certificate for this host, and for no other."""
    with database.writing(durable=True):
        database.run(
            "INSERT OR REPLACE INTO trusted_certificate "
            "(host, fingerprint, subject, expires_at, trusted_at) VALUES (?, ?, ?, ?, ?)",
            (host.strip().lower(), fingerprint.upper(), subject, expires_at, now_ms()),
        )


def distrust(host: str, fingerprint: str) -> None:
    """Take the trust back; the next connection is checked like any other."""
    with database.writing(durable=True):
        database.run(
            "DELETE FROM trusted_certificate WHERE host = ? AND fingerprint = ?",
            (host.strip().lower(), fingerprint.upper()),
        )


def of_host(host: str) -> frozenset[str]:
    """The fingerprints of the certificates that are trusted for a host."""
    found = database.rows(
        "SELECT fingerprint FROM trusted_certificate WHERE host = ?", (host.strip().lower(),)
    )
    return frozenset(fingerprint for (fingerprint,) in found)


def forget_unused() -> None:
    """Remove the certificates of hosts that no account connects to any more."""
    hosts = {
        host.strip().lower()
        for row in database.rows(
            "SELECT imap_host, smtp_host FROM account WHERE state <> 'removed'"
        )
        for host in row
    }
    for known in everyone():
        if known.host not in hosts:
            distrust(known.host, known.fingerprint)


def everyone() -> list[Trusted]:
    """All trusted certificates, in order of host."""
    found = database.rows(
        "SELECT host, fingerprint, subject, expires_at, trusted_at FROM trusted_certificate "
        "ORDER BY host, trusted_at"
    )
    return [Trusted(*row) for row in found]
