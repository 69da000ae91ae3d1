"""What can go wrong with a server, grouped by what to do next.

    SyncError
    ├── RetryError            the same again later, on the same connection
    │   └── ThrottledError    the server named the time
    ├── ReconnectError        the connection is lost or useless: open a new one, with back-off
    │   ├── HostUnknownError, ConnectRefusedError, TimedOutError, UnreachableError
    │   └── ConnectionLostError
    ├── TlsError              ask: TLS is not to be had as configured
    │   ├── CertificateError  its certificate is not valid for this host
    │   └── NoStartTlsError   the server offers no STARTTLS
    ├── SignInError           ask: the person has to sign in again
    │   ├── AppPasswordNeededError
    │   ├── TokenRefusedError an access token is not accepted: renewed once, then ask
    │   └── SecretLockedError the secret can't be read: keyring locked or gone
    ├── RefusedError          the server refuses for good; shown
    ├── ReadOnlyRefused       a changing command in read-only mode; nothing was sent
    └── ProtocolError         the server answers what no server may: reconnect, then say so

Each carries `sentence`, what the person reads: what happened, and what to do. `server_words` is
the server's own text, without mail's words. Neither has a secret in it.
"""

from __future__ import annotations

from typing import Final

from models.shown_certificate import ShownCertificate


class SyncError(Exception):
    """Base of all; `str()` is the person's sentence."""

    def __init__(self, sentence: str, *, server_words: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.server_words = server_words


class RetryError(SyncError):
    """A passing fault: the same again later ([UNAVAILABLE], [INUSE], RFC 5530)."""


class ThrottledError(RetryError):
    """The server asked to wait.

    Attributes:
        wait_seconds: As long as it said.
    """

    def __init__(self, sentence: str, *, wait_seconds: float, server_words: str = "") -> None:
        super().__init__(sentence, server_words=server_words)
        self.wait_seconds = wait_seconds


class ReconnectError(SyncError):
    """The connection is of no more use."""


class HostUnknownError(ReconnectError):
    """The name of the host has no address."""


class ConnectRefusedError(ReconnectError):
    """Nobody listens at that port."""


class TimedOutError(ReconnectError):
    """No answer in time."""


class UnreachableError(ReconnectError):
    """No way to that host: no network, or a firewall."""


class ConnectionLostError(ReconnectError):
    """The server hung up, or the line broke."""


class TlsError(SyncError):
    """TLS is not to be had as it is configured."""


class CertificateError(TlsError):
    """The certificate is not valid for this host, and the person does not trust it.

    Attributes:
        shown: What the server showed, and what is wrong with it.
    """

    def __init__(self, sentence: str, shown: ShownCertificate, *, reason: str = "") -> None:
        super().__init__(sentence, server_words=reason)
        self.shown = shown


class NoStartTlsError(TlsError):
    """STARTTLS was asked for, and the server does not offer it."""


class SignInError(SyncError):
    """The server does not accept the name and the secret (AUTHENTICATIONFAILED, 535)."""


class AppPasswordNeededError(SignInError):
    """The provider wants an app password instead of the account's own."""


class TokenRefusedError(SignInError):
    """The server does not accept the access token; a new one may still do."""


class SecretLockedError(SignInError):
    """The stored secret cannot be read now: the keyring is locked, missing or has lost the key."""


class RefusedError(SyncError):
    """The server refuses for good ([NOPERM], [CANNOT], [OVERQUOTA])."""


# What keeps one mailbox closed: the others go on.
UNOPENED: Final = (RefusedError, RetryError)


class ReadOnlyRefused(SyncError):  # noqa: N818  # a refusal of ours, not an error of the server
    """A changing command in read-only mode; nothing was sent."""


class ProtocolError(SyncError):
    """The answer breaks the protocol; this connection is not to be trusted further."""
