"""Finds the servers of an address, and tells what every place that was asked has answered.

The order of trust, which is the order of `answers.Source`:

1. `resources/providers.json`: nothing is asked at all, unless an entry was never checked; then
   its servers are tried like those of any other source.
2. Autoconfig over https at the address's domain (`autoconfig`).
3. SRV records (`dns_records`; RFC 6186, 8314).
4. The provider that takes the domain's mail in (MX records).
5. Autoconfig over https at the domain of its MX host.
6. Autoconfig over plain http: a hint of anybody on the way.
7. The usual names, and the MX host itself (`guesses`).

All run at the same time, each in a thread that is left behind when it is not needed any more, and
every server they name is really tried (`tries`). The search ends as soon as nothing that is still
out could beat what is known. No secret is sent, and no directory of addresses is asked: beside
name servers, only hosts that the domain names hear of the search. The whole address goes to the
domain itself alone, and over https alone.

DNS without DNSSEC and http can be forged, so a server that they name outside the domain is shown
as such, and going on is how the person confirms it (RFC 6186 section 6); a hint counts only if the
server proves its name with a valid certificate. Private and loopback addresses are for
names inside the domain, or for a domain that lies there itself (`fence`).

It may import `net` and what lies below it, and neither `session` nor `oauth`.
"""

from __future__ import annotations

from sync.detection.answers import Answer, Detected, Outcome, Source
from sync.detection.network import Network
from sync.detection.search import LIMIT_SECONDS, detect

__all__ = ["LIMIT_SECONDS", "Answer", "Detected", "Network", "Outcome", "Source", "detect"]
