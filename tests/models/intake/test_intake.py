"""Mail comes in once, is found by its identity, and stays out where it was deleted (R8)."""

from __future__ import annotations

import pytest

from models.commands.delete import DeleteMessages
from models.commands.execute import execute
from models.deletion import deletion, tombstones
from models.events import ConversationsChanged, MessagesAdded
from models.flags import Flag
from models.mail import body, links, message
from models.parsed_mail import ParsedAttachment, PartialBody
from models.server import arrival
from models.store import database, search_index, settings
from models.store.clock import now_ms
from models.store.compression import decompress
from tests.models.building import (
    DAY,
    START,
    archived,
    boxes,
    conversation_of,
    message_of,
    one,
)

pytestmark = pytest.mark.usefixtures("store")


def count(table: str) -> int:
    return int(one(f"SELECT count(*) FROM {table}"))


def test_a_new_mail_has_all_its_rows() -> None:
    box = boxes()
    attached = ParsedAttachment("offer.pdf", "application/pdf", 10)
    events = box.take(box.mail("a", attachments=(attached,), refs=("z",)))
    assert [type(event) for event in events] == [MessagesAdded, ConversationsChanged]
    added = events[0]
    assert isinstance(added, MessagesAdded)
    assert added.notify
    assert added.message_ids == (message_of("a"),)
    row = message.get(message_of("a"))
    assert row is not None
    assert (row.subject, row.from_address, row.body_state) == (
        "About a",
        "anna@customer.test",
        "full",
    )
    assert body.raw(row.id) == b"From: x\r\n\r\nHello there"
    assert [item.file_name for item in body.attachments(row.id)] == ["offer.pdf"]
    assert count("message_reference") == 2
    assert count("message_address") == 2
    assert count("location") == count("arrival") == 1
    assert one("SELECT kind FROM ledger") == "arrival"
    assert one("SELECT rowid FROM search WHERE search MATCH 'hello'") == row.id
    assert decompress(one("SELECT indexed FROM body")) == b"Hello there"


def test_the_same_uid_again_only_brings_its_flags() -> None:
    box = boxes()
    box.take(box.mail("a", uid=7))
    events = box.take(box.mail("a", uid=7, flags=Flag.SEEN))
    assert count("message") == count("location") == 1
    assert one("SELECT is_read FROM message") == 1
    assert [type(event) for event in events] == [ConversationsChanged]


def test_a_copy_elsewhere_is_a_location_and_no_news() -> None:
    box = boxes()
    box.take(box.mail("a"))
    events = box.take(box.mail("a", "Customers"))
    assert (count("message"), count("location")) == (1, 2)
    assert not any(isinstance(event, MessagesAdded) for event in events)


def test_both_copies_in_one_batch_are_one_message() -> None:
    box = boxes()
    box.take(box.mail("a"), box.mail("a", "Customers"))
    assert (count("message"), count("location")) == (1, 2)


def test_two_in_one_mailbox_are_two_messages() -> None:
    box = boxes()
    box.take(box.mail("a"), box.mail("a"))
    box.take(box.mail("a", "Customers"))
    assert (count("message"), count("location")) == (2, 3)
    box.take(box.mail("a", "Customers"))
    assert (count("message"), count("location")) == (2, 4)
    assert count("conversation") == 1


def test_a_new_uidvalidity_finds_the_messages_again() -> None:
    box = boxes()
    box.take(box.mail("a"), box.mail("a"))
    box.take(box.mail("a", uid=1, uidvalidity=2), box.mail("a", uid=2, uidvalidity=2))
    assert count("message") == 2


def test_gmail_finds_a_mail_by_its_message_id() -> None:
    box = boxes()
    box.take(box.mail("a", server_identity="gm:1"))
    box.take(box.mail("b", "Customers", server_identity="gm:1"))
    assert count("message") == 1
    box.take(
        box.mail("c", server_identity="em:1"), box.mail("d", "Customers", server_identity="em:1")
    )
    assert count("message") == 3


