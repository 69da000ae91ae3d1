"""Make certificates for servers on this computer."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files of a certificate, of its key and of its issuer; and its SHA-256 fingerprint."""

    cert_file: Path
    key_file: Path
    fingerprint: str
    ca_file: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert_file, self.key_file)
        return context


def make_certificate(
    folder: Path,
    host: str = "localhost",
    days: int = 30,
    *,
    starts: int = -60,
    stem: str = "",
    is_vouched: bool = False,
    also: Sequence[str] = (),
) -> Certificate:
    """Make a certificate for `host` and 127.0.0.1. With negative days it has expired.

    Args:
        starts: In how many days it becomes valid.
        stem: The files' name without its ending; the host by default.
        is_vouched: Whether an unknown authority signs it. Its certificate is then in `ca_file`.
        also: More host names.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    stem = stem or host
    subject = _name(host)
    issuer, issuer_key = (subject, key)
    ca_file = folder / f"{stem}.pem"
    if is_vouched:
        issuer, issuer_key = _name("Nobody’s Authority"), ec.generate_private_key(ec.SECP256R1())
        ca_file = folder / f"{stem}.ca.pem"
        authority = _builder(issuer, issuer, issuer_key, -60, 60, is_authority=True)
        ca_file.write_bytes(
            authority.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in (host, *also)]
    names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    vouching = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    cert = (
        _builder(subject, issuer, key, starts, days, is_authority=not is_vouched)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(vouching, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    cert_file, key_file = folder / f"{stem}.pem", folder / f"{stem}.key"
    cert_file.write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    digest = cert.fingerprint(hashes.SHA256()).hex().upper()
    pairs = ":".join(digest[i : i + 2] for i in range(0, len(digest), 2))
    return Certificate(cert_file, key_file, pairs, ca_file)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    starts: int,
    days: int,
    *,
    is_authority: bool,
) -> x509.CertificateBuilder:
    """A builder with everything that a strict reader of RFC 5280 requires."""
    now = dt.datetime.now(dt.UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(days=starts))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
