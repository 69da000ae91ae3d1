"""The IMAP session: the only package that imports imapclient and imaplib."""

from sync.session.capabilities import Quota, Secured, Software
from sync.session.commands import CHANGING, is_searchable, uid_sets
from sync.session.messages import ENVELOPE_FIELDS, IDENTITY_FIELDS
from sync.session.session import ImapSession
from sync.session.values import (
    MAX_UID,
    AppendUid,
    CopyUid,
    Facts,
    Fetched,
    Listed,
    Selected,
    ServerEvent,
    Status,
    UidListing,
)

__all__ = [
    "CHANGING",
    "ENVELOPE_FIELDS",
    "IDENTITY_FIELDS",
    "MAX_UID",
    "AppendUid",
    "CopyUid",
    "Facts",
    "Fetched",
    "ImapSession",
    "Listed",
    "Quota",
    "Secured",
    "Selected",
    "ServerEvent",
    "Software",
    "Status",
    "UidListing",
    "is_searchable",
    "uid_sets",
]
