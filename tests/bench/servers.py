"""A Dovecot full of mail, written straight into its maildirs, and the account that reads it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from models.accounts.account import NewAccount
from models.commands.accounts import AddAccount
from models.commands.execute import execute
from models.store import database, profile
from resources.demo.process import ServerFacts
from sync.secrets.vault import Vault, VaultMode
from tests.bench.corpus import OWN, BenchMail
from tests.support.servers.dovecot import FIXED_PASSWORD, Dovecot


@contextmanager
def running() -> Iterator[Dovecot]:
    """A server with maildirs, which is stopped and removed at the end."""
    server = Dovecot(mail_format="maildir")
    server.start()
    try:
        yield server
    finally:
        server.stop()


def fill(server: Dovecot, user: str, mailbox: str, mails: Iterable[BenchMail]) -> int:
    """Write mails into a mailbox. The server takes INTERNALDATE from the times of the files."""
    folder = server.folder / "home" / user / "mail"
    if mailbox != "INBOX":
        folder /= f".{mailbox}"
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    count = 0
    for count, mail in enumerate(mails, 1):
        seconds = mail.received_at.timestamp()
        flags = "S" if mail.is_seen else ""
        path = folder / "cur" / f"{int(seconds)}.M{count}.bench:2,{flags}"
        path.write_bytes(mail.raw)
        os.utime(path, (seconds, seconds))
    _give(server, server.folder / "home" / user)
    return count


def _give(server: Dovecot, folder: Path) -> None:
    """Make Dovecot's mail user the owner, since Dovecot reads as the owner of the home folder."""
    if os.geteuid():
        return
    owner = (server.folder / "home").stat()
    for root, _, files in os.walk(folder):
        os.chown(root, owner.st_uid, owner.st_gid)
        for name in files:
            os.chown(Path(root, name), owner.st_uid, owner.st_gid)


def facts(server: Dovecot, user: str) -> ServerFacts:
    """How to reach the server."""
    return ServerFacts(user, FIXED_PASSWORD, server.port, 1, host="127.0.0.1")


def add_command(server: ServerFacts) -> AddAccount:
    """The wizard's command, with the password sealed. This thread must have the store open."""
    vault = Vault()
    vault.load()
    vault.prepare(VaultMode.KEYRING)
    new = NewAccount(
        address=OWN, user_name=server.address,
        imap_host=server.host, imap_port=server.imap_port, imap_security="none",
        smtp_host=server.host, smtp_port=server.smtp_port, smtp_security="none",
        plain_text_agreed=True, all_labels=True, start="1m",
    )  # fmt: skip
    return AddAccount(new, vault.encrypted({"imap": server.password}))


def make_profile(folder: Path, server: ServerFacts) -> None:
    """Make a profile whose account begins to sync when the profile is opened."""
    profile.open_profile(folder)
    database.open_for_thread()
    try:
        execute(add_command(server))
    finally:
        database.close_for_thread()


class BareIdle:
    """A socket that idles on INBOX and notes when the server reported a mail."""

    def __init__(self, server: Dovecot, user: str) -> None:
        self._server = server
        self._user = user
        self._told = threading.Event()
        self._at = 0.0
        self._ready = threading.Event()
        self._is_over = False
        self._stream: Any = None
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        self._say(b"DONE\r\n")
        self._thread.join(10)

    def forget(self) -> None:
        """Wait for the next mail in a new IDLE: Dovecot's delay counts from its last report."""
        self._told.clear()
        self._ready.clear()
        self._say(b"DONE\r\n")
        self._ready.wait(10)

    def _say(self, words: bytes) -> None:
        self._stream.write(words)
        self._stream.flush()

    def told_at(self) -> float:
        """When the server reported the mail since `forget`, in seconds of `time.perf_counter`."""
        self._told.wait(10)
        return self._at

    def _listen(self) -> None:
        with self._server.raw_connection(self._user) as stream:
            self._stream = stream
            self._say(b"s SELECT INBOX\r\ni IDLE\r\n")
            while line := stream.readline():
                if line.startswith(b"+"):
                    self._ready.set()
                elif line.rstrip().endswith(b"EXISTS") and self._ready.is_set():
                    self._at = time.perf_counter()
                    self._told.set()
                elif line.startswith(b"i ") and self._is_over:
                    return
                elif line.startswith(b"i "):
                    self._say(b"i IDLE\r\n")
