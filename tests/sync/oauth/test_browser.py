"""The way through the browser: what comes back, and each sentence where it does not."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from sync.errors import ConnectionLostError, SignInError, SyncError, TimedOutError, TlsError
from sync.oauth import browser
from sync.oauth.configuration import OAuthProvider, load
from sync.oauth.endpoint import post
from sync.oauth.loopback import Loopback
from sync.oauth.tokens import Tokens
from sync.timing import Timing
from tests.support.certificates import make_certificate
from tests.support.servers.authorization_server import AuthorizationServer, browse, open_page

QUICK = Timing(connect=30.0, sign_in=30.0, browser=30.0)
ADDRESS = "ann@dealpost.example"


def entry_of(provider: AuthorizationServer, profile: Path, **changed: object) -> OAuthProvider:
    provider.configure(profile, **changed)
    settings = load(profile)
    assert settings.faults == ()
    return settings.providers["example"]


def sign_in(
    entry: OAuthProvider,
    show: Callable[[str], object],
    *,
    timing: Timing = QUICK,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Tokens:
    return browser.sign_in(
        entry, ADDRESS, timing=timing, show=lambda url: (show(url), None)[1], is_stopped=is_stopped
    )


def test_the_browser_brings_tokens(provider: AuthorizationServer, profile: Path) -> None:
    tokens = sign_in(entry_of(provider, profile), provider.agree)

    assert provider.is_good(tokens.access_token, ADDRESS)
    assert tokens.signed_in_as == ADDRESS
    assert not tokens.is_due()
    page, form = provider.pages[0], provider.token_requests[0]
    assert page["code_challenge_method"] == "S256"
    assert page["login_hint"] == ADDRESS
    assert page["redirect_uri"].startswith("http://127.0.0.1:")
    assert 43 <= len(form["code_verifier"]) <= 128
    assert "client_secret" not in form
    shown = repr(tokens)
    assert not any(secret in shown for secret in provider.secrets)


def test_a_redirect_with_name_and_path_of_a_strict_provider(
    provider: AuthorizationServer, profile: Path
) -> None:
    entry = entry_of(provider, profile, redirect="http://localhost/back", client_secret="hush")

    tokens = sign_in(entry, provider.agree)

    assert provider.is_good(tokens.access_token, ADDRESS)
    assert urlsplit(provider.pages[0]["redirect_uri"]).path == "/back"
    assert provider.token_requests[0]["client_secret"] == "hush"
    assert "hush" not in repr(tokens)


def test_the_person_says_no(provider: AuthorizationServer, profile: Path) -> None:
    provider.is_said_no = True
    with pytest.raises(SignInError, match=r"Example was refused in the browser.*agree"):
        sign_in(entry_of(provider, profile), provider.agree)
    assert provider.token_requests == []


def test_an_answer_with_another_state_is_not_used(
    provider: AuthorizationServer, profile: Path
) -> None:
    pages: list[tuple[int, str]] = []

    def foreign(url: str) -> None:
        redirect = parse_qs(urlsplit(url).query)["redirect_uri"][0]
        pages.append(browse(f"{redirect}?code=stolen&state=other"))

    with pytest.raises(SignInError, match="does not belong to this sign-in"):
        sign_in(entry_of(provider, profile), foreign)
    assert pages[0][0] == 400
    assert provider.token_requests == []


def test_nobody_comes_back(provider: AuthorizationServer, profile: Path) -> None:
    with pytest.raises(TimedOutError, match="did not come back in time"):
        sign_in(entry_of(provider, profile), lambda url: None, timing=Timing(browser=0.2))


def test_cancel_ends_it_at_once_and_the_port_is_closed(
    provider: AuthorizationServer, profile: Path
) -> None:
    stopped = threading.Event()
    shown: list[str] = []

    def show(url: str) -> None:
        shown.append(parse_qs(urlsplit(url).query)["redirect_uri"][0])
        stopped.set()

    with pytest.raises(ConnectionLostError, match="cancelled"):
        sign_in(entry_of(provider, profile), show, is_stopped=stopped.is_set)
    port = urlsplit(shown[0]).port
    assert port is not None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=2).close()


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (400, "invalid_grant", "no longer accepts this sign-in"),
        (401, "invalid_client", "does not know the client id"),
        (400, "invalid_scope", r"refused the sign-in \(invalid_scope\)"),
        (400, "temporarily_unavailable", "asked again later"),
        (503, "", "asked again later"),
    ],
)
def test_what_the_token_endpoint_refuses(
    provider: AuthorizationServer, profile: Path, status: int, code: str, words: str
) -> None:
    provider.fails_status, provider.fails_with = status, code
    with pytest.raises(SyncError, match=words):
        sign_in(entry_of(provider, profile), provider.agree)


def test_tokens_go_over_tls_that_is_checked(tmp_path: Path, profile: Path) -> None:
    server = AuthorizationServer(make_certificate(tmp_path)).start()
    try:
        entry = entry_of(server, profile)

        def bring_a_code(url: str) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
            open_page(server.authorize(query))

        with pytest.raises(TlsError, match="not valid"):
            sign_in(entry, bring_a_code)
        assert server.token_requests == []
    finally:
        server.stop()


def test_a_provider_that_is_silent_in_the_handshake_is_left_whole() -> None:
    """No thread and no connection stays behind, however often it is tried."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://localhost:{listener.getsockname()[1]}/token"
        with pytest.raises(TimedOutError):
            post(url, "grant_type=x", timing=replace(QUICK, sign_in=1.0))
        came, _ = listener.accept()
        with came:
            came.settimeout(15)
            while came.recv(4096):  # the greeting of TLS, then the end
                pass
    ends_at = time.monotonic() + 15
    while any(thread.name == "token-request" for thread in threading.enumerate()):
        assert time.monotonic() < ends_at
        threading.Event().wait(0.01)


