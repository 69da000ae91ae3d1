"""What can go wrong with a server, grouped by what to do next.

    SyncError
    ├── RetryError            the same again later, on the same connection
    │   └── ThrottledError    the server named the time
    ├── ReconnectError        the connection is lost or useless: open a new one, with back-off
    │   ├── HostUnknownError, ConnectRefusedError, TimedOutError, UnreachableError
    │   └── ConnectionLostError
    ├── TlsError              ask: TLS is not available as configured
    │   ├── CertificateError  its certificate is not valid for this host
    │   └── NoStartTlsError   the server offers no STARTTLS
    ├── SignInError           ask: the user has to sign in again
    │   ├── AppPasswordNeededError
    │   ├── TokenRefusedError the access token is refused: renewed once, then ask
    │   └── SecretLockedError the secret can't be read: keyring locked or gone
    ├── RefusedError          the server refuses permanently; shown
    ├── ReadOnlyRefused       a changing command in read-only mode; nothing was sent
    └── ProtocolError         the answer breaks the protocol: reconnect, then say so

Each carries a `sentence` for the user: what happened, and what to do. `server_words` is the server's
own text, without words of mail. Neither contains a secret.
"""

from __future__ import annotations

from typing import Final

from models.shown_certificate import ShownCertificate


class SyncError(Exception):
    """The base of all; `str()` returns the sentence for the user."""

    def __init__(self, sentence: str, *, server_words: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.server_words = server_words


class RetryError(SyncError):
    """A passing fault: try the same again later ([UNAVAILABLE], [INUSE], RFC 5530)."""


class ThrottledError(RetryError):
    """The server asked to wait.

    Attributes:
        wait_seconds: How long the server asked to wait.
    """

    def __init__(self, sentence: str, *, wait_seconds: float, server_words: str = "") -> None:
        super().__init__(sentence, server_words=server_words)
        self.wait_seconds = wait_seconds


class ReconnectError(SyncError):
    """The connection can no longer be used."""


class HostUnknownError(ReconnectError):
    """The host's name has no address."""


class ConnectRefusedError(ReconnectError):
    """Nothing listens on that port."""


class TimedOutError(ReconnectError):
    """No answer in time."""


class UnreachableError(ReconnectError):
    """The host cannot be reached: no network, or a firewall."""


class ConnectionLostError(ReconnectError):
    """The server hung up, or the connection broke."""


class TlsError(SyncError):
    """TLS is not available as configured."""


class CertificateError(TlsError):
    """The certificate is not valid for this host, and the user does not trust it.

    Attributes:
        shown: The certificate, and what is wrong with it.
    """

    def __init__(self, sentence: str, shown: ShownCertificate, *, reason: str = "") -> None:
        super().__init__(sentence, server_words=reason)
        self.shown = shown


class NoStartTlsError(TlsError):
    """STARTTLS is configured, but the server does not offer it."""


class SignInError(SyncError):
    """The server does not accept the name and the secret (AUTHENTICATIONFAILED, 535)."""


class AppPasswordNeededError(SignInError):
    """The provider wants an app password instead of the account's own."""


class TokenRefusedError(SignInError):
    """The server does not accept the access token; a new one may work."""


class SecretLockedError(SignInError):
    """The stored secret cannot be read now: the keyring is locked, missing, or lost the key."""


class RefusedError(SyncError):
    """The server refuses permanently ([NOPERM], [CANNOT], [OVERQUOTA])."""


# Errors that close one mailbox only: the others go on.
UNOPENED: Final = (RefusedError, RetryError)


class ReadOnlyRefused(SyncError):  # noqa: N818  # a refusal of ours, not an error of the server
    """A changing command in read-only mode; nothing was sent."""


class ProtocolError(SyncError):
    """The answer breaks the protocol; this connection cannot be trusted any more."""
