"""An SMTP server that accepts only access tokens, as large providers do."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import AuthResult

from tests.support.servers.authorization_server import AuthorizationServer
from tests.support.servers.smtp import SmtpSink


class TokenSink(SmtpSink):
    """The server. `sign_ins` lists who got in; `exchanges` lists how the others were refused."""

    def __init__(self, folder: Path, provider: AuthorizationServer) -> None:
        super().__init__(folder, "plain")
        self.provider = provider
        self.exchanges: list[tuple[str, bytes]] = []

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:  # noqa: N802
        first = await _first(server, args)
        user = first.partition(b"user=")[2].partition(b"\1")[0].decode()
        return await self._checked(server, "XOAUTH2", user, first)

    async def auth_OAUTHBEARER(self, server: Any, args: list[str]) -> AuthResult:  # noqa: N802
        first = await _first(server, args)
        user = first.partition(b"a=")[2].partition(b",")[0].decode()
        return await self._checked(server, "OAUTHBEARER", user, first)

    async def _checked(self, server: Any, mechanism: str, user: str, first: bytes) -> AuthResult:
        token = first.partition(b"Bearer ")[2].partition(b"\1")[0].decode()
        if self.provider.is_good(token, user):
            self.sign_ins.append(user)
            return AuthResult(success=True, auth_data=user)
        await server.push(f"334 {base64.b64encode(_ERROR).decode()}")
        last = (await server._reader.readline()).rstrip(b"\r\n")
        self.exchanges.append((mechanism, last))
        return AuthResult(success=False, handled=False)


_ERROR = json.dumps({"status": "invalid_token", "schemes": "bearer"}).encode()


async def _first(server: Any, args: list[str]) -> bytes:
    """The client's first response: sent with the command, or after the server's empty challenge."""
    if len(args) > 1:
        return base64.b64decode(args[1])
    await server.push("334 ")
    return base64.b64decode((await server._reader.readline()).rstrip(b"\r\n"))
