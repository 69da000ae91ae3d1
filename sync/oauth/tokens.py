"""The tokens of a sign-in: how long they last, where to renew them, how they are stored."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from models.store.clock import now_ms
from sync.errors import SignInError

EARLY_MS = 60_000  # a token is renewed this long before its end, so a request meanwhile works


@dataclass(frozen=True, slots=True)
class Client:
    """Our client id and the token endpoint. Kept with the tokens, which only this client can renew.

    Attributes:
        provider: The provider's key in the configuration.
        name: The name that its customers know.
    """

    provider: str
    name: str
    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one sign-in.

    Attributes:
        obtained_at, expires_at: In ms UTC by this computer's clock; `expires_at` is 0 if unknown.
        signed_in_as: The address that the provider names, or ''.
    """

    client: Client
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    obtained_at: int
    expires_at: int
    signed_in_as: str = ""

    def is_due(self) -> bool:
        """Whether the access token has ended, or ends within a minute.

        If a token was obtained in the future, the clock was set back. Its end can't be trusted
        then, so it is due too.
        """
        if not self.expires_at:
            return False
        now = now_ms()
        early = min(EARLY_MS, (self.expires_at - self.obtained_at) // 2)
        return now >= self.expires_at - early or now < self.obtained_at - EARLY_MS

    def renewed(self, answer: Mapping[str, Any]) -> Tokens:
        """The tokens after a refresh. The old refresh token stays if the answer has no new one."""
        fresh = from_answer(self.client, answer)
        return replace(
            fresh,
            refresh_token=fresh.refresh_token or self.refresh_token,
            signed_in_as=fresh.signed_in_as or self.signed_in_as,
        )

    def text(self) -> str:
        """The tokens as JSON, for the vault to seal."""
        client = self.client
        return json.dumps(
            {
                "provider": client.provider,
                "name": client.name,
                "token_url": client.token_url,
                "client_id": client.client_id,
                "client_secret": client.client_secret,
                "access_token": self.access_token,
                "refresh_token": self.refresh_token,
                "obtained_at": self.obtained_at,
                "expires_at": self.expires_at,
                "signed_in_as": self.signed_in_as,
            }
        )


def from_text(text: str) -> Tokens:
    """Read tokens from the vault's JSON. Raises SignInError if it is anything else."""
    try:
        data = json.loads(text)
        client = Client(
            data["provider"],
            data["name"],
            data["token_url"],
            data["client_id"],
            data["client_secret"],
        )
        return Tokens(
            client,
            data["access_token"],
            data["refresh_token"],
            int(data["obtained_at"]),
            int(data["expires_at"]),
            data["signed_in_as"],
        )
    except (ValueError, KeyError, TypeError):
        raise SignInError("The stored sign-in can't be read. Sign in again.") from None


def from_answer(client: Client, answer: Mapping[str, Any]) -> Tokens:
    """The tokens in a token endpoint's answer, which oauthlib has checked."""
    now = now_ms()
    seconds = _seconds(answer.get("expires_in"))
    return Tokens(
        client,
        str(answer["access_token"]),
        str(answer.get("refresh_token") or ""),
        now,
        now + seconds * 1000 if seconds else 0,
        _address_of(answer.get("id_token")),
    )


def _seconds(told: Any) -> int:
    """How many seconds a token lasts; 0 if the answer does not say or it makes no sense."""
    try:
        return int(told or 0)
    except (ValueError, OverflowError, TypeError):
        return 0


def _address_of(id_token: Any) -> str:
    """The address in an ID token, or ''.

    The token came straight from the provider over TLS, so its signature need not be checked
    (OpenID Connect Core 3.1.3.7). The address is only shown to the user.
    """
    if not isinstance(id_token, str) or id_token.count(".") != 2:
        return ""
    middle = id_token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (binascii.Error, ValueError):
        return ""
    if not isinstance(claims, dict):
        return ""
    found = claims.get("email") or claims.get("preferred_username") or ""
    return found if isinstance(found, str) and "@" in found and found.isprintable() else ""
