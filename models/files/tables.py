"""The table of what an import has done so far."""

from __future__ import annotations

from peewee import TextField

from models.store.database import BaseModel


class ImportedRecord(BaseModel):
    """A record that an import made (`before` is '') or filled up (as JSON, without and with it)."""

    record_key = TextField(primary_key=True)
    before = TextField(default="")

    class Meta:
        without_rowid = True
