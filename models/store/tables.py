"""The tables of settings and of the ledger."""

from __future__ import annotations

from peewee import AutoField, IntegerField, TextField

from models.store.database import BaseModel


class Ledger(BaseModel):
    """One thing that happened to a message or a conversation."""

    id = AutoField()
    at = IntegerField()
    account_id = IntegerField(null=True)
    kind = TextField()
    cause = TextField()
    message_id = IntegerField(null=True)
    conversation_id = IntegerField(null=True)
    message_key = IntegerField(null=True)
    from_key = IntegerField(null=True)
    subject_key = IntegerField(null=True)
    record_keys = TextField(default="[]")
    evidence = TextField(default="{}")


class Setting(BaseModel):
    """One setting; its value is JSON."""

    name = TextField(primary_key=True)
    value = TextField()

    class Meta:
        without_rowid = True
