"""Servers that a domain names in DNS (RFC 6186, and RFC 8314 for TLS from the start)."""

from __future__ import annotations

from dataclasses import dataclass

from dns.rdatatype import RdataType

from sync.detection.answers import Outcome, Protocol, Source
from sync.detection.candidates import Candidate, LookUp, is_host
from sync.detection.network import Network
from sync.providers import Security, ServerPlace

MOST_TARGETS = 4


@dataclass(frozen=True, slots=True)
class Service:
    """A service as DNS calls it; `position` puts TLS before STARTTLS (RFC 8314 section 3)."""

    label: str
    protocol: Protocol
    security: Security
    position: int


SERVICES = (
    Service("_imaps._tcp", "imap", Security.TLS, 0),
    Service("_imap._tcp", "imap", Security.STARTTLS, MOST_TARGETS),
    Service("_submissions._tcp", "smtp", Security.TLS, 0),
    Service("_submission._tcp", "smtp", Security.STARTTLS, MOST_TARGETS),
)


def look_up(service: Service, domain: str, network: Network, deadline: float) -> LookUp:
    """The servers of one service, by priority and then by weight.

    RFC 2782 spreads load by drawing lots with the weights. A mail program stays at the server it
    was set up with, so the heaviest is taken: the same each time, and so to be understood.
    """
    records = network.records(f"{service.label}.{domain}", RdataType.SRV, deadline)
    if not records:
        return LookUp(Outcome.NOTHING)
    ordered = sorted(records, key=lambda each: (each.priority, -each.weight, str(each.target)))
    hosts = [(str(each.target).rstrip(".").lower(), int(each.port)) for each in ordered]
    if all(not host for host, _ in hosts):  # the target "." (RFC 2782)
        denied = frozenset({(service.protocol, service.security)})
        return LookUp(Outcome.NOT_OFFERED, denied=denied)
    usable = [(host, port) for host, port in hosts if is_host(host) and port > 0][:MOST_TARGETS]
    return LookUp(
        Outcome.FOUND if usable else Outcome.UNREADABLE,
        tuple(
            Candidate(
                service.protocol,
                ServerPlace(host, port, service.security),
                Source.SRV,
                service.position + place,
            )
            for place, (host, port) in enumerate(usable)
        ),
    )
