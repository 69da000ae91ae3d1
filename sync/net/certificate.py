"""Explains what is wrong with a certificate that was refused.

OpenSSL stops at the first fault. The others are found here, so that the user sees all of them at
once. Nothing found here ever makes a certificate good.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import ssl
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.oid import NameOID

from models.shown_certificate import CertificateFault, ShownCertificate
from sync.errors import CertificateError
from sync.net.server import Server

# https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/
_CODES = {
    2: CertificateFault.UNKNOWN_ISSUER,
    9: CertificateFault.NOT_YET_VALID,
    10: CertificateFault.EXPIRED,
    18: CertificateFault.SELF_SIGNED,
    19: CertificateFault.UNKNOWN_ISSUER,
    20: CertificateFault.UNKNOWN_ISSUER,
    21: CertificateFault.UNKNOWN_ISSUER,
    23: CertificateFault.REVOKED,
    62: CertificateFault.WRONG_NAME,
    64: CertificateFault.WRONG_NAME,
}
_BROKEN = (ValueError, TypeError, UnsupportedAlgorithm)
_MOST_NAMES = 4
_LONGEST = 120


def fingerprint(der: bytes) -> str:
    """A certificate's SHA-256 as `AA:BB:…`."""
    digest = hashlib.sha256(der).hexdigest().upper()
    return ":".join(digest[i : i + 2] for i in range(0, len(digest), 2))


def error(server: Server, fault: ssl.SSLCertVerificationError, der: bytes) -> CertificateError:
    """The error for a refused certificate, with the sentence for the user.

    Args:
        der: The certificate that the server showed; empty if it could not be read.
    """
    said = str(fault.verify_message or fault.reason or "certificate verify failed")
    code = _CODES.get(fault.verify_code, CertificateFault.OTHER)
    shown = _read(server, der, code)
    return CertificateError(_sentence(server, shown, said), shown, reason=said)


def _read(server: Server, der: bytes, first: CertificateFault) -> ShownCertificate:
    found = None
    with contextlib.suppress(*_BROKEN):
        found = x509.load_der_x509_certificate(der) if der else None
    if found is None:
        known = fingerprint(der) if der else ""
        changed = bool(server.trusted and der)
        return ShownCertificate(server.host, known, "", "", None, None, (), (first,), changed)
    names = _names(found)
    return ShownCertificate(
        host=server.host,
        fingerprint=fingerprint(der),
        subject=_name(found, is_issuer=False),
        issuer=_name(found, is_issuer=True),
        valid_from=_ms(found.not_valid_before_utc),
        valid_until=_ms(found.not_valid_after_utc),
        names=names,
        faults=_faults(found, names, server.host, first),
        is_changed=bool(server.trusted),
    )


def _faults(
    found: x509.Certificate, names: tuple[str, ...], host: str, first: CertificateFault
) -> tuple[CertificateFault, ...]:
    faults = {first}
    now = datetime.now(UTC)
    if found.not_valid_after_utc < now:
        faults.add(CertificateFault.EXPIRED)
    if found.not_valid_before_utc > now:
        faults.add(CertificateFault.NOT_YET_VALID)
    if not is_for(host, names):
        faults.add(CertificateFault.WRONG_NAME)
    if _is_self_signed(found):
        faults.add(CertificateFault.SELF_SIGNED)
        faults.discard(CertificateFault.UNKNOWN_ISSUER)
    return tuple(fault for fault in CertificateFault if fault in faults)


def _is_self_signed(found: x509.Certificate) -> bool:
    with contextlib.suppress(InvalidSignature, *_BROKEN):
        found.verify_directly_issued_by(found)
        return True
    return False


def _names(found: x509.Certificate) -> tuple[str, ...]:
    with contextlib.suppress(x509.ExtensionNotFound, *_BROKEN):
        listed = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        hosts = listed.get_values_for_type(x509.DNSName)
        addresses = listed.get_values_for_type(x509.IPAddress)
        return tuple(_clean(str(each)) for each in (*hosts, *addresses))
    return ()


def is_for(host: str, names: tuple[str, ...]) -> bool:
    """Whether a certificate's names fit a host (RFC 6125): `*` stands for the whole first label."""
    wanted = host.strip("[]").rstrip(".").lower()
    with contextlib.suppress(UnicodeError):
        wanted = wanted.encode("idna").decode("ascii")  # as certificates spell it
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(wanted)) in names
    labels = wanted.split(".")
    for name in names:
        parts = name.lower().rstrip(".").split(".")
        if parts == labels or (parts[0] == "*" and len(labels) > 2 and parts[1:] == labels[1:]):
            return True
    return False


def _name(found: x509.Certificate, *, is_issuer: bool) -> str:
    """The common name, else the organization, else the whole name."""
    with contextlib.suppress(*_BROKEN):
        name = found.issuer if is_issuer else found.subject
        for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
            if values := name.get_attributes_for_oid(oid):
                return _clean(str(values[0].value))
        return _clean(name.rfc4514_string())
    return ""


def _clean(text: str) -> str:
    """Text from outside, made safe to show: one line, no direction marks, not too long."""
    kept = "".join(char if char.isprintable() else " " for char in text)
    return kept if len(kept) <= _LONGEST else f"{kept[: _LONGEST - 1]}…"


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


# --- words ---------------------------------------------------------------------------------


def _sentence(server: Server, shown: ShownCertificate, said: str) -> str:
    clauses = [_clause(fault, shown, said) for fault in shown.faults]
    if len(clauses) > 1:
        clauses = [f"{', '.join(clauses[:-1])}, and {clauses[-1]}"]
    if shown.is_changed:
        lead = f"{server.place} shows another certificate than you trusted for this host"
        return f"{lead}. This one {clauses[0]}. {_CHANGED_ADVICE}"
    return f"The certificate of {server.place} {clauses[0]}. {_ADVICE}"


_ADVICE = "Nothing was sent to it."
_CHANGED_ADVICE = "Was it renewed? Ask whoever runs the server. Nothing was sent to it."


def _clause(fault: CertificateFault, shown: ShownCertificate, said: str) -> str:
    match fault:
        case CertificateFault.SELF_SIGNED:
            return "is self-signed: only the server itself vouches for it"
        case CertificateFault.UNKNOWN_ISSUER:
            issuer = f"“{shown.issuer}”" if shown.issuer else "somebody"
            return f"was issued by {issuer}, whom this computer does not know"
        case CertificateFault.EXPIRED:
            return _expired(shown)
        case CertificateFault.NOT_YET_VALID:
            if shown.valid_from is None:
                return "is not valid yet (look at this computer’s clock)"
            return f"is valid only from {_day(shown.valid_from)} on (look at this computer’s clock)"
        case CertificateFault.WRONG_NAME:
            return f"is {_good_for(shown.names)}, not for {shown.host}"
        case CertificateFault.REVOKED:
            return "was called back by its issuer"
        case _:
            return f"is not valid ({said})"


def _expired(shown: ShownCertificate) -> str:
    """The clause for a certificate that expired: the server's own, or one in its chain."""
    until = shown.valid_until
    if until is None:
        return "has expired"
    if until > _ms(datetime.now(UTC)):
        return "is vouched for by a certificate that has expired"
    return f"expired on {_day(until)}"


def _good_for(names: tuple[str, ...]) -> str:
    if not names:
        return "for no host"
    more = " and others" if len(names) > _MOST_NAMES else ""
    return f"for {', '.join(names[:_MOST_NAMES])}{more}"


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()
