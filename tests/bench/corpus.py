"""Make mails to measure with, always the same ones, like those of a mailbox in long use.

Sizes are log-normal with a median of 7 KB, clipped to 2 and 60 KB. Two thirds of the mails have
HTML beside the text, a tenth have an attachment, and six of ten answer an earlier mail. Words
follow a power law, so the search index gets few frequent and many rare ones.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache

OWN = "maja@bench.example"
_SYLLABLES = "ka ro mi ten sol var pel dun gri mas to el in ber sha lo ved nur ist ag".split(  # noqa: SIM905
    " "
)
_WORDS = 20_000
_PARAGRAPHS = 3_000


@dataclass(frozen=True, slots=True)
class BenchMail:
    """A mail, and what a server reports about it."""

    raw: bytes
    received_at: datetime
    is_seen: bool


@cache
def words() -> tuple[str, ...]:
    """The vocabulary, the most frequent first."""
    numbers = random.Random(7)
    found: dict[str, None] = {}
    while len(found) < _WORDS:
        found["".join(numbers.choices(_SYLLABLES, k=numbers.choice((1, 2, 2, 3, 3, 4))))] = None
        if len(found) >= 300:  # short words run out
            found["".join(numbers.choices(_SYLLABLES, k=4))] = None
    return tuple(found)


@cache
def paragraphs() -> tuple[str, ...]:
    """The paragraphs that mails are made of."""
    numbers = random.Random(11)
    vocabulary = words()
    weights = [1 / (rank + 3) for rank in range(len(vocabulary))]
    made = []
    for _ in range(_PARAGRAPHS):
        chosen = numbers.choices(vocabulary, weights, k=numbers.randint(30, 110))
        text = " ".join(chosen).capitalize()
        made.append("\n".join(text[at : at + 76] for at in range(0, len(text), 76)))
    return tuple(made)


def mails(count: int, *, seed: int = 1, days: int = 25) -> Iterator[BenchMail]:
    """`count` mails, oldest first, spread over the last `days`."""
    numbers = random.Random(seed)
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    step = timedelta(days=days) / max(count, 1)
    threads: list[tuple[str, list[str]]] = []
    for number in range(count):
        received_at = (end - step * (count - number)).replace(microsecond=0)
        message_id = f"<{seed}.{number}.{numbers.getrandbits(40):x}@bench.example>"
        if threads and numbers.random() < 0.6:
            subject, known = numbers.choice(threads[-200:])
        else:
            subject, known = " ".join(numbers.choices(words()[:4000], k=5)), []
            threads.append((subject, known))
        raw = _mail(numbers, subject, known, message_id, received_at)
        known.append(message_id)
        yield BenchMail(raw, received_at, numbers.random() < 0.8)


def _mail(
    numbers: random.Random, subject: str, known: list[str], message_id: str, at: datetime
) -> bytes:
    person = numbers.randrange(800)
    name = f"{words()[person]} {words()[person + 900]}".title()
    size = min(60_000, max(2_000, int(numbers.lognormvariate(8.85, 0.8))))
    head = [
        f"From: {name} <person{person}@customer{person % 90}.example>",
        f"To: Maja <{OWN}>",
        f"Subject: {'Re: ' if known else ''}{subject}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: {message_id}",
        "MIME-Version: 1.0",
        *(f"Received: from mx{hop}.example by mx.bench.example; {format_datetime(at)}" for hop in range(3)),
    ]  # fmt: skip
    if known:
        head += [f"In-Reply-To: {known[-1]}", f"References: {' '.join(known[-12:])}"]
    return ("\n".join(head) + "\n" + _body(numbers, size)).replace("\n", "\r\n").encode()


def _body(numbers: random.Random, size: int) -> str:
    is_html = numbers.random() < 0.66
    file = numbers.random() < 0.1
    share = size // (3 if is_html else 1) // (2 if file else 1)
    text = ""
    while len(text) < share:
        text += numbers.choice(paragraphs()) + "\n\n"
    parts = [f"Content-Type: text/plain; charset=utf-8\n\n{text}"]
    if is_html:
        page = "".join(f"<p style='margin:0 0 1em'>{part}</p>" for part in text.split("\n\n"))
        parts.append(
            f"Content-Type: text/html; charset=utf-8\n\n<html><body>{page}</body></html>\n"
        )
    if file:
        content = base64.encodebytes(numbers.randbytes(size // 3)).decode()
        parts.append(
            "Content-Type: application/pdf; name=offer.pdf\n"
            "Content-Disposition: attachment; filename=offer.pdf\n"
            f"Content-Transfer-Encoding: base64\n\n{content}"
        )
    if len(parts) == 1:
        return parts[0]
    kind = "mixed" if file else "alternative"
    inner = "".join(f"--=_bench\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="=_bench"\n\n{inner}--=_bench--\n'
