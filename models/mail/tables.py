"""The tables of conversations and messages, and of their links to records."""

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
from models.records.tables import Person
from models.store.database import BaseModel


class Conversation(BaseModel):
    """Messages tied together by Message-ID, In-Reply-To and References."""

    id = AutoField()
    account = ForeignKeyField(Account, on_delete="CASCADE", index=False)
    subject = TextField(default="")
    parties = TextField(default="[]")
    snippet = TextField(default="")
    newest_at = IntegerField(default=0)
    oldest_at = IntegerField(default=0)
    message_count = IntegerField(default=0)
    unread_count = IntegerField(default=0)
    attachment_count = IntegerField(default=0)
    incoming_count = IntegerField(default=0)
    own_count = IntegerField(default=0)
    draft_count = IntegerField(default=0)
    is_archived = BooleanField(default=False)
    archived_cause = TextField(default="")
    archived_at = IntegerField(null=True)
    link_key = TextField(default="")
    link_title = TextField(default="")


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


class Link(BaseModel):
    """A conversation and its record. `origin`: `rule`, or `person` if the user linked it."""

    conversation = ForeignKeyField(Conversation, on_delete="CASCADE", primary_key=True)
    record_key = TextField()
    origin = TextField()
    reason = TextField(default="{}")
    linked_at = IntegerField()


class LinkOffer(BaseModel):
    """A record that the conversation asks the user about."""

    conversation = ForeignKeyField(Conversation, on_delete="CASCADE", index=False)
    record_key = TextField()
    reason = TextField(default="{}")
    offered_at = IntegerField()

    class Meta:
        primary_key = CompositeKey("conversation", "record_key")
        without_rowid = True


class MessagePerson(BaseModel):
    """A message and a person whose address it has."""

    message = ForeignKeyField(Message, on_delete="CASCADE")
    person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
    received_at = IntegerField(default=0)
    is_by_hand = BooleanField(default=False)

    class Meta:
        primary_key = CompositeKey("person", "received_at", "message")
        without_rowid = True


class MessagePersonRefused(BaseModel):
    """A message that was unlinked from a person by hand: the rule leaves it alone."""

    person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
    message = ForeignKeyField(Message, on_delete="CASCADE")

    class Meta:
        primary_key = CompositeKey("person", "message")
        without_rowid = True
