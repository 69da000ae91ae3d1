"""The table of tombstones."""

from __future__ import annotations

from peewee import AutoField, BlobField, IntegerField, TextField

from models.store.database import BaseModel


class Tombstone(BaseModel):
    """What is kept of deleted messages of one identity; no words."""

    id = AutoField()
    address_key = IntegerField()
    identity = BlobField()
    kind = TextField()
    copies = IntegerField(default=1)
    server_identities = TextField(default="[]")
    snapshot = TextField(default="{}")
    snapshot_until = IntegerField(null=True)
    deleted_at = IntegerField()

    class Meta:
        indexes = ((("address_key", "identity", "kind"), True),)
