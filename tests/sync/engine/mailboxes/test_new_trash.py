"""Another label becomes the Trash: what lies there was not moved there, so the user is asked."""

from __future__ import annotations

import pytest

from models.commands.accounts import ChooseMailboxes, SetRole
from models.commands.held_deletes import CheckHeld, DeleteHeld, KeepHeld
from models.queries import held_deletes
from models.server.mailbox import Role
from models.store import database
from tests.support.servers.fake_mailboxes import Box, Mailboxes
from tests.sync.engine.engine import Engine
from tests.sync.engine.scripted import Make, mails, subjects


def with_projects(engine: Engine, count: int) -> list[str]:
    """`count` mails in a chosen label, one in INBOX, one in both. Returns what is here."""
    engine.other.create("Projects")
    engine.cycle()
    boxes = tuple(engine.box(name).id for name in ("INBOX", "Sent", "Projects"))
    engine.run(ChooseMailboxes(engine.account_id, boxes))
    engine.deliver(*[f"project {n:02}" for n in range(count)], to="Projects")
    engine.deliver("inbox", "both")
    engine.settle()
    (uid,) = [u for u in engine.other.uids("INBOX") if b"both" in engine.other.raw("INBOX", u)]
    engine.other.copy("INBOX", [uid], "Projects")
    engine.settle()
    return sorted(engine.subjects())


def held_messages(engine: Engine) -> list[int]:
    """The mails whose delete the brake holds back, as the window asks about them."""
    groups = held_deletes.everything().groups
    return [
        message_id
        for group in groups
        if group.account_id == engine.account_id
        for message_id in group.message_ids
    ]


def make_trash(engine: Engine, name: str) -> None:
    engine.run(SetRole(engine.account_id, engine.box(name).id, Role.TRASH))
    engine.settle()


@pytest.mark.parametrize("count", [3, 15])
def test_a_wrong_choice_deletes_nothing(engine: Engine, count: int) -> None:
    here = with_projects(engine, count)
    make_trash(engine, "Projects")
    engine.outlast()
    assert sorted(engine.subjects()) == here
    held = held_messages(engine)
    assert len(held) == count
    evidence = database.value("SELECT DISTINCT evidence FROM ledger WHERE kind = 'hold'")
    assert "role" in str(evidence)

    engine.run(KeepHeld(tuple(held)))
    make_trash(engine, "Trash")
    engine.outlast()

    assert sorted(engine.subjects()) == here
    assert held_messages(engine) == []


def test_what_is_moved_there_from_then_on_is_a_delete(engine: Engine) -> None:
    here = with_projects(engine, 3)
    make_trash(engine, "Projects")
    engine.other.move("INBOX", engine.other.uids("INBOX")[:1], "Projects")
    engine.settle()
    assert sorted(engine.subjects()) == [name for name in here if name != "inbox"]


def test_checked_again_many_are_asked_about_again(engine: Engine) -> None:
    here = with_projects(engine, 30)
    make_trash(engine, "Projects")
    held = tuple(held_messages(engine))
    engine.run(CheckHeld(held))
    engine.outlast()
    assert sorted(engine.subjects()) == here
    assert len(held_messages(engine)) == 30

    engine.run(DeleteHeld(held))
    engine.settle()

    assert sorted(engine.subjects()) == ["both", "inbox"]


@pytest.mark.parametrize("count", [3, 15])
def test_a_label_that_the_server_makes_the_trash_deletes_nothing(
    server: Mailboxes, make: Make, count: int
) -> None:
    server.boxes["Projects"] = Box(7)
    server.deliver("me", "Projects", mails(count))
    engine = make(server, chosen=("INBOX", "Sent", "Projects"))
    engine.settle()
    assert sorted(engine.subjects()) == subjects(count)

    server.boxes["Trash"].attributes = ""
    server.boxes["Projects"].attributes = "\\Trash"
    engine.settle()
    engine.outlast()

    assert engine.box("Projects").role is Role.TRASH
    assert sorted(engine.subjects()) == subjects(count)
    assert len(held_messages(engine)) == count
    causes = database.rows("SELECT DISTINCT cause, evidence FROM ledger WHERE kind = 'hold'")
    assert causes == [("server", '{"held": "role"}')]
