"""Asks a provider for tokens, with the code from the browser or with a refresh token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

from sync.errors import ProtocolError, RetryError, SignInError, SyncError, ThrottledError
from sync.net.refusals import clean_words
from sync.oauth.endpoint import HttpAnswer, post
from sync.oauth.tokens import Client, Tokens, from_answer
from sync.timing import Timing

# Error codes of RFC 6749 sections 5.2 and 4.1.2.1, by what they mean for the user.
_PASSING = frozenset({"temporarily_unavailable", "server_error", "slow_down"})
_OF_CLIENT = frozenset({"invalid_client", "unauthorized_client"})
_ENDED = frozenset({"invalid_grant", "interaction_required", "consent_required", "login_required"})


def exchange(
    client: Client,
    code: str,
    verifier: str,
    redirect_uri: str,
    *,
    timing: Timing,
    is_stopped: Callable[[], bool],
) -> Tokens:
    """Exchange the code that the browser brought for tokens. Raises what `refresh` raises."""
    maker = WebApplicationClient(client.client_id)
    form = maker.prepare_request_body(
        code, redirect_uri=redirect_uri, code_verifier=verifier, **_secret(client)
    )
    return from_answer(client, _answer(client, maker, form, timing, is_stopped))


def refresh(
    tokens: Tokens, *, timing: Timing, is_stopped: Callable[[], bool] = lambda: False
) -> Tokens:
    """Renew the tokens. Store them before use: the provider may have replaced the refresh token.

    Raises: SignInError if the sign-in has ended; RetryError and ReconnectError if a later try may
    work.
    """
    client = tokens.client
    if not tokens.refresh_token:
        raise SignInError(f"The sign-in with {client.name} has ended. Sign in again.")
    maker = WebApplicationClient(client.client_id)
    form = maker.prepare_refresh_body(
        refresh_token=tokens.refresh_token, client_id=client.client_id, **_secret(client)
    )
    return tokens.renewed(_answer(client, maker, form, timing, is_stopped))


def _secret(client: Client) -> dict[str, str]:
    return {"client_secret": client.client_secret} if client.client_secret else {}


def _answer(
    client: Client,
    maker: WebApplicationClient,
    form: str,
    timing: Timing,
    is_stopped: Callable[[], bool],
) -> Mapping[str, Any]:
    """The checked answer; each refusal becomes an error that says what the user has to do."""
    answer = post(client.token_url, form, timing=timing, is_stopped=is_stopped)
    if answer.status == 429 or answer.status >= 500:
        raise _passing(client, answer)
    if 300 <= answer.status < 400:
        raise ProtocolError(
            f"The token address of {client.name} leads somewhere else. Check “token_url” in "
            "oauth.json."
        )
    try:
        found: Mapping[str, Any] = maker.parse_request_body_response(answer.text)
    except OAuth2Error as fault:
        raise refusal(client.name, str(fault.error or ""), fault.description) from None
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise _no_token(client) from None
    if answer.status != 200 or not isinstance(found.get("access_token"), str):
        raise _no_token(client)
    return found


def _no_token(client: Client) -> ProtocolError:
    return ProtocolError(
        f"{client.name} answered with something that is no token. Try again later; if that does "
        "not help, check “token_url” in oauth.json."
    )


def _passing(client: Client, answer: HttpAnswer) -> SyncError:
    sentence = f"{client.name} cannot sign anybody in now. It is asked again later."
    if answer.retry_after:
        return ThrottledError(sentence, wait_seconds=min(answer.retry_after, 3600.0))
    return RetryError(sentence)


def refusal(name: str, code: str, description: str | None) -> SyncError:
    """The error for a provider's error code; the provider's text is kept in `server_words`."""
    words = clean_words(f"{code} {description or ''}".strip())
    if code in _PASSING:
        return RetryError(
            f"{name} cannot sign anybody in now. It is asked again later.", server_words=words
        )
    if code == "access_denied":
        return SignInError(
            f"The sign-in with {name} was refused in the browser. Nothing was changed. Try again, "
            "and agree when it asks.",
            server_words=words,
        )
    if code in _OF_CLIENT:
        return SignInError(
            f"{name} does not know the client id that Dealpost was given. Check it in oauth.json, "
            "then sign in again.",
            server_words=words,
        )
    if code in _ENDED:
        return SignInError(
            f"{name} no longer accepts this sign-in. Sign in again.", server_words=words
        )
    return SignInError(
        f"{name} refused the sign-in ({clean_words(code) or 'without a reason'}). Sign in again.",
        server_words=words,
    )