def test_a_deleted_flag_keeps_a_mail_out_until_it_goes() -> None:
    box = boxes()
    box.take(box.mail("a", uid=3, flags=Flag.DELETED))
    assert (count("message"), count("arrival")) == (0, 1)
    waiting = arrival.deleted_flagged(box.ids["INBOX"], 1)
    assert [row.uid for row in waiting] == [3]
    box.take(box.mail("a", uid=3))
    assert count("message") == 1
    assert not arrival.deleted_flagged(box.ids["INBOX"], 1)


def test_past_and_quiet_mail_notifies_nobody() -> None:
    box = boxes()
    for events in (box.take(box.mail("a"), past=True), box.take(box.mail("b"), quiet=True)):
        added = [event for event in events if isinstance(event, MessagesAdded)]
        assert [event.notify for event in added] == [False]


def test_own_and_read_mail_notifies_nobody() -> None:
    box = boxes()
    events = box.take(
        box.mail("a", sender="ME@example.com"),
        box.mail("b", "Sent", sender="alias@example.com"),
        box.mail("c", flags=Flag.SEEN),
    )
    added = [event for event in events if isinstance(event, MessagesAdded)]
    assert [event.notify for event in added] == [False]
    assert one("SELECT sum(is_own) FROM message") == 2


def test_a_partial_body_is_completed_once() -> None:
    box = boxes()
    box.take(box.mail("a", raw=None, text="teaser", partial=PartialBody(b"From: x", "teaser")))
    message_id = message_of("a")
    assert body.raw(message_id) is None
    assert body.partial(message_id) == PartialBody(b"From: x", "teaser", None)
    whole = ParsedAttachment("scan.png", "image/png", 3)
    assert body.complete_body(
        message_id, text="all of it", snippet="all", attachments=[whole], raw=b"whole"
    )
    assert body.raw(message_id) == b"whole"
    assert one("SELECT attachment_count FROM conversation") == 1
    assert one("SELECT count(*) FROM search WHERE search MATCH 'teaser'") == 0
    assert one("SELECT rowid FROM search WHERE search MATCH 'scan'") == message_id
    assert not body.complete_body(
        message_id, text="", snippet="", attachments=(), raw=b"invented by the server"
    )
    assert body.raw(message_id) == b"whole"


def test_an_attachment_that_came_later_is_kept() -> None:
    box = boxes()
    item = ParsedAttachment("big.zip", "application/zip", 99, section="2", encoding="base64")
    box.take(box.mail("a", raw=None, partial=PartialBody(b"h"), attachments=(item,)))
    (row,) = body.attachments(message_of("a"))
    assert not row.is_here
    assert body.save_attachment_content(row.id, b"zipped")
    assert body.attachment_content(row.id) == b"zipped"
    found = body.attachment(row.id)
    assert found is not None
    assert (found.is_here, found.size, found.section) == (True, 6, "2")
    assert not body.save_attachment_content(row.id + 1, b"")


def test_broken_mail_comes_in() -> None:
    box = boxes()
    name = ParsedAttachment("half \udc80.pdf")
    box.take(box.mail("a", subject="half \ud83d\x00", text="t\udcff word", attachments=(name,)))
    box.take(box.mail("b", raw=None), box.mail("c", raw=None, is_poison=True))
    assert one("SELECT group_concat(body_state) FROM message") == "full,none,poison"
    search_index.remove([message_of("a"), message_of("b"), message_of("c")])
    database.run("INSERT INTO search (search) VALUES ('integrity-check')")
    assert one("SELECT count(*) FROM search WHERE search MATCH 'word'") == 0


# --- R8: what was deleted here stays out -----------------------------------------------------


def delete(name: str, *, is_on_server: bool = True) -> None:
    deletion.delete_messages(
        [message_of(name)], kind="own", cause="person", is_on_server=is_on_server
    )


