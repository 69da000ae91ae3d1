"""History entries of a record other than its mail: notes, stage and status changes."""

from __future__ import annotations

from peewee import AutoField, IntegerField, TextField

from models.database import BaseModel


class HistoryEntry(BaseModel):
    """One entry; mails come from the links."""

    id = AutoField()
    record_key = TextField()
    kind = TextField()
    at = IntegerField()
    content = TextField(default="{}")
