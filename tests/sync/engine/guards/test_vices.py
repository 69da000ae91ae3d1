"""Servers that hang up, hide, storm or mirror: no mail is lost, doubled or deleted."""

from __future__ import annotations

import re

import pytest

from models.commands.archive import Archive
from models.store import settings
from sync.errors import SyncError
from tests.support.servers.fake_mailboxes import Box, Mailboxes
from tests.sync.engine.scripted import BARE, Make, mails, subjects

# --- BYE, hiding, storms --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "verb",
    ["LIST", "STATUS", "EXAMINE", "SELECT", "UID SEARCH", "UID FETCH", "UID MOVE", "NOOP"],
)
def test_bye_in_every_state_loses_and_doubles_nothing(
    server: Mailboxes, make: Make, verb: str
) -> None:
    settings.put("archive_on_server", True)
    engine = make(server)
    engine.cycle()
    server.deliver("me", "INBOX", mails(3))
    engine.cycle()
    engine.run(Archive((engine.conversation_id("mail 001"),)))
    server.deliver("me", "INBOX", mails(2, first=3))
    server.expunge("INBOX", [1])
    server.bye_at.add(verb)
    for _ in range(4):
        try:
            engine.settle()
        except SyncError:
            engine.connect()
    assert not server.bye_at, "the command was never sent"
    assert sorted(engine.subjects()) == subjects(5)[1:]
    assert engine.server_subjects("Archive") == ["mail 001"]
    assert engine.server_subjects("INBOX") == ["mail 002", "mail 003", "mail 004"]


def test_cyrus_storm_of_expunges_and_an_empty_search_deletes_nothing(make: Make) -> None:
    """The open mailbox is deleted by another client: EXPUNGE for all, then OK and nothing."""
    with Mailboxes(capabilities=BARE) as server:
        server.deliver("me", "INBOX", mails(30))
        engine = make(server)
        engine.cycle()
        storm = [b"* 1 EXPUNGE"] * 30
        server.alter |= {
            "NOOP": lambda _: storm,
            "UID SEARCH": lambda _: [],
            "UID FETCH": lambda _: [],
            "STATUS": lambda parts: [re.sub(rb"MESSAGES \d+", b"MESSAGES 0", p) for p in parts],
        }
        engine.outlast()
        assert sorted(engine.subjects()) == subjects(30)
        server.refuse["EXAMINE", "INBOX"] = b"[NONEXISTENT] gone"
        engine.outlast()
        assert sorted(engine.subjects()) == subjects(30)


def test_a_capped_mailbox_hides_its_oldest_and_deletes_none(
    server: Mailboxes, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.engine.judge.CAPS", frozenset({20}))
    server.deliver("me", "INBOX", mails(20))
    engine = make(server)
    engine.cycle()
    server.expunge("INBOX", [1, 2])
    server.deliver("me", "INBOX", mails(2, first=20))
    engine.settle()
    engine.settle()
    assert sorted(engine.subjects()) == subjects(22)
    assert engine.places("mail 000") == {"INBOX": "hidden"}


@pytest.mark.parametrize("verb", ["EXAMINE", "STATUS"])
def test_a_refused_mailbox_deletes_nothing_and_comes_back(
    server: Mailboxes, make: Make, verb: str
) -> None:
    server.deliver("me", "Projects", mails(3))
    engine = make(server, chosen=("INBOX", "Projects"))
    engine.cycle()
    server.refuse[verb, "Projects"] = b"[NOPERM] not yours"
    server.deliver("me", "Projects", mails(1, first=3))
    server.expunge("Projects", [1])
    engine.settle()
    assert sorted(engine.subjects())[:3] == subjects(3)[:3] or verb == "STATUS"
    server.refuse.clear()
    engine.settle()
    engine.settle()
    assert sorted(engine.subjects()) == subjects(4)[1:]


# --- mirrors ---------------------------------------------------------------------------------------


def test_a_mirror_is_known_by_what_it_does(server: Mailboxes, make: Make) -> None:
    """A mailbox “Everything” shows a copy of each mail of INBOX; it must not explain deletes away."""
    server.boxes["Everything"] = Box(11)
    engine = make(server)
    engine.cycle()
    for raw in mails(12):
        server.deliver("me", "INBOX", raw)
        server.deliver("me", "Everything", raw)
    engine.cycle()
    assert engine.box("Everything").is_mirror
    server.expunge("INBOX", [1])
    engine.settle()
    assert sorted(engine.subjects()) == subjects(12)[1:]


def test_a_few_copies_make_no_mirror(server: Mailboxes, make: Make) -> None:
    server.boxes["Projects"] = Box(11)
    engine = make(server)
    engine.cycle()
    server.deliver("me", "INBOX", mails(12))
    engine.cycle()
    server.copy("INBOX", range(1, 10), "Projects")
    engine.cycle()
    assert not engine.box("Projects").is_mirror
    server.expunge("INBOX", range(1, 10))
    engine.settle()
    assert sorted(engine.subjects()) == subjects(12)
