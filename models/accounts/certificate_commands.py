"""Commands about certificates that nobody but the person vouches for."""

from __future__ import annotations

from dataclasses import dataclass

from models.accounts import account, certificates
from models.events import AccountsChanged, Event


@dataclass(frozen=True, slots=True)
class TrustCertificate:
    """From now on this certificate is good for this host."""

    host: str
    fingerprint: str
    subject: str = ""
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class DistrustCertificate:
    """Take it back. Connections that stand on it end at once."""

    host: str
    fingerprint: str


CertificateCommand = TrustCertificate | DistrustCertificate


def execute(command: CertificateCommand) -> list[Event]:
    """Carry it out; the accounts of the host connect anew."""
    if isinstance(command, TrustCertificate):
        trust(command)
    else:
        certificates.distrust(command.host, command.fingerprint)
    return [AccountsChanged(_accounts_of(command.host))]


def trust(command: TrustCertificate) -> None:
    """The same as a part of another command."""
    certificates.trust(
        command.host,
        command.fingerprint,
        subject=command.subject,
        expires_at=command.expires_at,
    )


def _accounts_of(host: str) -> tuple[int, ...]:
    wanted = host.strip().lower()
    return tuple(
        config.id
        for config in account.configs()
        if wanted in (config.imap_host.strip().lower(), config.smtp_host.strip().lower())
    )
