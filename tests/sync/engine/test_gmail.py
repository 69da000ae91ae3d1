"""Gmail: mailboxes are labels, archive and trash mean what Gmail means by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from models.commands.archive import Archive, Restore
from models.commands.delete import DeleteConversations
from models.store import database, settings
from tests.support.builders import a_mail
from tests.support.servers.fake_mailboxes import Mailboxes
from tests.sync.engine.engine import Engine

ALL, TRASH, SPAM = "[Gmail]/All Mail", "[Gmail]/Trash", "[Gmail]/Spam"


@pytest.fixture
def server() -> Iterator[Mailboxes]:
    with Mailboxes(gmail=True) as made:
        yield made


@pytest.fixture
def make(store: Path, server: Mailboxes) -> Iterator[Callable[..., Engine]]:
    made: list[Engine] = []

    def engine(**details: object) -> Engine:
        chosen = ("INBOX", "[Gmail]/Sent Mail", "Clients")
        one = Engine(server, "me", chosen=chosen, **details)  # type: ignore[arg-type]
        made.append(one)
        one.cycle()
        return one

    yield engine
    for one in made:
        one.close()


def deliver(server: Mailboxes, *subjects: str) -> None:
    for subject in subjects:
        server.deliver("me", "INBOX", a_mail(subject=subject))


def uid(engine: Engine, name: str, subject: str) -> int:
    wanted = f"Subject: {subject}\r\n".encode()
    return next(u for u in engine.other.uids(name) if wanted in engine.other.raw(name, u))


@pytest.fixture(params=["past", "new"])
def engine(
    request: pytest.FixtureRequest, server: Mailboxes, make: Callable[..., Engine]
) -> Engine:
    """With three mails that were there before the set-up or came after it."""
    server.deliver("me", "Clients", [])
    if request.param == "past":
        deliver(server, "one", "two", "three")
        return make()
    made = make()
    deliver(server, "one", "two", "three")
    made.cycle()
    return made


def test_one_mail_under_several_labels_is_one_message(server: Mailboxes, engine: Engine) -> None:
    server.copy("INBOX", [uid(engine, "INBOX", "one")], "Clients")
    engine.settle()
    assert sorted(engine.subjects()) == ["one", "three", "two"]
    assert engine.places("one").keys() >= {"INBOX", "Clients"}


def test_a_label_that_goes_is_no_delete(server: Mailboxes, engine: Engine) -> None:
    """Archived by another program: INBOX loses it, All Mail has it."""
    server.expunge("INBOX", [uid(engine, "INBOX", "one")])
    engine.settle()
    assert sorted(engine.subjects()) == ["one", "three", "two"]
    assert engine.places("one") == {ALL: "live"}


def test_moved_to_trash_elsewhere_is_a_delete(server: Mailboxes, engine: Engine) -> None:
    server.move("INBOX", [uid(engine, "INBOX", "one")], TRASH)
    engine.settle()
    assert sorted(engine.subjects()) == ["three", "two"]


def test_gone_from_everywhere_is_a_delete(server: Mailboxes, engine: Engine) -> None:
    server.expunge(ALL, [uid(engine, ALL, "one")])
    server.expunge("INBOX", [uid(engine, "INBOX", "one")])
    engine.settle()
    assert sorted(engine.subjects()) == ["three", "two"]


def test_without_all_mail_nobody_can_know(server: Mailboxes, engine: Engine) -> None:
    del server.boxes[ALL]
    server.expunge("INBOX", [uid(engine, "INBOX", "one")])
    for _ in range(6):
        engine.cycle()
    assert sorted(engine.subjects()) == ["one", "three", "two"]


def test_archive_takes_the_label_away(server: Mailboxes, engine: Engine) -> None:
    settings.put("archive_on_server", True)
    server.copy("INBOX", [uid(engine, "INBOX", "one")], "Clients")
    engine.settle()
    engine.run(Archive((engine.conversation_id("one"),)))
    engine.until(lambda: engine.operations() == [("archive", "done")])
    assert engine.server_subjects("INBOX") == ["three", "two"]
    assert engine.server_subjects("Clients") == ["one"]
    assert engine.server_subjects(ALL) == ["one", "three", "two"]
    engine.settle()
    assert engine.places("one") == {ALL: "live", "Clients": "live"}


def test_restore_puts_the_label_back(server: Mailboxes, engine: Engine) -> None:
    settings.put("archive_on_server", True)
    engine.run(Archive((engine.conversation_id("one"),)))
    engine.until(lambda: engine.operations() == [("archive", "done")])
    engine.run(Restore((engine.conversation_id("one"),)))
    engine.until(lambda: engine.operations()[-1] == ("unarchive", "done"))
    engine.settle()
    assert engine.server_subjects("INBOX") == ["one", "three", "two"]
    assert engine.server_subjects(ALL) == ["one", "three", "two"]
    assert sorted(engine.subjects()) == ["one", "three", "two"]


def test_delete_moves_to_gmails_trash(server: Mailboxes, engine: Engine) -> None:
    """A bare deletion there would only archive."""
    settings.put("delete_on_server", True)
    engine.run(DeleteConversations((engine.conversation_id("one"),)))
    engine.until(lambda: engine.operations() == [("trash", "done")])
    assert engine.server_subjects(TRASH) == ["one"]
    assert engine.server_subjects(ALL) == ["three", "two"]
    assert not [c for c in engine.commands if c.startswith(("UID STORE", "UID EXPUNGE"))]
    engine.settle()
    assert sorted(engine.subjects()) == ["three", "two"]


def test_deleted_here_only_stays_away_under_every_label(server: Mailboxes, engine: Engine) -> None:
    engine.run(DeleteConversations((engine.conversation_id("one"),)))
    server.copy("INBOX", [uid(engine, "INBOX", "one")], "Clients")
    engine.settle()
    server.move("INBOX", [uid(engine, "INBOX", "one")], "Clients")
    server.copy("Clients", [uid(engine, "Clients", "one")], "INBOX")
    engine.settle()
    assert sorted(engine.subjects()) == ["three", "two"]
    assert database.value("SELECT count(*) FROM operation") == 0
