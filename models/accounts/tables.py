"""The tables of accounts, their aliases, secrets, trusted certificates and health."""

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

from models.store.database import BaseModel


class Account(BaseModel):
    """A synced mail account. In the state `removed` only its history is kept (S7)."""

    id = AutoField()
    address = TextField()
    name = TextField(default="")
    kind = TextField(default="personal")
    auth = TextField(default="password")
    user_name = TextField(default="")
    smtp_user_name = TextField(default="")
    imap_host = TextField()
    imap_port = IntegerField()
    imap_security = TextField()
    smtp_host = TextField()
    smtp_port = IntegerField()
    smtp_security = TextField()
    plain_text_agreed = BooleanField(default=False)
    all_labels = BooleanField(default=False)
    start = TextField(default="1m")
    start_at = IntegerField(default=0)
    scope = TextField(default="everyone")
    track_receipts = BooleanField(default=False)
    track_delivery = BooleanField(default=False)
    archive_on_server = BooleanField(default=False)
    delete_on_server = BooleanField(default=False)
    read_only = BooleanField(default=False)
    state = TextField(default="active")
    set_up = BooleanField(default=False)
    created_at = IntegerField()
    last_success_at = IntegerField(null=True)
    oauth_provider = TextField(default="")
    signature = TextField(default="")
    past_started = BooleanField(default=False)
    whole_since = IntegerField(default=0)
    past_run = IntegerField(default=0)
    removing = TextField(default="")
    remarking = TextField(default="")


class AccountAlias(BaseModel):
    """One more address that is the user's own."""

    account = ForeignKeyField(Account, on_delete="CASCADE")
    address = TextField()


class Secret(BaseModel):
    """A password or token, encrypted with the key in the system's keyring."""

    account = ForeignKeyField(Account, on_delete="CASCADE", index=False)
    purpose = TextField()
    nonce = BlobField()
    ciphertext = BlobField()

    class Meta:
        primary_key = CompositeKey("account", "purpose")
        without_rowid = True


class TrustedCertificate(BaseModel):
    """One certificate that the user trusts for one host."""

    host = TextField()
    fingerprint = TextField()
    subject = TextField(default="")
    expires_at = IntegerField(null=True)
    trusted_at = IntegerField()

    class Meta:
        primary_key = CompositeKey("host", "fingerprint")
        table_name = "trusted_certificate"
        without_rowid = True


class Health(BaseModel):
    """The last health report of one account, as JSON."""

    account = ForeignKeyField(Account, on_delete="CASCADE", primary_key=True)
    checked_at = IntegerField()
    report = TextField()
