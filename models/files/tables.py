"""The table of what an unfinished import has done so far."""

from __future__ import annotations

from peewee import TextField

from models.store.database import BaseModel


class ImportedRecord(BaseModel):
    """A record that an import created (`before` is '') or filled up (as JSON, before and after)."""

    record_key = TextField(primary_key=True)
    before = TextField(default="")

    class Meta:
        without_rowid = True
