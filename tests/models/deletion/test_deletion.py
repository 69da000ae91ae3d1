"""Deleted is gone from every table; what stays holds no words (R7)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from models.commands import account_jobs
from models.commands.account_jobs import Keep
from models.commands.accounts import RemoveAccount
from models.commands.archive import Archive
from models.commands.delete import DeleteMessages
from models.commands.execute import execute
from models.deletion import deletion
from models.events import ConversationsChanged, Event, LinksChanged, MessagesDeleted
from models.mail import links
from models.parsed_mail import ParsedAttachment
from models.queries import ledger_pages
from models.queries.ledger_pages import LedgerQuery
from models.store import database, wipe
from models.store.hashing import key64
from tests.models.building import boxes, conversation_of, message_of, one

pytestmark = pytest.mark.usefixtures("store")

WORDS = ("zebrafish", "quokka", "axolotl.pdf", "walrus@customer.test")
TABLES = (
    "message_reference",
    "message_address",
    "body",
    "attachment",
    "location",
    "link",
    "link_offer",
    "message_person",
    "conversation",
    "message",
    "search",
)


def deal_and_person() -> None:
    database.run("INSERT INTO deal (title, created_at, changed_at) VALUES ('Sale', 1, 1)")
    database.run("INSERT INTO person (name, created_at, changed_at) VALUES ('Wally', 1, 1)")


def full_mail() -> int:
    """A mail with something in every table; its id."""
    box = boxes()
    deal_and_person()
    item = ParsedAttachment("axolotl.pdf", "application/pdf", 3)
    box.take(
        box.mail(
            "a",
            subject="zebrafish",
            text="quokka",
            sender=WORDS[3],
            attachments=(item,),
            refs=("b",),
        ),
        box.mail("a", "Customers"),
    )
    links.put(conversation_of("a"), "deal:1", origin="person")
    links.offer(conversation_of("a"), "deal:1")
    database.run(
        "INSERT INTO message_person (message_id, person_id) VALUES (?, 1)", (message_of("a"),)
    )
    return message_of("a")


def test_nothing_of_it_is_left_in_any_table() -> None:
    full_mail()
    assert all(one(f"SELECT count(*) FROM {table}") for table in TABLES)
    execute(DeleteMessages((message_of("a"),)))
    assert [table for table in TABLES if one(f"SELECT count(*) FROM {table}")] == []
    database.run("INSERT INTO search (search) VALUES ('integrity-check')")
    assert wipe.is_due()


def test_what_stays_holds_no_words() -> None:
    full_mail()
    execute(DeleteMessages((message_of("a"),)))
    assert wipe.wipe()  # until then the search index holds words that nothing finds any more
    tables = [
        row[0] for row in database.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
    ]
    left = [
        repr(row).lower()
        for table in tables
        if not table.startswith("sqlite_")
        for row in database.rows(f"SELECT * FROM {table}")
    ]
    assert left
    assert not [text for text in left if any(word in text for word in WORDS)]


def test_the_ledger_says_what_happened() -> None:
    message_id = full_mail()
    execute(DeleteMessages((message_id,)))
    items = ledger_pages.page(LedgerQuery(message_id=message_id), 9).items
    kinds = [(item.kind, item.cause) for item in items]
    assert kinds == [("delete", "person"), ("arrival", "server")]
    (found,) = ledger_pages.page(LedgerQuery(text="<a@test>"), 1).items
    assert found == items[0]
    assert one("SELECT record_keys FROM ledger WHERE kind = 'delete'") == '["deal:1", "person:1"]'
    assert one("SELECT subject_key FROM ledger WHERE kind = 'delete'") == key64("ZEBRAFISH")
    assert found.evidence.keys() == {"to_trash", "kind", "identity"}
    assert (found.evidence["to_trash"], found.evidence["kind"]) == (False, "own")
    assert [item.kind for item in ledger_pages.page(LedgerQuery(), 1).items] == ["delete"]


def test_views_are_told() -> None:
    message_id = full_mail()
    owner = conversation_of("a")
    done = execute(DeleteMessages((message_id,)))
    assert done.events == (
        MessagesDeleted(1, (message_id,), (owner,)),
        ConversationsChanged(1, (), (owner,)),
        LinksChanged(("deal:1", "person:1"), (owner,)),
    )


def test_messages_that_are_gone_already_are_no_matter() -> None:
    assert deletion.delete_messages([5], kind="own", cause="person") == []
    assert not wipe.is_due()
    assert execute(DeleteMessages((5,))).count == 0


def test_a_failure_half_way_deletes_nothing() -> None:
    full_mail()
    database.run(
        "CREATE TEMP TRIGGER stop BEFORE DELETE ON message BEGIN SELECT raise(ABORT, 'stop'); END"
    )
    with pytest.raises(Exception, match="stop"):
        execute(DeleteMessages((message_of("a"),)))
    assert one("SELECT count(*) FROM tombstone") == 0
    assert one("SELECT count(*) FROM search WHERE search MATCH 'zebrafish'") == 1
    assert not wipe.is_due()


def test_a_durable_write_is_not_asked_for_inside_another() -> None:
    full_mail()
    with database.writing(durable=False), pytest.raises(RuntimeError):
        deletion.delete_messages([message_of("a")], kind="external", cause="server")
    assert message_of("a")


# --- S7: removing an account --------------------------------------------------------------------


def account_with_mail() -> Any:
    box = boxes()
    deal_and_person()
    box.take(box.mail("linked"), box.mail("known"), box.mail("plain"), box.mail("gone"))
    links.put(conversation_of("linked"), "deal:1", origin="rule")
    database.run(
        "INSERT INTO message_person (message_id, person_id) VALUES (?, 1)", (message_of("known"),)
    )
    execute(DeleteMessages((message_of("gone"),)))
    database.run(
        "INSERT INTO secret (account_id, purpose, nonce, ciphertext) VALUES (1, 'imap', x'00', x'00')"
    )
    return box


def remove(keep: Keep = "history") -> list[Event]:
    """Remove the account, and do all that follows in the command thread."""
    events = list(execute(RemoveAccount(1, keep)).events)
    while (more := account_jobs.step()) is not None:
        events += more
    return events


def subjects() -> set[str]:
    return {row[0] for row in database.rows("SELECT subject FROM message")}


def test_the_history_stays_by_default() -> None:
    account_with_mail()
    remove()
    assert subjects() == {"About linked", "About known", "About plain"}
    assert one("SELECT state FROM account") == "removed"
    for table in ("secret", "operation", "mailbox", "location", "arrival"):
        assert one(f"SELECT count(*) FROM {table}") == 0
    assert execute(Archive((conversation_of("plain"),))).count == 1


def test_only_linked_mail_stays() -> None:
    account_with_mail()
    events = remove("linked")
    assert subjects() == {"About linked", "About known"}
    assert wipe.is_due()
    assert any(isinstance(event, MessagesDeleted) for event in events)
    assert one("SELECT count(*) FROM tombstone") == 1


def test_an_account_that_comes_back_finds_its_mail_and_its_tombstones() -> None:
    account_with_mail()
    remove()
    box = boxes("ME@example.com")
    assert box.account_id == 1
    box.take(box.mail("plain"), box.mail("gone"))
    assert subjects() == {"About linked", "About known", "About plain"}


def test_erase_all_leaves_no_trace() -> None:
    account_with_mail()
    remove("nothing")
    for table in ("account", "message", "conversation", "tombstone", "ledger", "search", "link"):
        assert one(f"SELECT count(*) FROM {table}") == 0
    box = boxes()
    box.take(box.mail("gone"))
    assert subjects() == {"About gone"}


def test_the_copy_from_before_a_migration_goes_too(store: Path) -> None:
    full_mail()
    copy = store / "dealpost.db.before-migration"
    copy.write_bytes(b"zebrafish")
    execute(DeleteMessages((message_of("a"),)))
    assert not copy.exists()
