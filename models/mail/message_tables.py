"""The tables of a message: its row, keys, body, attachments and places on the server."""

from __future__ import annotations

from enum import IntFlag

from peewee import (
    AutoField,
    BlobField,
    BooleanField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from models.accounts.account import Account
from models.mail.conversation import Conversation
from models.server.mailbox import Mailbox
from models.store.database import BaseModel


class Flag(IntFlag):
    """The flags of IMAP that the store keeps."""

    SEEN = 1
    ANSWERED = 2
    FLAGGED = 4
    DELETED = 8
    DRAFT = 16


class Message(BaseModel):
    """One mail of one account."""

    id = AutoField()
    account = ForeignKeyField(Account, on_delete="CASCADE", index=False)
    conversation = ForeignKeyField(Conversation, on_delete="CASCADE", index=False)
    identity = BlobField()
    server_identity = TextField(default="")
    message_key = IntegerField(null=True)
    message_id_header = TextField(default="")
    in_reply_to = TextField(default="")
    reference_list = TextField(default="")
    subject = TextField(default="")
    from_name = TextField(default="")
    from_address = TextField(default="")
    recipients = TextField(default="{}")
    dated_at = IntegerField(null=True)
    received_at = IntegerField()
    size = IntegerField(default=0)
    snippet = TextField(default="")
    is_own = BooleanField(default=False)
    is_read = BooleanField(default=False)
    is_draft = BooleanField(default=False)
    is_past = BooleanField(default=False)
    attachment_count = IntegerField(default=0)
    body_state = TextField(default="full")
    on_junk = BooleanField(default=False)
    added_at = IntegerField()


class MessageReference(BaseModel):
    """The keyed hash of a Message-ID that ties a message to its conversation."""

    message = ForeignKeyField(Message, on_delete="CASCADE")
    account_id = IntegerField()
    key = IntegerField()

    class Meta:
        primary_key = CompositeKey("account_id", "key", "message")
        without_rowid = True


class MessageAddress(BaseModel):
    """The keyed hash of an address of a message. `part`: from, to, cc or bcc."""

    message = ForeignKeyField(Message, on_delete="CASCADE")
    key = IntegerField()
    part = TextField()

    class Meta:
        primary_key = CompositeKey("key", "message", "part")
        without_rowid = True


class Body(BaseModel):
    """The bytes of a message, apart from the rows that lists read."""

    message = ForeignKeyField(Message, on_delete="CASCADE", primary_key=True)
    raw_content = BlobField(null=True, column_name="raw")  # Model.raw is peewee's
    header = BlobField(null=True)
    text = BlobField(null=True)
    html = BlobField(null=True)
    indexed = BlobField(null=True)


class Attachment(BaseModel):
    """An attachment or inline picture of a message."""

    message = ForeignKeyField(Message, on_delete="CASCADE")
    position = IntegerField()
    file_name = TextField(default="")
    content_type = TextField(default="")
    size = IntegerField(default=0)
    content_id = TextField(default="")
    is_inline = BooleanField(default=False)
    section = TextField(default="")
    encoding = TextField(default="")
    content = BlobField(null=True)


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