@pytest.mark.parametrize("past", [True, False])
def test_a_deleted_mail_never_comes_back(past: bool) -> None:
    box = boxes()
    box.take(box.mail("a", uid=1))
    delete("a")
    events = box.take(
        box.mail("a", uid=1),  # ordinary sync
        box.mail("a", uid=1, uidvalidity=2),  # renumbered
        box.mail("a", "Customers"),  # moved or copied
        past=past,
    )
    assert count("message") == 0
    assert not events
    assert one("SELECT sum(is_kept_out) FROM arrival") == 3


def test_a_gmail_mail_stays_out_by_its_message_id() -> None:
    box = boxes()
    box.take(box.mail("a", server_identity="gm:1"))
    delete("a")
    box.take(box.mail("b", "Customers", server_identity="gm:1"))
    assert count("message") == 0


def test_of_k_equal_mails_as_many_stay_out_as_were_deleted() -> None:
    box = boxes()
    box.take(*(box.mail("a", uid=uid) for uid in (1, 2, 3)))
    ids = [row[0] for row in database.rows("SELECT id FROM message ORDER BY id")]
    deletion.delete_messages(ids[:2], kind="own", cause="person")
    assert one("SELECT copies FROM tombstone") == 2
    box.take(*(box.mail("a", uid=uid) for uid in (1, 2, 3)))
    assert count("message") == 1
    box.take(*(box.mail("a", uid=uid, uidvalidity=5) for uid in (4, 5, 6)))
    assert count("message") == 1
    box.take(box.mail("a", uid=4))  # a fourth equal mail is one that was never deleted
    assert count("message") == 2


def test_a_kept_out_copy_that_left_makes_room_for_the_next() -> None:
    box = boxes()
    box.take(box.mail("a", uid=1))
    delete("a", is_on_server=False)  # to Trash
    box.take(box.mail("a", uid=2))  # restored there
    arrival.gone(box.ids["INBOX"], 1, [2])
    box.take(box.mail("a", uid=3))  # and once more
    assert count("message") == 0
    assert [*arrival.kept_out_at(box.ids["INBOX"], 1, range(1, 9))] == [3]


def test_a_tombstone_outlives_its_account_row() -> None:
    box = boxes()
    box.take(box.mail("a"))
    delete("a")
    database.run("DELETE FROM account")
    again = boxes()
    again.take(again.mail("a"))
    assert count("message") == 0


def test_it_keeps_nothing_out_of_another_account() -> None:
    box, other = boxes(), boxes("you@example.com")
    box.take(box.mail("a"))
    delete("a")
    other.take(other.mail("a"))
    assert count("message") == 1


def test_past_mail_is_brought_back_when_asked() -> None:
    box = boxes()
    box.take(box.mail("a"))
    identity = one("SELECT identity FROM message")
    delete("a")
    assert tombstones.deleted_here(box.account_id, [identity, b"other"]) == {identity}
    box.take(box.mail("a", uid=1), past=True)
    assert count("message") == 0
    box.take(box.mail("a", uid=1), past=True, bring_back_before=now_ms())
    assert count("message") == 1
    assert count("tombstone") == 0
    assert one("SELECT is_kept_out FROM arrival") == 0
    told = "SELECT count(*) FROM ledger WHERE json_extract(evidence, '$.brought_back') = 1"
    assert one(told) == 1


def test_what_is_deleted_after_the_question_stays_away() -> None:
    box = boxes()
    box.take(box.mail("a"))
    asked_at = now_ms() - 1
    delete("a")
    box.take(box.mail("a", uid=1), past=True, bring_back_before=asked_at)
    assert count("message") == 0
    assert count("tombstone") == 1


