"""Commands about security: how secrets are kept, and which certificates the user trusts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from models.accounts import account, certificates, secrets
from models.accounts.secrets import SealedSecret, StoredLock
from models.events import AccountsChanged, Event, SecretsChanged
from models.store import database, profile, wipe

StoredSecret = tuple[int, SealedSecret]  # the account's id, and one of its secrets


class Resealing(Protocol):
    """What the vault does with its secrets; the store never sees them in clear text."""

    def reseal(self, stored: Sequence[StoredSecret]) -> tuple[StoredLock, list[StoredSecret]]:
        """Return the new way to keep the key, and the secrets sealed for it."""

    def is_committed(self) -> None:
        """The store has committed: the old key is of no more use."""

    def is_undone(self) -> None:
        """Nothing was stored: everything is as before."""


@dataclass(frozen=True, slots=True)
class ChangeSecrets:
    """Keep the key another way, and seal every secret with a new one."""

    change: Resealing


@dataclass(frozen=True, slots=True)
class ForgetOldKey:
    """An old key was removed from the keyring; `profile_id` was its user name there."""

    profile_id: str


@dataclass(frozen=True, slots=True)
class TrustCertificate:
    """From now on, trust this certificate for this host."""

    host: str
    fingerprint: str
    subject: str = ""
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class DistrustCertificate:
    """Stop trusting a certificate. Connections that rely on it end at once."""

    host: str
    fingerprint: str


SecurityCommand = ChangeSecrets | ForgetOldKey | TrustCertificate | DistrustCertificate


def execute(command: SecurityCommand) -> tuple[Event, ...]:
    """Carry out the command; accounts of the host concerned reconnect."""
    match command:
        case ChangeSecrets(change=change):
            _change(change)
            return (SecretsChanged(),)
        case ForgetOldKey(profile_id=profile_id):
            with database.writing(durable=True):
                secrets.forget_leftover(profile_id)
            return ()
        case TrustCertificate():
            trust(command)
        case DistrustCertificate():
            certificates.distrust(command.host, command.fingerprint)
    return (AccountsChanged(_accounts_of(command.host)),)


def _change(change: Resealing) -> None:
    """All or nothing: after a crash, either the old way works or the new one."""
    try:
        with database.writing(durable=True):
            lock, sealed = change.reseal(secrets.everything())
            secrets.replace_everything(lock, sealed)
            # What the old key or passphrase opens must not remain in freed pages or copies.
            wipe.mark_due()
            profile.remove_copy_here()
    except BaseException:
        change.is_undone()
        raise
    change.is_committed()


def trust(command: TrustCertificate) -> None:
    """Trust a certificate as part of another command."""
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
