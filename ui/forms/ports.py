"""The usual ports of a server, and how the port follows a change of security."""

from __future__ import annotations

from collections.abc import Mapping

from sync.providers import IMAP_PORTS, SMTP_PORTS, Security

USUAL_PORTS = {"imap": IMAP_PORTS, "smtp": SMTP_PORTS}


def port_after(ports: Mapping[Security, int], *, old: Security, new: Security, port: int) -> int:
    """The port after a change of security: the usual one, unless the user had set another."""
    return ports[new] if port == ports[old] else port
