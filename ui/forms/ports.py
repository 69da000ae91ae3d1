"""The usual ports of a server, and what a change of its security does to a port."""

from __future__ import annotations

from collections.abc import Mapping

from sync.providers import IMAP_PORTS, SMTP_PORTS, Security

USUAL_PORTS = {"imap": IMAP_PORTS, "smtp": SMTP_PORTS}


def port_after(ports: Mapping[Security, int], *, old: Security, new: Security, port: int) -> int:
    """A changed security brings its usual port, unless the person had set another one."""
    return ports[new] if port == ports[old] else port
