"""What goes into a session and comes out of it: plain values without IMAP in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

# RFC 9051 section 9: nz-number is 32 bits. `*` is never sent: `n:*` names the last message even
# where its UID lies below n, and one server leaves the highest UID out of `1:*`.
MAX_UID = 4_294_967_295


@dataclass(frozen=True, slots=True)
class Status:
    """Numbers of a mailbox; 0 and '' where the server does not say."""

    messages: int
    uidnext: int = 0
    uidvalidity: int = 0
    highestmodseq: int = 0
    mailbox_id: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A mailbox of LIST. `attributes` are in lower case, with their backslash."""

    name: str
    delimiter: str
    attributes: frozenset[str]
    status: Status | None = None

    @property
    def is_selectable(self) -> bool:
        """Whether it can hold mail that we may see."""
        return not self.attributes & {"\\noselect", "\\nonexistent"}


@dataclass(frozen=True, slots=True)
class Selected:
    """The mailbox that is open; `uidnext` and `highestmodseq` are 0 where not told."""

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
        count: What the server says how many they are; None where it does not.
        is_complete: Absence counts: the answer came in one piece and its numbers add up.
    """

    uids: tuple[int, ...]
    count: int | None
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """The mails that a FETCH that runs asks for; `place` is the mailbox's name and UIDVALIDITY.

    Attributes:
        uids: The set as it is sent; '' where it names no single mails.
        is_whole: Their words are asked for, not facts or header fields alone.
    """

    place: tuple[str, int]
    uids: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What a server says of a message without its words.

    Attributes:
        flags: Bits of models.flags.Flag; None where the record told none.
        received_at: INTERNALDATE in ms UTC; 0 where not told or not readable.
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
    """A message, its header fields, or nothing but facts (`raw` is then empty)."""

    uid: int
    facts: Facts
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CopyUid:
    """Where messages went: old UID -> new UID, in the mailbox with that UIDVALIDITY."""

    uidvalidity: int
    pairs: dict[int, int]


@dataclass(frozen=True, slots=True)
class AppendUid:
    """Where an appended message lies."""

    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """Something the server told unasked, in the order in which it came.

    Attributes:
        number: Of messages for `exists`; the sequence number for `expunge` (of no use but as a
            sign that something went).
        ranges: UIDs of `vanished` as (low, high).
        facts: Of `fetch`: news of one message (its flags, as a rule).
        is_earlier: VANISHED (EARLIER): a hint about the past, not about now.
    """

    kind: Literal["exists", "expunge", "vanished", "fetch"]
    number: int = 0
    ranges: tuple[tuple[int, int], ...] = ()
    facts: Facts | None = None
    is_earlier: bool = False
