"""What the user does: local at once, durable, with exactly the operations of R1 to R13."""

from __future__ import annotations

import time
from typing import Any

import pytest

from models.accounts import account
from models.commands.archive import Archive, Restore
from models.commands.delete import DeleteConversations
from models.commands.execute import execute
from models.events import ConversationsChanged, OperationsChanged, SettingsChanged
from models.server import location, mailbox, operation, sync_facts, vanish_cases
from models.server.operation import Payload
from models.store import database, settings
from models.store.database import DiskFullError
from models.store.settings import SetOption
from tests.models.building import (
    Boxes,
    archived,
    begin,
    boxes,
    conversation_of,
    message_of,
    one,
    operations,
    option,
    payloads,
)

pytestmark = pytest.mark.usefixtures("store")


# --- R1, R2 ----------------------------------------------------------------------------------


def test_both_options_are_off_at_first() -> None:
    box = boxes()
    assert not account.archive_option(box.account_id)
    assert not account.delete_option(box.account_id)


def test_personal_accounts_share_the_options_a_team_account_has_its_own() -> None:
    mine, team = boxes(), boxes("team@example.com", kind="team")
    option("archive")
    account.update(team.account_id, delete_on_server=True)
    assert account.archive_option(mine.account_id)
    assert not account.archive_option(team.account_id)
    assert account.delete_option(team.account_id)
    assert not account.delete_option(mine.account_id)


@pytest.mark.parametrize("command", [Archive, DeleteConversations])
def test_option_off_queues_nothing(command: Any) -> None:
    box = boxes()
    box.take(box.mail("a"), box.mail("a", "Archive"))
    done = execute(command((conversation_of("a"),)))
    assert done.count == 1
    assert operations(box.account_id) == []
    assert not any(isinstance(event, OperationsChanged) for event in done.events)


def test_an_option_never_applies_to_what_was_done_before() -> None:
    box = boxes()
    box.take(box.mail("a"), box.mail("b"))
    execute(Archive((conversation_of("a"),)))
    execute(DeleteConversations((conversation_of("b"),)))
    option("archive")
    option("delete")
    assert operations(box.account_id) == []


def test_a_setting_is_told() -> None:
    assert execute(SetOption("theme", "dark")).events == (SettingsChanged("theme"),)
    assert settings.get("theme") == "dark"
    settings.forget("theme")
    assert settings.get("theme") == "system"


# --- archive and restore -----------------------------------------------------------------------


def test_archive_queues_the_copy_in_inbox_only() -> None:
    box = boxes()
    option("archive")
    box.take(
        box.mail("a", uid=5),
        box.mail("a", "Customers"),
        box.mail("b", "Sent", refs=("a",)),
        box.mail("c", "Customers", refs=("a",)),
    )
    done = execute(Archive((conversation_of("a"),)))
    assert operations(box.account_id) == [("archive", "pending", message_of("a"))]
    assert payloads("archive") == [
        Payload(((box.ids["INBOX"], 1, 5),), box.ids["Archive"], None, False)
    ]
    assert done.events == (
        ConversationsChanged(box.account_id, (conversation_of("a"),)),
        OperationsChanged(box.account_id),
    )
    assert one("SELECT archived_cause FROM conversation") == "person"
    assert one("SELECT count(*) FROM ledger WHERE kind = 'archive'") == 1


def test_only_conversations_in_inbox_are_archived() -> None:
    box = boxes()
    box.take(box.mail("own", "Sent"), box.mail("a"))
    both = (conversation_of("own"), conversation_of("a"), 999)
    assert execute(Archive(both)).count == 1
    again = execute(Archive(both))
    assert (again.count, again.events, again.undo) == (0, (), None)


def test_a_missing_copy_is_not_moved() -> None:
    box = boxes()
    option("archive")
    box.take(box.mail("a"))
    vanish_cases.set_missing([one("SELECT id FROM location")], 1)
    execute(Archive((conversation_of("a"),)))
    assert operations(box.account_id) == []


def test_undo_takes_back_exactly_what_changed() -> None:
    box = boxes()
    box.take(box.mail("a"), box.mail("b"))
    execute(Archive((conversation_of("a"),)))
    done = execute(Archive((conversation_of("a"), conversation_of("b"))))
    assert done.undo == Restore((conversation_of("b"),))
    execute(done.undo)
    assert (archived("a"), archived("b")) == (True, False)
    restored = execute(Restore((conversation_of("a"), conversation_of("b"))))
    assert restored.undo is not None
    execute(restored.undo)
    assert (archived("a"), archived("b")) == (True, False)


def test_undoing_a_restore_archives_also_what_is_not_of_inbox() -> None:
    box = boxes()
    box.take(box.mail("own", "Archive", sender="me@example.com"), past=True)
    done = execute(Restore((conversation_of("own"),)))
    assert done.undo is not None
    execute(done.undo)
    assert archived("own")


