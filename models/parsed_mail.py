"""A parsed mail, as the parser passes it to the store."""

from __future__ import annotations

from dataclasses import dataclass, field

Address = tuple[str, str]  # display name or '', address in lower case


def plain(text: str) -> str:
    """Make text safe for the database: replace lone surrogates of broken mail by question marks."""
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class ParsedAttachment:
    """One attachment or inline picture.

    Attributes:
        section: Its IMAP part number, for bodies that are stored only in part.
        encoding: Its transfer encoding, for the same case.
    """

    file_name: str = ""
    content_type: str = "application/octet-stream"
    size: int = 0
    content_id: str = ""
    is_inline: bool = False
    section: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """What the store keeps of a mail besides its bytes.

    Attributes:
        message_id_header: With its angle brackets, or ''.
        in_reply_to, references: Message-IDs with their angle brackets, in their order.
        dated_at: The Date header; shown, never sorted by.
        text: Plain text for the index, from text/plain or the HTML without tags.
        warnings: Codes of what was wrong with the mail.
    """

    subject: str = ""
    from_: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    message_id_header: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    dated_at: int | None = None
    text: str = ""
    snippet: str = ""
    attachments: tuple[ParsedAttachment, ...] = field(default=())
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartialBody:
    """The body of a large mail. Its attachments stay on the server until the user asks for them."""

    header: bytes = b""
    text: str | None = None
    html: str | None = None


@dataclass(frozen=True, slots=True)
class PackedBody:
    """A body as its table stores it, in zstd frames. `indexed`: the words in the search index."""

    raw: bytes | None = None
    header: bytes | None = None
    text: bytes | None = None
    html: bytes | None = None
    indexed: bytes | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One UID of a mailbox and its mail. Times are milliseconds UTC.

    Attributes:
        identity: 16 bytes, computed by sync/mime/identity.py.
        server_identity: `gm:` with X-GM-MSGID, `em:` with EMAILID, or ''.
        raw: The whole message; or `partial` without its attachments; or neither yet.
        packed: `raw` or `partial` as the table stores it, if the caller packed it already.
        is_poison: The server cannot hand out its body; only the header is there.
    """

    mailbox_id: int
    uidvalidity: int
    uid: int
    flags: int
    modseq: int
    received_at: int
    size: int
    identity: bytes
    server_identity: str
    parsed: ParsedMail
    raw: bytes | None = None
    partial: PartialBody | None = None
    packed: PackedBody | None = None
    is_poison: bool = False
