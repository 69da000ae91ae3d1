"""Candidates: servers worth a try; the results of look-ups; checks of host and domain names."""

from __future__ import annotations

import re
from dataclasses import dataclass

import idna

from sync.detection.answers import Outcome, Protocol, Source
from sync.providers import Provider, Security, ServerPlace

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A server that a source named.

    Attributes:
        position: Its place among those of the same source; 0 is the best.
        user_name: The sign-in name that goes with it; '' means the address.
        auth: Ways to sign in, as in `answers.Detected`.
    """

    protocol: Protocol
    place: ServerPlace
    source: Source
    position: int = 0
    user_name: str = ""
    auth: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[int, int]:
        """By source, then by position; lower is better."""
        return self.source.rank, self.position


@dataclass(frozen=True, slots=True)
class LookUp:
    """The result of a look-up.

    Attributes:
        denied: Services that the domain says it does not offer, so guesses at them are dropped.
        provider: The provider whose MX hosts receive the domain's mail.
        mx_hosts: Those hosts, the preferred one first.
    """

    outcome: Outcome
    candidates: tuple[Candidate, ...] = ()
    denied: frozenset[tuple[Protocol, Security]] = frozenset()
    documentation: str = ""
    provider: Provider | None = None
    mx_hosts: tuple[str, ...] = ()


def ascii_domain(domain: str) -> str:
    """A domain as DNS has it (IDNA 2008), or '' if it cannot be one."""
    try:
        encoded = idna.encode(domain.strip().rstrip("."), uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        # Underscores and the like, which registries refuse but name servers accept.
        encoded = domain.strip().rstrip(".").lower()
    return encoded if is_host(encoded) else ""


def is_host(host: str) -> bool:
    """Whether a text can be a host's name: letters, digits, `-`, `_` and dots, at most 253."""
    return len(host) <= 253 and _HOST.fullmatch(host) is not None


def is_inside(host: str, domain: str) -> bool:
    """Whether a host belongs to a domain."""
    return host == domain or host.endswith(f".{domain}")
