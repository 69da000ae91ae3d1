"""Make profiles full of mail, without a server."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Iterator
from pathlib import Path

from models.accounts import account
from models.accounts.account import NewAccount
from models.commands.execute import execute
from models.commands.imports import ImportRecords
from models.commands.records import SaveRecord
from models.files import plan as importing
from models.intake import intake
from models.parsed_mail import Incoming, ParsedMail
from models.records.records import Deal
from models.server import mailbox
from models.server.mailbox import Role
from models.store import database, profile
from models.store.clock import now_ms
from tests.bench import corpus

BATCH = 500
PERSONS, DEALS = 100_000, 10_000  # used to measure records
MINUTE_MS = 60_000


def open_store(folder: Path) -> int:
    """A new profile, open in this thread, whose account does not sync. Returns the account's id."""
    profile.open_profile(folder)
    database.open_for_thread()
    new = NewAccount(
        address=corpus.OWN,
        imap_host="127.0.0.1", imap_port=1, imap_security="none",
        smtp_host="127.0.0.1", smtp_port=1, smtp_security="none",
    )  # fmt: skip
    with database.writing(durable=False):
        account_id = account.create(new)
        account.update(account_id, state=account.STOPPED, set_up=True)
    return account_id


def fill_with_mail(account_id: int, count: int) -> None:
    """Take `count` mails in as sync does after parsing. Bodies have about 700 letters."""
    box = mailbox.save(account_id, "INBOX", role=Role.INBOX, is_chosen=True, uidvalidity=1)
    batch: list[Incoming] = []
    for mail in incoming(box, count):
        batch.append(mail)
        if len(batch) == BATCH:
            intake.take_in(account_id, batch, past=True, quiet=True)
            batch.clear()
    intake.take_in(account_id, batch, past=True, quiet=True)


def incoming(box: int, count: int) -> Iterator[Incoming]:
    """Made-up mail of 800 persons, half of it answers."""
    numbers = random.Random(3)
    texts = corpus.paragraphs()
    start = now_ms() - count * MINUTE_MS
    threads: list[tuple[str, str]] = []
    for number in range(count):
        header = f"<{number}@bench.example>"
        if threads and numbers.random() < 0.5:
            subject, parent = numbers.choice(threads[-300:])
        else:
            subject, parent = " ".join(numbers.choices(corpus.words()[:4000], k=5)), ""
            threads.append((subject, header))
        person = numbers.randrange(800)
        text = "\n".join(numbers.choices(texts, k=2))
        parsed = ParsedMail(
            subject=subject,
            from_=((f"Person {person}", f"person{person}@customer{person % 90}.example"),),
            to=(("Maja", corpus.OWN),),
            message_id_header=header,
            in_reply_to=(parent,) if parent else (),
            references=(parent,) if parent else (),
            dated_at=start + number * MINUTE_MS,
            text=text,
            snippet=text[:120].replace("\n", " "),
        )
        identity = hashlib.blake2b(header.encode(), digest_size=16).digest()
        raw = f"Subject: {subject}\r\nMessage-ID: {header}\r\n\r\n{text}\r\n".encode()
        yield Incoming(
            box, 1, number + 1, 1 if number % 5 else 0, 0, start + number * MINUTE_MS,
            len(raw), identity, "", parsed, raw,
        )  # fmt: skip


def fill_with_rows(account_id: int, count: int) -> None:
    """Add `count` conversations without messages: enough for a list, and quick to make."""
    numbers = random.Random(5)
    vocabulary = corpus.words()[:4000]
    subjects = [" ".join(numbers.choices(vocabulary, k=5)) for _ in range(2000)]
    snippets = [text[:120].replace("\n", " ") for text in corpus.paragraphs()]
    start = now_ms() - count * MINUTE_MS

    def rows() -> Iterator[tuple[object, ...]]:
        for number in range(count):
            person = number * 7919 % 800
            party = f'[["Person {person}", "person{person}@customer{person % 90}.example"]]'
            yield (
                account_id, subjects[number % 2000], party, snippets[number % len(snippets)],
                start + number * MINUTE_MS, 1 + number % 5, int(number % 9 == 0),
            )  # fmt: skip

    with database.writing(durable=False):
        database.run_many(
            "INSERT INTO conversation (account_id, subject, parties, snippet, newest_at, "
            "message_count, unread_count, incoming_count) VALUES (?, ?, ?, ?, ?, ?, ?, 1)",
            rows(),
        )


def import_persons(count: int) -> float:
    """Import persons from a table. Returns how many seconds it took."""
    lines = [
        f"Person {n},Company {n % 5000},person{n}@customer{n % 90}.example,+372 {n:07}"
        for n in range(count)
    ]
    text = "Name,Organization,Email,Phone\n" + "\n".join(lines)
    began = time.perf_counter()
    plan = importing.plan(text.encode())
    execute(ImportRecords(plan.drafts))
    return time.perf_counter() - began


def make_deals(persons: int, count: int) -> None:
    """Make deals of the persons who write. Every fourth is closed."""
    numbers = random.Random(4)
    for number in range(count):
        person_id = 1 + (number % 800 if number < count // 2 else numbers.randrange(persons))
        deal = Deal(
            title=" ".join(numbers.choices(corpus.words()[:4000], k=3)),
            value_cents=numbers.randrange(10**7),
            currency="EUR",
            stage_id=1 + number % 5,
            status=("open", "open", "open", "won")[number % 4],
            person_ids=(min(person_id, persons),),
            organization_id=1 + number % 100,
            created_at=1,
        )
        execute(SaveRecord(deal))
