"""Signs in to an IMAP server with a password or an access token, then sends ID."""

from __future__ import annotations

import base64
import contextlib
import platform

from imapclient.exceptions import IMAPClientError

from sync.errors import SignInError, SyncError
from sync.net import bearer, refusals
from sync.session import capabilities, commands
from sync.session.connection import Connection
from sync.session.wire import as_sync_error


class SigningIn(Connection):
    """A connection that can sign the user in, and then name our program."""

    def sign_in(self, user: str, secret: str, auth: str = "password") -> None:
        """Sign in with a password (`password`) or an access token (`oauth2`), then send ID.

        Raises: SignInError, AppPasswordNeededError, TokenRefusedError; a RetryError if the server
        refuses only for now.
        """
        self._secret = secret
        try:
            if self._wire.state == "NONAUTH":
                self._need_stream().set_deadline(self.timing.sign_in)
                self._by_token(user, secret) if auth == "oauth2" else self._by_password(
                    user, secret
                )
        finally:
            self._secret = ""
        self._wire.state = "AUTH"
        self._read_capabilities()
        self._say_who()

    def _by_password(self, user: str, secret: str) -> None:
        if self.has("AUTH=PLAIN"):
            answer = b"\0" + user.encode() + b"\0" + secret.encode()
            self._sasl("PLAIN", answer)
            return
        if self.has("LOGINDISABLED"):
            raise SignInError(
                f"{self.server.place} allows no password on this connection. Choose TLS or "
                "STARTTLS, or sign in with the provider."
            )
        if user.isascii() and secret.isascii() and secret.isprintable():
            parts = (commands.quote(user), commands.quote(secret))
            kind, words = self._exchange("LOGIN", *parts)
        else:
            kind, words = self._login_with_literals(user.encode(), secret.encode())
        if kind != "OK":
            said = refusals.clean_words(words, secret)
            raise refusals.sign_in_refusal(self.server.place, said)

    def _login_with_literals(self, user: bytes, secret: bytes) -> tuple[str, bytes]:
        """LOGIN for text beyond ASCII, if the server does not offer AUTH=PLAIN."""
        left = [user, secret]

        def next_literal(_: object) -> bytes:
            literal = left.pop(0)
            return literal if not left else literal + b" {%d}" % len(left[0])

        self._wire.literal = next_literal  # type: ignore[assignment]
        return self._exchange("LOGIN", b"{%d}" % len(user))

    def _by_token(self, user: str, token: str) -> None:
        """Sign in as RFC 7628 says; with SASL-IR the command itself has the first answer."""
        mechanism = bearer.choose(name for name in bearer.MECHANISMS if self.has(f"AUTH={name}"))
        if mechanism is None:
            raise SignInError(bearer.not_offered(self.server.place))
        first = bearer.first_answer(mechanism, user, token, self.server.host, self.server.port)
        answers = [base64.b64encode(first), bearer.LAST_ANSWER[mechanism]]
        errors: list[bytes] = []
        wire = self._wire

        def respond(challenge: object) -> bytes:
            if len(answers) == 1:
                errors.append(bytes(wire.challenge))
            return answers.pop(0) if answers else b"*"

        initial = (answers.pop(0),) if self.has("SASL-IR") else ()
        wire.literal = respond  # type: ignore[assignment]
        kind, words = self._exchange("AUTHENTICATE", mechanism.encode(), *initial)
        if kind != "OK":
            said = f"{refusals.clean_words(words, token)} {bearer.status_of(errors)}".strip()
            raise refusals.sign_in_refusal(self.server.place, said, with_password=False)

    def _sasl(self, mechanism: str, answer: bytes) -> None:
        """Sign in with one answer; answer any further challenge with an empty one."""
        challenges: list[bytes] = []

        def respond(challenge: bytes) -> bytes:
            challenges.append(challenge)
            return answer if len(challenges) == 1 else b""

        wire = self._wire
        try:
            self._need_client().sasl_login(mechanism, respond)
        except IMAPClientError as fault:
            told = wire.last_words or str(fault)
            words = refusals.clean_words(told, self._secret, answer.decode())
            raise refusals.sign_in_refusal(self.server.place, words) from fault
        except (OSError, ValueError) as fault:
            raise as_sync_error(self.server.place, fault) from fault

    def _say_who(self) -> None:
        """Send ID if the server offers it: some Chinese providers open no mailbox without it."""
        if not self.has("ID"):
            return
        fields = f'("name" "Dealpost" "os" {commands.quote(platform.system()).decode()})'
        with contextlib.suppress(SyncError):
            self.software = capabilities.software(self.run("ID", fields.encode()).untagged)
