"""Facts about the server and the connection: its software, TLS and quota.

Only parses; the session sends the commands.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from cryptography import x509
from imapclient.response_parser import parse_response

from sync.session.words import as_number, as_text, parsable

_LONGEST = 60
_KIB = 1024


@dataclass(frozen=True, slots=True)
class Software:
    """What the server says it is (RFC 2971); '' where it does not say."""

    name: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Secured:
    """TLS of a connection.

    Attributes:
        version: TLSv1.2 or TLSv1.3.
        issuer: Who issued the certificate, or ''.
        valid_until: When the certificate ends, in milliseconds UTC; None if it cannot be read.
        is_trusted_by_hand: The certificate counts because the user trusts it.
    """

    version: str
    issuer: str
    valid_until: int | None
    is_trusted_by_hand: bool


@dataclass(frozen=True, slots=True)
class Quota:
    """Quota on the server (RFC 9208): storage in bytes, messages as a count; limit 0: no limit."""

    storage_used: int = 0
    storage_limit: int = 0
    messages_used: int = 0
    messages_limit: int = 0


def software(untagged: list[tuple[bytes, list[bytes]]]) -> Software:
    """The software that the answer to ID names; anything but text is left out."""
    pairs: dict[str, str] = {}
    for kind, segments in untagged:
        if kind == b"ID":
            with suppress(Exception):  # text from outside; nothing depends on it
                pairs = _pairs(parse_response(parsable(segments))[0])
    return Software(_clean(pairs.get("name", "")), _clean(pairs.get("version", "")))


def _pairs(values: Any) -> dict[str, str]:
    words = [as_text(value) for value in values or ()]
    return {key.lower(): value for key, value in zip(words[0::2], words[1::2], strict=False)}


def _clean(text: str) -> str:
    kept = "".join(char if char.isprintable() else " " for char in text)
    return kept[:_LONGEST].strip()


def secured(sock: Any) -> Secured | None:
    """The TLS facts of this socket; None if it has no TLS."""
    if not isinstance(sock, ssl.SSLSocket):
        return None
    der = sock.getpeercert(binary_form=True) or b""
    issuer, until = "", None
    with suppress(ValueError, TypeError):
        found = x509.load_der_x509_certificate(der)
        until = round(found.not_valid_after_utc.astimezone(UTC).timestamp() * 1000)
        issuer = _clean(_issuer(found))
    # We compare the certificates that the user trusts ourselves, not OpenSSL.
    by_hand = sock.context.verify_mode is ssl.CERT_NONE
    return Secured(sock.version() or "", issuer, until, by_hand)


def _issuer(found: x509.Certificate) -> str:
    for oid in (x509.NameOID.ORGANIZATION_NAME, x509.NameOID.COMMON_NAME):
        if values := found.issuer.get_attributes_for_oid(oid):
            return str(values[0].value)
    return ""


def quota(untagged: list[tuple[bytes, list[bytes]]]) -> Quota | None:
    """The quota root with the least room left; None if none has a limit."""
    found: Quota | None = None
    for kind, segments in untagged:
        if kind != b"QUOTA":
            continue
        with suppress(Exception):  # text from outside; nothing depends on it
            told = _quota(parse_response(parsable(segments))[1])
            if told.storage_limit or told.messages_limit:
                found = told if found is None else min(found, told, key=_room)
    return found


def _quota(values: Any) -> Quota:
    words = list(values or ())
    numbers = {
        as_text(words[at]).upper(): (as_number(words[at + 1]), as_number(words[at + 2]))
        for at in range(0, len(words) - 2, 3)
    }
    used, limit = numbers.get("STORAGE", (0, 0))
    return Quota(used * _KIB, limit * _KIB, *numbers.get("MESSAGE", (0, 0)))


def _room(told: Quota) -> float:
    shares = [
        used / limit
        for used, limit in (
            (told.storage_used, told.storage_limit),
            (told.messages_used, told.messages_limit),
        )
        if limit
    ]
    return 1.0 - max(shares)
