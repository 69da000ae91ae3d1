"""Read and unread, deletes on the server, and the queue of what a server has to hear."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.accounts import account
from models.accounts.account import NewAccount
from models.commands.archive import Archive, Restore
from models.commands.delete import DeleteConversations, DeleteMessages, preview_delete
from models.commands.done import Done
from models.commands.execute import execute
from models.commands.operations import DropOperations, RetryOperations
from models.commands.read_state import MarkMessagesRead, MarkRead
from models.events import OperationsChanged
from models.flags import Flag
from models.queries import operation_pages
from models.server import location, operation, sync_facts
from models.server.operation import Payload
from models.store import database
from tests.models.building import (
    Boxes,
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


# --- delete ------------------------------------------------------------------------------------


def test_delete_moves_every_copy_of_r13_to_trash() -> None:
    box = boxes()
    option("delete")
    names = ("INBOX", "Customers", "Archive", "Other")
    box.take(*(box.mail("a", name, uid=9) for name in names), box.mail("b", "Sent", refs=("a",)))
    done = execute(DeleteConversations((conversation_of("a"),)))
    assert done.count == 2
    assert done.undo is None
    wanted = {box.ids[name] for name in ("INBOX", "Customers", "Archive")}
    first, second = payloads("trash")
    assert {source[0] for source in first.sources} == wanted
    assert [source[0] for source in second.sources] == [box.ids["Sent"]]
    assert first.target == box.ids["Trash"]
    assert one("SELECT count(*) FROM message") == 0
    assert operation.due(box.account_id, 0)[0].identity == one(
        "SELECT identity FROM tombstone ORDER BY id LIMIT 1"
    )


def test_in_no_such_mailbox_it_is_taken_from_wherever_it_lies() -> None:
    box = boxes()
    option("delete")
    box.take(box.mail("a", "Other", uid=4))
    execute(DeleteMessages((message_of("a"),)))
    assert payloads("trash")[0].sources == ((box.ids["Other"], 1, 4),)


def test_without_a_copy_outside_trash_there_is_nothing_to_do() -> None:
    box = boxes()
    option("delete")
    box.take(box.mail("a"), box.mail("b"))
    (copy, other) = location.locations(box.ids["INBOX"], 1)
    location.move_location(copy.id, box.ids["Trash"], 1, 3)
    location.end_location(other.id)
    execute(DeleteMessages((message_of("a"), message_of("b"))))
    assert operations(box.account_id) == []


def test_trash_replaces_what_is_pending() -> None:
    box = boxes()
    option("delete")
    option("archive")
    box.take(box.mail("a"))
    execute(MarkRead((conversation_of("a"),)))
    execute(Archive((conversation_of("a"),)))
    execute(DeleteConversations((conversation_of("a"),)))
    assert [row[:2] for row in operations(box.account_id)] == [
        ("flags", "cancelled"),
        ("archive", "cancelled"),
        ("trash", "pending"),
    ]


def test_option_off_drops_flags_and_lets_the_archive_go_out() -> None:
    box = boxes()
    option("archive")
    box.take(box.mail("a"))
    execute(MarkRead((conversation_of("a"),)))
    execute(Archive((conversation_of("a"),)))
    execute(DeleteConversations((conversation_of("a"),)))
    assert [row[:2] for row in operations(box.account_id)] == [
        ("flags", "cancelled"),
        ("archive", "pending"),
    ]


def test_the_dialog_knows_what_goes() -> None:
    box, other = boxes(), boxes("team@example.com", kind="team", delete_on_server=True)
    box.take(box.mail("a"), box.mail("b", refs=("a",)))
    other.take(other.mail("a"))
    found = database.rows("SELECT conversation_id FROM message WHERE account_id = ?", (1,))
    preview = preview_delete(conversation_ids=[found[0][0]])
    assert (preview.message_count, preview.conversation_count) == (2, 1)
    assert preview.to_trash == {box.account_id: False}
    assert preview.other_account_copies == 1
    assert preview.record_titles == ()
    twin = one("SELECT id FROM message WHERE account_id = ?", other.account_id)
    preview = preview_delete(message_ids=[twin])
    assert preview.to_trash == {other.account_id: True}
    assert preview_delete().message_count == 0


def test_deleting_one_leaves_the_other_accounts_copy() -> None:
    box, other = boxes(), boxes("you@example.com")
    box.take(box.mail("a"))
    other.take(other.mail("a"))
    first = one("SELECT id FROM message WHERE account_id = ?", box.account_id)
    execute(DeleteMessages((first,)))
    assert one("SELECT account_id FROM message") == other.account_id


# --- read and unread -----------------------------------------------------------------------------


def test_read_is_local_at_once_and_queued_once_a_message() -> None:
    box = boxes()
    box.take(
        box.mail("a", uid=1),
        box.mail("a", "Customers", uid=2),
        box.mail("b", refs=("a",), flags=Flag.SEEN),
    )
    done = execute(MarkRead((conversation_of("a"),)))
    assert done.count == 1
    assert one("SELECT unread_count FROM conversation") == 0
    assert payloads("flags") == [
        Payload(((box.ids["INBOX"], 1, 1), (box.ids["Customers"], 1, 2)), seen=True)
    ]
    assert done.undo == MarkMessagesRead((message_of("a"),), read=False)
    execute(done.undo)
    assert one("SELECT unread_count FROM conversation") == 1
    assert [row[:2] for row in operations(box.account_id)] == [("flags", "cancelled")]


def test_what_is_under_way_is_followed_by_its_opposite() -> None:
    box = boxes()
    box.take(box.mail("a"))
    execute(MarkRead((conversation_of("a"),)))
    begin(operation.due(box.account_id, 0)[0].id)
    execute(MarkRead((conversation_of("a"),), read=False))
    assert [row[:2] for row in operations(box.account_id)] == [
        ("flags", "running"),
        ("flags", "pending"),
    ]
    assert [payload.seen for payload in payloads("flags")] == [True, False]


def test_old_news_never_overwrites_what_the_person_did() -> None:
    box = boxes()
    box.take(box.mail("a", uid=1))
    execute(MarkRead((conversation_of("a"),)))
    assert location.set_flags(box.ids["INBOX"], 1, {1: (Flag.ANSWERED, 9)}) == ()
    box.take(box.mail("a", uid=1))
    box.take(box.mail("a", "Customers"))
    assert one("SELECT is_read FROM message") == 1
    operation.mark_done([row.id for row in operation.due(box.account_id, 0)])
    location.set_flags(box.ids["INBOX"], 1, {1: (Flag.SEEN, 10)})
    assert location.set_flags(box.ids["INBOX"], 1, {1: (0, 11)}) == (conversation_of("a"),)
    assert one("SELECT unread_count FROM conversation") == 1


def test_marking_what_is_so_already_does_nothing() -> None:
    box = boxes()
    box.take(box.mail("a", flags=Flag.SEEN))
    assert execute(MarkRead((conversation_of("a"),))) == Done()
    assert execute(MarkMessagesRead((message_of("a"),))) == Done()


# --- operations ------------------------------------------------------------------------------------


def refused(box: Boxes) -> int:
    box.take(box.mail("a"))
    execute(MarkRead((conversation_of("a"),)))
    (row,) = operation.due(box.account_id, 0)
    operation.mark_refused(row.id, "NO [NOPERM]")
    return row.id


def test_a_refused_operation_is_tried_again_or_dropped() -> None:
    box = boxes()
    refused_id = refused(box)
    assert sync_facts.of_account(box.account_id).refused == 1
    assert operation_pages.page(1).items[0].server_words == "NO [NOPERM]"
    done = execute(RetryOperations((refused_id,)))
    assert done.events == (OperationsChanged(box.account_id),)
    assert [row.id for row in operation.due(box.account_id, 0)] == [refused_id]
    operation.mark_refused(refused_id, "NO")
    execute(DropOperations((refused_id,)))
    assert operation_pages.page(1).total == 0
    assert execute(DropOperations((refused_id,))).count == 0


def test_one_that_was_cut_off_is_due_again_with_its_mark() -> None:
    box = boxes()
    option("archive")
    box.take(box.mail("a"))
    execute(Archive((conversation_of("a"),)))
    begin(operation.due(box.account_id, 0)[0].id)
    database.close_for_thread()
    database.open_for_thread()
    (row,) = operation.due(box.account_id, 0)
    assert row.is_begun
    assert row.payload.mark == (1, 100)
    assert row.attempts == 1
    operation.clear_mark(row.id)
    cleared = operation.get(row.id)
    assert cleared is not None
    assert not cleared.is_begun


def test_one_that_waits_is_not_due_and_holds_up_its_message_alone() -> None:
    box = boxes()
    option("archive")
    box.take(box.mail("a"), box.mail("b"))
    execute(MarkRead((conversation_of("a"),)))
    (row,) = operation.due(box.account_id, 0)
    operation.mark_waiting(row.id, 1000, "NO [INUSE]")
    execute(Archive((conversation_of("a"), conversation_of("b"))))
    assert [due.message_id for due in operation.due(box.account_id, 999)] == [message_of("b")]
    assert min(row.next_try_at for row in operation.of_account(box.account_id)) == 0
    assert [due.kind for due in operation.due(box.account_id, 1000)] == ["flags", "archive"]
    operation.mark_done([row.id])
    operation.prune(row.created_at + 10**9)
    assert operation.get(row.id) is None


def test_what_the_person_took_back_is_not_revived(store: Path) -> None:
    """The worker may hold a row that was cancelled while it talked to the server."""
    account_id = account.create(NewAccount("me@example.test", "h", 993, "tls", "h", 465, "tls"))
    sql = (
        "INSERT INTO operation (account_id, command_id, kind, identity, created_at, changed_at) "
        "VALUES (?, 'c', 'archive', x'00', 1, 1)"
    )
    with database.writing(durable=True):
        operation_id = database.insert(sql, (account_id,))
    row = operation.get(operation_id)
    assert row is not None
    operation.cancel([operation_id])
    assert not operation.mark_running(operation_id, row.payload)
    operation.mark_waiting(operation_id, 5, "later")
    operation.clear_mark(operation_id)
    operation.set_payload(operation_id, row.payload)
    taken_back = operation.get(operation_id)
    assert taken_back is not None
    assert taken_back.state == "cancelled"


def test_the_opposite_mark_forgets_what_was_refused() -> None:
    """A retry by hand, later, would undo what the user did since."""
    box = boxes()
    box.take(box.mail("a", "INBOX", uid=5))
    execute(MarkRead((conversation_of("a"),), read=True))
    operation.mark_refused(operation.due(box.account_id, 0)[0].id, "no")
    execute(MarkRead((conversation_of("a"),), read=False))
    assert [row[0] for row in database.rows("SELECT state FROM operation")][:1] == ["cancelled"]
    assert operation_pages.page(1).refused_count == 0


def test_a_restore_forgets_an_archive_that_was_refused() -> None:
    """A retry by hand, later, would archive it again."""
    box = boxes()
    option("archive")
    box.take(box.mail("a", "INBOX", uid=5))
    execute(Archive((conversation_of("a"),)))
    operation.mark_refused(operation.due(box.account_id, 0)[0].id, "no")
    execute(Restore((conversation_of("a"),)))
    assert operation_pages.page(1).refused_count == 0


def test_what_the_server_may_have_heard_of_is_never_cancelled() -> None:
    """The archive has begun: a restore follows it, and does not take its row away."""
    box = boxes()
    option("archive")
    box.take(box.mail("a", "INBOX", uid=5))
    execute(Archive((conversation_of("a"),)))
    begin(operation.due(box.account_id, 0)[0].id)
    execute(Restore((conversation_of("a"),)))
    rows = operation.of_account(box.account_id)
    assert [(row.kind, row.state) for row in rows] == [
        ("archive", "running"),
        ("unarchive", "pending"),
    ]
