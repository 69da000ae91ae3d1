"""Certificates in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from models.commands.security import TrustCertificate
from models.shown_certificate import CertificateFault, ShownCertificate
from ui.style import formatting

translate = QCoreApplication.translate

_PAIRS_A_LINE = 16


def problem_text(shown: ShownCertificate) -> str:
    """Everything that is wrong with it, in a few words."""
    texts = {
        CertificateFault.SELF_SIGNED: translate("Certificate", "self-signed"),
        CertificateFault.UNKNOWN_ISSUER: translate("Certificate", "issued by an unknown authority"),
        CertificateFault.EXPIRED: translate("Certificate", "expired"),
        CertificateFault.NOT_YET_VALID: translate("Certificate", "not valid yet"),
        CertificateFault.WRONG_NAME: translate("Certificate", "not for {host}").format(
            host=shown.host
        ),
        CertificateFault.REVOKED: translate("Certificate", "called back by its issuer"),
        CertificateFault.OTHER: translate("Certificate", "not valid"),
    }
    said = [texts[fault] for fault in shown.faults]
    if shown.is_changed:
        said.insert(0, translate("Certificate", "another one than you trusted"))
    text = ", ".join(said)
    return text[:1].upper() + text[1:]


def validity_text(shown: ShownCertificate) -> str:
    """The time for which it is valid."""
    if shown.valid_from is None or shown.valid_until is None:
        return ""
    text = translate("Certificate", "{first} to {last}")
    return text.format(first=day(shown.valid_from), last=day(shown.valid_until))


def day(at: int) -> str:
    """14 Nov 2026."""
    moment = formatting.local(at)
    return f"{moment.day} {formatting.month(moment)} {moment.year}"


def grouped(fingerprint: str) -> str:
    """A fingerprint as pairs in two lines, easy to compare or to read out on the phone."""
    pairs = fingerprint.split(":") if fingerprint else []
    lines = [pairs[i : i + _PAIRS_A_LINE] for i in range(0, len(pairs), _PAIRS_A_LINE)]
    return "\n".join(" ".join(line) for line in lines)


def command_for(shown: ShownCertificate) -> TrustCertificate:
    """The command that stores the trust."""
    return TrustCertificate(
        shown.host, shown.fingerprint, shown.subject or shown.host, shown.valid_until
    )
