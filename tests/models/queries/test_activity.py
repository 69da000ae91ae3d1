"""What the brake holds, the queue and the ledger as a user asks for them."""

from __future__ import annotations

import pytest

from models.commands.archive import Archive
from models.commands.delete import DeleteMessages
from models.commands.execute import execute
from models.commands.held_deletes import CheckHeld, CreateMailbox, DeleteHeld, KeepHeld
from models.commands.operations import DropOperations, RetryOperations
from models.events import ConversationsChanged, HeldChanged, MessagesDeleted, OperationsChanged
from models.queries import conversation_list, held_deletes, ledger_pages, operation_pages
from models.queries.conversation_list import ListQuery, View
from models.queries.ledger_pages import LedgerItem, LedgerQuery
from models.server import location, operation, vanish_cases
from models.server.mailbox import Role
from models.store import database, ledger, settings
from models.store.database import StoreError
from models.store.settings import SetOption
from tests.models.building import Boxes, boxes, conversation_of, message_of

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture
def made() -> Boxes:
    found = boxes()
    found.take(found.mail("a"), found.mail("b"), found.mail("c"))
    return found


def hold(*names: str) -> tuple[int, ...]:
    """As the engine does when the brake holds."""
    ids = tuple(message_of(name) for name in names)
    rows = location.locations_of(ids)
    places = [row.id for each in rows.values() for row in each]
    with database.writing(durable=True):
        vanish_cases.set_missing(places, 1)
        vanish_cases.set_held(places)
        ledger.write(ledger.Entry("hold", ledger.SERVER, 1, id_) for id_ in ids)
    return ids


def page(**columns: object) -> tuple[LedgerItem, ...]:
    return ledger_pages.page(LedgerQuery(**columns), 100).items  # type: ignore[arg-type]


def kinds(**columns: object) -> list[str]:
    return [item.kind for item in page(**columns)]


# --- the brake --------------------------------------------------------------------------------


def test_what_is_held_is_counted_listed_and_marked(made: Boxes) -> None:
    assert not held_deletes.is_any()
    ids = hold("a", "b")
    (group,) = held_deletes.everything().groups
    assert (group.account_id, group.message_ids, group.linked_count) == (made.account_id, ids, 0)
    assert group.since is not None
    wanted = {conversation_of("a"), conversation_of("b")}
    assert set(conversation_list.ids(ListQuery(View.HELD)).ids) == wanted
    everything = [*wanted, conversation_of("c")]
    assert {row.id for row in conversation_list.rows(everything) if row.is_held} == wanted


def test_keep_ends_the_case_and_leaves_the_mail(made: Boxes) -> None:
    ids = hold("a", "b")
    done = execute(KeepHeld((*ids, message_of("c"))))
    assert done.count == 2
    assert [type(event) for event in done.events] == [ConversationsChanged, HeldChanged]
    assert not held_deletes.is_any()
    assert message_of("a") == ids[0]
    assert kinds(message_id=ids[0])[0] == "keep"


def test_check_begins_both_sittings_anew(made: Boxes) -> None:
    ids = hold("a")
    execute(CheckHeld(ids))
    (row,) = location.locations_of(ids)[ids[0]]
    assert (row.state, row.asks, row.missing_since) == ("live", 0, None)
    assert not held_deletes.is_any()


def test_delete_here_too_deletes_only_what_is_still_held(made: Boxes) -> None:
    ids = hold("a", "b")
    execute(KeepHeld(ids[:1]))
    done = execute(DeleteHeld(ids))
    assert done.count == 1
    gone = [event for event in done.events if isinstance(event, MessagesDeleted)]
    assert [event.message_ids for event in gone] == [ids[1:]]
    assert message_of("a") == ids[0]
    assert page(message_id=ids[1])[0].evidence["held"] == "agreed"


# --- a mailbox to be made ---------------------------------------------------------------------


def test_a_mailbox_is_queued_once(made: Boxes) -> None:
    command = CreateMailbox(made.account_id, "Rubbish", Role.TRASH)
    assert execute(command).count == 1
    assert execute(command).count == 0
    (row,) = operation.of_account(made.account_id)
    assert (row.kind, row.payload.name, row.payload.role) == ("create", "Rubbish", "trash")
    (item,) = operation_pages.page(10).items
    assert (item.name, item.role) == ("Rubbish", "trash")


@pytest.mark.parametrize("name", ["", " ", "Trash", "a\nb"])
def test_a_name_that_will_not_do_is_refused(made: Boxes, name: str) -> None:
    with pytest.raises(StoreError):
        execute(CreateMailbox(made.account_id, name, Role.TRASH))
    assert operation.of_account(made.account_id) == []


