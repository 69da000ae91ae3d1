"""A name server on the loopback, over UDP and TCP, with the records that a test adds."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterable
from typing import Any

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset


class DnsServer:
    """Answers from `records`. A name without any record does not exist.

    Attributes:
        asked: Every question that came, as "type name".
        is_silent: Whether it takes questions and never answers.
        truncates: Whether it answers over UDP only that the client should ask over TCP.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_silent = False
        self.truncates = False
        self._records: dict[tuple[dns.name.Name, str], list[str]] = {}
        self._tcp, self._udp = _pair()
        self._tcp.owner = self._udp.owner = self
        self.port = int(self._tcp.server_address[1])

    @property
    def place(self) -> tuple[str, int]:
        """The address that a `Network` takes as its name server."""
        return "127.0.0.1", self.port

    def add(self, name: str, kind: str, *values: str) -> None:
        """Add records of a name as a zone file has them: `add("x.test", "MX", "10 mx.test.")`."""
        self._records.setdefault((dns.name.from_text(name), kind), []).extend(values)

    def host(self, *names: str) -> None:
        """Let these names point to this computer."""
        for name in names:
            self.add(name, "A", "127.0.0.1")

    def start(self) -> DnsServer:
        for server in (self._udp, self._tcp):
            threading.Thread(
                target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
            ).start()
        return self

    def stop(self) -> None:
        for server in (self._udp, self._tcp):
            server.shutdown()
            server.server_close()

    def answer(self, wire: bytes, *, is_udp: bool) -> bytes | None:
        """The answer to a question, or None to stay silent."""
        query = dns.message.from_wire(wire)
        (question,) = query.question
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{kind} {question.name.to_text(omit_final_dot=True)}")
        if self.is_silent:
            return None
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if is_udp and self.truncates:
            response.flags |= dns.flags.TC
            return response.to_wire()
        values = self._records.get((question.name, kind), [])
        if values:
            response.answer.append(_rrset(question.name, kind, values))
        elif not any(name == question.name for name, _ in self._records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()


def _rrset(name: dns.name.Name, kind: str, values: Iterable[str]) -> dns.rrset.RRset:
    return dns.rrset.from_text(name, 60, "IN", kind, *values)


class _Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True
    owner: DnsServer


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    owner: DnsServer


def _pair() -> tuple[_Tcp, _Udp]:
    """A UDP and a TCP socket on the same port, which must be free for both."""
    while True:
        tcp = _Tcp(("127.0.0.1", 0), _TcpHandler)
        with contextlib.suppress(OSError):
            return tcp, _Udp(tcp.server_address, _UdpHandler)
        tcp.server_close()


class _UdpHandler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        wire, sock = self.request
        server: Any = self.server
        answer = server.owner.answer(wire, is_udp=True)
        if answer is not None:
            sock.sendto(answer, self.client_address)


class _TcpHandler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        sock: socket.socket = self.request
        with sock.makefile("rb") as stream:
            size = int.from_bytes(stream.read(2), "big")
            wire = stream.read(size)
        server: Any = self.server
        answer = server.owner.answer(wire, is_udp=False) if wire else None
        if answer is not None:
            sock.sendall(len(answer).to_bytes(2, "big") + answer)
