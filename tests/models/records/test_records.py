"""Records: saved, changed, deleted, merged, listed, each with its undo and its events."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.commands.done import Done
from models.commands.execute import Command, execute
from models.commands.links import LinkConversations, LinkPast, UnlinkPersons
from models.commands.records import (
    AddNote,
    DeleteNote,
    DeleteRecords,
    EditNote,
    KeepDraft,
    MergePersons,
    SaveRecord,
    SaveStages,
)
from models.events import ConversationsChanged, LinksChanged, RecordsChanged, StagesChanged
from models.queries import linkable_mail, record_deletion, record_detail, record_list, side_panel
from models.queries.history_pages import NoteEntry, history_page
from models.queries.record_list import SORTS, ItemRow, PersonRow, RecordQuery
from models.records import history, records
from models.records.records import (
    Deal,
    Kind,
    Labelled,
    Lead,
    Organization,
    Person,
    Project,
    RecordError,
    Stage,
)
from models.store import database
from tests.models.building import DAY, OWN, START, boxes, conversation_of, message_of, one

pytestmark = pytest.mark.usefixtures("store")


def save(record: records.Record) -> str:
    return execute(SaveRecord(record)).record_key


def undo(done: Done[Command]) -> Done[Command]:
    assert done.undo is not None
    return execute(done.undo)


def deal(key: str) -> Deal:
    found = records.get(key)
    assert isinstance(found, Deal)
    return found


def person(key: str) -> Person:
    found = records.get(key)
    assert isinstance(found, Person)
    return found


def titles(query: RecordQuery) -> list[str]:
    rows = record_list.rows(query.kind, record_list.ids(query).ids)
    return [row.title if isinstance(row, ItemRow) else row.name for row in rows]


# --- save ----------------------------------------------------------------------------------------


def test_each_kind_is_read_as_it_was_saved() -> None:
    company = Organization(name="Blue River", domains=("blue.test",), note="n")
    anna = Person(
        name="Anna", organization_id=1, title="Owner", note="n",
        addresses=(Labelled("anna@blue.test", "work"), Labelled("a@home.test", "home")),
        phones=(Labelled("+372 1", "mobile"),),
    )  # fmt: skip
    found: list[records.Record] = [
        company,
        anna,
        Deal(
            title="Roof", value_cents=5, currency="EUR", stage_id=2, expected_close="2026-01-02",
            organization_id=1, person_ids=(1,), note="n",
        ),
        Lead(title="Lead", value_cents=7, currency="EUR", organization_id=1, person_ids=(1,)),
        Project(title="Build", organization_id=1, person_ids=(1,)),
    ]  # fmt: skip
    for record in found:
        key = save(record)
        stored = records.get(key)
        assert stored is not None
        assert stored.created_at == stored.changed_at > 0
        same = replace(stored, id=0, created_at=0, changed_at=0)
        assert same == record


def test_what_is_saved_is_tidy() -> None:
    addresses = (Labelled(" A@x.test"), Labelled("b@x.test"), Labelled("a@X.test", "work"))
    key = save(Person(name="  Anna \n Karu ", organization_id=77, addresses=addresses))
    assert person(key).name == "Anna Karu"
    assert person(key).organization_id is None
    assert [each.value for each in person(key).addresses] == ["a@x.test", "b@x.test"]
    with pytest.raises(RecordError):
        save(Person(name="  "))
    with pytest.raises(RecordError):
        save(Deal(title="x", status="asleep"))


def test_a_change_goes_into_the_history_and_back() -> None:
    key = save(Deal(title="Roof", organization_id=None))
    done = execute(SaveRecord(replace(deal(key), stage_id=3, status="won")))
    entries = [entry for entry in history_page(key).entries if isinstance(entry, NoteEntry)]
    assert [(each.kind, each.before, each.after) for each in entries] == [
        ("status", "open", "won"),
        ("stage", "Qualified", "Meeting held"),
    ]
    assert deal(key).closed_at is not None
    undo(done)
    assert (deal(key).stage_id, deal(key).status, deal(key).closed_at) == (1, "open", None)
    assert history_page(key).entries == ()


def test_a_new_title_shows_in_the_conversations_linked_to_it() -> None:
    box = boxes()
    box.take(box.mail("a"))
    key = save(Deal(title="Roof"))
    execute(LinkConversations((conversation_of("a"),), key))
    done = execute(SaveRecord(replace(deal(key), title="Barn")))
    assert one("SELECT link_title FROM conversation") == "Barn"
    assert ConversationsChanged(box.account_id, (conversation_of("a"),)) in done.events


def test_a_record_that_was_deleted_meanwhile_cannot_be_saved() -> None:
    key = save(Person(name="Anna"))
    known = person(key)
    execute(DeleteRecords((key,)))
    with pytest.raises(RecordError):
        save(known)


def test_events_name_what_shows_the_record() -> None:
    save(Organization(name="Blue"))
    save(Organization(name="Red"))
    save(Person(name="Anna", organization_id=1))
    key = save(Deal(title="Roof", person_ids=(1,), organization_id=1))
    done = execute(SaveRecord(replace(deal(key), organization_id=2)))
    changed = next(event for event in done.events if isinstance(event, RecordsChanged))
    assert set(changed.record_keys) == {key, "person:1", "organization:1", "organization:2"}


# --- delete --------------------------------------------------------------------------------------


def world() -> None:
    """A company with a person, a deal with a conversation, a note."""
    box = boxes()
    save(Organization(name="Blue", domains=("customer.test",)))
    save(Person(name="Anna", organization_id=1, addresses=(Labelled("anna@customer.test"),)))
    save(Deal(title="Roof", person_ids=(1,), organization_id=1, created_at=START - DAY))
    box.take(box.mail("a"), box.mail("b", at=START + 1000))
    execute(AddNote("deal:1", "Call them"))


def everything() -> dict[str, list[database.Row]]:
    tables = (
        "organization", "organization_domain", "person", "person_address", "deal", "record_person",
        "link", "link_offer", "message_person", "history_entry", "conversation", "message",
    )  # fmt: skip
    found = {table: database.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}
    for table in ("organization_domain", "person_address"):  # their ids say nothing
        found[table] = [row[1:] for row in found[table]]
    return found


@pytest.mark.parametrize(
    "keys",
    [("deal:1",), ("person:1",), ("organization:1",), ("organization:1", "person:1", "deal:1")],
)
def test_a_delete_keeps_the_mail_and_its_undo_brings_all_back(keys: tuple[str, ...]) -> None:
    world()
    before = everything()
    preview = record_deletion.preview(keys)
    assert len(preview.titles) == len(keys)
    assert preview.conversation_count == (2 if "deal:1" in keys else 0)
    assert preview.message_count == (2 if "person:1" in keys else 0)
    done = execute(DeleteRecords(keys))
    assert one("SELECT count(*) FROM message") == 2
    assert all(records.get(key) is None for key in keys)
    if "deal:1" in keys:
        assert one("SELECT count(*) FROM link") == 0
        assert one("SELECT count(*) FROM conversation WHERE link_key <> ''") == 0
    removed = next(event for event in done.events if isinstance(event, RecordsChanged))
    assert set(removed.removed_keys) == set(keys)
    undo(done)
    assert everything() == before


def test_an_undone_delete_does_not_take_a_conversation_that_was_linked_anew() -> None:
    world()
    done = execute(DeleteRecords(("deal:1",)))
    other = save(Deal(title="Other"))
    execute(LinkConversations((conversation_of("a"),), other))
    undo(done)
    assert one("SELECT link_key FROM conversation WHERE id = ?", conversation_of("a")) == other
    assert one("SELECT link_key FROM conversation WHERE id = ?", conversation_of("b")) == "deal:1"


def test_an_undone_delete_finds_a_stage_when_its_own_is_gone() -> None:
    key = save(Deal(title="Roof", stage_id=3))
    done = execute(DeleteRecords((key,)))
    execute(SaveStages(records.stages()[3:]))
    undo(done)
    assert deal(key).stage_id == 4


# --- merge ---------------------------------------------------------------------------------------


def test_merged_persons_are_one_and_can_be_two_again() -> None:
    world()
    other = Person(
        name="A. Karu", title="Owner", note="n", addresses=(Labelled("old@customer.test"),)
    )
    save(other)
    save(Deal(title="Barn", person_ids=(2,)))
    execute(AddNote("person:2", "met in May"))
    before = everything()
    done = execute(MergePersons(1, (2,)))
    merged = person("person:1")
    assert [each.value for each in merged.addresses] == ["anna@customer.test", "old@customer.test"]
    assert (merged.name, merged.title, merged.note) == ("Anna", "Owner", "n")
    assert records.get("person:2") is None
    assert deal("deal:2").person_ids == (1,)
    assert history_page("person:1").entries[0].kind == "note"
    undo(done)
    after = everything()
    for rows in (before["person"], after["person"]):
        rows[:] = [row[:-1] for row in rows]  # changed_at
    assert after == before


# --- stages --------------------------------------------------------------------------------------


def test_stages_are_edited_and_back() -> None:
    key = save(Deal(title="Roof", stage_id=3))
    before = records.stages()
    left = (Stage(0, "First"), *(stage for stage in before if stage.id != 3))
    done = execute(SaveStages(left))
    assert StagesChanged() in done.events
    assert records.stages()[0].name == "First"
    assert deal(key).stage_id == 2
    undo(done)
    assert records.stages() == before
    assert deal(key).stage_id == 3
    with pytest.raises(RecordError):
        execute(SaveStages(()))
    with pytest.raises(RecordError):
        execute(SaveStages((Stage(1, " "),)))


# --- notes ---------------------------------------------------------------------------------------


def test_notes_are_written_changed_and_deleted_each_with_undo() -> None:
    key = save(Lead(title="Lead"))

    def text() -> list[str]:
        return [each.text for each in history_page(key).entries if isinstance(each, NoteEntry)]

    execute(AddNote(key, " Hello "))
    entry = history_page(key).entries[0]
    assert isinstance(entry, NoteEntry)
    edited = execute(EditNote(entry.entry_id, "Bye"))
    assert text() == ["Bye"]
    undo(edited)
    assert text() == ["Hello"]
    deleted = execute(DeleteNote(entry.entry_id))
    assert deleted.events == (LinksChanged((key,)),)
    assert text() == []
    undo(deleted)
    assert text() == ["Hello"]
    assert history_page(key).entries[0].at == entry.at


def test_notes_that_were_begun_move_with_their_record_and_count_as_no_entry() -> None:
    for name in ("Ann", "Bo"):
        save(Person(name=name))
    execute(KeepDraft("person:1", "Call"))
    execute(KeepDraft("person:1", "Call her"))
    execute(KeepDraft("person:2", "Ask him"))
    execute(KeepDraft("person:9", "Nobody"))
    assert drafts() == ["Call her", "Ask him", ""]
    assert record_deletion.preview(["person:1"]).note_count == 0
    assert history_page("person:1").entries == ()
    merged = execute(MergePersons(1, (2,)))
    assert drafts() == ["Call her\n\nAsk him", "", ""]
    undo(merged)
    assert drafts() == ["Call her", "Ask him", ""]
    execute(KeepDraft("person:2", ""))
    execute(AddNote("person:1", "Call her today"))
    assert drafts() == ["", "", ""]


def drafts() -> list[str]:
    return [history.draft(key) for key in ("person:1", "person:2", "person:9")]


# --- lists ---------------------------------------------------------------------------------------


def people() -> None:
    save(Organization(name="Łódź Steel", domains=("lodz.test",)))
    save(Person(name="Õunapuu, Kadri", addresses=(Labelled("kadri@x.test"),), title="Boss"))
    save(Person(name="anna Berg", organization_id=1, phones=(Labelled("+372 5550"),)))
    save(Person(name="Bo Ångström"))


def test_search_and_order_do_not_mind_case_and_accents() -> None:
    people()
    query = RecordQuery(Kind.PERSON)
    assert titles(query) == ["anna Berg", "Bo Ångström", "Õunapuu, Kadri"]
    assert titles(replace(query, descending=True))[0] == "Õunapuu, Kadri"
    for text, found in (
        ("ounapuu", ["Õunapuu, Kadri"]),
        ("ÕUNA kadri", ["Õunapuu, Kadri"]),
        ("x.test", ["Õunapuu, Kadri"]),
        ("boss", ["Õunapuu, Kadri"]),
        ("lodz", ["anna Berg"]),
        ("5550", ["anna Berg"]),
        ("an", ["anna Berg", "Bo Ångström"]),
        ("an lodz", ["anna Berg"]),
        ("%", []),
        ("nobody", []),
    ):
        assert titles(replace(query, text=text)) == found, text


def test_deals_are_found_by_their_persons_and_companies() -> None:
    people()
    save(Deal(title="Roof", person_ids=(1,), value_cents=5, currency="EUR"))
    save(Deal(title="Barn", organization_id=1, status="won", stage_id=4))
    query = RecordQuery(Kind.DEAL)
    assert titles(replace(query, text="ounapuu")) == ["Roof"]
    assert titles(replace(query, text="steel")) == ["Barn"]
    assert titles(replace(query, status="open")) == ["Roof"]
    assert titles(replace(query, stage_id=4)) == ["Barn"]
    assert titles(replace(query, person_id=1)) == ["Roof"]
    assert titles(replace(query, organization_id=1)) == ["Barn"]
    assert titles(replace(query, sort="value", descending=True)) == ["Roof", "Barn"]


@pytest.mark.parametrize(("kind", "sort"), [(kind, sort) for kind in Kind for sort in SORTS[kind]])
def test_every_order_has_every_record_in_both_directions(kind: Kind, sort: str) -> None:
    people()
    for maker in (Deal, Lead, Project):
        save(maker(title="One"))
        save(maker(title="Two", organization_id=1))
    forth = record_list.ids(RecordQuery(kind, sort=sort))
    back = record_list.ids(RecordQuery(kind, sort=sort, descending=True))
    assert sorted(forth.ids) == sorted(back.ids)
    assert len(forth) == one(f"SELECT count(*) FROM {kind}") > 0
    assert record_list.has_any(kind)
    assert list(forth.keys) == sorted(forth.keys, reverse=True)


def test_a_row_of_each_kind() -> None:
    world()
    (row,) = record_list.rows(Kind.PERSON, [1, 99])
    assert isinstance(row, PersonRow)
    assert (row.address, row.organization_name, row.open_count) == ("anna@customer.test", "Blue", 1)
    assert row.last_mail_at == START + 1000
    (company,) = record_list.rows(Kind.ORGANIZATION, [1])
    assert (company.key, getattr(company, "person_count", 0)) == ("organization:1", 1)
    (item,) = record_list.rows(Kind.DEAL, [1])
    assert isinstance(item, ItemRow)
    assert (item.stage_name, item.persons) == ("Qualified", ((1, "Anna"),))


def test_the_board_has_each_stage_with_its_sums() -> None:
    save(Deal(title="A", value_cents=100, currency="EUR", stage_id=2, expected_close="2026-02-01"))
    save(Deal(title="B", value_cents=50, currency="EUR", stage_id=2, expected_close="2026-01-01"))
    save(Deal(title="C", value_cents=9, currency="PLN", stage_id=2))
    save(Deal(title="D", stage_id=5, status="won"))
    columns = {column.stage.id: column for column in record_list.board()}
    assert list(columns) == [1, 2, 3, 4, 5]
    assert columns[2].deal_ids == (2, 1, 3)
    assert columns[2].sums == (("EUR", 150), ("PLN", 9))
    assert columns[5].deal_ids == ()
    assert record_list.board(status="won")[4].deal_ids == (4,)


def test_the_detail_has_what_is_related() -> None:
    world()
    save(Deal(title="Old", person_ids=(1,), organization_id=1, status="lost"))
    for key, persons, items in (
        ("organization:1", 1, ["Roof", "Old"]),
        ("person:1", 0, ["Roof", "Old"]),
        ("deal:1", 1, []),
    ):
        found = record_detail.detail(key)
        assert found is not None
        assert len(found.persons) == found.person_count == persons
        assert [item.title for item in found.items] == items
        assert (found.organization is not None) == (key != "organization:1")
    assert record_detail.detail("deal:77") is None
    assert not record_list.has_any(Kind.LEAD)


def test_a_form_that_names_a_person_who_is_gone_is_saved_without_them() -> None:
    save(Person(name="Anna"))
    save(Person(name="Carl"))
    key = save(Deal(title="Roof", person_ids=(1, 2)))
    shown = records.get(key)
    assert isinstance(shown, Deal)
    execute(DeleteRecords(("person:1",)))
    save(replace(shown, title="Roof and wall"))
    stored = records.get(key)
    assert isinstance(stored, Deal)
    assert (stored.title, stored.person_ids) == ("Roof and wall", (2,))


def test_a_merged_person_does_not_get_mail_that_was_unlinked_from_the_other() -> None:
    box = boxes()
    box.take(box.mail("a"), box.mail("b"))
    save(Person(name="Anna"))
    save(Person(name="A.", addresses=(Labelled("anna@customer.test"),)))
    execute(UnlinkPersons((message_of("a"),), 2))
    done = execute(MergePersons(1, (2,)))
    found = "SELECT message_id FROM message_person WHERE person_id = ?"
    assert database.rows(found, (1,)) == [(message_of("b"),)]
    undo(done)
    assert database.rows(found, (1,)) == []
    assert database.rows(found, (2,)) == [(message_of("b"),)]


def test_a_question_offers_only_what_is_open_still() -> None:
    """M13: a deal that was won meanwhile gets no new links."""
    save(Person(name="Anna", addresses=(Labelled("anna@customer.test"),)))
    for title in ("Roof", "Wall"):
        save(Deal(title=title, person_ids=(1,), created_at=START - DAY))
    box = boxes()
    box.take(box.mail("a"))
    found = side_panel.panel(conversation_of("a"))
    assert found is not None
    assert [each.item.title for each in found.offers] == ["Roof", "Wall"]
    roof = records.get("deal:1")
    assert isinstance(roof, Deal)
    save(replace(roof, status="won"))
    found = side_panel.panel(conversation_of("a"))
    assert found is not None
    assert [each.item.title for each in found.offers] == ["Wall"]
    save(roof)
    found = side_panel.panel(conversation_of("a"))
    assert found is not None
    assert [each.item.title for each in found.offers] == ["Roof", "Wall"]


# --- past mail -----------------------------------------------------------------------------------


def test_past_mail_is_linked_only_when_asked_for_and_undone() -> None:
    box = boxes()
    box.take(box.mail("a"), box.mail("b", at=START + 1000), box.mail("c", sender="c@x.test"))
    box.take(box.mail("d", sender="c@x.test", to=(OWN, "anna@customer.test")))
    save(Person(name="Anna", addresses=(Labelled("anna@customer.test"),)))
    save(Person(name="Carl", addresses=(Labelled("c@x.test"),)))
    key = save(Deal(title="Roof", person_ids=(1,)))
    save(Deal(title="Carl's", person_ids=(2,)))
    assert one("SELECT count(*) FROM link") == 0
    found = linkable_mail.preview(key)
    assert found.conversation_ids == (conversation_of("b"), conversation_of("a"))
    assert (found.message_count, found.unclear_count, found.elsewhere_count) == (2, 1, 0)
    done = execute(LinkPast(key))
    assert done.count == 2
    assert database.rows("SELECT DISTINCT origin, reason FROM link") == [
        ("rule", '{"code": "past_mail"}')
    ]
    undo(done)
    assert one("SELECT count(*) FROM link") == 0
    assert execute(LinkPast(key, (conversation_of("a"),))).count == 1


def test_past_mail_goes_to_no_item_that_is_closed() -> None:
    """M13: won, lost and other closed items get no new links, not even asked for."""
    box = boxes()
    box.take(box.mail("a"))
    save(Person(name="Anna", addresses=(Labelled("anna@customer.test"),)))
    for record in (
        Deal(title="Won", status="won", person_ids=(1,)),
        Lead(title="Gone", status="archived", person_ids=(1,)),
        Project(title="Done", status="done", person_ids=(1,)),
    ):
        key = save(record)
        found = linkable_mail.preview(key)
        assert found.conversation_ids == ()
        assert found.is_closed
        assert execute(LinkPast(key)).count == 0
    assert not linkable_mail.preview(save(Deal(title="Roof", person_ids=(1,)))).is_closed


def test_past_mail_knows_nobody_by_the_accounts_own_address() -> None:
    """Who has it is in every mail of the account, as M13 says of new mail."""
    box = boxes()
    box.take(box.mail("a"), box.mail("b", sender="me@home.test"))
    save(Person(name="Me", addresses=(Labelled(OWN), Labelled("me@home.test"))))
    save(Person(name="Anna", addresses=(Labelled("anna@customer.test"),)))
    own = save(Deal(title="Mine", person_ids=(1,)))
    hers = save(Deal(title="Hers", person_ids=(2,)))
    assert linkable_mail.preview(own).conversation_ids == (conversation_of("b"),)
    found = linkable_mail.preview(hers)
    assert found.conversation_ids == (conversation_of("a"),)
    assert found.unclear_count == 0


# --- side panel ----------------------------------------------------------------------------------


def test_the_panel_knows_persons_and_proposes_for_strangers() -> None:
    box = boxes()
    save(Person(name="Anna", addresses=(Labelled("anna@customer.test"),)))
    first = save(Deal(title="One", person_ids=(1,), created_at=START - DAY))
    second = save(Deal(title="Two", person_ids=(1,), created_at=START - DAY))
    text = "Hello,\n\nYours\nAnna\nOwner, Blue River\n+372 555 1234\n"
    mail = box.mail(
        "a", sender="bo.berg@blue-river.test", to=(OWN, "anna@customer.test"), text=text
    )
    box.take(mail)
    found = side_panel.panel(conversation_of("a"))
    assert found is not None
    (known,) = found.persons
    assert [item.key for item in known.items] == [first, second]
    assert known.last_mails[0].message_id == message_of("a")
    (stranger,) = found.unknown
    assert (stranger.address, stranger.name) == ("bo.berg@blue-river.test", "Anna")
    assert (stranger.title, stranger.phone) == ("Owner", "+372 555 1234")
    assert stranger.organization_name == "Blue River"
    assert found.link is None
    assert {(offer.item.key, offer.code) for offer in found.offers} == {
        (first, "several_open"),
        (second, "several_open"),
    }
    assert side_panel.panel(99) is None


@pytest.mark.parametrize(
    ("address", "name", "organization"),
    [
        ("anna.karu@blue-river.co.uk", "Anna Karu", "Blue River"),
        ("anna+shop@gmail.com", "Anna", ""),
        ("info@mail.shop.test", "Info", "Shop"),
    ],
)
def test_what_an_address_says(address: str, name: str, organization: str) -> None:
    box = boxes()
    mail = box.mail("a", sender=address)
    box.take(replace(mail, parsed=replace(mail.parsed, from_=(("", address),))))
    found = side_panel.panel(conversation_of("a"))
    assert found is not None
    assert (found.unknown[0].name, found.unknown[0].organization_name) == (name, organization)
