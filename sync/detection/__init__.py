"""Finds the servers of an address, and reports what every place that was asked has answered.

The sources, most trusted first (the order of `answers.Source`):

1. `resources/providers.json`. Nothing is asked, unless an entry was never checked; then its
   servers are tried like those of any other source.
2. Autoconfig over https at the address's domain (`autoconfig`).
3. SRV records (`dns_records`; RFC 6186, 8314).
4. The provider that receives the domain's mail (MX records).
5. Autoconfig over https at the domain of its MX host.
6. Autoconfig over plain http: a hint, which anyone on the way could have written.
7. The usual names, and the MX host itself (`guesses`).

All run at the same time, each in a thread that is left behind when it is no longer needed. Every
server they name is really tried (`tries`). The search ends as soon as no open answer could beat
what is known. No secret is sent, and no directory of addresses is asked: apart from name servers,
only hosts that the domain names learn of the search. The full address goes only to the domain
itself, and only over https.

DNS without DNSSEC, and http, can be forged. So a server that they name outside the domain is shown
as such, and the user confirms it by going on (RFC 6186 section 6). A hint counts only if the
server proves its name with a valid certificate. Private and loopback addresses are only for names
inside the domain, or for a domain that has such an address itself (`fence`).

It may import `net` and what lies below it, but neither `session` nor `oauth`.
"""

from __future__ import annotations

from sync.detection.answers import Answer, Detected, Outcome, Source
from sync.detection.network import Network
from sync.detection.search import LIMIT_SECONDS, detect

__all__ = ["LIMIT_SECONDS", "Answer", "Detected", "Network", "Outcome", "Source", "detect"]
