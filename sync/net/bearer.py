"""Signs in with an access token: OAUTHBEARER (RFC 7628), and the older XOAUTH2."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable

MECHANISMS = ("OAUTHBEARER", "XOAUTH2")  # the standard first
# Ends the exchange after the server sent an error, in base64: ^A (RFC 7628 section 3.2.3).
LAST_ANSWER = {"OAUTHBEARER": b"AQ==", "XOAUTH2": b""}


def choose(offered: Iterable[str]) -> str | None:
    """The mechanism to use, of those that the server offers; None if it has neither."""
    names = frozenset(name.upper() for name in offered)
    return next((mechanism for mechanism in MECHANISMS if mechanism in names), None)


def not_offered(place: str) -> str:
    """The sentence for a server that offers neither mechanism."""
    return f"{place} does not offer to sign in with the provider. Use a password."


def first_answer(mechanism: str, user: str, token: str, host: str, port: int) -> bytes:
    """The client's first message, before base64."""
    if mechanism == "XOAUTH2":
        return f"user={user}\1auth=Bearer {token}\1\1".encode()
    name = user.replace("=", "=3D").replace(",", "=2C")
    return f"n,a={name},\1host={host}\1port={port}\1auth=Bearer {token}\1\1".encode()


def status_of(errors: Iterable[bytes]) -> str:
    """The status in the server's error (JSON in base64), such as `(invalid_token)`, or ''."""
    for error in errors:
        try:
            found = json.loads(base64.b64decode(error))
        except (binascii.Error, ValueError):
            continue
        status = found.get("status", "") if isinstance(found, dict) else ""
        if isinstance(status, str) and status.isprintable():
            return f"({status[:40]})"
    return ""
