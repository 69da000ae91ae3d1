"""Finds a mailbox's servers by its address: a known provider, or the names that are usual.

Nothing is looked up anywhere: the usual names are tried, all at once, each with one short
connection that ends after the server's greeting. No secret is sent.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from sync import providers
from sync.providers import Provider, Security, ServerPlace

LIMIT_SECONDS = 6.0  # for all tries together; a server that is slower is typed in by hand
LINE_MOST = 4096
LOOK_SECONDS = 0.05  # how soon a cancel is noticed


@dataclass(frozen=True, slots=True)
class Candidates:
    """Places worth a try, the best first."""

    imap: tuple[ServerPlace, ...]
    smtp: tuple[ServerPlace, ...]


@dataclass(frozen=True, slots=True)
class Detected:
    """What was found; a server that was not found is None and stays with the person."""

    imap: ServerPlace | None
    smtp: ServerPlace | None
    provider: Provider | None = None


class Worth(Enum):
    """What came of a try."""

    NOTHING = 0
    BAD_CERTIFICATE = 1  # there is a server, but not one that proves its name
    GOOD = 2


Known = dict[ServerPlace, Worth]
Answers = queue.SimpleQueue[tuple[Known, ServerPlace, Worth]]


def detect(address: str, cancel: threading.Event, *, limit: float = LIMIT_SECONDS) -> Detected:
    """The servers of an address. Returns at once with nothing when `cancel` is set."""
    provider = providers.of_address(address)
    if provider is not None:
        return Detected(provider.imap, provider.smtp, provider)
    found = try_all(candidates(providers.domain_of(address)), cancel, limit=limit)
    known = providers.of_host(found.imap.host) if found.imap else None
    return Detected(found.imap, found.smtp, known)


def candidates(domain: str) -> Candidates:
    """The usual names and ports of a domain: TLS before STARTTLS, never an open line."""
    if not domain:
        return Candidates((), ())
    return Candidates(
        imap=_places((f"imap.{domain}", f"mail.{domain}", domain), providers.IMAP_PORTS),
        smtp=_places((f"smtp.{domain}", f"mail.{domain}", domain), providers.SMTP_PORTS),
    )


def try_all(places: Candidates, cancel: threading.Event, *, limit: float) -> Detected:
    """Try every place at once; of those that answer as they should, the first of each list."""
    answers: Answers = queue.SimpleQueue()
    deadline = time.monotonic() + limit
    imap: Known = {}
    smtp: Known = {}
    for wanted, known, look in ((places.imap, imap, _is_imap), (places.smtp, smtp, _is_smtp)):
        for place in wanted:
            _start_try(place, look, known, answers, deadline)
    while not cancel.is_set() and time.monotonic() < deadline:
        if _is_settled(places.imap, imap) and _is_settled(places.smtp, smtp):
            break
        with contextlib.suppress(queue.Empty):
            known, place, worth = answers.get(timeout=LOOK_SECONDS)
            known[place] = worth
    if cancel.is_set():
        return Detected(None, None)
    return Detected(_best(places.imap, imap), _best(places.smtp, smtp))


def _places(hosts: Sequence[str], ports: dict[Security, int]) -> tuple[ServerPlace, ...]:
    return tuple(
        ServerPlace(host, ports[security], security)
        for security in (Security.TLS, Security.STARTTLS)
        for host in hosts
    )


def _is_settled(places: Sequence[ServerPlace], known: Known) -> bool:
    """Whether no answer that is still missing could change the choice."""
    for place in places:
        worth = known.get(place)
        if worth is None:
            return False
        if worth is Worth.GOOD:
            return True
    return True


def _best(places: Sequence[ServerPlace], known: Known) -> ServerPlace | None:
    """The first good place, or else the first whose certificate the sign-in will complain about."""
    for wanted in (Worth.GOOD, Worth.BAD_CERTIFICATE):
        for place in places:
            if known.get(place) is wanted:
                return place
    return None


Look = Callable[[ServerPlace, float], bool]


def _start_try(
    place: ServerPlace, look: Look, known: Known, answers: Answers, deadline: float
) -> None:
    """A daemon thread each: a name look-up has no time-out, and must not hold anything up."""

    def attempt() -> None:
        try:
            worth = Worth.GOOD if look(place, deadline) else Worth.NOTHING
        except ssl.SSLCertVerificationError:
            worth = Worth.BAD_CERTIFICATE
        except (OSError, UnicodeError, ValueError):
            worth = Worth.NOTHING
        answers.put((known, place, worth))

    threading.Thread(target=attempt, name=f"try {place.port}", daemon=True).start()


def _is_imap(place: ServerPlace, deadline: float) -> bool:
    with _connected(place, deadline) as sock:
        greeting = _line(sock)
        if not greeting.startswith((b"* OK", b"* PREAUTH")):
            return False
        if place.security is Security.TLS:
            return True
        sock.sendall(b"a CAPABILITY\r\n")
        return _offers_starttls(sock, is_last=lambda line: line.startswith(b"A "))


def _is_smtp(place: ServerPlace, deadline: float) -> bool:
    with _connected(place, deadline) as sock:
        greeting = _line(sock)
        while greeting.startswith(b"220-"):
            greeting = _line(sock)
        if not greeting.startswith(b"220"):
            return False
        if place.security is Security.TLS:
            return True
        sock.sendall(b"EHLO localhost\r\n")
        return _offers_starttls(sock, is_last=lambda line: line[3:4] == b" ")


def _connected(place: ServerPlace, deadline: float) -> socket.socket:
    """A connection to a server whose certificate, with TLS, is valid for its name."""
    left = max(0.1, deadline - time.monotonic())
    sock = socket.create_connection((place.host, place.port), timeout=left)
    if place.security is not Security.TLS:
        return sock
    try:
        return ssl.create_default_context().wrap_socket(sock, server_hostname=place.host)
    except BaseException:
        sock.close()
        raise


def _line(sock: socket.socket) -> bytes:
    """One line, byte by byte: greetings are short, and the rest belongs to the next read."""
    line = b""
    while not line.endswith(b"\n"):
        byte = sock.recv(1)
        if not byte or len(line) >= LINE_MOST:
            break
        line += byte
    return line.upper()


def _offers_starttls(sock: socket.socket, is_last: Callable[[bytes], bool]) -> bool:
    offers = False
    for _ in range(64):
        line = _line(sock)
        offers = offers or b"STARTTLS" in line
        if not line or is_last(line):
            break
    return offers
