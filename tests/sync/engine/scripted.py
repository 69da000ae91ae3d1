"""Mails and answers for the scripted server, shared by the tests of faulty servers."""

from __future__ import annotations

from collections.abc import Callable

from models.store.clock import now_ms
from tests.support.builders import a_mail
from tests.support.servers.fake_mailboxes import Mailboxes, Parts
from tests.sync.engine.engine import DAY_MS, Engine

Make = Callable[..., Engine]
BARE = "IMAP4rev1 AUTH=PLAIN"


def mails(count: int, first: int = 0) -> list[bytes]:
    """Mails named `mail 000` and so on."""
    return [a_mail(subject=f"mail {n:03}") for n in range(first, first + count)]


def subjects(count: int) -> list[str]:
    """The subjects of `mails`."""
    return [f"mail {n:03}" for n in range(count)]


def with_an_archive(server: Mailboxes, make: Make) -> Engine:
    """Five mails in INBOX, and an Archive that had one mail at the set-up and got one since."""
    server.deliver("me", "INBOX", mails(5))
    server.deliver("me", "Archive", mails(1, first=9))
    engine = make(server)
    engine.cycle()
    server.deliver("me", "Archive", mails(1, first=10))
    engine.cycle()
    return engine


def ago(days: int) -> int:
    """A time in the past, as the store keeps it (milliseconds UTC)."""
    return now_ms() - days * DAY_MS


def without(*uids: int) -> Callable[[Parts], Parts]:
    """Drop the lines of these UIDs from a FETCH."""
    names = [b"UID %d " % uid for uid in uids]
    return lambda parts: [
        p for p in parts if not any(n in p[:60].replace(b")", b" ") for n in names)
    ]
