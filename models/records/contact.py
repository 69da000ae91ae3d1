"""Contacts: persons and organizations, with the addresses that mail is matched by."""

from __future__ import annotations

from peewee import AutoField, ForeignKeyField, IntegerField, TextField

from models.store.database import BaseModel


class Organization(BaseModel):
    """A company; its history is that of its persons, deals, leads and projects."""

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
    """Somebody the person corresponds with."""

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
