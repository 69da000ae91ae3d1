"""Files of other programs: what is guessed, refused, imported and written again."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from models.commands.done import Done
from models.commands.execute import Command, execute
from models.commands.imports import ImportRecords
from models.commands.records import DeleteRecords, SaveRecord
from models.files import csv_columns, csv_table, export
from models.files import plan as importing
from models.files.csv_table import ImportRefusedError
from models.files.plan import ImportPlan
from models.queries import record_list
from models.records import records
from models.records.records import Deal, Kind, Labelled, Organization, Person
from models.store import database
from tests.models.building import boxes, one

pytestmark = pytest.mark.usefixtures("store")

PIPEDRIVE_PERSONS = """Person - Name,Person - Label,Person - Organization,Person - Email - Work,Person - Email - Home,Person - Phone - Work,Person - ID
Anna Karu,Hot,Blue River,anna@blue.test,"anna@home.test, a2@home.test",+372 555 1,7
Bo Berg,,,bo@berg.test,,,8
"""
PIPEDRIVE_DEALS = """Deal - ID,Deal - Title,Deal - Value,Deal - Currency of Value,Deal - Stage,Deal - Status,Deal - Organization,Deal - Contact person,Person - Email - Work,Deal - Expected close date,Deal - Deal created
1,Roof,1200.50,EUR,Proposal made,Open,Blue River,Anna Karu,anna@blue.test,2026-12-24,2026-01-02 10:00:00
2,Barn,"12 000",EUR,Nowhere,Won,Blue River,Anna Karu,anna@blue.test,,2025-01-02 10:00:00
"""
HUBSPOT = """Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Associated Company,Job Title
1,Anna,Karu,ANNA@blue.test,+372 555 1,Me,Blue River,Owner
2,,,nobody@x.test,,,,
3,,,,,,,
"""
GOOGLE = """First Name,Middle Name,Last Name,Phonetic First Name,Organization Name,Organization Title,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value
Anna,M,Karu,,Blue River,Owner,"two
lines",* myContacts,* Work,anna@blue.test ::: a2@blue.test,Home,a@home.test,Mobile,+372 1
"""  # fmt: skip


def plan(text: str, **more: object) -> ImportPlan:
    return importing.plan(text.encode(), **more)  # type: ignore[arg-type]


def take(found: ImportPlan, on_duplicate: str = "skip") -> Done[Command]:
    return execute(ImportRecords(found.drafts, on_duplicate))  # type: ignore[arg-type]


def persons() -> dict[str, Person]:
    ids = record_list.ids(record_list.RecordQuery(Kind.PERSON)).ids
    found = records.many(Kind.PERSON, ids)
    return {each.name: each for each in found if isinstance(each, Person)}


# --- exports of other programs -------------------------------------------------------------------


def test_persons_of_pipedrive() -> None:
    found = plan(PIPEDRIVE_PERSONS)
    assert (found.mapping.kind, found.mapping.source) == (Kind.PERSON, "pipedrive")
    assert found.mapping.columns == (
        "name", "", "organization", "address:work", "address:home", "phone:work", "",
    )  # fmt: skip
    assert take(found).count == 2
    anna = persons()["Anna Karu"]
    assert [(each.value, each.label) for each in anna.addresses] == [
        ("anna@blue.test", "work"),
        ("anna@home.test", "home"),
        ("a2@home.test", "home"),
    ]
    assert anna.phones == (Labelled("+372 555 1", "work"),)
    assert one("SELECT name FROM organization WHERE id = ?", anna.organization_id) == "Blue River"


def test_deals_of_pipedrive_with_their_persons_and_stages() -> None:
    take(plan(PIPEDRIVE_PERSONS))
    found = plan(PIPEDRIVE_DEALS)
    assert (found.mapping.kind, found.mapping.source) == (Kind.DEAL, "pipedrive")
    take(found)
    roof, barn = records.get("deal:1"), records.get("deal:2")
    assert isinstance(roof, Deal)
    assert isinstance(barn, Deal)
    assert (roof.value_cents, roof.currency, roof.stage_id) == (120050, "EUR", 4)
    assert (roof.expected_close, roof.status) == ("2026-12-24", "open")
    assert roof.person_ids == (persons()["Anna Karu"].id,)
    assert (barn.value_cents, barn.status, barn.stage_id) == (1200000, "won", 1)
    assert roof.created_at == 1767312000000
    assert one("SELECT count(*) FROM person") == 2
    assert one("SELECT count(*) FROM organization") == 1


def test_contacts_of_hubspot() -> None:
    found = plan(HUBSPOT)
    assert found.mapping.source == "hubspot"
    assert [(each.number, each.code) for each in found.problems] == [(4, "no_name")]
    take(found)
    assert set(persons()) == {"Anna Karu", "nobody@x.test"}
    assert persons()["Anna Karu"].title == "Owner"
    assert persons()["Anna Karu"].addresses[0].value == "anna@blue.test"


def test_contacts_of_google() -> None:
    found = plan(GOOGLE)
    assert found.mapping.source == "google"
    take(found)
    anna = persons()["Anna M Karu"]
    assert anna.addresses == (
        Labelled("anna@blue.test", "work"),
        Labelled("a2@blue.test", "work"),
        Labelled("a@home.test", "home"),
    )
    assert anna.phones == (Labelled("+372 1", "mobile"),)
    assert (anna.title, anna.note) == ("Owner", "two\nlines")


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Company name,Company Domain Name,Phone Number", Kind.ORGANIZATION),
        ("Organization - Name,Organization - Website", Kind.ORGANIZATION),
        ("Deal Name,Deal Stage,Amount,Close Date", Kind.DEAL),
        ("Lead - Title,Lead - Value", Kind.LEAD),
        ("Project title,Status", Kind.PROJECT),
        ("Imię,Nazwisko,E-mail,Telefon", Kind.PERSON),
        ("Nimi,Meil", Kind.PERSON),
    ],
)
def test_the_kind_is_guessed(header: str, kind: Kind) -> None:
    found = csv_columns.guess(header.split(","))
    assert found.kind == kind
    assert any(found.columns)


def test_the_person_may_say_what_the_columns_are() -> None:
    text = "A,B\nAnna,anna@x.test\n"
    assert plan(text).problems[0].code == "no_name"
    found = plan(text, kind=Kind.PERSON, columns=("name", "address"))
    assert found.drafts[0].record == Person(name="Anna", addresses=(Labelled("anna@x.test"),))


# --- encodings and shapes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("Name,Email\nÕie,o@x.test\n".encode(), "utf-8"),
        ("Name,Email\nÕie,o@x.test\n".encode("utf-8-sig"), "utf-8-sig"),
        ("Name,Email\nÕie,o@x.test\n".encode("utf-16"), "utf-16"),
        ("Name,Email\nÕie,o@x.test\n".encode("utf-16-le"), "utf-16-le"),
        ("Name,Email\nÕie,o@x.test\n".encode("utf-16-be"), "utf-16-be"),
        ("Name,Email\nÕie,o@x.test\n".encode("cp1252"), "cp1252"),
        ("Email,Name\no@x.test,Renõ".encode("cp1252"), "cp1252"),
    ],
)
def test_encodings(data: bytes, encoding: str) -> None:
    found = importing.plan(data)
    assert found.encoding == encoding
    assert records.title_of(found.drafts[0].record) in ("Õie", "Renõ")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters(mark: str) -> None:
    text = mark.join(("Name", "Email", "Notes")) + "\r\n"
    text += mark.join(("Anna", "a@x.test", f'"one{mark} two, three; four"')) + "\r\n"
    found = plan(text)
    assert found.delimiter == mark
    assert found.drafts[0].record == Person(
        name="Anna", addresses=(Labelled("a@x.test"),), note=f"one{mark} two, three; four"
    )


def test_excels_first_line_and_empty_lines_are_no_rows() -> None:
    found = plan("sep=;\nName;Email\n\nAnna;a@x.test\n;\n")
    assert [draft.number for draft in found.drafts] == [3]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1234.5", 123450),
        ("1,234.50", 123450),
        ("1.234,50 €", 123450),
        ("1 234,5", 123450),
        ("€1,234", 123400),
        ("1.234", 123400),
        ("12,5", 1250),
        ("EUR 7", 700),
        ("-3.25", -325),
        ("", None),
    ],
)
def test_values(text: str, cents: int | None) -> None:
    found = plan(f'Deal title,Value\nRoof,"{text}"\n')
    record = found.drafts[0].record
    assert isinstance(record, Deal)
    assert record.value_cents == cents


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (("2026-03-04",), "2026-03-04"),
        (("04.03.2026",), "2026-03-04"),
        (("03/04/2026",), "2026-03-04"),
        (("04/03/2026", "31/03/2026"), "2026-03-04"),
        (("2026-03-04 10:11",), "2026-03-04"),
    ],
)
def test_dates(dates: tuple[str, ...], expected: str) -> None:
    rows = "".join(f"Deal {place},{text}\n" for place, text in enumerate(dates))
    record = plan(f"Deal title,Close date\n{rows}").drafts[0].record
    assert isinstance(record, Deal)
    assert record.expected_close == expected


# --- bad rows and bad files ----------------------------------------------------------------------


def test_bad_rows_are_told_and_the_good_ones_go_in() -> None:
    text = (
        "Deal title,Value,Status,Close date\n"
        "Good,1,open,2026-01-01\n"
        ",1,open,\n"
        "Value,much,open,\n"
        "Status,1,asleep,\n"
        "Date,1,open,someday\n"
        "Few,1\n"
        "Many,1,open,,x\n"
        "Last,2,open,\n"
    )
    found = plan(text)
    assert [(each.number, each.code, each.value) for each in found.problems] == [
        (3, "no_name", ""),
        (4, "bad_value", "much"),
        (5, "bad_status", "asleep"),
        (6, "bad_date", "someday"),
        (7, "too_few_cells", ""),
        (8, "too_many_cells", ""),
    ]
    assert take(found).count == 2
    assert one("SELECT group_concat(title) FROM deal") == "Good,Last"


def test_half_a_file_loses_nothing_of_its_good_half() -> None:
    text = 'Name,Email,Notes\nAnna,a@x.test,"a\nb"\nBo,b@x.test,"cut o'
    found = plan(text)
    assert [each.number for each in found.drafts] == [2]
    assert [(each.number, each.code) for each in found.problems] == [(4, "cut_off")]


def test_a_file_cut_within_a_letter_is_still_utf8() -> None:
    data = "Name,Email\nÕie,o@x.test\nÕ".encode()[:-1]
    found = importing.plan(data)
    assert records.title_of(found.drafts[0].record) == "Õie"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", csv_table.EMPTY),
        (codecs.BOM_UTF8, csv_table.EMPTY),
        (b"\n\n\n", csv_table.EMPTY),
        (b"PK\x03\x04rest", csv_table.WORKBOOK),
        (bytes(range(256)) * 10, csv_table.NO_TABLE),
        (b"%PDF-1.7\x00\x01\x02\x03" * 50, csv_table.NO_TABLE),
        (b"Name,Email\n", csv_table.NO_ROWS),
        (b'"never closed', csv_table.NO_TABLE),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(ImportRefusedError) as caught:
        importing.plan(data)
    assert str(caught.value) == sentence
    assert one("SELECT count(*) FROM person") == 0


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert importing.plan_file(tmp_path / "no.csv").error == importing.NOT_READABLE


def test_the_persons_of_hubspot_deals() -> None:
    """All in one cell, with their addresses; the ids beside them are nobody's name."""
    found = plan(
        "Record ID,Deal Name,Deal Stage,Associated Contact IDs,Associated Contact,"
        "Associated Company IDs,Associated Company\n"
        "1,Roof,Closed Won,7,Ada Tamm (Ada@x.test);Cy Doe (cy@y.test),77,Blue River\n"
        "2,Barn,Appointment,7,Ada Tamm,77,Blue River\n"
    )
    assert found.drafts[0].persons == (("Ada Tamm", "ada@x.test"), ("Cy Doe", "cy@y.test"))
    assert found.drafts[1].persons == (("Ada Tamm", ""),)
    take(found)
    assert {name: each.addresses for name, each in persons().items()} == {
        "Ada Tamm": (Labelled("ada@x.test"),),
        "Cy Doe": (Labelled("cy@y.test"),),
    }
    assert one("SELECT name FROM organization") == "Blue River"
    assert found.strange_stages == ("Appointment",)


