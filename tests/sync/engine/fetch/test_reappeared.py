"""Another program moves mail away and back: no second copy, and nothing deleted returns."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models.commands.archive import Archive
from models.commands.delete import DeleteMessages
from models.server import mailbox, operation
from models.store import database, settings
from tests.support.builders import a_mail
from tests.support.servers.dovecot import Dovecot
from tests.sync.engine.engine import Engine

Make = Callable[..., Engine]


def away_and_back(engine: Engine, *uids: int) -> None:
    for uid in uids:
        engine.other.move("INBOX", [uid], "Projects")
        engine.other.move("Projects", engine.other.uids("Projects"), "INBOX")


@pytest.fixture
def engine(engine_with_projects: Engine) -> Engine:
    return engine_with_projects


def delete(engine: Engine, subject: str) -> None:
    engine.run(DeleteMessages((engine.message_id(subject),)))


def test_deleted_here_and_moved_away_and_back_stays_away(engine: Engine) -> None:
    engine.deliver("one", "two")
    engine.cycle()
    delete(engine, "one")
    away_and_back(engine, engine.other.uids("INBOX")[0])
    engine.settle()
    assert engine.subjects() == ["two"]
    away_and_back(engine, engine.other.uids("INBOX")[-1])
    engine.settle()
    assert engine.subjects() == ["two"]


def test_a_live_message_moved_away_and_back_is_one_message(engine: Engine) -> None:
    engine.deliver("one", "two")
    engine.cycle()
    before = engine.message_id("one")
    away_and_back(engine, engine.other.uids("INBOX")[0])
    engine.settle()
    assert sorted(engine.subjects()) == ["one", "two"]
    assert engine.message_id("one") == before
    uids = {uid for (uid,) in database.rows("SELECT uid FROM location")}
    assert uids == set(engine.other.uids("INBOX"))


def test_its_waiting_operation_follows(engine: Engine) -> None:
    settings.put("archive_on_server", True)
    engine.deliver("one")
    engine.cycle()
    engine.leave_idle()
    engine.run(Archive((engine.conversation_id("one"),)))
    database.run("UPDATE operation SET next_try_at = 99999999999999")
    away_and_back(engine, *engine.other.uids("INBOX"))
    engine.cycle()
    source = operation.of_account(engine.account_id)[0].payload.sources[0]
    assert source[2] == engine.other.uids("INBOX")[0]
    database.run("UPDATE operation SET next_try_at = 0")
    engine.settle()
    assert engine.server_subjects("Archive") == ["one"]
    assert engine.server_subjects("INBOX") == []


def test_a_true_second_copy_is_still_a_second_message(engine: Engine) -> None:
    """The guard must not swallow what really came twice."""
    raw = a_mail(subject="twin")
    engine.server.deliver(engine.user, "INBOX", raw)
    engine.cycle()
    engine.server.deliver(engine.user, "INBOX", raw)
    engine.settle()
    assert engine.subjects() == ["twin", "twin"]


def test_of_two_equal_mails_one_deleted_stays_one(engine: Engine) -> None:
    raw = a_mail(subject="twin")
    engine.server.deliver(engine.user, "INBOX", [raw, raw])
    engine.cycle()
    delete(engine, "twin")
    assert engine.subjects() == ["twin"]
    away_and_back(engine, *engine.other.uids("INBOX"))
    engine.settle()
    assert engine.subjects() == ["twin"]
    away_and_back(engine, engine.other.uids("INBOX")[0])
    engine.settle()
    assert engine.subjects() == ["twin"]


def renumber(engine: Engine, name: str) -> None:
    """Another program deletes a mailbox and makes it again with the same mail."""
    raws = [engine.other.raw(name, uid) for uid in engine.other.uids(name)]
    engine.other.delete_mailbox(name)
    engine.server.deliver(engine.user, name, raws)


@pytest.mark.parametrize("is_cut", [False, True])
def test_deleted_here_stays_away_through_a_new_uidvalidity(engine: Engine, is_cut: bool) -> None:
    mailbox.save(engine.account_id, "Projects", is_chosen=True)
    raw = a_mail(subject="twin")
    engine.server.deliver(engine.user, "Projects", [raw, raw])
    engine.deliver(*(f"other {n}" for n in range(8)), to="Projects")
    engine.settle()
    delete(engine, "twin")
    renumber(engine, "Projects")
    if is_cut:
        engine.connect()
    engine.settle()
    assert engine.subjects().count("twin") == 1
    engine.other.copy("Projects", engine.other.uids("Projects")[:1], "Sent")
    renumber(engine, "Projects")
    engine.settle()
    assert engine.subjects().count("twin") == 1
    kept = database.value(
        "SELECT count(*) FROM arrival WHERE is_kept_out = 1 AND is_gone = 0 AND mailbox_id = ?",
        (engine.box("Projects").id,),
    )
    assert kept == 1


def test_deleted_here_stays_away_in_a_renamed_and_a_recreated_mailbox(engine: Engine) -> None:
    mailbox.save(engine.account_id, "Projects", is_chosen=True)
    engine.deliver("one", "two", "three", to="Projects")
    engine.settle()
    delete(engine, "one")
    engine.other.rename("Projects", "Old")
    engine.settle()
    assert sorted(engine.subjects()) == ["three", "two"]
    renumber(engine, "Old")
    engine.settle()
    assert sorted(engine.subjects()) == ["three", "two"]
    engine.other.rename("Old", "Older")
    engine.other.create("Old")
    engine.settle()
    engine.other.move("Older", engine.other.uids("Older"), "Old")
    engine.settle()
    assert sorted(engine.subjects()) == ["three", "two"]


def test_deleted_here_stays_away_when_the_account_is_added_again(
    dovecot: Dovecot, mail_user: str, engine_of: Make
) -> None:
    raw = a_mail(subject="twin")
    dovecot.deliver(mail_user, "INBOX", [raw, raw, a_mail(subject="one"), a_mail(subject="two")])
    engine = engine_of()
    engine.cycle()
    delete(engine, "one")
    delete(engine, "twin")
    engine.drop()
    database.run("DELETE FROM account")
    engine.other.create("Projects")
    away_and_back(engine, *engine.other.uids("INBOX")[:1])
    again = engine_of()
    again.settle()
    assert sorted(again.subjects()) == ["twin", "two"]
    away_and_back(again, *again.other.uids("INBOX"))
    again.settle()
    assert sorted(again.subjects()) == ["twin", "two"]
