"""TLS with a certificate that is valid, or that the person trusts for this host.

The certificate of a handshake that OpenSSL refuses cannot be read any more, so what is tried is an
attempt with three meanings: valid certificates only; the ones that the person trusts, compared
on the very connection that will carry the password; none at all, to read what is shown.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable

from sync.errors import SyncError
from sync.net import certificate
from sync.net.server import Server

# None: OpenSSL decides. Else the fingerprints that are good, and nothing else is looked at.
Good = frozenset[str] | None
LOOK: frozenset[str] = frozenset()


class OtherCertificateError(Exception):
    """The server showed a certificate that is not among the good ones; `der` is its bytes."""

    def __init__(self, der: bytes) -> None:
        super().__init__("another certificate")
        self.der = der


def attempt(server: Server, work: Callable[[Good], None]) -> None:
    """Run `work`, which connects anew each time and hands its argument to the two below.

    Raises: CertificateError, and what `work` raises.
    """
    trusted = server.trusted if server.security != "plain" else LOOK
    if trusted:
        with contextlib.suppress(OtherCertificateError):
            work(trusted)
            return
    try:
        work(None)
    except ssl.SSLCertVerificationError as fault:
        raise certificate.error(server, fault, _shown(work)) from fault


def context(server: Server, good: Good) -> ssl.SSLContext:
    """TLS 1.2 or better in any case."""
    if good is None:
        made = ssl.create_default_context()
        if server.ca_file:
            made.load_verify_locations(server.ca_file)
    else:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.check_hostname = False  # `check` compares the certificate itself
        made.verify_mode = ssl.CERT_NONE
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


def wrapped(sock: socket.socket, context: ssl.SSLContext, host: str) -> ssl.SSLSocket:
    """The socket that goes on in TLS, before the handshake; the one before is of no more use.

    Raises: OSError, ValueError; then `sock` is what has to be closed.
    """
    sock.getpeername()  # of a line that was reset `wrap_socket` would leave an open socket behind
    return context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)


def check(sock: ssl.SSLSocket, good: Good) -> None:
    """After the handshake, before anything is sent: is this one of the good certificates?"""
    if good is None:
        return
    der = sock.getpeercert(binary_form=True) or b""
    if not der or certificate.fingerprint(der) not in good:
        raise OtherCertificateError(der)


def _shown(work: Callable[[Good], None]) -> bytes:
    """The certificate, from a connection of its own on which nothing is sent."""
    try:
        work(LOOK)
    except OtherCertificateError as other:
        return other.der
    except (SyncError, OSError, ValueError):
        return b""
    return b""
