"""Looks a domain's servers up in DNS: SRV records, and MX records.

SRV names the servers themselves (RFC 6186, and RFC 8314 for TLS from the start). MX names the
hosts that receive the domain's mail; they often belong to a provider whose servers are known.
"""

from __future__ import annotations

from dataclasses import dataclass

from dns.rdatatype import RdataType

from sync import providers
from sync.detection.answers import Outcome, Protocol, Source
from sync.detection.candidates import Candidate, LookUp, is_host
from sync.detection.network import Network
from sync.providers import Security, ServerPlace

MOST_TARGETS = 4  # of an SRV record
MOST_HOSTS = 2  # of an MX record


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


def look_up_service(service: Service, domain: str, network: Network, deadline: float) -> LookUp:
    """The servers of one service, by priority and then by weight.

    RFC 2782 spreads load by a random choice with these weights. A mail program stays with the
    server it was set up with, so we take the heaviest: the same, predictable one each time.
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


def look_up_mx(domain: str, network: Network, deadline: float) -> LookUp:
    """The domain's MX hosts, and the servers of the provider they belong to."""
    records = network.records(domain, RdataType.MX, deadline)
    if not records:
        return LookUp(Outcome.NOTHING)
    ordered = sorted(records, key=lambda each: (each.preference, str(each.exchange)))
    hosts = [str(each.exchange).rstrip(".").lower() for each in ordered]
    usable = tuple(host for host in hosts if is_host(host))
    if not usable:  # a null MX (RFC 7505): the domain receives no mail
        return LookUp(Outcome.NOT_OFFERED)
    provider = next((found for host in usable if (found := providers.of_mx(host))), None)
    if provider is None or provider.imap is None or provider.smtp is None:
        return LookUp(Outcome.FOUND, mx_hosts=usable[:MOST_HOSTS])
    candidates = (
        Candidate("imap", provider.imap, Source.MX),
        Candidate("smtp", provider.smtp, Source.MX),
    )
    return LookUp(Outcome.FOUND, candidates, provider=provider)


def parent_domain(host: str) -> str:
    """The domain whose autoconfig may know an MX host's servers, or ''.

    It is the host without its first label, unless that looks like a registry's domain (co.uk).
    """
    _, _, rest = host.partition(".")
    labels = rest.split(".")
    is_registry = len(labels) == 2 and len(labels[1]) == 2 and len(labels[0]) <= 3
    return rest if len(labels) >= 2 and not is_registry else ""