def test_tokens_over_tls(tmp_path: Path, profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.cert_file))
    server = AuthorizationServer(certificate).start()
    server.user = ADDRESS
    try:
        entry = entry_of(server, profile)

        def bring_a_code(url: str) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
            open_page(server.authorize(query))

        assert server.is_good(sign_in(entry, bring_a_code).access_token, ADDRESS)
    finally:
        server.stop()


# --- the loopback ----------------------------------------------------------------------------


def test_only_one_path_one_method_and_our_own_name() -> None:
    loopback = Loopback("http://127.0.0.1/back", lambda query: "state=s" in query)
    try:
        good = f"{loopback.redirect_uri}?code=c&state=s"
        assert browse(good, host="rebound.example")[0] == 421
        assert browse(loopback.redirect_uri.replace("/back", "/favicon.ico"))[0] == 404
        assert browse(loopback.redirect_uri)[0] == 404
        assert _posted(loopback.redirect_uri).startswith(b"HTTP/1.0 405")
        # A connection that a browser opened in advance holds nobody up.
        port = urlsplit(loopback.redirect_uri).port
        assert port is not None
        with socket.create_connection(("127.0.0.1", port), timeout=15):
            status, page = browse(good)
        assert status == 200
        assert "You can close this window" in page
        assert loopback.wait(15.0, lambda: False) == "code=c&state=s"
        assert browse(good)[0] == 410
    finally:
        loopback.close()


def test_a_fixed_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SignInError, match=f"Port {port} of this computer is in use"):
            Loopback(f"http://127.0.0.1:{port}", lambda query: True)


def _posted(url: str) -> bytes:
    parts = urlsplit(url)
    assert parts.port is not None
    with socket.create_connection(("127.0.0.1", parts.port), timeout=15) as sock:
        sock.sendall(f"POST {parts.path}?code=c&state=s HTTP/1.0\r\n\r\n".encode())
        return sock.recv(100)
