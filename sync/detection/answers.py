"""The values of a search: what it has found, and what each place it asked has answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from sync.providers import Provider, ServerPlace

Protocol = Literal["imap", "smtp"]


class Source(StrEnum):
    """What named a server; earlier ones are trusted more."""

    PROVIDER = "provider"
    AUTOCONFIG = "autoconfig"
    SRV = "srv"
    MX = "mx"
    MX_AUTOCONFIG = "mx_autoconfig"
    HINT = "hint"  # autoconfig over plain http
    GUESS = "guess"

    @property
    def rank(self) -> int:
        """The source's position; 0 is trusted most."""
        return list(Source).index(self)


class Outcome(StrEnum):
    """The result of asking one place."""

    ASKED = "asked"  # no answer yet
    ANSWERS = "answers"
    FOUND = "found"  # names servers
    NOTHING = "nothing"  # has no such record or file
    NOT_OFFERED = "not_offered"  # says that there is no such service
    REFUSED = "refused"
    NO_HOST = "no_host"
    UNREACHABLE = "unreachable"
    BAD_CERTIFICATE = "bad_certificate"
    NO_TLS = "no_tls"
    NO_MAIL_SERVER = "no_mail_server"  # speaks something else
    UNREADABLE = "unreadable"
    OPEN_LINE = "open_line"  # named as unencrypted: not used
    NOT_ALLOWED = "not_allowed"  # see `fence`
    TIMED_OUT = "timed_out"
    NOT_ASKED = "not_asked"  # no longer needed: something better is known


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of "Details"; a later answer with the same number replaces it.

    Attributes:
        target: The server, file or record that is asked.
        place: The server, if it is one.
    """

    number: int
    source: Source
    target: str
    outcome: Outcome
    protocol: Protocol | None = None
    place: ServerPlace | None = None


@dataclass(frozen=True, slots=True)
class Detected:
    """The result of a search. A server that was not found is None; the user types it in.

    Attributes:
        source: What named the IMAP server, or else the SMTP server.
        auth: Ways to sign in, the preferred one first, as autoconfig names them: `oauth2`,
            `password`, `password-encrypted` or others in lower case; () if it names none.
        user_name, smtp_user_name: The sign-in name that autoconfig wants; '' means the address.
        documentation: A page of the provider about its servers, or ''.
        outside: Chosen hosts that do not belong to the address's domain.
        silent: Chosen hosts that do not answer as they should now.
        is_offline: This computer has no network.
    """

    imap: ServerPlace | None
    smtp: ServerPlace | None
    provider: Provider | None = None
    source: Source | None = None
    auth: tuple[str, ...] = ()
    user_name: str = ""
    smtp_user_name: str = ""
    documentation: str = ""
    outside: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    is_offline: bool = False


NOTHING = Detected(None, None)
