"""Store and read the compressed bytes of messages and attachments, whole or in part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.mail import conversation
from models.parsed_mail import PackedBody, ParsedAttachment, PartialBody, plain
from models.store import database, search_index
from models.store.compression import compress, compress_text, decompress, decompress_text
from models.store.database import chunks


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """An attachment without its bytes; `is_here` is False while only the server has them."""

    id: int
    message_id: int
    position: int
    file_name: str
    content_type: str
    size: int
    content_id: str
    is_inline: bool
    section: str
    encoding: str
    is_here: bool


def raw(message_id: int) -> bytes | None:
    """The whole message as the server has it, or None if at most a part is here."""
    content = database.value("SELECT raw FROM body WHERE message_id = ?", (message_id,))
    return None if content is None else decompress(content)


def partial(message_id: int) -> PartialBody | None:
    """The parts of an incomplete message that are here, or None."""
    row = database.row(
        "SELECT header, text, html FROM body WHERE message_id = ? AND raw IS NULL", (message_id,)
    )
    if row is None or row == (None, None, None):
        return None
    header, text, html = row
    return PartialBody(
        header=b"" if header is None else decompress(header),
        text=None if text is None else decompress_text(text),
        html=None if html is None else decompress_text(html),
    )


def attachments(message_id: int) -> list[AttachmentRow]:
    """The attachments of a message in their order, with inline pictures."""
    return attachments_of((message_id,)).get(message_id, [])


def attachments_of(message_ids: Iterable[int]) -> dict[int, list[AttachmentRow]]:
    """The attachments of some messages, by message."""
    found: dict[int, list[AttachmentRow]] = {}
    for chunk in chunks(message_ids):
        rows = database.rows(
            "SELECT a.id, a.message_id, position, file_name, content_type, a.size, content_id, "
            "is_inline, section, encoding, a.content IS NOT NULL OR m.body_state = 'full' "
            "FROM attachment a JOIN message m ON m.id = a.message_id "
            f"WHERE a.message_id IN ({database.marks(len(chunk))}) ORDER BY a.message_id, position",
            chunk,
        )
        for row in rows:
            made = AttachmentRow(*[*row[:7], bool(row[7]), *row[8:10], bool(row[10])])
            found.setdefault(made.message_id, []).append(made)
    return found


def attachment(attachment_id: int) -> AttachmentRow | None:
    """One attachment, or None if it is gone."""
    message_id = database.value("SELECT message_id FROM attachment WHERE id = ?", (attachment_id,))
    found = attachments(message_id) if message_id is not None else []
    return next((row for row in found if row.id == attachment_id), None)


def attachment_content(attachment_id: int) -> bytes | None:
    """The decoded bytes of an attachment that was fetched alone; None if in `raw` or not here."""
    content = database.value("SELECT content FROM attachment WHERE id = ?", (attachment_id,))
    return None if content is None else decompress(content)


def save_attachment_content(attachment_id: int, content: bytes) -> bool:
    """Store the decoded bytes of an attachment; False if its mail was deleted meanwhile."""
    with database.writing(durable=False):
        changed = database.run(
            "UPDATE attachment SET content = ?, size = ? WHERE id = ?",
            (compress(content), len(content), attachment_id),
        )
    return changed > 0


def complete_body(
    message_id: int,
    *,
    text: str,
    snippet: str,
    attachments: Iterable[ParsedAttachment],
    raw: bytes | None = None,
    partial: PartialBody | None = None,
) -> bool:
    """Store a body that came after its message.

    False if the message was deleted meanwhile, or has a full body already. A full body is never
    overwritten, because some servers invent one for a message that is gone.
    """
    found = tuple(attachments)
    with database.writing(durable=False):
        known = database.row(_KNOWN, (message_id,))
        if known is None or known[0] == "full":
            return False
        with search_index.reindex([message_id]):
            _put_body(message_id, raw, partial, plain(text))
            put_attachments({message_id: found})
            real = sum(1 for item in found if not item.is_inline)
            database.run(
                "UPDATE message SET body_state = ?, snippet = ?, attachment_count = ? WHERE id = ?",
                (_state(raw, partial), plain(snippet), real, message_id),
            )
        conversation.refresh([known[1]])
    return True


_KNOWN = "SELECT body_state, conversation_id FROM message WHERE id = ?"


def _state(raw: bytes | None, partial: PartialBody | None) -> str:
    if raw is not None:
        return "full"
    return "none" if partial is None else "partial"


def _put_body(message_id: int, raw: bytes | None, partial: PartialBody | None, text: str) -> None:
    packed = pack(raw, partial, text)
    database.run(
        "INSERT OR REPLACE INTO body (message_id, raw, header, text, html, indexed) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (message_id, packed.raw, packed.header, packed.text, packed.html, packed.indexed),
    )


def put_attachments(found: Mapping[int, Iterable[ParsedAttachment]]) -> None:
    """Replace the attachments of some messages."""
    for chunk in chunks(found):
        database.run(
            f"DELETE FROM attachment WHERE message_id IN ({database.marks(len(chunk))})", chunk
        )
    add_attachments(found)


def add_attachments(found: Mapping[int, Iterable[ParsedAttachment]]) -> None:
    """Add the attachments of new messages."""
    database.run_many(
        "INSERT INTO attachment (message_id, position, file_name, content_type, size, "
        "content_id, is_inline, section, encoding) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                message_id,
                position,
                plain(item.file_name),
                plain(item.content_type),
                item.size,
                plain(item.content_id),
                item.is_inline,
                item.section,
                item.encoding,
            )
            for message_id, items in found.items()
            for position, item in enumerate(items)
        ],
    )


def pack(raw: bytes | None, partial: PartialBody | None, text: str) -> PackedBody:
    """The columns of a body, compressed, with the words of it that go into the search index."""
    indexed = compress_text(search_index.body_text(plain(text)))
    if raw is not None:
        return PackedBody(raw=compress(raw), indexed=indexed)
    if partial is None:
        return PackedBody(indexed=indexed)
    return PackedBody(
        header=compress(partial.header),
        text=None if partial.text is None else compress_text(partial.text),
        html=None if partial.html is None else compress_text(partial.html),
        indexed=indexed,
    )