def test_a_file_that_says_what_it_has_knows_better_than_where_it_is_opened() -> None:
    deals = plan(PIPEDRIVE_DEALS, kind=Kind.PERSON, is_sure=False)
    assert deals.mapping.kind == Kind.DEAL
    assert plan(PIPEDRIVE_DEALS, kind=Kind.PERSON).mapping.kind == Kind.PERSON
    assert plan("Name,Note\nBlue,x\n", kind=Kind.ORGANIZATION, is_sure=False).mapping.kind == (
        Kind.ORGANIZATION
    )


# --- duplicates and undo -------------------------------------------------------------------------


def test_duplicates_are_found_by_address_else_by_name() -> None:
    take(plan("Name,Email\nAnna,anna@x.test\nBo,\n"))
    found = plan(
        "Name,Email\nAnother,ANNA@x.test\nAnna,other@x.test\nbó,\nNew,new@x.test\nTwice,new@x.test\n"
    )
    assert [draft.duplicate_key for draft in found.drafts] == [
        "person:1", "", "person:2", "", "line:5",
    ]  # fmt: skip
    assert found.duplicate_count == 3
    assert take(found).count == 2
    assert one("SELECT count(*) FROM person") == 4


def test_a_person_without_address_is_the_one_that_the_next_file_has_with_it() -> None:
    """An export of deals only names its persons: their addresses come with the export of persons."""
    take(plan("Deal - Title,Deal - Organization,Deal - Contact person\nRoof,Blue,Anna Karu\n"))
    found = plan(
        "Person - Name,Person - Organization,Person - Email - Work\n"
        "ANNA KARU,Red,else@red.test\nAnna Karu,Blue,anna@blue.test\nAnna Karu,Blue,a2@blue.test\n"
    )
    assert [draft.duplicate_key for draft in found.drafts] == ["", "person:1", ""]
    take(found, "update")
    anna = records.get("person:1")
    assert isinstance(anna, Person)
    assert [each.value for each in anna.addresses] == ["anna@blue.test"]
    assert records.persons_of_items(Kind.DEAL, [1]) == {1: (1,)}


