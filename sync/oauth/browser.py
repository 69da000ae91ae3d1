"""Runs a sign-in in the browser, from its page to the tokens: code flow with PKCE and a state."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode

from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

from sync.errors import ProtocolError
from sync.oauth.asking import exchange, refusal
from sync.oauth.configuration import OAuthProvider
from sync.oauth.loopback import Loopback
from sync.oauth.tokens import Client, Tokens
from sync.timing import Timing

VERIFIER_LENGTH = 64  # RFC 7636: 43 to 128


def sign_in(
    provider: OAuthProvider,
    address: str,
    *,
    timing: Timing,
    show: Callable[[str], None],
    is_stopped: Callable[[], bool],
) -> Tokens:
    """Send the user to the provider's page and wait for the tokens. Blocks until then.

    Args:
        show: Called with the address of the page to open.

    Raises: SyncError with the sentence that says what happened and what to do.
    """
    state = secrets.token_urlsafe(32)
    maker = WebApplicationClient(provider.client_id)
    verifier = maker.create_code_verifier(VERIFIER_LENGTH)

    def is_ours(query: str) -> bool:
        found = parse_qs(query).get("state", [""])
        return hmac.compare_digest(found[0].encode(), state.encode())

    loopback = Loopback(provider.redirect, is_ours)
    try:
        show(_page(provider, maker, loopback.redirect_uri, state, verifier, address))
        query = loopback.wait(timing.browser, is_stopped)
    finally:
        loopback.close()
    code = _code(provider, maker, query, state)
    client = Client(
        provider.key,
        provider.name,
        provider.token_url,
        provider.client_id,
        provider.client_secret,
    )
    return exchange(
        client, code, verifier, loopback.redirect_uri, timing=timing, is_stopped=is_stopped
    )


def _page(
    provider: OAuthProvider,
    maker: WebApplicationClient,
    redirect_uri: str,
    state: str,
    verifier: str,
    address: str,
) -> str:
    """The address of the provider's page."""
    parameters = dict(provider.parameters)
    if address:
        parameters["login_hint"] = address
    scheme, rest = provider.authorize_url.split("://", 1)
    # oauthlib refuses every http address; `configuration` allows it, for this computer only.
    url = maker.prepare_request_uri(
        f"https://{rest}",
        redirect_uri=redirect_uri,
        scope=list(provider.scopes),
        state=state,
        code_challenge=maker.create_code_challenge(verifier, "S256"),
        code_challenge_method="S256",
        **parameters,
    )
    return scheme + str(url).removeprefix("https")


def _code(provider: OAuthProvider, maker: WebApplicationClient, query: str, state: str) -> str:
    """The code in the query that the browser brought."""
    flat = urlencode({name: values[0] for name, values in parse_qs(query).items()})
    try:
        # oauthlib wants https; the redirect goes to this computer, so it needs no encryption.
        found = maker.parse_request_uri_response(f"https://127.0.0.1/?{flat}", state=state)
    except OAuth2Error as fault:
        raise refusal(provider.name, str(fault.error or ""), fault.description) from None
    code = found.get("code")
    if not isinstance(code, str) or not code:
        raise ProtocolError(f"{provider.name} sent no code. Try to sign in again.")
    return code
