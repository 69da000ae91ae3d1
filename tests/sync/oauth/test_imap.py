"""How tokens are shown to an IMAP server, byte by byte."""

from __future__ import annotations

import base64
import json

import pytest

from sync.errors import TokenRefusedError
from sync.net.server import Server
from sync.session import ImapSession
from tests.support.servers.fake_imap import FakeConnection, FakeImap

ERROR = base64.b64encode(json.dumps({"status": "invalid_token"}).encode())


def refusing(lines: list[bytes], *, asks_first: bool) -> FakeImap:
    """A server that refuses the token; `lines` gets what the client says after the command."""

    def answer(connection: FakeConnection) -> None:
        if asks_first:
            connection.send(b"+ \r\n")
            lines.append(connection.read_line())
        connection.send(b"+ " + ERROR + b"\r\n")
        lines.append(connection.read_line())
        connection.send(b"{tag} NO [AUTHENTICATIONFAILED] no\r\n")

    offers = "IMAP4rev1 AUTH=XOAUTH2 AUTH=OAUTHBEARER" + ("" if asks_first else " SASL-IR")
    return FakeImap({"AUTHENTICATE": answer}, capabilities=offers)


@pytest.mark.parametrize("asks_first", [True, False])
def test_the_standard_comes_first_and_its_error_is_answered(asks_first: bool) -> None:
    lines: list[bytes] = []
    with refusing(lines, asks_first=asks_first) as server:
        session = ImapSession(Server("localhost", server.port, "plain"))
        session.open()
        with pytest.raises(TokenRefusedError) as refused:
            session.sign_in("ann@x.example", "token-1", "oauth2")
        session.close()

    first = b"n,a=ann@x.example,\1host=localhost\1port=%d\1auth=Bearer token-1\1\1" % server.port
    shown = base64.b64encode(first)
    assert lines == ([shown] if asks_first else []) + [b"AQ=="]
    assert (b"AUTHENTICATE OAUTHBEARER " + shown in server.received) is not asks_first
    assert "(invalid_token)" in refused.value.server_words
    assert "token-1" not in refused.value.server_words
