"""TLS with a certificate that is valid, or that the user trusts for this host.

When OpenSSL refuses a handshake, its certificate cannot be read any more. So there are three kinds
of attempt: with valid certificates only; with the ones that the user trusts, compared on the very
connection that will carry the password; and with none, just to read what the server shows.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable

from sync.errors import SyncError
from sync.net import certificate
from sync.net.server import Server

# None: OpenSSL decides. Else the fingerprints of the good certificates, and nothing else counts.
Good = frozenset[str] | None
LOOK: frozenset[str] = frozenset()


class OtherCertificateError(Exception):
    """The server showed a certificate that is not among the good ones; `der` is its bytes."""

    def __init__(self, der: bytes) -> None:
        super().__init__("another certificate")
        self.der = der


def attempt(server: Server, work: Callable[[Good], None]) -> None:
    """Run `work`, which connects each time and passes its argument to `context` and `check`.

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
    """The TLS settings for an attempt: TLS 1.2 or better, always."""
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
    """The TLS socket, before its handshake. `sock` itself is of no more use.

    Raises: OSError, ValueError; then the caller has to close `sock`.
    """
    sock.getpeername()  # raises if the connection was reset; `wrap_socket` would leak a socket then
    return context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)


def check(sock: ssl.SSLSocket, good: Good) -> None:
    """Check the certificate after the handshake, before anything is sent.

    Raises: OtherCertificateError if it is not one of the good ones.
    """
    if good is None:
        return
    der = sock.getpeercert(binary_form=True) or b""
    if not der or certificate.fingerprint(der) not in good:
        raise OtherCertificateError(der)


def _shown(work: Callable[[Good], None]) -> bytes:
    """The server's certificate, read over its own connection, on which nothing is sent."""
    try:
        work(LOOK)
    except OtherCertificateError as other:
        return other.der
    except (SyncError, OSError, ValueError):
        return b""
    return b""
