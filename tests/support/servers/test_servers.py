"""The tests' own servers leave nothing behind that makes another test slow, or fail."""

from __future__ import annotations

import socket

import pytest

from tests.support.ports import free_port
from tests.support.servers.authorization_server import open_page
from tests.support.servers.fake_imap import FakeImap, wait_until
from tests.support.servers.proxy import Proxy


def test_a_client_that_leaves_within_a_literal_is_not_waited_for() -> None:
    """A thread that reads forever would slow every later test."""
    with FakeImap() as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=15) as sock:
            assert sock.recv(100) == server.greeting  # what is left unread would end it by a reset
            sock.sendall(b"a APPEND INBOX {1000+}\r\nhalf")
            wait_until(lambda: server.received.endswith(b"{1000+}\r\n"))
        wait_until(lambda: not any(thread.is_alive() for thread in server._threads[1:]))

    assert server.commands == ["APPEND"]


def test_a_cut_reaches_a_connection_that_is_being_made(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.create_connection
    with FakeImap() as server, Proxy(server.port) as proxy:

        def late(*place: object, **options: object) -> socket.socket:
            made: socket.socket = connect(*place, **options)  # type: ignore[arg-type]
            proxy.go_away()
            return made

        monkeypatch.setattr(socket, "create_connection", late)
        with socket.socket() as sock:
            sock.settimeout(15)
            sock.connect(("127.0.0.1", proxy.port))
            assert sock.recv(100) == b""
        assert (proxy.connections, proxy.open_now) == (0, 0)


def test_a_browser_that_finds_nobody_says_so_to_nobody() -> None:
    thread = open_page(f"http://127.0.0.1:{free_port()}/")
    thread.join(30)

    assert not thread.is_alive()


def test_a_free_port_is_given_once() -> None:
    assert len({free_port() for _ in range(50)}) == 50
