"""What a provider gave: tokens, how long they last, and whom to ask for the next ones."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from models.store.clock import now_ms
from sync.errors import SignInError

EARLY_MS = 60_000  # so long before its end a token is renewed: a request in between still works


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks whom. A refresh token belongs to the client that got it, so both are kept with it.

    Attributes:
        provider: The provider's key in the configuration.
        name: What its customers call it.
    """

    provider: str
    name: str
    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A sign-in.

    Attributes:
        obtained_at, expires_at: By this computer's clock; `expires_at` is 0 if not told.
        signed_in_as: The address that the provider names, or ''.
    """

    client: Client
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    obtained_at: int
    expires_at: int
    signed_in_as: str = ""

    def is_due(self) -> bool:
        """Whether the access token is over, or will be within a minute.

        A token that was obtained in the future tells of a clock that was set back: its end can't
        be trusted either.
        """
        if not self.expires_at:
            return False
        now = now_ms()
        early = min(EARLY_MS, (self.expires_at - self.obtained_at) // 2)
        return now >= self.expires_at - early or now < self.obtained_at - EARLY_MS

    def renewed(self, answer: Mapping[str, Any]) -> Tokens:
        """After a refresh; a provider that does not rotate sends no new refresh token."""
        fresh = from_answer(self.client, answer)
        return replace(
            fresh,
            refresh_token=fresh.refresh_token or self.refresh_token,
            signed_in_as=fresh.signed_in_as or self.signed_in_as,
        )

    def text(self) -> str:
        """For the vault, which seals it."""
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
    """What the vault kept. Raises SignInError if it is something else."""
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
    """What a token endpoint answered, as oauthlib has checked it."""
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
    """How long it lasts; 0 if that is not told, or told so that nobody understands it."""
    try:
        return int(told or 0)
    except (ValueError, OverflowError, TypeError):
        return 0


def _address_of(id_token: Any) -> str:
    """The address in an ID token. It came straight from the provider over TLS, so its signature
    need not be checked (OpenID Connect Core 3.1.3.7); it is only shown to the person.
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
