"""The tables of records and of their history entries."""

from __future__ import annotations

from peewee import AutoField, CompositeKey, ForeignKeyField, IntegerField, TextField

from models.store.database import BaseModel


class Organization(BaseModel):
    """A company; its history is made of those of its persons, deals, leads and projects."""

    id = AutoField()
    name = TextField()
    note = TextField(default="")
    folded = TextField(default="", index=True)
    created_at = IntegerField()
    changed_at = IntegerField()


class OrganizationDomain(BaseModel):
    """A mail domain whose addresses belong to an organization."""

    organization = ForeignKeyField(Organization, on_delete="CASCADE")
    domain = TextField()
    key = IntegerField(index=True)


class Person(BaseModel):
    """A human being whom the user corresponds with."""

    id = AutoField()
    name = TextField()
    organization = ForeignKeyField(Organization, null=True, on_delete="SET NULL")
    title = TextField(default="")
    note = TextField(default="")
    folded = TextField(default="", index=True)
    created_at = IntegerField()
    changed_at = IntegerField()


class PersonAddress(BaseModel):
    """An address of a person; `key` is its keyed hash."""

    person = ForeignKeyField(Person, on_delete="CASCADE")
    address = TextField()
    key = IntegerField(index=True)
    label = TextField(default="")


class PersonPhone(BaseModel):
    """A phone number of a person."""

    person = ForeignKeyField(Person, on_delete="CASCADE")
    phone = TextField()
    label = TextField(default="")


class HistoryEntry(BaseModel):
    """One history entry. Mail has none: a history finds it through the links."""

    id = AutoField()
    record_key = TextField()
    kind = TextField()
    at = IntegerField()
    content = TextField(default="{}")


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
