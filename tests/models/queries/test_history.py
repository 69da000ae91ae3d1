"""The history of records: what is in it, its pages, and what a delete takes out of it."""

from __future__ import annotations

import random

import pytest

from models.commands.archive import Archive
from models.commands.delete import DeleteConversations, DeleteMessages, preview_delete
from models.commands.execute import execute
from models.commands.links import UnlinkConversations
from models.commands.records import AddNote, SaveRecord
from models.deletion.deletion import delete_messages
from models.events import LinksChanged
from models.queries.history_pages import KINDS, Cursor, Entry, MailEntry, history_page
from models.records import records
from models.records.records import Deal, Labelled, Lead, Organization, Person, Project
from models.store import database
from models.store.settings import SetOption
from tests.models.building import DAY, START, Boxes, boxes, conversation_of, message_of, one

pytestmark = pytest.mark.usefixtures("store")

KEYS = ("deal:1", "lead:1", "project:1", "person:1", "organization:1")


def save(record: records.Record) -> str:
    return execute(SaveRecord(record)).record_key


def world(item: str = "deal") -> Boxes:
    """A company with a person and one item of each kind; `item` is the open one, with two mails."""
    box = boxes()
    save(Organization(name="Blue"))
    save(Person(name="Anna", organization_id=1, addresses=(Labelled("anna@customer.test"),)))
    for kind, maker, closed in (
        ("deal", Deal, "won"),
        ("lead", Lead, "archived"),
        ("project", Project, "done"),
    ):
        status = "open" if kind == item else closed
        save(
            maker(
                title=kind,
                person_ids=(1,),
                organization_id=1,
                created_at=START - DAY,
                status=status,
            )
        )
    box.take(box.mail("a"), box.mail("b", refs=("a",), at=START + 1000))
    return box


def mails(key: str, **more: object) -> list[int]:
    page = history_page(key, **more)  # type: ignore[arg-type]
    return [entry.message_id for entry in page.entries if isinstance(entry, MailEntry)]


@pytest.mark.parametrize("key", KEYS)
def test_linked_mail_is_in_each_history_newest_first_archived_too(key: str) -> None:
    world(key.partition(":")[0])
    owner = conversation_of("a")
    assert mails(key) == [message_of("b"), message_of("a")]
    execute(Archive((owner,)))
    assert mails(key) == [message_of("b"), message_of("a")]
    entry = history_page(key).entries[0]
    assert isinstance(entry, MailEntry)
    assert entry.is_archived
    assert (entry.sender, entry.subject) == (("Anna", "anna@customer.test"), "About b")
    assert entry.recipients == (("", "me@example.com"),)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("to_trash", [False, True])
def test_this_email_is_deleted_from_every_history(key: str, to_trash: bool) -> None:
    kind = key.partition(":")[0]
    world(kind if kind in ("lead", "project") else "deal")
    execute(SetOption("delete_on_server", to_trash))
    preview = preview_delete(message_ids=(message_of("a"),))
    item = kind if kind in ("lead", "project") else "deal"
    assert set(preview.record_titles) == {item, "Anna", "Blue"}
    done = execute(DeleteMessages((message_of("a"),)))
    changed = next(event for event in done.events if isinstance(event, LinksChanged))
    assert set(changed.record_keys) == {f"{item}:1", "person:1", "organization:1"}
    for each in (f"{item}:1", "person:1", "organization:1"):
        assert mails(each) == [message_of("b")]
    assert one("SELECT count(*) FROM operation WHERE kind = 'trash'") == int(to_trash)


def test_the_last_mail_takes_the_conversation_with_it() -> None:
    world()
    execute(DeleteMessages((message_of("a"),)))
    execute(DeleteMessages((message_of("b"),)))
    assert all(mails(key) == [] for key in KEYS)
    assert one("SELECT count(*) FROM link") == one("SELECT count(*) FROM message_person") == 0


def test_an_external_delete_empties_the_histories_too() -> None:
    world()
    ids = [message_of("a"), message_of("b")]
    events = delete_messages(ids, kind="external", cause="server")
    changed = next(event for event in events if isinstance(event, LinksChanged))
    assert set(changed.record_keys) == {"deal:1", "person:1", "organization:1"}
    assert all(mails(key) == [] for key in KEYS)


def test_what_is_deleted_by_conversation_is_told_to_every_record() -> None:
    world()
    done = execute(DeleteConversations((conversation_of("a"),)))
    changed = next(event for event in done.events if isinstance(event, LinksChanged))
    assert set(changed.record_keys) == {"deal:1", "person:1", "organization:1"}


def test_unlinked_mail_leaves_the_deal_but_not_the_person() -> None:
    world()
    execute(UnlinkConversations((conversation_of("a"),)))
    assert mails("deal:1") == []
    assert len(mails("person:1")) == 2


def test_new_mail_tells_every_history_it_is_in() -> None:
    box = world()
    events = box.take(box.mail("c", refs=("a",), at=START + 2000))
    changed = next(event for event in events if isinstance(event, LinksChanged))
    assert set(changed.record_keys) == {"deal:1", "person:1", "organization:1"}
    assert mails("deal:1")[0] == message_of("c")


def test_an_organizations_history_has_each_mail_once_and_the_notes_of_all() -> None:
    box = world()
    save(Person(name="Bo", organization_id=1, addresses=(Labelled("bo@customer.test"),)))
    both = ("me@example.com", "bo@customer.test")
    box.take(box.mail("c", to=both, at=START + 2000))
    for key in ("deal:1", "lead:1", "person:2", "organization:1"):
        execute(AddNote(key, key))
    page = history_page("organization:1")
    assert mails("organization:1") == [message_of("c"), message_of("b"), message_of("a")]
    notes = [entry.record_key for entry in page.entries if not isinstance(entry, MailEntry)]
    assert set(notes) == {"deal:1", "lead:1", "person:2", "organization:1"}
    assert [entry.kind for entry in history_page("organization:1", kinds=("note",)).entries] == [
        "note"
    ] * 4
    assert len(mails("organization:1", kinds=("mail",))) == 3


@pytest.mark.parametrize("key", ["deal:1", "person:1", "organization:1"])
@pytest.mark.parametrize("limit", [1, 3, 7])
def test_pages_have_every_entry_once_in_order(key: str, limit: int) -> None:
    box = world()
    numbers = random.Random(limit)
    for place in range(40):
        refs = (f"m{numbers.randrange(place)}",) if place and place % 3 else ()
        at = START + numbers.randrange(12) * 1000  # many at one time
        box.take(box.mail(f"m{place}", refs=refs, at=at))
        if place % 5 == 0:
            execute(AddNote("deal:1", str(place), START + numbers.randrange(12) * 1000))
    whole = history_page(key, limit=1000)
    assert whole.next is None
    assert len(whole.entries) > 40
    orders = [(entry.cursor.at, entry.cursor.rank, entry.cursor.id) for entry in whole.entries]
    assert orders == sorted(orders, reverse=True)
    found: list[Entry] = []
    cursor: Cursor | None = None
    while True:
        page = history_page(key, cursor, limit)
        assert 0 < len(page.entries) <= limit
        found += page.entries
        cursor = page.next
        if cursor is None:
            break
    assert tuple(found) == whole.entries


def test_a_page_of_nothing() -> None:
    save(Deal(title="Empty"))
    assert history_page("deal:1").entries == ()
    assert history_page("deal:99", kinds=KINDS).next is None
    assert database.rows("SELECT 1 FROM history_entry") == []
