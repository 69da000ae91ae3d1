"""The search against real servers: Dovecot, and aiosmtpd."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sync import detection
from sync.detection import Network, Source
from sync.providers import Security, ServerPlace
from tests.support.servers.dns_server import DnsServer
from tests.support.servers.dovecot import Dovecot
from tests.support.servers.smtp import SmtpSink


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_dns_leads_to_them(dovecot: Dovecot, tmp_path: Path, security: Security) -> None:
    sink = SmtpSink(tmp_path)
    sink.certificate = dovecot.certificate  # of two with one name OpenSSL trusts the first alone
    sink.start()
    port = dovecot.tls_port if security is Security.TLS else dovecot.port
    service = "_imaps" if security is Security.TLS else "_imap"
    dns = DnsServer().start()
    dns.host("firma.test", "localhost")
    dns.add(f"{service}._tcp.firma.test", "SRV", f"0 1 {port} localhost.")
    dns.add("_submission._tcp.firma.test", "SRV", f"0 1 {sink.port} localhost.")
    closed = dict.fromkeys((80, 443, 143, 465, 587, 993), 1)

    found = detection.detect(
        "ann@firma.test",
        threading.Event(),
        network=Network(dns.place, str(dovecot.certificate.cert_file), closed),
    )
    dns.stop()
    sink.stop()

    assert found.imap == ServerPlace("localhost", port, security)
    assert found.smtp == ServerPlace("localhost", sink.port, Security.STARTTLS)
    assert (found.source, found.outside, found.silent) == (Source.SRV, ("localhost",), ())
