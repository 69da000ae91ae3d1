"""Each guard of the proof alone, with its neighbours out of the way.

A mail is deleted here only if many things hold at once. Where several guards would catch the
same fault, the others are made useless first, so that the one that is meant is the one that holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from models import settings
from models.clock import now_ms
from models.commands import DeleteMessages
from tests.support.builders import a_mail
from tests.support.fake_mailboxes import Mailboxes
from tests.sync.engine import DAY_MS, Engine

Make = Callable[..., Engine]


@pytest.fixture
def server() -> Iterator[Mailboxes]:
    with Mailboxes() as made:
        yield made


@pytest.fixture
def make(store: Path) -> Iterator[Make]:
    made: list[Engine] = []

    def engine(server: Mailboxes, **details: object) -> Engine:
        made.append(Engine(server, "me", **details))  # type: ignore[arg-type]
        return made[-1]

    yield engine
    for one in made:
        one.close()


def mails(count: int, first: int = 0) -> list[bytes]:
    return [a_mail(subject=f"mail {n:03}") for n in range(first, first + count)]


def _ago(days: int) -> int:
    return now_ms() - days * DAY_MS


def test_numbers_of_before_stay_until_the_arrivals_are_known(server: Mailboxes, make: Make) -> None:
    """One came and one went: with new numbers stored too early both would cancel out.

    The full check, which would find it within the hour, is not due.
    """
    server.deliver("me", "INBOX", mails(5))
    engine = make(server)
    engine.cycle()
    server.expunge("INBOX", [2])
    server.deliver("me", "INBOX", mails(1, first=5))
    server.alter["UID SEARCH"] = lambda _: []
    engine.cycle()
    server.alter.clear()
    engine.settle()
    assert sorted(engine.subjects()) == [f"mail {n:03}" for n in (0, 2, 3, 4, 5)]


def test_what_is_kept_out_is_counted_under_a_new_uidvalidity(server: Mailboxes, make: Make) -> None:
    """Old mail that was deleted here is not read again; were it not counted as the one that
    stays away, an equal mail that comes later would stay away for it.
    """
    settings.put("delete_on_server", False)
    engine = make(server, start="1m", start_at=_ago(10))
    engine.cycle()
    raw = a_mail(subject="twin")
    server.boxes["INBOX"].add(raw, at=_ago(20))
    server.deliver("me", "INBOX", mails(9))
    engine.cycle()
    engine.leave_idle()
    engine.run(DeleteMessages((engine.message_id("twin"),)))
    server.boxes["INBOX"].uidvalidity = 9
    engine.settle()
    assert "twin" not in engine.subjects()
    server.boxes["INBOX"].add(raw)
    engine.settle()
    assert engine.subjects().count("twin") == 1
