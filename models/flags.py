"""The IMAP flags that the store keeps."""

from __future__ import annotations

from enum import IntFlag


class Flag(IntFlag):
    """The IMAP flags that the store keeps."""

    SEEN = 1
    ANSWERED = 2
    FLAGGED = 4
    DELETED = 8
    DRAFT = 16