# --- the queue --------------------------------------------------------------------------------


def test_the_queue_has_refused_ones_first_and_words_only_of_mail_that_is_here(
    made: Boxes,
) -> None:
    for name in ("archive", "delete"):
        execute(SetOption(f"{name}_on_server", True))
    execute(Archive((conversation_of("a"), conversation_of("b"))))
    execute(DeleteMessages((message_of("c"),)))
    rows = operation.of_account(made.account_id)
    operation.mark_refused(rows[1].id, "[NOPERM] no")
    found = operation_pages.page(2)
    assert (found.total, found.refused_count) == (3, 1)
    assert [(item.kind, item.subject) for item in found.items] == [
        ("archive", "About b"),
        ("archive", "About a"),
    ]
    (last,) = operation_pages.page(2, 2).items
    assert (last.kind, last.subject, last.has_message) == ("trash", "", False)


def test_refusal_retry_and_giving_up_are_in_the_ledger(made: Boxes) -> None:
    execute(SetOption("archive_on_server", True))
    execute(Archive((conversation_of("a"),)))
    (row,) = operation.of_account(made.account_id)
    operation.mark_refused(row.id, "[NOPERM] no")
    done = execute(RetryOperations((row.id,)))
    assert done.events == (OperationsChanged(made.account_id),)
    execute(DropOperations((row.id,)))
    found = page(message_id=message_of("a"), group="server")
    assert [item.kind for item in found] == ["given_up", "retry", "refused"]
    assert found[-1].evidence["words"] == "[NOPERM] no"


# --- the ledger -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["anna@customer.test", "ANNA@customer.test", "About a", "<a@test>", "a@test"]
)
def test_a_mail_that_is_gone_is_found_by_what_the_person_knows(made: Boxes, typed: str) -> None:
    message_id = message_of("a")
    execute(DeleteMessages((message_id,)))
    about = [item for item in page(text=typed) if item.message_id == message_id]
    assert [item.kind for item in about] == ["delete", "arrival"]
    assert all(item.is_gone and not item.subject for item in about)


def test_what_was_kept_out_later_is_found_with_it(made: Boxes) -> None:
    mail = made.mail("d")
    made.take(mail)
    execute(DeleteMessages((message_of("d"),)))
    made.take(made.mail("d", "Customers"))
    assert kinds(text="<d@test>") == ["kept_out", "delete", "arrival"]


def test_a_prefix_of_a_deleted_subject_finds_nothing(made: Boxes) -> None:
    execute(DeleteMessages((message_of("a"),)))
    assert not [item for item in page(text="Abou") if item.is_gone]


def test_mail_that_is_here_is_found_by_its_words(made: Boxes) -> None:
    found = page(text="Hello")
    assert {item.subject for item in found} == {"About a", "About b", "About c"}


def test_kinds_times_and_pages(made: Boxes) -> None:
    execute(Archive((conversation_of("a"),)))
    assert kinds(group="archive") == ["archive"]
    assert kinds(since=2**50) == []
    assert len(kinds(until=2**50)) == 4
    first = ledger_pages.page(LedgerQuery(), 3)
    assert len(first.items) == 3
    rest = ledger_pages.page(LedgerQuery(), 3, first.next_before)
    assert (len(rest.items), rest.next_before) == (1, None)


def test_the_story_of_a_conversation_says_where_it_lies(made: Boxes) -> None:
    execute(Archive((conversation_of("a"),)))
    found = ledger_pages.page(LedgerQuery(conversation_id=conversation_of("a")), 10)
    assert [item.kind for item in found.items] == ["archive", "arrival"]
    assert found.places == ("INBOX",)


def test_new_mail_that_brings_a_conversation_back_is_recorded(made: Boxes) -> None:
    execute(Archive((conversation_of("a"),)))
    made.take(made.mail("answer", refs=("a",)))
    found = page(conversation_id=conversation_of("a"), group="archive")
    assert [(item.kind, item.cause) for item in found] == [
        ("restore", "rule"),
        ("archive", "person"),
    ]


def test_why_a_mail_of_a_blocked_sender_is_not_here(made: Boxes) -> None:
    """It never came in, so nothing but its sender, subject and Message-ID can find it."""
    settings.put("blocked", ["bad@shop.test"])
    made.take(made.mail("d", sender="bad@shop.test", subject="Cheap roofs"))
    made.take(made.mail("e", sender="bad@shop.test", subject="Cheap doors"))
    assert kinds(text="bad@shop.test") == ["left_out", "left_out"]
    assert kinds(text="Cheap roofs") == ["left_out"]
    assert kinds(text="Cheap roofs", group="arrivals") == ["left_out"]
    assert kinds(text="nobody@shop.test") == []