def test_a_pending_archive_and_its_restore_cancel_each_other() -> None:
    box = boxes()
    option("archive")
    box.take(box.mail("a"))
    done = execute(Archive((conversation_of("a"),)))
    option("archive", False)  # switched off meanwhile: the server must still not hear of it
    assert done.undo is not None
    execute(done.undo)
    assert [row[:2] for row in operations(box.account_id)] == [("archive", "cancelled")]


def archive_done(box: Boxes, name: str = "a") -> None:
    """The runner moved the copy to the archive."""
    execute(Archive((conversation_of(name),)))
    (row,) = operation.due(box.account_id, 0)
    (copy,) = location.locations(box.ids["INBOX"], 1)
    location.move_location(copy.id, box.ids["Archive"], 1, 50, put_by_archive=True)
    operation.mark_done([row.id])


def test_restore_moves_back_what_our_archive_moved() -> None:
    box = boxes()
    option("archive")
    box.take(box.mail("a"))
    archive_done(box)
    execute(Restore((conversation_of("a"),)))
    assert payloads("unarchive") == [Payload(((box.ids["Archive"], 1, 50),), box.ids["INBOX"])]
    execute(Archive((conversation_of("a"),)))
    assert [row[:2] for row in operations(box.account_id)] == [
        ("archive", "done"),
        ("unarchive", "cancelled"),
    ]


@pytest.mark.parametrize("reason", ["option off", "moved on", "not by us"])
def test_restore_moves_nothing_else(reason: str) -> None:
    box = boxes()
    option("archive")
    box.take(box.mail("a"))
    if reason == "not by us":
        execute(Archive((conversation_of("a"),)))
        operation.mark_done([row.id for row in operation.due(box.account_id, 0)])
        (copy,) = location.locations(box.ids["INBOX"], 1)
        location.move_location(copy.id, box.ids["Archive"], 1, 50)
    else:
        archive_done(box)
    if reason == "option off":
        option("archive", False)
    if reason == "moved on":
        location.end_location(one("SELECT id FROM location"))
        box.take(box.mail("a", "Customers"))
    execute(Restore((conversation_of("a"),)))
    assert not archived("a")
    assert payloads("unarchive") == []


def test_restore_of_an_archive_that_is_under_way_follows_it() -> None:
    box = boxes()
    option("archive")
    box.take(box.mail("a"))
    execute(Archive((conversation_of("a"),)))
    (row,) = operation.due(box.account_id, 0)
    begin(row.id)
    execute(Restore((conversation_of("a"),)))
    assert operations(box.account_id) == [
        ("archive", "running", message_of("a")),
        ("unarchive", "pending", message_of("a")),
    ]
    assert payloads("unarchive") == [Payload((), box.ids["INBOX"])]
    assert [due.kind for due in operation.due(box.account_id, 0)] == ["archive"]
    operation.mark_done([row.id])
    assert [due.kind for due in operation.due(box.account_id, 0)] == ["unarchive"]


def test_without_a_known_archive_the_target_is_left_open() -> None:
    box = boxes()
    option("archive")
    mailbox.update(box.ids["Archive"], role="")
    box.take(box.mail("a"))
    execute(Archive((conversation_of("a"),)))
    assert payloads("archive")[0].target is None


def test_ten_thousand_conversations_in_a_second() -> None:
    box = boxes()
    option("archive")
    for start in range(0, 10_000, 1000):
        box.take(*(box.mail(f"m{start + n}", raw=None, text="") for n in range(1000)), past=True)
    ids = tuple(row[0] for row in database.rows("SELECT id FROM conversation"))
    before = time.process_time()
    assert execute(Archive(ids)).count == 10_000
    assert time.process_time() - before < 6  # half a second on a machine that does nothing else
    assert sync_facts.of_account(box.account_id).pending == 10_000


# --- when it goes wrong ------------------------------------------------------------------------------


def test_a_full_disk_changes_nothing_and_says_so() -> None:
    box = boxes()
    box.take(*(box.mail(f"m{n}") for n in range(300)))
    pages = database.value("PRAGMA page_count")
    database.value(f"PRAGMA max_page_count = {pages}")
    ids = tuple(row[0] for row in database.rows("SELECT id FROM conversation"))
    option("archive", value=True)
    with pytest.raises(DiskFullError, match="disk is full"):
        execute(Archive(ids))
    database.value("PRAGMA max_page_count = 1000000")
    assert one("SELECT count(*) FROM conversation") == 300
    assert one("SELECT count(*) FROM conversation WHERE is_archived = 1") == 0
    assert operations(box.account_id) == []
    execute(Archive(ids))
    assert one("SELECT count(*) FROM conversation WHERE is_archived = 0") == 0
