"""The tables of mailboxes, operations, locations and arrivals."""

from __future__ import annotations

from peewee import (
    AutoField,
    BlobField,
    BooleanField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from models.accounts.tables import Account
from models.mail.tables import Message
from models.store.database import BaseModel


class Mailbox(BaseModel):
    """One mailbox of an account; the user sees the word label."""

    account = ForeignKeyField(Account, on_delete="CASCADE", index=False)
    name = TextField()
    delimiter = TextField(default="/")
    role = TextField(default="")
    role_source = TextField(default="")
    is_selectable = BooleanField(default=True)
    is_chosen = BooleanField(default=False)
    is_mirror = BooleanField(default=False)
    mailbox_id_server = TextField(default="")
    missing_since = IntegerField(null=True)
    missing_asks = IntegerField(default=0)
    uidvalidity = IntegerField(default=0)
    uidnext = IntegerField(default=0)
    message_count = IntegerField(default=0)
    highestmodseq = IntegerField(default=0)
    watermark = IntegerField(default=0)
    backfill_uid = IntegerField(default=0)
    backfill_floor = IntegerField(default=0)
    backfill_done = BooleanField(default=False)
    full_check_at = IntegerField(default=0)
    held_reason = TextField(default="")
    is_whole = BooleanField(default=False)
    bring_back_before = IntegerField(default=0)
    past_done = IntegerField(default=0)
    past_total = IntegerField(default=0)
    was_open = BooleanField(default=False)
    refused_since = IntegerField(null=True)

    class Meta:
        indexes = ((("account", "name"), True),)


class Operation(BaseModel):
    """One change of one message that its server has to carry out."""

    id = AutoField()
    account = ForeignKeyField(Account, on_delete="CASCADE", index=False)
    command_id = TextField()
    kind = TextField()
    message_id = IntegerField(null=True)
    identity = BlobField()
    server_identity = TextField(default="")
    payload = TextField(default="{}")
    state = TextField(default="pending")
    attempts = IntegerField(default=0)
    next_try_at = IntegerField(default=0)
    server_words = TextField(default="")
    created_at = IntegerField()
    changed_at = IntegerField()


class Location(BaseModel):
    """One message in one mailbox on the server. `state`: live, missing, hidden or held."""

    message = ForeignKeyField(Message, on_delete="CASCADE")
    mailbox = ForeignKeyField(Mailbox, on_delete="CASCADE", index=False)
    uidvalidity = IntegerField()
    uid = IntegerField()
    flags = IntegerField(default=0)
    modseq = IntegerField(default=0)
    state = TextField(default="live")
    missing_since = IntegerField(null=True)
    asks = IntegerField(default=0)
    last_ask_at = IntegerField(null=True)
    put_by_archive = BooleanField(default=False)

    class Meta:
        indexes = ((("mailbox", "uidvalidity", "uid"), True),)


class Arrival(BaseModel):
    """A UID that appeared in a mailbox, taken in or not."""

    mailbox = ForeignKeyField(Mailbox, on_delete="CASCADE", index=False)
    uidvalidity = IntegerField()
    uid = IntegerField()
    account_id = IntegerField()
    identity = BlobField()
    server_identity = TextField(default="")
    flags = IntegerField(default=0)
    is_gone = BooleanField(default=False)
    is_kept_out = BooleanField(default=False)
    seen_at = IntegerField(index=True)

    class Meta:
        primary_key = CompositeKey("mailbox", "uidvalidity", "uid")
        without_rowid = True
