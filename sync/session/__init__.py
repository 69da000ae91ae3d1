"""The IMAP session: the only package that imports imapclient and imaplib."""

from sync.session.answers import (
    MAX_UID,
    AppendUid,
    CopyUid,
    Facts,
    Fetched,
    Listed,
    Selected,
    Server,
    ServerEvent,
    Status,
    UidListing,
)
from sync.session.commands import CHANGING, is_searchable, uid_sets
from sync.session.looking import Quota, Secured, Software
from sync.session.messages import ENVELOPE_FIELDS, IDENTITY_FIELDS
from sync.session.session import ImapSession

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
    "Server",
    "ServerEvent",
    "Software",
    "Status",
    "UidListing",
    "is_searchable",
    "uid_sets",
]
