"""Turns a server's refusal, its text and codes (RFC 5530), into one of sync.errors."""

from __future__ import annotations

import base64
import re

from sync.errors import (
    AppPasswordNeededError,
    ConnectionLostError,
    RefusedError,
    RetryError,
    SignInError,
    SyncError,
    ThrottledError,
    TokenRefusedError,
)

# Seconds to wait if a server asks us to wait but does not say how long.
PATIENCE = 60.0
_WORDS_MOST = 300

_CODE = re.compile(r"^\[([A-Z][A-Z0-9.-]*)(?:\s[^\]]*)?\]\s*", re.IGNORECASE)
_BACKOFF = re.compile(
    r"(?:back-?off time|retry after|try again in|wait)\D{0,12}(\d{1,9})\s*"
    r"(milliseconds|msec|ms|seconds|secs?|s|minutes|mins?|m)?\b",
    re.IGNORECASE,
)
_UNITS = {"ms": 0.001, "msec": 0.001, "milliseconds": 0.001, "m": 60.0}
_THROTTLED = re.compile(
    r"throttl|too many (?:simultaneous |concurrent )?(?:connections|sessions|logins|requests)"
    r"|maximum number of connections|connection limit|rate limit|bandwidth limits?|over quota for"
    r"|exceeded (?:the )?(?:command|login|download)",
    re.IGNORECASE,
)
_PASSING = re.compile(
    r"temporar|try again|unavailable|server (?:is )?busy|backend error|internal error"
    r"|not connected|timed? ?out",
    re.IGNORECASE,
)
_APP_PASSWORD = re.compile(
    r"app(?:lication)?[- ]?(?:specific)? ?password|basicauthblocked|basic authentication is"
    r"|185833|generate (?:an )?app",
    re.IGNORECASE,
)
_WEB_LOGIN = re.compile(r"web ?login|log ?in via your web browser|78754", re.IGNORECASE)
_UNLICENSED = re.compile(r"authenticated but not connected", re.IGNORECASE)

# Providers that refuse the account's own password: part of the host's name, and what to do.
_APP_PASSWORD_PROVIDERS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("gmail.com", "googlemail.com", "google.com"),
        (
            "Google does not accept the account's own password here. Turn on 2-step verification in "
            "your Google account, create an app password there, and enter that."
        ),
    ),
    (
        ("yahoo.", "aol.com", "att.net"),
        (
            "Yahoo and AOL do not accept the account's own password here. Create an app password in "
            "the account's security settings, and enter that."
        ),
    ),
    (
        ("mail.me.com", "icloud.com"),
        (
            "iCloud does not accept the password of your Apple Account here. Create an app-specific "
            "password at account.apple.com, and enter that."
        ),
    ),
    (
        ("office365.com", "outlook.com", "hotmail.com", "live.com"),
        (
            "Microsoft does not accept a password here any more. Sign in with Microsoft instead, or "
            "ask the administrator of your organization to allow IMAP."
        ),
    ),
)


def code_of(words: str) -> str:
    """The response code at the start, such as `NOPERM`, or ''."""
    found = _CODE.match(words)
    return found.group(1).upper() if found else ""


def clean_words(words: str | bytes, *secrets: str) -> str:
    """A server's text, safe to show and keep: short, one line, without our secrets.

    Some servers repeat a line they did not understand, and that may hold a secret in base64.
    """
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    for secret in filter(None, secrets):
        text = text.replace(base64.b64encode(secret.encode()).decode(), "…").replace(secret, "…")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_WORDS_MOST]


def wait_of(words: str) -> float | None:
    """How long the server asks us to wait, in seconds (at most an hour); None if it does not."""
    found = _BACKOFF.search(words)
    if found is None:
        return None
    unit = (found.group(2) or "s").lower()
    factor = _UNITS.get(unit, 60.0 if unit.startswith("min") else 1.0)
    return min(float(found.group(1)) * factor, 3600.0)


def refusal(place: str, verb: str, words: str, *, is_bad: bool = False) -> SyncError:
    """The error for a tagged NO (or BAD)."""
    code = code_of(words)
    passing = _passing(place, code, words)
    if passing is not None:
        return passing
    said = f" It says: {words}" if words else ""
    if is_bad:
        return RefusedError(
            f"{place} did not understand a request ({verb}).{said}", server_words=words
        )
    return RefusedError(f"{place} refused a request ({verb}).{said}", server_words=words)


def sign_in_refusal(place: str, words: str, *, with_password: bool = True) -> SyncError:
    """The error for a refused LOGIN or AUTHENTICATE."""
    code = code_of(words)
    if code not in ("AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED"):
        passing = _passing(place, code, words)
        if passing is not None and not _UNLICENSED.search(words):
            return passing
    if _WEB_LOGIN.search(words):
        return SignInError(
            f"{place} wants you to sign in once in a web browser. Do so, then try again.",
            server_words=words,
        )
    hint = _app_password(place, words) if with_password else ""
    if hint:
        return AppPasswordNeededError(hint, server_words=words)
    if not with_password:
        return TokenRefusedError(
            f"{place} does not accept the sign-in any more. Sign in again.", server_words=words
        )
    if _UNLICENSED.search(words):
        sentence = f"{place} knows the password, but this account may not use IMAP."
    else:
        sentence = f"{place} does not accept this user name and password. Check both."
    return SignInError(sentence, server_words=words)


def goodbye(place: str, words: str) -> SyncError:
    """The error for BYE outside LOGOUT."""
    wait = wait_of(words)
    if wait is not None or _THROTTLED.search(words):
        return _throttled(place, words, wait)
    said = f" It says: {words}" if words else ""
    return ConnectionLostError(f"{place} ended the connection.{said}", server_words=words)


def _passing(place: str, code: str, words: str) -> RetryError | None:
    wait = wait_of(words)
    if code == "LIMIT" or _THROTTLED.search(words):
        return _throttled(place, words, wait)
    if code in ("UNAVAILABLE", "INUSE", "SERVERBUG"):
        return RetryError(f"{place} is busy. It is asked again later.", server_words=words)
    if not code and _PASSING.search(words):
        if wait is not None:
            return _throttled(place, words, wait)
        return RetryError(f"{place} cannot do it now. It is asked again.", server_words=words)
    return None


def _throttled(place: str, words: str, wait: float | None) -> ThrottledError:
    if "connections" in words.lower():
        sentence = f"{place} allows no further connection now: too many are open. Waiting."
    else:
        sentence = f"{place} asks to slow down. Waiting as long as it says."
    seconds = PATIENCE if wait is None else wait
    return ThrottledError(sentence, wait_seconds=seconds, server_words=words)


def _app_password(place: str, words: str) -> str:
    host = place.rpartition(":")[0].lower()
    for endings, sentence in _APP_PASSWORD_PROVIDERS:
        if any(host.endswith(end) or f".{end}" in f".{host}" for end in endings):
            return sentence
    if _APP_PASSWORD.search(words):
        return (
            f"{place} wants an app password. Create one in the account's security settings on "
            "the provider's web site, and enter that."
        )
    return ""
