"""Profiles with mail in them, taken in as sync would, without a server."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.accounts import account
from models.accounts.account import NewAccount
from models.intake import intake
from models.parsed_mail import Incoming
from models.server import mailbox
from models.server.mailbox import Role
from models.store import database, settings
from models.store.clock import now_ms
from models.store.profile import open_profile
from sync.mime.parse import parse
from tests.support.builders import a_mail

MINUTE = 60_000


@dataclass(frozen=True)
class Seed:
    """One mail: what it says and how old it is."""

    subject: str
    from_: str = "Ada Tamm <ada@customer.example>"
    text: str = "Hello,\n\nhere is the offer.\n"
    minutes_ago: int = 10
    is_read: bool = False
    html: str | None = None
    attachment: str = ""


def subjects(count: int) -> list[Seed]:
    """So many conversations, the first the newest."""
    return [Seed(f"Offer {number}", minutes_ago=10 + number) for number in range(count)]


def fill(folder: Path, seeds: Sequence[Seed], *, address: str = "me@dealpost.example") -> int:
    """A stopped account with these mails in its inbox; its id."""
    open_profile(folder)
    database.open_for_thread()
    try:
        settings.put("secret_store", "session")
        account_id = account.create(_new(address))
        account.update(account_id, state=account.STOPPED, set_up=True)
        inbox = mailbox.save(account_id, "INBOX", role=str(Role.INBOX), is_chosen=True)
        take_in(account_id, inbox, seeds)
        return account_id
    finally:
        database.close_for_thread()


def take_in(
    account_id: int, mailbox_id: int, seeds: Sequence[Seed], *, first_uid: int = 1
) -> list[object]:
    """Take mails in, in this thread's connection; the events."""
    incoming = [_incoming(mailbox_id, uid, seed) for uid, seed in enumerate(seeds, start=first_uid)]
    return list(intake.take_in(account_id, incoming, past=False, quiet=True))


def _new(address: str) -> NewAccount:
    return NewAccount(
        address=address,
        imap_host="127.0.0.1",
        imap_port=1,
        imap_security="none",
        smtp_host="127.0.0.1",
        smtp_port=1,
        smtp_security="none",
    )


def _incoming(mailbox_id: int, uid: int, seed: Seed) -> Incoming:
    files = [(seed.attachment, "application/pdf", b"%PDF-1.4 ...")] if seed.attachment else []
    raw = a_mail(
        subject=seed.subject, from_=seed.from_, text=seed.text, html=seed.html, attachments=files
    )
    return Incoming(
        mailbox_id=mailbox_id,
        uidvalidity=1,
        uid=uid,
        flags=1 if seed.is_read else 0,
        modseq=1,
        received_at=now_ms() - seed.minutes_ago * MINUTE,
        size=len(raw),
        identity=hashlib.blake2b(raw, digest_size=16).digest(),
        server_identity="",
        parsed=parse(raw),
        raw=raw,
    )