def test_rows_of_one_file_are_one_person_whichever_has_the_address() -> None:
    found = plan("Name,Email\nAnna,\nAnna,anna@x.test\nBo,bo@x.test\nBo,\n")
    keys = [draft.duplicate_key for draft in found.drafts]
    assert keys == ["", "line:2", "", "line:4"]
    take(found, "update")
    assert {name: len(each.addresses) for name, each in persons().items()} == {"Anna": 1, "Bo": 1}


def test_deals_of_one_title_are_two_where_their_organizations_are() -> None:
    table = "Deal title,Organization\nRoof,Blue\nRoof,Red\nRoof,\nroof,blue\n"
    found = plan(table)
    assert [draft.duplicate_key for draft in found.drafts] == ["", "", "", "line:2"]
    assert take(found).count == 3
    assert all(draft.duplicate_key for draft in plan(table).drafts)


def test_duplicates_may_be_filled_up_without_overwriting() -> None:
    take(plan("Name,Email,Title\nAnna,anna@x.test,Owner\n"))
    done = take(plan("Name,Email,Title,Phone\nAnn,anna@x.test,Boss,+1\n"), "update")
    anna = persons()["Anna"]
    assert (anna.title, anna.phones) == ("Owner", (Labelled("+1"),))
    assert done.undo is not None
    execute(done.undo)
    assert persons()["Anna"].phones == ()


