"""A profile is made, migrated, and refused with a sentence when it cannot be used."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import apsw
import pytest
from peewee import CompositeKey

from models.accounts import account
from models.mail.tables import Message
from models.server.tables import Location
from models.store import database, hashing, profile, settings, wipe
from models.store.database import (
    BaseModel,
    DamagedStoreError,
    DiskFullError,
    NewerSchemaError,
    StoreError,
)
from models.store.migrations import m0001_initial
from models.store.opened_files import folder_of
from tests.models.building import boxes, one

NEXT = (
    "ALTER TABLE account ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'",
    "CREATE TABLE colour (id INTEGER PRIMARY KEY)",
)
BROKEN = ("CREATE TABLE colour (id INTEGER PRIMARY KEY)", "INSERT INTO nowhere VALUES (1)")


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """No connection outlives its test."""
    yield
    database.close_for_thread()


def open_with(folder: Path, *more: tuple[str, ...]) -> None:
    profile.open_profile(folder, steps=(*profile.STEPS, *more))


def copy_of(folder: Path) -> Path:
    return folder / "dealpost.db.before-migration"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_profile_is_the_persons_alone(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "here"
    profile.open_profile(folder)
    assert database.db.is_closed()
    database.open_for_thread()
    settings.put("theme", "dark")
    assert mode(folder) == 0o700
    assert {mode(path) for path in folder.glob("dealpost.db*")} == {0o600}
    assert len(list(folder.glob("dealpost.db*"))) == 3


def test_opened_attachments_are_gone_at_the_next_start(profile_folder: Path) -> None:
    opened = folder_of(profile_folder)
    (opened / "7").mkdir()
    (opened / "7" / "offer.pdf").write_bytes(b"words")
    profile.open_profile(profile_folder)
    assert list(opened.iterdir()) == []


@pytest.fixture
def profile_folder(profile: Path) -> Path:
    """A profile that was opened once."""
    open_with(profile)
    return profile


def test_the_key_stays_with_the_profile(profile_folder: Path, tmp_path: Path) -> None:
    database.open_for_thread()
    first = hashing.key64("anna@customer.test")
    assert first == hashing.key64("ANNA@customer.test")
    assert len(hashing.digest16(b"header")) == 16
    database.close_for_thread()
    profile.open_profile(tmp_path / "other")
    database.open_for_thread()
    assert hashing.key64("anna@customer.test") != first
    database.close_for_thread()
    profile.open_profile(profile_folder)
    database.open_for_thread()
    assert hashing.key64("anna@customer.test") == first


def test_a_migration_keeps_the_mail_and_a_copy_for_one_start(profile_folder: Path) -> None:
    database.open_for_thread()
    box = boxes()
    box.take(box.mail("a"))
    database.close_for_thread()
    open_with(profile_folder, NEXT)
    assert mode(copy_of(profile_folder)) == 0o600
    before = apsw.Connection(str(copy_of(profile_folder)), flags=apsw.SQLITE_OPEN_READONLY)
    assert before.execute("SELECT count(*) FROM message").fetchall() == [(1,)]
    before.close()
    database.open_for_thread()
    assert one("SELECT colour FROM account") == "blue"
    assert one("SELECT count(*) FROM message") == 1
    database.close_for_thread()
    open_with(profile_folder, NEXT)
    assert not copy_of(profile_folder).exists()


def test_a_copy_does_not_outlive_a_wipe(profile_folder: Path) -> None:
    """A crash before the wipe, then a new version: its copy holds what was deleted."""
    database.open_for_thread()
    with database.writing(durable=True):
        wipe.mark_due()
    database.close_for_thread()
    open_with(profile_folder, NEXT)
    database.open_for_thread()
    assert not wipe.is_due()
    assert not copy_of(profile_folder).exists()


def test_a_profile_of_the_first_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    profile.open_profile(tmp_path, steps=(m0001_initial.STATEMENTS,))
    database.open_for_thread()
    for name, start in (("past", "3m"), ("fresh", "now")):
        database.run(
            "INSERT INTO account (address, imap_host, imap_port, imap_security, smtp_host,"
            " smtp_port, smtp_security, start, created_at)"
            " VALUES (?, 'h', 1, 'tls', 'h', 2, 'tls', ?, 0)",
            (f"{name}@example.org", start),
        )
    database.close_for_thread()
    profile.open_profile(tmp_path)
    database.open_for_thread()
    assert [config.past_started for config in account.configs()] == [True, False]
    assert [config.signature for config in account.configs()] == ["", ""]
    assert copy_of(tmp_path).exists()


def test_a_migration_that_fails_changes_nothing(profile_folder: Path) -> None:
    with pytest.raises(Exception, match="nowhere"):
        open_with(profile_folder, BROKEN)
    assert database.db.is_closed()
    open_with(profile_folder)
    database.open_for_thread()
    assert one("SELECT count(*) FROM sqlite_schema WHERE name = 'colour'") == 0
    assert not copy_of(profile_folder).exists()


def test_a_newer_profile_is_left_alone(profile_folder: Path) -> None:
    open_with(profile_folder, NEXT)
    before = profile.database_path(profile_folder).read_bytes()
    with pytest.raises(NewerSchemaError, match="newer version"):
        open_with(profile_folder)
    assert database.db.is_closed()
    assert profile.database_path(profile_folder).read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 400, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_damaged_file_is_named(profile: Path, content: bytes) -> None:
    (profile / "dealpost.db").write_bytes(content)
    with pytest.raises(DamagedStoreError, match="damaged"):
        open_with(profile)
    assert database.db.is_closed()
    assert (profile / "dealpost.db").read_bytes() == content


def test_another_programs_database_is_not_touched(profile: Path) -> None:
    other = apsw.Connection(str(profile / "dealpost.db"))
    other.execute("CREATE TABLE theirs (id)")
    other.close()
    with pytest.raises(DamagedStoreError):
        open_with(profile)


def test_damage_found_later_is_named(profile_folder: Path) -> None:
    database.open_for_thread()
    box = boxes()
    box.take(*(box.mail(f"m{number}", raw=b"x" * 9000) for number in range(50)))
    database.close_for_thread()
    path = profile.database_path(profile_folder)
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xee" * (len(content) - 8192)
    path.write_bytes(bytes(content))
    with pytest.raises(DamagedStoreError, match="damaged"):
        database.open_for_thread()
    assert database.db.is_closed()


def test_damage_in_the_middle_is_named_when_it_is_met(profile_folder: Path) -> None:
    database.open_for_thread()
    box = boxes()
    box.take(*(box.mail(f"m{number}") for number in range(500)))
    root = one("SELECT rootpage FROM sqlite_schema WHERE name = 'message'")
    database.close_for_thread()
    path = profile.database_path(profile_folder)
    content = bytearray(path.read_bytes())
    content[(root - 1) * 4096 : root * 4096] = b"\xee" * 4096
    path.write_bytes(bytes(content))
    open_with(profile_folder)
    database.open_for_thread()
    with pytest.raises(DamagedStoreError, match="damaged"):
        database.rows("SELECT * FROM message")
    with pytest.raises(DamagedStoreError, match="damaged"), database.writing(durable=False):
        database.run("DELETE FROM message")


def test_a_full_disk_is_named_and_rolled_back(profile_folder: Path) -> None:
    database.open_for_thread()
    database.value(f"PRAGMA max_page_count = {database.value('PRAGMA page_count') + 3}")
    box = boxes()
    with pytest.raises(DiskFullError, match="disk is full"):
        box.take(*(box.mail(f"m{number}") for number in range(200)))
    assert one("SELECT count(*) FROM message") == 0
    database.value("PRAGMA max_page_count = 100000")
    box.take(box.mail("a"))
    assert one("SELECT count(*) FROM message") == 1


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="permissions"):
        profile.open_profile(tmp_path / "file" / "profile")


def test_a_wipe_that_was_cut_short_is_done_at_the_next_start(profile_folder: Path) -> None:
    database.open_for_thread()
    with database.writing(durable=True):
        wipe.mark_due()
    database.close_for_thread()
    profile.open_profile(profile_folder)
    database.open_for_thread()
    assert not wipe.is_due()


# --- the models are the schema ---------------------------------------------------------------------

TABLES = (
    "models.accounts.tables",
    "models.files.tables",
    "models.deletion.tables",
    "models.mail.tables",
    "models.records.tables",
    "models.server.tables",
    "models.store.tables",
)


def models() -> dict[str, type[BaseModel]]:
    found = {
        value
        for module in map(import_module, TABLES)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, BaseModel) and value is not BaseModel
    }
    return {model._meta.table_name: model for model in found}


def test_every_table_has_its_model_with_the_same_columns(store: Path) -> None:
    tables = {
        name
        for (name,) in database.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
        if not name.startswith(("sqlite_", "search"))
    }
    assert set(models()) == tables
    for table, model in models().items():
        columns = {row[1]: row for row in database.rows(f"PRAGMA table_info({table})")}
        fields = {field.column_name: field for field in model._meta.sorted_fields}
        assert set(fields) == set(columns), table
        key: Any = model._meta.primary_key
        names = key.field_names if isinstance(key, CompositeKey) else [key.name]
        keyed = {model._meta.fields[name].column_name for name in names}
        assert keyed == {name for name, row in columns.items() if row[5]}, table
        for name, field in fields.items():
            may_be_null = not columns[name][3] and not columns[name][5]
            assert field.null == may_be_null, (table, name)


def test_a_row_can_be_read_through_its_model(store: Path) -> None:
    box = boxes()
    box.take(box.mail("a"))
    found = Message.get()
    assert found.conversation.account.address == "me@example.com"
    assert found.identity == one("SELECT identity FROM message")
    assert Location.get().mailbox.name == "INBOX"
