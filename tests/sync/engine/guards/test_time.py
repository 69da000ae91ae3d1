"""Guards against clocks that are set back, and against user actions during the worker's own."""

from __future__ import annotations

import pytest

from models.accounts import account
from models.commands.accounts import UpdateAccount
from models.commands.archive import Archive
from models.commands.delete import DeleteMessages
from models.store import database, settings
from tests.support.servers.fake_mailboxes import Box, Mailboxes
from tests.sync.engine.engine import DAY_MS, Engine
from tests.sync.engine.scripted import Make, mails, subjects


@pytest.fixture
def engine(server: Mailboxes, make: Make) -> Engine:
    settings.put("archive_on_server", True)
    settings.put("delete_on_server", True)
    server.boxes["Projects"] = Box(11)
    server.deliver("me", "INBOX", mails(5))
    made = make(server)
    made.cycle()
    made.leave_idle()
    return made


# --- clocks --------------------------------------------------------------------------------------


def test_an_operation_does_not_wait_for_a_clock_that_was_set_back(engine: Engine) -> None:
    engine.run(Archive((engine.conversation_id("mail 001"),)))
    database.run(
        "UPDATE operation SET state = 'waiting', next_try_at = next_try_at + changed_at + ?1, "
        "changed_at = changed_at + ?1",
        (400 * DAY_MS,),
    )
    engine.cycle()
    assert engine.operations() == [("archive", "done")]


def test_an_operation_waits_its_time(engine: Engine) -> None:
    engine.run(Archive((engine.conversation_id("mail 001"),)))
    database.run("UPDATE operation SET state = 'waiting', next_try_at = changed_at + ?", (DAY_MS,))
    engine.cycle()
    assert engine.operations() == [("archive", "waiting")]


@pytest.mark.parametrize("asks", [1, 2])
def test_a_case_does_not_wait_for_a_clock_that_was_set_back(
    server: Mailboxes, engine: Engine, asks: int
) -> None:
    """It begins again, with two checks. It is neither decided at once nor open for years."""
    server.expunge("INBOX", [2])
    engine.cycle()
    database.run(
        "UPDATE location SET asks = ?2, missing_since = missing_since + ?1, "
        "last_ask_at = last_ask_at + ?1 WHERE state = 'missing'",
        (400 * DAY_MS, asks),
    )
    database.run("UPDATE mailbox SET full_check_at = full_check_at + ?", (400 * DAY_MS,))
    engine.cycle()
    assert sorted(engine.subjects()) == subjects(5)
    engine.settle()
    assert "mail 001" not in engine.subjects()


# --- acts that overlap ----------------------------------------------------------------------------


def test_read_only_holds_from_the_moment_the_person_says_so(
    server: Mailboxes, engine: Engine
) -> None:
    """The worker learns of it a little later, through the window."""
    engine.run(Archive((engine.conversation_id("mail 001"),)))
    engine.run(UpdateAccount(engine.account_id, {"read_only": True}))
    engine.commands.clear()
    engine.cycle()
    assert not [c for c in engine.commands if c.startswith(("SELECT", "UID MOVE", "UID STORE"))]
    assert engine.operations() == [("archive", "pending")]
    found = account.config(engine.account_id)
    assert found is not None
    assert found.read_only


def test_what_is_deleted_here_while_it_is_looked_for_goes_to_trash(
    server: Mailboxes, engine: Engine
) -> None:
    """Expunged first; the other program appends it elsewhere only after the delete."""
    raw = server.raw("INBOX", 2)
    server.expunge("INBOX", [2])
    engine.cycle()
    assert engine.places("mail 001") == {"INBOX": "missing"}
    engine.leave_idle()
    engine.run(DeleteMessages((engine.message_id("mail 001"),)))
    server.deliver("me", "Projects", raw)
    engine.until(lambda: engine.operations() == [("trash", "done")])
    assert engine.server_subjects("Trash") == ["mail 001"]
    assert engine.server_subjects("Projects") == []
    assert "mail 001" not in engine.subjects()


def test_a_body_that_a_broken_label_keeps_back_breaks_no_line(
    server: Mailboxes, engine: Engine
) -> None:
    database.run("UPDATE message SET body_state = 'none' WHERE subject = 'mail 001'")
    server.refuse["EXAMINE", "INBOX"] = b"[SERVERBUG] internal error, try again later"
    engine.sync.want_body(engine.message_id("mail 001"))
    assert engine.sync.step().doing == "body"
    assert engine.session is not None
    assert engine.session.is_open
