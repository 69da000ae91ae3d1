"""The values that go into a session and come out of it; plain data, without IMAP objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

# RFC 9051 section 9: nz-number is 32 bits. We never send `*`: `n:*` includes the last message even
# if its UID is below n, and one server leaves the highest UID out of `1:*`.
MAX_UID = 4_294_967_295


@dataclass(frozen=True, slots=True)
class Status:
    """The numbers of a mailbox; 0 and '' where the server does not say."""

    messages: int
    uidnext: int = 0
    uidvalidity: int = 0
    highestmodseq: int = 0
    mailbox_id: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A mailbox in the answer to LIST. `attributes` are in lower case, with their backslash."""

    name: str
    delimiter: str
    attributes: frozenset[str]
    status: Status | None = None

    @property
    def is_selectable(self) -> bool:
        """Whether the mailbox can hold mail and be opened."""
        return not self.attributes & {"\\noselect", "\\nonexistent"}


@dataclass(frozen=True, slots=True)
class Selected:
    """The open mailbox. `uidnext` and `highestmodseq` are 0 where the server does not say."""

    name: str
    exists: int
    uidvalidity: int
    uidnext: int
    highestmodseq: int
    is_read_only: bool
    mailbox_id: str = ""


@dataclass(frozen=True, slots=True)
class UidListing:
    """UIDs in rising order.

    Attributes:
        count: How many there are by the server's own count; None if it does not say.
        is_complete: The answer came in one piece and its numbers add up, so a UID that is missing
            from it counts as absent.
    """

    uids: tuple[int, ...]
    count: int | None
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """The mails of a running FETCH.

    Attributes:
        place: The mailbox's name and UIDVALIDITY.
        uids: The set as it is sent; '' if it is a range that names no single mails.
        is_whole: The FETCH asks for bodies, not just for facts or header fields.
    """

    place: tuple[str, int]
    uids: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What a server says about a message, without its text.

    Attributes:
        flags: Bits of models.flags.Flag; None if the record has no flags.
        received_at: INTERNALDATE in ms UTC; 0 if it is missing or not readable.
        server_identity: `gm:…` (X-GM-MSGID), `em:…` (EMAILID), or ''.
    """

    uid: int
    flags: int | None = None
    modseq: int = 0
    received_at: int = 0
    size: int = 0
    server_identity: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message, its header fields, or just facts (`raw` is empty then)."""

    uid: int
    facts: Facts
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CopyUid:
    """Where messages went: old UID -> new UID, in the mailbox with this UIDVALIDITY."""

    uidvalidity: int
    pairs: dict[int, int]


@dataclass(frozen=True, slots=True)
class AppendUid:
    """Where an appended message lies."""

    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """Something that the server sent unasked.

    Attributes:
        number: For `exists`, how many messages there are. For `expunge`, a sequence number, which
            only shows that something went.
        ranges: For `vanished`, the UIDs as (low, high).
        facts: For `fetch`, news of one message, usually its flags.
        is_earlier: The line was VANISHED (EARLIER): a hint about the past, not about now.
    """

    kind: Literal["exists", "expunge", "vanished", "fetch"]
    number: int = 0
    ranges: tuple[tuple[int, int], ...] = ()
    facts: Facts | None = None
    is_earlier: bool = False
