"""Name look-ups, connections and TLS for the search; tests put servers of their own in place."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dns.exception
import dns.resolver
from dns.rdatatype import RdataType

from sync.detection.answers import Outcome

SHORTEST = 0.05  # a time-out of 0 would mean "do not block"
MOST_ADDRESSES = 4
# Documentation addresses: a UDP socket that is connected to them sends nothing.
_OUTER = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
_NO_WAY = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EACCES, errno.EPERM}


class NoSuchNameError(OSError):
    """A name does not exist."""


class NotAllowedError(OSError):
    """A name leads into the private network and may not; see `fence`."""


Allows = Callable[[str, str], bool]


@dataclass(frozen=True)
class Network:
    """How the search reaches name servers and hosts.

    Attributes:
        nameserver: Address and port to ask instead of the system's name servers.
        ca_file: A further certificate to trust, as a PEM file.
        ports: Ports to use instead of others, if a test's server cannot listen on the right one.
    """

    nameserver: tuple[str, int] | None = None
    ca_file: str = ""
    ports: Mapping[int, int] = field(default_factory=dict)

    def addresses(self, host: str, deadline: float) -> tuple[str, ...]:
        """The addresses of a host. Raises: NoSuchNameError; OSError if it cannot be looked up."""
        with contextlib.suppress(ValueError):
            return (str(ipaddress.ip_address(host)),)
        if self.nameserver is not None:
            found: Sequence[str] = [
                str(record.address)
                for kind in (RdataType.A, RdataType.AAAA)
                for record in self.records(host, kind, deadline)
            ]
        elif _is_below_localhost(host):
            raise NoSuchNameError(host)
        else:
            found = _system_addresses(host)
        if not found:
            raise NoSuchNameError(host)
        return tuple(dict.fromkeys(found))[:MOST_ADDRESSES]

    def records(self, name: str, kind: RdataType, deadline: float) -> list[Any]:
        """Records of a name; [] if it has none of the kind.

        Raises: NoSuchNameError, TimeoutError, OSError if no name server can be asked.
        """
        if self.nameserver is None and (name == "localhost" or _is_below_localhost(name)):
            raise NoSuchNameError(name)
        try:
            answer = self._resolver().resolve(
                f"{name}.", kind, lifetime=_left(deadline), search=False, raise_on_no_answer=False
            )
        except dns.resolver.NXDOMAIN:
            raise NoSuchNameError(name) from None
        except dns.exception.Timeout:
            raise TimeoutError(name) from None
        except dns.exception.DNSException as error:
            raise OSError(errno.EHOSTUNREACH, str(error)) from None
        return list(answer.rrset or ())

    def dial(self, host: str, port: int, deadline: float, allows: Allows) -> socket.socket:
        """A connection to one of a host's allowed addresses. Raises: NotAllowedError, OSError."""
        addresses = [each for each in self.addresses(host, deadline) if allows(host, each)]
        if not addresses:
            raise NotAllowedError(host)
        fault: OSError = NoSuchNameError(host)
        for position, address in enumerate(addresses):
            # The last address may use all the time that is left; the others leave it a share.
            share = _left(deadline) / (len(addresses) - position)
            try:
                return socket.create_connection(
                    (address, self.ports.get(port, port)), timeout=max(SHORTEST, share)
                )
            except OSError as error:
                fault = error
        raise fault

    def secured(self, sock: socket.socket, host: str, deadline: float) -> ssl.SSLSocket:
        """TLS 1.2 or better on a connection, to a server that proves to be `host`."""
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.ca_file:
            context.load_verify_locations(self.ca_file)
        sock.settimeout(_left(deadline))
        sock.getpeername()  # raises if the connection was reset; `wrap_socket` would leak then
        return context.wrap_socket(sock, server_hostname=host)

    def is_offline(self) -> bool:
        """Whether there is no route to the internet, nor to a name server in a local network."""
        if self.nameserver is not None or any(_has_way(*outer) for outer in _OUTER):
            return False
        try:
            servers = self._resolver().nameservers
        except OSError:
            return True
        return not any(_is_near(str(server)) for server in servers)

    def _resolver(self) -> dns.resolver.Resolver:
        if self.nameserver is None:
            try:
                return dns.resolver.Resolver()
            except dns.exception.DNSException as error:
                raise OSError(errno.EHOSTUNREACH, str(error)) from None
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = [self.nameserver[0]]
        resolver.port = self.nameserver[1]
        return resolver


def outcome_of(error: Exception) -> Outcome:
    """The outcome that an exception stands for."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Outcome.BAD_CERTIFICATE
    for kinds, outcome in _OUTCOMES:
        if isinstance(error, kinds):
            return outcome
    if isinstance(error, OSError) and error.errno in _NO_WAY:
        return Outcome.UNREACHABLE
    return Outcome.NO_MAIL_SERVER


_OUTCOMES: tuple[tuple[tuple[type[Exception], ...], Outcome], ...] = (
    ((TimeoutError,), Outcome.TIMED_OUT),
    ((ConnectionRefusedError,), Outcome.REFUSED),
    ((NotAllowedError,), Outcome.NOT_ALLOWED),
    ((NoSuchNameError,), Outcome.NO_HOST),
    ((ssl.SSLError,), Outcome.NO_TLS),
)


def read_within(sock: socket.socket, size: int, deadline: float) -> bytes:
    """The next bytes, at most `size`. Raises TimeoutError at the deadline."""
    if time.monotonic() >= deadline:
        raise TimeoutError
    sock.settimeout(_left(deadline))
    return sock.recv(size)


def _is_below_localhost(name: str) -> bool:
    """Whether a name is only for this computer (RFC 6761 section 6.3); no name server knows it."""
    return name.endswith(".localhost")


def _left(deadline: float) -> float:
    return max(SHORTEST, deadline - time.monotonic())


def _system_addresses(host: str) -> Sequence[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise OSError(errno.EHOSTUNREACH, host) from None
        raise NoSuchNameError(host) from None
    except UnicodeError:
        raise NoSuchNameError(host) from None
    return [str(entry[4][0]) for entry in found]


def _is_near(server: str) -> bool:
    """Whether there is a route to a name server. One on this computer does not count."""
    try:
        address = ipaddress.ip_address(server.partition("%")[0])
    except ValueError:
        return False
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    return not address.is_loopback and _has_way(family, str(address))


def _has_way(family: socket.AddressFamily, address: str) -> bool:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((address, 53))
    except OSError:
        return False
    return True
