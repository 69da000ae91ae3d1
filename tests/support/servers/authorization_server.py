"""An OAuth provider on this computer: its sign-in page, its tokens and its introspection.

`agree` does what a user does in the browser: it opens the page, which asks nothing, and follows
the redirect back to the program. Every refresh replaces the refresh token, as careful providers
do.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.support.certificates import Certificate

CLIENT_ID = "dealpost-test-client"
SCOPE = "mail.everything"
Answer = tuple[int, dict[str, Any]]


@dataclass
class Grant:
    """One sign-in of a user, with the tokens that are valid now."""

    user: str
    refresh_token: str
    access_token: str = ""
    ends_at: float = 0.0


class AuthorizationServer:
    """The provider; it serves from `start` to `stop`.

    Attributes:
        user: The user who is signed in to the provider in the browser, and agrees.
        lifetime: How many seconds an access token is valid.
        is_said_no: Whether the user refuses at the next page.
        fails_with: The error code that the token endpoint returns, with status `fails_status`.
        refreshes: How many refreshes succeeded.
        secrets: Every token and code ever made. Tests look for them where they must not be.
    """

    def __init__(self, certificate: Certificate | None = None) -> None:
        self.user = ""
        self.lifetime = 3600
        self.is_said_no = False
        self.fails_with = ""
        self.fails_status = 400
        self.retry_after = ""
        self.refreshes = 0
        self.token_requests: list[dict[str, str]] = []
        self.pages: list[dict[str, str]] = []
        self.secrets: list[str] = []
        self.before_answer: Callable[[], None] = lambda: None
        self._codes: dict[str, tuple[str, str, str]] = {}
        self._grants: list[Grant] = []
        self._guard = threading.RLock()
        self._certificate = certificate
        self._server = _Server(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    # --- its life ------------------------------------------------------------------------

    def start(self) -> AuthorizationServer:
        if self._certificate is not None:
            context = self._certificate.server_context()
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        scheme = "http" if self._certificate is None else "https"
        return f"{scheme}://localhost:{self._server.server_address[1]}"

    def entry(self, **changed: Any) -> dict[str, Any]:
        """How a user would write this provider into oauth.json."""
        return {
            "name": "Example",
            "authorize_url": f"{self.url}/authorize",
            "token_url": f"{self.url}/token",
            "scopes": [SCOPE],
            "client_id": CLIENT_ID,
            "domains": ["dealpost.example"],
            **changed,
        }

    def configure(self, folder: Path, **changed: Any) -> None:
        """Write oauth.json into a profile."""
        text = json.dumps({"providers": {"example": self.entry(**changed)}})
        (folder / "oauth.json").write_text(text)

    # --- the user in the browser ---------------------------------------------------------

    def agree(self, url: str) -> bool:
        """Open the page as a browser does, and follow the redirect back to the program."""
        open_page(url)
        return True

    def forbid(self) -> None:
        """Revoke the permission, as the user can at the provider."""
        with self._guard:
            self._grants.clear()

    def expire(self) -> None:
        """Expire every access token. Refresh tokens stay valid."""
        with self._guard:
            for grant in self._grants:
                grant.ends_at = 0.0

    def grant(self, user: str) -> Grant:
        """Make tokens without a browser."""
        with self._guard:
            made = Grant(user, self._secret("refresh"))
            self._renew(made)
            self._grants.append(made)
            return made

    def is_good(self, token: str, user: str) -> bool:
        """Whether an access token is valid for this user's mail."""
        with self._guard:
            return any(
                grant.access_token == token and grant.user == user and grant.ends_at > time.time()
                for grant in self._grants
            )

    # --- its pages -------------------------------------------------------------------------

    def authorize(self, query: dict[str, str]) -> str:
        """Where the page redirects the browser."""
        self.pages.append(query)
        back = {"state": query["state"]}
        if self.is_said_no:
            back["error"] = "access_denied"
        else:
            code = self._secret("code")
            with self._guard:
                self._codes[code] = (query["code_challenge"], query["redirect_uri"], self.user)
            back["code"] = code
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def token(self, form: dict[str, str]) -> Answer:
        self.token_requests.append(form)
        self.before_answer()
        if self.fails_with or self.fails_status >= 500:
            return self.fails_status, {"error": self.fails_with}
        if form.get("client_id") != CLIENT_ID:
            return 401, {"error": "invalid_client"}
        with self._guard:
            if form["grant_type"] == "authorization_code":
                return self._by_code(form)
            return self._by_refresh(form)

    def _by_code(self, form: dict[str, str]) -> Answer:
        challenge, redirect_uri, user = self._codes.pop(form["code"], ("", "", ""))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        ours = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not challenge or ours != challenge or form.get("redirect_uri") != redirect_uri:
            return 400, {"error": "invalid_grant"}
        return 200, self._told(self.grant(user))

    def _by_refresh(self, form: dict[str, str]) -> Answer:
        for grant in self._grants:
            if grant.refresh_token == form["refresh_token"]:
                grant.refresh_token = self._secret("refresh")
                self._renew(grant)
                self.refreshes += 1
                return 200, self._told(grant)
        return 400, {"error": "invalid_grant", "error_description": "Token has been revoked."}

    def _renew(self, grant: Grant) -> None:
        grant.access_token = self._secret("access")
        grant.ends_at = time.time() + self.lifetime

    def _told(self, grant: Grant) -> dict[str, Any]:
        claims = base64.urlsafe_b64encode(json.dumps({"email": grant.user}).encode()).decode()
        return {
            "access_token": grant.access_token,
            "refresh_token": grant.refresh_token,
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "scope": SCOPE,
            "id_token": f"e30.{claims.rstrip('=')}.x",
        }

    def introspect(self, token: str) -> Answer:
        """Answer Dovecot's question whether a token is valid."""
        with self._guard:
            for grant in self._grants:
                if grant.access_token == token and grant.ends_at > time.time():
                    return 200, {"active": True, "email": grant.user, "scope": SCOPE}
        return 200, {"active": False}

    def _secret(self, kind: str) -> str:
        made = f"{kind}-{secrets.token_urlsafe(24)}"
        self.secrets.append(made)
        return made


def open_page(url: str) -> threading.Thread:
    """Follow a link in a thread. Ignores errors, since a browser would only show them."""

    def follow() -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            browse(url)

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    return thread


def browse(url: str, host: str = "") -> tuple[int, str]:
    """Follow a link and its redirects. Returns the last status and page."""
    assert url.startswith("http://"), url
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    headers = {"Host": host} if host else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  # http alone
    try:
        with opener.open(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as fault:
        with fault:
            return fault.code, fault.read().decode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], provider: AuthorizationServer) -> None:
        self.provider = provider
        super().__init__(address, _Handler)

    def handle_error(self, *_: object) -> None:
        """Ignore a client that hung up or refused our certificate."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = _flat(parts.query)
        if parts.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.server.provider.authorize(query))
            self.end_headers()
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        form = _flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
        provider = self.server.provider
        if self.path == "/token":
            self._answer(*provider.token(form))
        elif self.path == "/introspect":
            self._answer(*provider.introspect(form.get("token", "")))
        else:
            self._answer(404, {})

    def _answer(self, status: int, data: dict[str, Any]) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.server.provider.retry_after:
            self.send_header("Retry-After", self.server.provider.retry_after)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing."""


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
