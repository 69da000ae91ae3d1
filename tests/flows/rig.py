"""A mailbox on a real server, for flows: deliver to it, look at it, work in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy

from resources.demo.process import ServerFacts
from tests.support.other_client import OtherClient
from tests.support.servers.dovecot import Dovecot

CHANGING = re.compile(
    r"^(UID )?(STORE|COPY|MOVE|APPEND|EXPUNGE|CLOSE|CREATE|DELETE|RENAME|SUBSCRIBE|UNSUBSCRIBE)\b"
)


@dataclass
class Rig:
    """One user's mailboxes on one server.

    Attributes:
        dovecot: The server, if it is Dovecot. No other server records commands.
    """

    address: str
    user: str
    password: str
    imap_port: int
    smtp_port: int
    dovecot: Dovecot | None = None
    host: str = "127.0.0.1"

    def deliver(self, *raws: bytes, mailbox: str = "INBOX", flags: Sequence[str] = ()) -> None:
        """Put mail into a mailbox, as the server itself or another program would."""
        with self.other() as client:
            for raw in raws:
                client.append(mailbox, raw, f"({' '.join(flags)})" if flags else "")

    def other(self) -> OtherClient:
        """The user's other mail program."""
        return OtherClient(self.imap_port, self.user, self.password)

    def subjects(self, mailbox: str) -> list[str]:
        """The subjects of all mail in a mailbox, sorted."""
        with self.other() as client:
            raws = [client.raw(mailbox, uid) for uid in client.uids(mailbox)]
        return sorted(_subject(raw) for raw in raws)

    def uid(self, mailbox: str, subject: str) -> int:
        """The UID of the mail with this subject."""
        with self.other() as client:
            for uid in client.uids(mailbox):
                if _subject(client.raw(mailbox, uid)) == subject:
                    return uid
        raise AssertionError(f"{subject} is not in {mailbox}")

    def flags(self, mailbox: str, subject: str) -> set[str]:
        """The flags of the mail with this subject."""
        uid = self.uid(mailbox, subject)
        with self.other() as client:
            return client.flags(mailbox, uid)

    def changing_commands(self, *, since: int = 0) -> list[str]:
        """Dealpost's commands that changed something on the server, apart from read state."""
        assert self.dovecot is not None, "only Dovecot records commands"
        found = [line for line in self.dovecot.commands(self.user) if CHANGING.match(line)]
        return [line for line in found[since:] if not _is_read_state(line)]

    def all_changing_commands(self) -> list[str]:
        """Dealpost's changing commands with those of read state. Read-only mode sends neither."""
        assert self.dovecot is not None, "only Dovecot records commands"
        return [line for line in self.dovecot.commands(self.user) if CHANGING.match(line)]

    @property
    def records_commands(self) -> bool:
        """Whether the server records commands, so that `changing_commands` works."""
        return self.dovecot is not None


def dovecot_rig(server: Dovecot, user: str, smtp_port: int) -> Rig:
    """A fresh user of a private Dovecot."""
    return Rig(f"{user}@dealpost.example", user, "secret", server.port, smtp_port, dovecot=server)


def embedded_rig(facts: ServerFacts) -> Rig:
    """The one user of the embedded server."""
    return Rig(facts.address, facts.address, facts.password, facts.imap_port, facts.smtp_port)


def _is_read_state(line: str) -> bool:
    return line.startswith("UID STORE") and "\\Seen" in line and "\\Deleted" not in line


def _subject(raw: bytes) -> str:
    return str(message_from_bytes(raw, policy=policy.default)["Subject"] or "")
