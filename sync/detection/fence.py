"""Decides which private addresses a search may connect to.

The owner of a domain could name a server in the user's own network, and so make Dealpost connect
to hosts that cannot be reached from outside. So a name outside the domain may lead only to public
addresses, unless the domain itself is in the private network, as a company's may be.
"""

from __future__ import annotations

import contextlib
import ipaddress
import threading
import time

from sync.detection.candidates import is_inside
from sync.detection.network import Network

LOOK_UP_SECONDS = 2.0


class Fence:
    """Decides for the search of one domain. Thread-safe."""

    def __init__(self, domain: str, network: Network) -> None:
        self._domain = domain
        self._network = network
        self._guard = threading.Lock()
        self._is_private: bool | None = None

    def allows(self, host: str, address: str) -> bool:
        """Whether the search may connect to a host at this address. May block on a look-up."""
        if not _is_private(address) or is_inside(host, self._domain):
            return True
        return self._domain_is_private()

    def _domain_is_private(self) -> bool:
        with self._guard:
            if self._is_private is None:
                self._is_private = False
                with contextlib.suppress(OSError):
                    found = self._network.addresses(
                        self._domain, time.monotonic() + LOOK_UP_SECONDS
                    )
                    self._is_private = any(_is_private(address) for address in found)
            return self._is_private


def _is_private(address: str) -> bool:
    return not ipaddress.ip_address(address.partition("%")[0]).is_global