def test_of_equal_mails_as_many_come_back_as_were_deleted() -> None:
    box = boxes()
    box.take(box.mail("a", uid=1), box.mail("a", uid=2), box.mail("a", uid=3))
    ids = [id_ for (id_,) in database.rows("SELECT id FROM message ORDER BY id")]
    execute(DeleteMessages(tuple(ids[:2])))
    wanted = [box.mail("a", uid=uid) for uid in (1, 2, 3)]
    box.take(*wanted, past=True)
    assert count("message") == 1
    box.take(*wanted, past=True, bring_back_before=now_ms())
    assert count("message") == 3
    assert count("location") == 3
    box.take(*wanted, past=True, bring_back_before=now_ms())
    assert count("message") == 3


def test_what_comes_back_has_nothing_of_an_equal_mail_that_another_program_deleted() -> None:
    box = boxes()
    box.take(box.mail("a", uid=1), box.mail("a", uid=2))
    first, second = (id_ for (id_,) in database.rows("SELECT id FROM message ORDER BY id"))
    deletion.delete_messages([first], kind="external", cause="server")
    deletion.delete_messages([second], kind="own", cause="person")
    box.take(box.mail("a", uid=2), past=True, bring_back_before=now_ms())
    assert count("message") == 1
    assert one("SELECT kind FROM tombstone") == "external"


def test_one_mail_under_two_labels_comes_back_as_one() -> None:
    box = boxes()
    box.take(box.mail("a", uid=1), box.mail("a", box="Customers", uid=7))
    delete("a")
    assert count("message") == 0
    box.take(box.mail("a", uid=1), past=True, bring_back_before=now_ms())
    box.take(box.mail("a", box="Customers", uid=7), past=True)
    assert count("message") == 1
    assert count("location") == 2


def test_what_waits_for_the_servers_trash_does_not_come_back() -> None:
    box = boxes()
    settings.put("delete_on_server", True)
    box.take(box.mail("a", uid=1))
    execute(DeleteMessages((message_of("a"),)))
    assert count("operation") == 1
    box.take(box.mail("a", uid=1), past=True, bring_back_before=now_ms())
    assert count("message") == 0


# --- external deletes may come back ----------------------------------------------------------


def gone_elsewhere(name: str) -> None:
    deletion.delete_messages([message_of(name)], kind="external", cause="server")


def linked(box_name: str = "a") -> None:
    database.run("INSERT INTO deal (title, created_at, changed_at) VALUES ('Big sale', 1, 1)")
    database.run("INSERT INTO person (name, created_at, changed_at) VALUES ('Anna', 1, 1)")
    database.run(
        "INSERT INTO message_person (message_id, person_id) VALUES (?, 1)", (message_of(box_name),)
    )
    assert links.put(conversation_of(box_name), "deal:1", origin="person")
    database.run("UPDATE conversation SET is_archived = 1, archived_cause = 'person'")


def test_what_another_program_restores_gets_its_state_back() -> None:
    box = boxes()
    box.take(box.mail("a"))
    linked()
    gone_elsewhere("a")
    assert count("link") == count("message_person") == 0
    box.take(box.mail("a", "Customers"))
    assert archived("a")
    assert one("SELECT link_title FROM conversation") == "Big sale"
    assert count("message_person") == 1
    assert count("tombstone") == 0


def test_after_thirty_days_it_is_a_new_mail() -> None:
    box = boxes()
    box.take(box.mail("a"))
    linked()
    gone_elsewhere("a")
    database.run("UPDATE tombstone SET snapshot_until = snapshot_until - ?", (31 * DAY,))
    box.take(box.mail("a"))
    assert not archived("a")
    assert count("link") == count("message_person") == 0


def test_deleted_here_wins_over_deleted_there() -> None:
    box = boxes()
    box.take(box.mail("a"))
    gone_elsewhere("a")
    box.take(box.mail("a"))
    delete("a")
    box.take(box.mail("a", "Customers"))
    assert count("message") == 0


def test_one_batch_gives_a_snapshot_to_one_mail() -> None:
    box = boxes()
    box.take(box.mail("a"))
    linked()
    gone_elsewhere("a")
    box.take(box.mail("a"), box.mail("a", at=START + 1))
    assert (count("message"), count("message_person")) == (2, 1)
