"""Who takes a domain's mail in: often a provider whose servers are known."""

from __future__ import annotations

from dns.rdatatype import RdataType

from sync import providers
from sync.detection.answers import Outcome, Source
from sync.detection.candidates import Candidate, LookUp, is_host
from sync.detection.network import Network

MOST_HOSTS = 2


def look_up(domain: str, network: Network, deadline: float) -> LookUp:
    """The domain's MX hosts, and the servers of the provider they belong to."""
    records = network.records(domain, RdataType.MX, deadline)
    if not records:
        return LookUp(Outcome.NOTHING)
    ordered = sorted(records, key=lambda each: (each.preference, str(each.exchange)))
    hosts = [str(each.exchange).rstrip(".").lower() for each in ordered]
    usable = tuple(host for host in hosts if is_host(host))
    if not usable:  # a null MX (RFC 7505): no mail comes here
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

    One label less; what is left must not look like a registry's own domain (co.uk).
    """
    _, _, rest = host.partition(".")
    labels = rest.split(".")
    is_registry = len(labels) == 2 and len(labels[1]) == 2 and len(labels[0]) <= 3
    return rest if len(labels) >= 2 and not is_registry else ""
