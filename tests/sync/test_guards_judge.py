"""Guards of the judging that no other test holds alone: the brake, caps, names, mirrors."""

from __future__ import annotations

from models import database
from models.trust_commands import DeleteHeld
from tests.support.fake_mailboxes import Mailboxes
from tests.sync.engine import Engine
from tests.sync.scripted import Make, mails, subjects


def held(engine: Engine) -> int:
    return engine.sync.facts()[1]


def full_check_is_due(role: str) -> None:
    """One mailbox a cycle is looked at whole."""
    database.run("UPDATE mailbox SET full_check_at = 0 WHERE role = ?", (role,))


def half_in_trash(server: Mailboxes, make: Make) -> Engine:
    """25 of 40 copied to Trash and marked \\Deleted, as older programs delete."""
    server.deliver("me", "INBOX", mails(40))
    engine = make(server)
    engine.cycle()
    server.copy("INBOX", range(1, 26), "Trash")
    for mail in server.boxes["INBOX"].mails[:25]:
        mail.flags.add("\\Deleted")
    engine.until(lambda: held(engine) == 25)
    return engine


def test_time_releases_nothing_that_is_held_where_it_lies(server: Mailboxes, make: Make) -> None:
    """With more mail in INBOX the same 25 would be fewer than half: nobody has answered yet."""
    engine = half_in_trash(server, make)
    server.deliver("me", "INBOX", mails(40, first=40))
    for role in ("inbox", "trash", "inbox", "trash"):
        full_check_is_due(role)
        engine.cycle()
    assert len(engine.subjects()) == 80
    assert held(engine) == 25


def test_what_is_undeleted_while_it_is_held_is_no_question_any_more(
    server: Mailboxes, make: Make
) -> None:
    engine = half_in_trash(server, make)
    server.boxes["INBOX"].mails[3].flags.clear()
    engine.until(lambda: held(engine) == 24)
    engine.leave_idle()
    ids = [id_ for (id_,) in database.rows("SELECT id FROM message")]
    engine.run(DeleteHeld(tuple(ids)))
    engine.cycle()
    assert "mail 003" in engine.subjects()
    assert sorted(engine.subjects()) == ["mail 003", *subjects(40)[25:]]
