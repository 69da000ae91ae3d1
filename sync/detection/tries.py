"""Tries a server: one short connection, up to its greeting under TLS. No secret is sent."""

from __future__ import annotations

import socket
from collections.abc import Callable

from sync.detection.answers import Outcome, Protocol
from sync.detection.network import Allows, Network, outcome_of, read_within
from sync.providers import Security, ServerPlace

LINE_MOST = 4096
LINES_MOST = 64


class _OtherProtocolError(Exception):
    """The server answers, but not as a mail server of this kind."""


class _NoStartTlsError(Exception):
    """The server does not offer STARTTLS, or offers it and then refuses."""


def try_server(
    protocol: Protocol, place: ServerPlace, network: Network, allows: Allows, deadline: float
) -> Outcome:
    """Whether a mail server answers there and proves its name; never raises a network error."""
    try:
        with network.dial(place.host, place.port, deadline, allows) as sock:
            _meet(_Talk(sock, deadline), protocol, place, network)
    except _OtherProtocolError:
        return Outcome.NO_MAIL_SERVER
    except _NoStartTlsError:
        return Outcome.NO_TLS
    except (OSError, UnicodeError, ValueError) as error:
        return outcome_of(error)
    return Outcome.ANSWERS


class _Talk:
    """Lines to and from a server, until the deadline."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self.sock = sock
        self.deadline = deadline

    def line(self) -> bytes:
        """One line in upper case, read byte by byte, because what follows may belong to TLS."""
        line = b""
        while not line.endswith(b"\n"):
            byte = read_within(self.sock, 1, self.deadline)
            if not byte or len(line) >= LINE_MOST:
                break
            line += byte
        return line.upper()

    def ask(self, command: bytes, is_last: Callable[[bytes], bool]) -> list[bytes]:
        """Every line of the answer to a command."""
        self.sock.sendall(command + b"\r\n")
        lines: list[bytes] = []
        while len(lines) < LINES_MOST:
            line = self.line()
            lines.append(line)
            if not line or is_last(line):
                break
        return lines


def _meet(talk: _Talk, protocol: Protocol, place: ServerPlace, network: Network) -> None:
    greet, upgrade = _DANCES[protocol]
    if place.security is Security.STARTTLS:
        greet(talk)
        upgrade(talk)
    talk.sock = network.secured(talk.sock, place.host, talk.deadline)
    with talk.sock:
        if place.security is Security.TLS:
            greet(talk)


def _greet_imap(talk: _Talk) -> None:
    if not talk.line().startswith((b"* OK", b"* PREAUTH")):
        raise _OtherProtocolError


def _upgrade_imap(talk: _Talk) -> None:
    offers = talk.ask(b"a CAPABILITY", lambda line: line.startswith(b"A "))
    if not any(b"STARTTLS" in line for line in offers):
        raise _NoStartTlsError
    if not talk.ask(b"b STARTTLS", lambda line: line.startswith(b"B "))[-1].startswith(b"B OK"):
        raise _NoStartTlsError


def _greet_smtp(talk: _Talk) -> None:
    line = talk.line()
    while line.startswith(b"220-"):  # the deadline stops a server that never ends
        line = talk.line()
    if not line.startswith(b"220"):
        raise _OtherProtocolError


def _upgrade_smtp(talk: _Talk) -> None:
    offers = talk.ask(b"EHLO localhost", _is_last_of_smtp)
    if not any(b"STARTTLS" in line for line in offers):
        raise _NoStartTlsError
    if not talk.ask(b"STARTTLS", _is_last_of_smtp)[-1].startswith(b"220"):
        raise _NoStartTlsError


def _is_last_of_smtp(line: bytes) -> bool:
    return line[3:4] == b" "


_DANCES = {"imap": (_greet_imap, _upgrade_imap), "smtp": (_greet_smtp, _upgrade_smtp)}