def test_one_import_is_one_undo() -> None:
    box = boxes()
    box.take(box.mail("a", sender="anna@blue.test"))
    before = persons()
    done = take(plan(PIPEDRIVE_PERSONS))
    assert one("SELECT count(*) FROM message_person") == 1
    assert done.undo is not None
    execute(done.undo)
    assert persons() == before
    assert one("SELECT count(*) FROM organization") == 0
    assert one("SELECT count(*) FROM message_person") == 0
    assert one("SELECT count(*) FROM message") == 1


# --- vCard ---------------------------------------------------------------------------------------

CARDS = """BEGIN:VCARD\r
VERSION:4.0\r
FN:Änne Smith\r
ORG:Blue River\\, Inc.;Sales\r
TITLE:Owner\r
EMAIL;TYPE=home;PREF=2:anne@home.test\r
EMAIL;TYPE=work;PREF=1:anne@blue.test\r
TEL;VALUE=uri;TYPE="voice,cell":tel:+1-555-1\r
NOTE:one\\ntwo\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:3.0\r
N:Berg;Bo;;;\r
a line that is none\r
item1.EMAIL;TYPE=INTERNET:bo@berg.test\r
item1.X-ABLabel:_$!<Other>!$_\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:2.1\r
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=BCrgen\r
TEL;CELL:5\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:3.0\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:3.0\r
FN:Cut off\r
EMAIL:c"""


