"""An IMAP and SMTP server on this machine for the demo and for tests.

pymap serves IMAP from memory (IDLE, MOVE, UIDPLUS, OBJECTID; neither SPECIAL-USE nor CONDSTORE, so
it is the plain kind of server that Dealpost must get along with). aiosmtpd accepts mail, requires
the sign-in, and delivers to anyone with a mailbox here.

As a program it prints one line of JSON with its ports, and ends when its standard input closes:

    python -m resources.demo.server [--empty] [--arrivals SECONDS] [--owns FOLDER]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import secrets
import shutil
import sys
import warnings
from argparse import Namespace
from collections.abc import Iterable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.backend.dict.mailbox import MailboxSet
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Flag

from resources.demo.cast import MAJA
from resources.demo.letter import SampleMail
from resources.demo.mailbox import MAILBOXES, later, sample

HOST = "127.0.0.1"


class SampleServer:
    """One user's mailboxes, reachable by IMAP and SMTP on ports that the system chose.

    Attributes:
        address: The user's address and sign-in name.
        password: Random for each server.
        imap_port, smtp_port: Known after `start`.
    """

    def __init__(self, address: str = MAJA.address, password: str = "") -> None:
        self.address = address
        self.password = password or secrets.token_urlsafe(12)
        self.imap_port = 0
        self.smtp_port = 0
        self._mailboxes: MailboxSet | None = None

    async def start(self, stack: AsyncExitStack) -> None:
        """Start listening; closing `stack` ends everything."""
        await self._start_imap(stack)
        await self._start_smtp(stack)

    async def _start_imap(self, stack: AsyncExitStack) -> None:
        arguments = Namespace(
            host=HOST, port=0, debug=False, cert=None, key=None, passlib_cfg=None, tls=False,
            proxy_protocol=None, inherited_sockets=None, demo_data=False,
            demo_user=self.address, demo_password=self.password,
        )  # fmt: skip
        backend, config = await DictBackend.init(arguments)
        await backend.start(stack)
        async with backend.login.demo_user_identity.new_session():
            self._mailboxes = config.set_cache[self.address][0]
        # Does what pymap's IMAPService.start does, but with a port that the system chooses.
        reader = ProxyProtocolReader(config.proxy_protocol)
        talk = reader.get_callback(IMAPServer(backend.login, config))
        listener = await asyncio.start_server(talk, HOST, 0)
        await stack.enter_async_context(listener)
        self.imap_port = listener.sockets[0].getsockname()[1]

    async def _start_smtp(self, stack: AsyncExitStack) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(
                self,
                hostname="mail.lumivolt.example",
                authenticator=self._check,
                auth_required=True,
                auth_require_tls=False,  # it is this machine's loopback
                enable_SMTPUTF8=True,
                loop=loop,
            ),
            HOST,
            0,
        )
        stack.callback(server.close)
        self.smtp_port = server.sockets[0].getsockname()[1]

    def _check(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        mechanism: str,
        data: object,
    ) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and (
            data.login.decode("utf-8", "replace") == self.address
            and data.password.decode("utf-8", "replace") == self.password
        )
        return AuthResult(success=is_right, handled=is_right)

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Deliver a mail here. Other recipients get nothing, as there is no outside."""
        content = envelope.original_content or b""
        if self.address in {name.lower() for name in envelope.rcpt_tos}:
            await self.put(SampleMail("INBOX", content, datetime.now(UTC)))
        return "250 OK: it went no further than this machine"

    async def create(self, names: Iterable[str]) -> None:
        """Create mailboxes beside INBOX."""
        assert self._mailboxes is not None
        for name in names:
            await self._mailboxes.add_mailbox(name)

    async def put(self, mail: SampleMail) -> None:
        """Put a mail into its mailbox; clients that listen there (IDLE) are notified."""
        assert self._mailboxes is not None
        mailbox = await self._mailboxes.get_mailbox(mail.mailbox)
        flags = frozenset(Flag(flag.encode()) for flag in mail.flags)
        received_at = mail.received_at.astimezone(UTC)
        await mailbox.append(AppendMessage(mail.raw, received_at, flags))

    async def fill(self, now: datetime) -> None:
        """Fill the server with the sample mailbox as of `now`."""
        await self.create(MAILBOXES)
        for mail in sample(now):
            await self.put(mail)

    async def let_arrive(self, started: datetime, seconds: float) -> None:
        """Deliver a reply in a known conversation now and then, until cancelled."""
        for turn, letter in enumerate(later(started)):
            await asyncio.sleep(seconds * (1 + turn % 3 / 3))
            letter.sent_at = datetime.now(started.tzinfo)
            await self.put(letter.sample("INBOX"))


async def serve(arguments: Namespace) -> None:
    """Run until standard input closes: it does when the program that started this one ends."""
    server = SampleServer()
    started = datetime.now().astimezone()
    async with AsyncExitStack() as stack:
        await server.start(stack)
        if arguments.empty:
            await server.create(MAILBOXES)
        else:
            await server.fill(started)
        facts = {"address": server.address, "password": server.password}
        ports = {"imap_port": server.imap_port, "smtp_port": server.smtp_port}
        print(json.dumps(facts | ports), flush=True)
        if arguments.arrivals:
            task = asyncio.create_task(server.let_arrive(started, arguments.arrivals))
            stack.callback(task.cancel)
        await asyncio.to_thread(sys.stdin.read)
    if arguments.owns:
        shutil.rmtree(arguments.owns, ignore_errors=True)


def main() -> None:
    """Run the server as a program."""
    # It listens on the loopback only, so a sign-in without TLS is fine.
    warnings.filterwarnings("ignore", message="Requiring AUTH", category=UserWarning)
    parser = argparse.ArgumentParser(description="An IMAP and SMTP server with sample mail")
    parser.add_argument("--empty", action="store_true", help="no mail, only the mailboxes")
    parser.add_argument("--arrivals", type=float, default=0.0, help="a new mail every so often")
    parser.add_argument("--owns", default="", help="a folder to remove at the end")
    logging.basicConfig(level=logging.ERROR)
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
