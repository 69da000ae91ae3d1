"""The IMAP session: everything that speaks IMAP. No other package imports imapclient or imaplib.

Other packages import the session and its values from here. It may import `net` and `mime`, and
the modules at the top of `sync`.
"""

from sync.session.capabilities import Quota, Secured, Software, secured
from sync.session.commands import CHANGING, expand, is_searchable, uid_sets
from sync.session.messages import ENVELOPE_FIELDS, IDENTITY_FIELDS
from sync.session.session import ImapSession
from sync.session.values import (
    MAX_UID,
    AppendUid,
    Asked,
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
    "Asked",
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
    "expand",
    "is_searchable",
    "secured",
    "uid_sets",
]