def test_cards_of_every_version_and_damaged_ones() -> None:
    found = plan(CARDS)
    assert found.form == "vcard"
    assert [(each.number, each.code) for each in found.problems] == [(4, "no_name"), (5, "cut_off")]
    take(found)
    known = persons()
    assert set(known) == {"Änne Smith", "Bo Berg", "Jürgen Müller"}
    anne = known["Änne Smith"]
    assert anne.addresses == (
        Labelled("anne@blue.test", "work"),
        Labelled("anne@home.test", "home"),
    )
    assert anne.phones == (Labelled("+1-555-1", "mobile"),)
    assert anne.note == "one\ntwo"
    assert one("SELECT name FROM organization") == "Blue River, Inc."
    assert known["Bo Berg"].addresses[0].label == "other"


def test_words_of_a_card_do_not_get_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    plan(CARDS)
    assert "none" not in caplog.text


# --- out and in again ----------------------------------------------------------------------------


def fill() -> None:
    save = SaveRecord
    execute(save(Organization(name="Blue; River, Ltd", domains=("blue.test",))))
    addresses = (Labelled("anna@blue.test", "work"), Labelled("a@home.test", "home"))
    anna = Person(
        name="Änna Karu", organization_id=1, title="Owner", addresses=addresses,
        phones=(Labelled("+372 1", "mobile"),), note='one\n"two"; ' + "long ä " * 30,
    )  # fmt: skip
    execute(save(anna))
    deal = Deal(
        title="Roof", value_cents=-5, currency="EUR", stage_id=3, organization_id=1, person_ids=(1,),
        expected_close="2026-01-02",
    )  # fmt: skip
    execute(save(deal))


def clear() -> None:
    execute(DeleteRecords(("person:1", "organization:1", "deal:1")))
    assert one("SELECT count(*) FROM person") == 0


@pytest.mark.parametrize("name", ["a.vcf", "a.csv"])
def test_persons_come_back_from_their_export(tmp_path: Path, name: str) -> None:
    fill()
    before = persons()["Änna Karu"]
    assert export.export(tmp_path / name, Kind.PERSON) == 1
    clear()
    take(importing.plan_file(tmp_path / name))
    after = persons()["Änna Karu"]
    assert (after.title, after.note) == (before.title, before.note.strip())
    assert [each.value for each in after.addresses] == [each.value for each in before.addresses]
    assert one("SELECT name FROM organization") == "Blue; River, Ltd"
    if name == "a.vcf":
        assert (after.addresses, after.phones) == (before.addresses, before.phones)


def test_deals_come_back_from_their_export(tmp_path: Path) -> None:
    fill()
    export.export(tmp_path / "a.csv", Kind.DEAL)
    clear()
    take(importing.plan_file(tmp_path / "a.csv"))
    (deal_id,) = database.rows("SELECT id FROM deal")[0]
    deal = records.get(f"deal:{deal_id}")
    assert isinstance(deal, Deal)
    assert (deal.value_cents, deal.currency, deal.stage_id) == (-5, "EUR", 3)
    assert len(deal.person_ids) == 1


@pytest.mark.parametrize("name", ["a.vcf", "a.csv"])
def test_organizations_come_back_from_their_export(tmp_path: Path, name: str) -> None:
    fill()
    export.export(tmp_path / name, Kind.ORGANIZATION)
    clear()
    take(importing.plan_file(tmp_path / name))
    assert one("SELECT domain FROM organization_domain") == "blue.test"


def test_a_cell_is_no_formula_in_a_spreadsheet(tmp_path: Path) -> None:
    execute(SaveRecord(Person(name="=cmd()", phones=(Labelled("+372 1"),))))
    export.export(tmp_path / "a.csv", Kind.PERSON)
    text = (tmp_path / "a.csv").read_text("utf-8-sig")
    assert "'=cmd()" in text
    assert ",+372 1," in text


def test_an_export_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    fill()
    folder = tmp_path / "no" / "such"
    assert export.export_file(folder / "a.csv", Kind.PERSON).error == export.NOT_WRITTEN
    assert not folder.exists()


def test_what_is_no_address_is_shown_whole_and_a_name_before_one_is_left_out() -> None:
    text = "Name,Email\nAda,not an address\nBo,Bo Kask <bo@customer.test>\nCy,c@x.test d@x.test\n"
    plan = importing.plan(text.encode())
    assert [(each.number, each.code, each.value) for each in plan.problems] == [
        (2, "bad_address", "not an address")
    ]
    found = [draft.record for draft in plan.drafts]
    assert [[each.value for each in person.addresses] for person in found] == [  # type: ignore[union-attr]
        ["bo@customer.test"],
        ["c@x.test", "d@x.test"],
    ]
