"""Access tokens at the server that sends mail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.errors import SignInError, TokenRefusedError
from sync.providers import Security
from sync.smtp.probe import SmtpPlace, SmtpTry
from sync.timing import Timing
from tests.support.servers.authorization_server import AuthorizationServer
from tests.support.servers.smtp import SmtpSink
from tests.support.servers.token_sink import TokenSink

QUICK = Timing(connect=30.0, sign_in=30.0)
ADDRESS = "ann@dealpost.example"


@pytest.fixture
def sink(tmp_path: Path, provider: AuthorizationServer) -> Iterator[TokenSink]:
    made = TokenSink(tmp_path, provider)
    made.start()
    yield made
    made.stop()


def attempt(sink: SmtpSink, token: str) -> None:
    place = SmtpPlace("localhost", sink.port, Security.NONE)
    SmtpTry(place, QUICK).sign_in(ADDRESS, token, "oauth2")


def test_a_token_lets_us_in(provider: AuthorizationServer, sink: TokenSink) -> None:
    attempt(sink, provider.grant(ADDRESS).access_token)
    assert sink.sign_ins == [ADDRESS]


@pytest.mark.parametrize(
    ("without", "exchange"),
    [("", ("OAUTHBEARER", b"AQ==")), ("auth_OAUTHBEARER", ("XOAUTH2", b""))],
)
def test_a_refused_token_ends_as_each_mechanism_wants_it(
    sink: TokenSink, monkeypatch: pytest.MonkeyPatch, without: str, exchange: tuple[str, bytes]
) -> None:
    if without:
        monkeypatch.delattr(TokenSink, without)
    with pytest.raises(TokenRefusedError) as refused:
        attempt(sink, "no-such-token")

    assert sink.exchanges == [exchange]
    assert "(invalid_token)" in refused.value.server_words
    assert "no-such-token" not in refused.value.server_words


def test_a_server_that_takes_passwords_alone_is_told(plain_sink: SmtpSink) -> None:
    with pytest.raises(SignInError, match="does not offer to sign in with the provider"):
        attempt(plain_sink, "token")


@pytest.fixture
def plain_sink(tmp_path: Path) -> Iterator[SmtpSink]:
    sink = SmtpSink(tmp_path, "plain").start()
    yield sink
    sink.stop()
