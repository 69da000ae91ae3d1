"""What a server shows when its certificate is not valid. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CertificateFault(StrEnum):
    """What is wrong with a certificate."""

    SELF_SIGNED = "self_signed"
    UNKNOWN_ISSUER = "unknown_issuer"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    WRONG_NAME = "wrong_name"
    REVOKED = "revoked"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ShownCertificate:
    """A certificate that a server showed and that is not valid for it. Times are ms UTC.

    Attributes:
        fingerprint: SHA-256 of its DER form as `AA:BB:…`, '' if it could not be read.
        names: The hosts and addresses it is valid for.
        is_changed: The user trusts another certificate of this host.
    """

    host: str
    fingerprint: str
    subject: str
    issuer: str
    valid_from: int | None
    valid_until: int | None
    names: tuple[str, ...]
    faults: tuple[CertificateFault, ...]
    is_changed: bool = False

    @property
    def can_be_trusted(self) -> bool:
        """Not if it was revoked or could not be read: no one can vouch for it then."""
        return bool(self.fingerprint) and CertificateFault.REVOKED not in self.faults
