"""Files that want to keep the program busy for ever, or to be what they are not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from models.commands.execute import execute
from models.commands.imports import ImportRecords
from models.commands.records import DeleteRecords, SaveRecord
from models.files import csv_table, export, plan, vcard
from models.records.records import Deal, Kind, Labelled, Person, get
from models.store.search_index import folded

pytestmark = pytest.mark.usefixtures("store")

SECONDS = 15.0  # of the processor; each took a minute to for ever
CARD = b"BEGIN:VCARD\nVERSION:3.0\nFN:Ann\n%s\nEND:VCARD\n"


@pytest.mark.parametrize(
    "line",
    [
        b"EMAIL" + b";TYPE=a,b" * 40 + b";:ann@x.test",  # 2**40 ways to read it, all of them wrong
        b"EMAIL" + b";TYPE=a" * 100_000 + b":ann@x.test",
        b"NOTE:" + b"xxxxxxxxx\n " * 300_000,
        b"NOTE;ENCODING=QUOTED-PRINTABLE:" + b"=41=\n" * 100_000,
        b"PHOTO;ENCODING=b:" + b"AAAAAAAAA\n " * 300_000,
        b"X-" + b"a" * 3_000_000,
    ],
    ids=["parameters", "many parameters", "folded", "soft breaks", "picture", "no value"],
)
def test_a_card_is_read_in_time(line: bytes) -> None:
    began = time.process_time()
    good, bad = vcard.read(CARD % line)
    assert time.process_time() - began < SECONDS
    assert not bad
    assert good[0].record.name == "Ann"  # type: ignore[union-attr]


def test_bad_rows_cost_no_more_than_good_ones() -> None:
    began = time.process_time()
    table = csv_table.read(b"Name,Email\n" + b'"a"b,c@d.example\n' * 60_000)
    assert time.process_time() - began < SECONDS
    assert {row.problem for row in table.rows[:-1]} == {"bad_quotes"}
    assert len(table.rows) == 60_000


BLANKS = " " * 200_000
PERSON, DEAL = "Name,Email,Phone,Company,Notes", "Deal title,Value,Contact person,Email,Close date"


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (PERSON, f"Ann{BLANKS}Karu,ann@x.test,,,"),
        (PERSON, f"Ann,ann@x.test{BLANKS}a2@x.test,,,"),
        (PERSON, f"Ann,Ann{BLANKS}<ann@x.test>,,,"),
        (PERSON, f"Ann,ann@x.test,+1{BLANKS}2,,"),
        (PERSON, f"Ann,ann@x.test,,,one{BLANKS}two"),
        (PERSON, f"Ann{BLANKS}::{BLANKS}x,ann@x.test,,,"),
        ("Company name,Domain", f"Blue,blue.test{BLANKS}b2.test"),
        (DEAL, f"Roof,1{BLANKS}2,,,"),
        (DEAL, f"Roof,EUR{BLANKS}12,,,"),
        (DEAL, f"Roof,,Ann{BLANKS}Karu,,"),
        (DEAL, f"Roof,,Ann{BLANKS}(ann@x.test),,"),
        (DEAL, f"Roof,,{'(' * 200_000},,"),
        (DEAL, f"Roof,,{'(a@b.' * 40_000},,"),
        (DEAL, f"Roof,,,,2026-01-02{BLANKS}10:00"),
    ],
    ids=[
        "name", "addresses", "named address", "phone", "note", "colons", "domains", "value",
        "currency", "person", "named person", "brackets", "open addresses", "date",
    ],
)  # fmt: skip
def test_a_cell_is_read_in_time(header: str, row: str) -> None:
    began = time.process_time()
    found = plan.plan(f"{header}\n{row}\n".encode())
    assert time.process_time() - began < SECONDS
    assert len(found.drafts) == 1
    assert not found.problems


def test_a_long_row_is_fitted_in_time() -> None:
    began = time.process_time()
    table = csv_table.read(b"Name,Email\nAnn,a@b.example" + b", " * 300_000 + b"\n")
    assert time.process_time() - began < SECONDS
    assert table.rows[0].cells == ("Ann", "a@b.example")


def test_a_wide_table_is_read_in_time() -> None:
    header = ",".join(("Name", *(f"Column {place}" for place in range(20_000))))
    began = time.process_time()
    found = plan.plan(f"{header}\nAnn{',' * 20_000}\n".encode())
    assert time.process_time() - began < SECONDS
    assert [draft.record for draft in found.drafts] == [Person(name="Ann")]


@pytest.mark.parametrize("value", ["9" * 17, "9" * 24, "-" + "9" * 40, "9" * 5000])
def test_a_value_that_no_database_holds_is_a_bad_row(value: str) -> None:
    found = plan.plan(f"Deal title,Value\nRoof,{value}\nBarn,7\n".encode())
    assert [(each.number, each.code) for each in found.problems] == [(2, "bad_value")]
    assert execute(ImportRecords(found.drafts)).count == 1
    deal = get("deal:1")
    assert isinstance(deal, Deal)
    assert deal.value_cents == 700


def test_what_is_no_formula_comes_back_as_it_was(tmp_path: Path) -> None:
    phones = (Labelled("+49 (0)30-12"), Labelled("'s-Hertogenbosch"))
    person = Person(name="=cmd|'/C calc'!A0", title="'quoted'", phones=phones, note="@all")
    execute(SaveRecord(person))
    export.export(tmp_path / "a.csv", Kind.PERSON)
    execute(DeleteRecords(("person:1",)))
    execute(ImportRecords(plan.plan_file(tmp_path / "a.csv").drafts))
    found = get("person:2")
    assert isinstance(found, Person)
    assert (found.name, found.title, found.note) == (person.name, person.title, person.note)
    assert found.phones == phones


def test_words_of_a_note_are_no_lines_of_a_card(tmp_path: Path) -> None:
    note = "one\rEND:VCARD\rBEGIN:VCARD\rFN:Eve"
    execute(SaveRecord(Person(name="Ann", note=note)))
    export.export(tmp_path / "a.vcf", Kind.PERSON)
    text = (tmp_path / "a.vcf").read_bytes().decode()
    assert [line for line in text.splitlines() if line.startswith("BEGIN")] == ["BEGIN:VCARD"]


def test_an_export_to_what_is_no_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    found = export.export_file(tmp_path / "file" / "a.csv", Kind.PERSON)
    assert found.error == export.NOT_WRITTEN


@pytest.mark.timeout(20)
def test_a_name_of_marks_alone_is_folded_in_time() -> None:
    assert folded("A" + "\u0316\u0301" * 100_000 + "ñ\u0301") == "an"
    assert folded("Zażółć gęślą ẞ Ærø Õunapuu ﬁ") == "zazolc gesla ss aero ounapuu fi"
