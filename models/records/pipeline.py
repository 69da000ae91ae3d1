"""The pipeline: deals with their stages, leads and projects. A record key is `deal:12`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from peewee import AutoField, CompositeKey, ForeignKeyField, IntegerField, TextField

from models.records.contact import Organization, Person
from models.store import database
from models.store.database import BaseModel


class Stage(BaseModel):
    """A step of the pipeline."""

    name = TextField()
    position = IntegerField()


class Deal(BaseModel):
    """A sale that may come about."""

    id = AutoField()
    title = TextField()
    value_cents = IntegerField(null=True)
    currency = TextField(default="")
    stage = ForeignKeyField(Stage, null=True, index=False)
    status = TextField(default="open")
    expected_close = TextField(default="")
    organization = ForeignKeyField(Organization, null=True, on_delete="SET NULL")
    note = TextField(default="")
    folded = TextField(default="")
    created_at = IntegerField()
    changed_at = IntegerField()
    closed_at = IntegerField(null=True)


class Lead(BaseModel):
    """Interest that is not a deal yet."""

    id = AutoField()
    title = TextField()
    value_cents = IntegerField(null=True)
    currency = TextField(default="")
    status = TextField(default="open")
    organization = ForeignKeyField(Organization, null=True, on_delete="SET NULL")
    note = TextField(default="")
    folded = TextField(default="")
    created_at = IntegerField()
    changed_at = IntegerField()


class Project(BaseModel):
    """Work that follows a sale."""

    id = AutoField()
    title = TextField()
    status = TextField(default="open")
    organization = ForeignKeyField(Organization, null=True, on_delete="SET NULL")
    note = TextField(default="")
    folded = TextField(default="")
    created_at = IntegerField()
    changed_at = IntegerField()


class RecordPerson(BaseModel):
    """A person of a deal, lead or project."""

    record_key = TextField()
    person = ForeignKeyField(Person, on_delete="CASCADE")

    class Meta:
        primary_key = CompositeKey("record_key", "person")
        without_rowid = True


_TITLES: Final = {
    "deal": "SELECT title FROM deal WHERE id = ?",
    "lead": "SELECT title FROM lead WHERE id = ?",
    "project": "SELECT title FROM project WHERE id = ?",
    "person": "SELECT name FROM person WHERE id = ?",
    "organization": "SELECT name FROM organization WHERE id = ?",
}


def title(record_key: str) -> str | None:
    """What a record is called, or None if it is gone."""
    kind, _, record_id = record_key.partition(":")
    found = database.value(_TITLES[kind], (int(record_id),))
    return None if found is None else str(found)


def titles(record_keys: Iterable[str]) -> tuple[str, ...]:
    """What the records that still exist are called, in the order of their keys."""
    found = (title(key) for key in dict.fromkeys(record_keys))
    return tuple(name for name in found if name is not None)
