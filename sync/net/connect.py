"""Looks a host up and connects to it, so that both can be abandoned; names what failed.

`getaddrinfo` cannot be interrupted, so it runs in a daemon thread that can be left behind. TCP
connects without blocking. Both check `is_stopped` every 50 ms.
"""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any

from sync.errors import (
    ConnectionLostError,
    ConnectRefusedError,
    HostUnknownError,
    SyncError,
    TimedOutError,
    TlsError,
    UnreachableError,
)
from sync.net.server import Server

_LOOK = 0.05
_IN_PROGRESS = {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EINTR, 10035}
_NO_WAY = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EACCES, errno.EPERM, errno.ENETDOWN}
_NOT_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_")


def connect(server: Server, *, seconds: float, is_stopped: Callable[[], bool]) -> socket.socket:
    """A TCP connection to one of the host's addresses, made within `seconds`.

    Raises: HostUnknownError, ConnectRefusedError, UnreachableError, TimedOutError;
    ConnectionLostError if stopped.
    """
    deadline = time.monotonic() + seconds
    addresses = _look_up(server, deadline, is_stopped)
    fault: SyncError = UnreachableError(f"There is no way to {server.place}.")
    for position, (family, address) in enumerate(addresses):
        # The last address may use all the time that is left; the others leave it a share.
        share = (deadline - time.monotonic()) / (len(addresses) - position)
        try:
            return _connect_one(server, family, address, share, is_stopped)
        except (ConnectRefusedError, UnreachableError, TimedOutError) as found:
            fault = found
    raise fault


def _look_up(
    server: Server, deadline: float, is_stopped: Callable[[], bool]
) -> list[tuple[int, Any]]:
    """The host's addresses. The thread is left behind at the deadline or when stopped."""
    answer: list[tuple[int, Any]] = []
    faults: list[Exception] = []
    done = threading.Event()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
            answer.extend((int(entry[0]), entry[4]) for entry in found)
        except (OSError, UnicodeError) as fault:
            faults.append(fault)
        done.set()

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    while not done.wait(_LOOK):
        if is_stopped():
            raise stopped(server)
        if time.monotonic() > deadline:
            raise TimedOutError(
                f"The name {server.host} could not be looked up in time. Is the network up?"
            )
    if faults or not answer:
        temporary = faults and getattr(faults[0], "errno", 0) == socket.EAI_AGAIN
        if temporary:
            raise HostUnknownError(
                f"The name {server.host} could not be looked up. Check the network connection."
            )
        raise HostUnknownError(f"There is no host named {server.host}. Check its spelling.")
    return answer


def _connect_one(
    server: Server, family: int, address: Any, seconds: float, is_stopped: Callable[[], bool]
) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        code = sock.connect_ex(address)
        if code in _IN_PROGRESS:
            code = _wait_connected(sock, seconds, server, is_stopped)
        if code:
            raise _connect_fault(server, code)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    except BaseException:
        sock.close()
        raise
    return sock


def _wait_connected(
    sock: socket.socket, seconds: float, server: Server, is_stopped: Callable[[], bool]
) -> int:
    deadline = time.monotonic() + seconds
    while True:
        # Windows reports a failed connect in the third set.
        _, writable, failed = select.select([], [sock], [sock], _LOOK)
        if writable or failed:
            return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if is_stopped():
            raise stopped(server)
        if time.monotonic() > deadline:
            return errno.ETIMEDOUT


def _connect_fault(server: Server, code: int) -> SyncError:
    if code in (errno.ECONNREFUSED, 10061):
        return ConnectRefusedError(
            f"{server.host} accepts no connection on port {server.port}. Check the port."
        )
    if code in (errno.ETIMEDOUT, 10060):
        return TimedOutError(
            f"{server.place} did not answer in time. Check host and port, or whether a firewall "
            "is in the way."
        )
    if code in _NO_WAY:
        return UnreachableError(f"There is no way to {server.place}. Check the network connection.")
    return UnreachableError(f"{server.place} cannot be reached.")


def is_loopback(sock: socket.socket) -> bool:
    """Whether the other end is this computer."""
    with contextlib.suppress(OSError, ValueError):
        address = ipaddress.ip_address(str(sock.getpeername()[0]).partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)
        return bool((mapped or address).is_loopback)
    return False


def tls_fault(server: Server, fault: Exception) -> SyncError:
    """The error for a TLS handshake that failed, but not because of the certificate."""
    if isinstance(fault, TimeoutError):
        return TimedOutError(f"{server.place} did not finish the TLS handshake in time.")
    reason = str(getattr(fault, "reason", "") or "")
    if any(word in reason for word in _NOT_TLS):
        return TlsError(
            f"{server.place} does not speak TLS from the start. Choose STARTTLS for this port, "
            "or port 993 with TLS."
        )
    if isinstance(fault, ssl.SSLError) and not isinstance(fault, ssl.SSLEOFError):
        return TlsError(
            f"No secure connection to {server.place} could be agreed on ({reason or fault}). The "
            "server may know only old versions of TLS; 1.2 is needed."
        )
    return ConnectionLostError(f"{server.place} hung up during the TLS handshake.")


def stopped(server: Server) -> ConnectionLostError:
    """The error for a connection that our own side stopped."""
    return ConnectionLostError(f"The connection to {server.place} was stopped.")
